"""What the first of a month brings: an invoice for the month before, charged to the primary card.

Nothing runs in the background: what is due is made when invoices are asked for (contract: licenses 6, account 5).
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from jpmanage_tui.sandbox.billing.estimate import month_days
from jpmanage_tui.sandbox.billing.usage import DAY, Ledger
from jpmanage_tui.sandbox.cards import saved_cards as cards
from jpmanage_tui.sandbox.cards.stripe_cards import BEHAVIORS
from jpmanage_tui.sandbox.identifiers import ident
from jpmanage_tui.sandbox.invoices.invoice_rows import Plan, make, previous_month

MADE_AT = 600
"""Seconds after midnight (UTC) of the first of a month."""
TERM = timedelta(days=14)
"""How long an invoice that could not be charged is open before it is past due."""


def bring_up_to_date(connection: sqlite3.Connection, key_id: int, now: datetime) -> None:
    """Make the invoices of a key that came due since its newest one, or since its first license.

    A month in which nothing was used has none. A draft of an earlier month becomes an open invoice.
    """
    month_start = _since(connection, key_id)
    if month_start is None or _made(month_start) > now:
        return
    ledger = Ledger(connection, key_id)
    while _made(month_start) <= now:
        _finish_drafts(connection, key_id, _made(month_start))
        if ledger.charges(*previous_month(month_start * DAY)):
            _invoice(connection, ledger, key_id, _made(month_start))
        month_start = _next(month_start)


def _since(connection: sqlite3.Connection, key_id: int) -> int | None:
    """Return the first day of the month after the newest invoice or the first license, None without either."""
    row = connection.execute(
        "SELECT coalesce((SELECT max(created_at) FROM invoices WHERE key_id = :key),"
        " (SELECT min(issued_at) FROM licenses WHERE key_id = :key)) AS moment",
        {"key": key_id},
    ).fetchone()
    return None if row["moment"] is None else month_days(datetime.fromtimestamp(row["moment"], UTC))[1]


def _next(month_start: int) -> int:
    return month_days(datetime.fromtimestamp(month_start * DAY, UTC))[1]


def _made(month_start: int) -> datetime:
    return datetime.fromtimestamp(month_start * DAY + MADE_AT, UTC)


def _finish_drafts(connection: sqlite3.Connection, key_id: int, at: datetime) -> None:
    drafts = connection.execute(
        "SELECT invoice_id, created_at FROM invoices WHERE key_id = ? AND status = 'draft'", (key_id,)
    ).fetchall()
    for draft in drafts:
        connection.execute(
            "UPDATE invoices SET status = 'open', number = ?, effective_at = ?, due_at = ? WHERE invoice_id = ?",
            (
                _next_number(connection, key_id),
                draft["created_at"],
                int((at + TERM).timestamp()),
                draft["invoice_id"],
            ),
        )


def _invoice(connection: sqlite3.Connection, ledger: Ledger, key_id: int, at: datetime) -> None:
    card = cards.primary(connection, key_id)
    pays = card is not None and not BEHAVIORS[card["behaviour"]].charge
    due = None if pays else int((at + TERM).timestamp())
    number = _next_number(connection, key_id)
    status = "paid" if pays else "open"
    invoice_id = make(connection, ledger, Plan(key_id, number, int(at.timestamp()), status, due))
    if card is not None and pays:
        connection.execute(
            "UPDATE invoices SET charged_to = ? WHERE invoice_id = ?",
            (card["payment_method_id"], invoice_id),
        )


def _next_number(connection: sqlite3.Connection, key_id: int) -> str:
    row = connection.execute(
        "SELECT count(*) AS taken, max(number) AS last FROM invoices WHERE key_id = ? AND number IS NOT NULL",
        (key_id,),
    ).fetchone()
    prefix = row["last"].rpartition("-")[0] if row["last"] else ident("", "invoices", key_id, size=7).upper()
    return f"{prefix}-{row['taken'] + 1:04}"
