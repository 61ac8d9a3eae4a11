"""Invoices: their rows and how the API writes them (contract: account 1.5)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from jpmanage_tui.sandbox.billing.estimate import month_days
from jpmanage_tui.sandbox.billing.usage import DAY, Ledger
from jpmanage_tui.sandbox.clock import stamp
from jpmanage_tui.sandbox.identifiers import ident
from jpmanage_tui.sandbox.jsontypes import Json

PER_PAGE = 10
"""Invoices on a page; ten are shown on the web."""
STATUSES = ("draft", "open", "paid", "void", "uncollectible")


@dataclass(frozen=True)
class Plan:
    """An invoice to be made: whose, which number, when (Unix seconds), in which state."""

    key_id: int
    number: str | None
    created_at: int
    status: str = "paid"
    due_at: int | None = None


def make(connection: sqlite3.Connection, ledger: Ledger, plan: Plan) -> str:
    """Make the invoice of the month before `created_at`, a line a product, and return its id.

    A draft has neither number nor effective date nor PDF; a paid one was charged when it was made.
    """
    invoice_id = ident("in_1", plan.key_id, plan.created_at)
    first, last = previous_month(plan.created_at)
    due = ledger.charges(first, last)
    connection.execute(
        "INSERT INTO invoices (invoice_id, key_id, number, created_at, due_at, effective_at, status, total_cents,"
        " currency, pdf_token, paid_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'usd', ?, ?)",
        (
            invoice_id,
            plan.key_id,
            plan.number,
            plan.created_at,
            plan.due_at,
            None if plan.status == "draft" else plan.created_at,
            plan.status,
            sum(charge.cents for charge in due),
            ident("", "pdf", invoice_id),
            plan.created_at if plan.status == "paid" else None,
        ),
    )
    connection.executemany(
        "INSERT INTO invoice_lines VALUES (?, ?, ?, ?, ?)",
        [(invoice_id, place, one.name, one.days, one.cents) for place, one in enumerate(due)],
    )
    return invoice_id


def previous_month(moment: int) -> tuple[int, int]:
    """Return the first day of the month before `moment` (Unix seconds) and of its own, as days since 1970."""
    this_month, _ = month_days(datetime.fromtimestamp(moment, UTC))
    last_day = datetime.fromtimestamp((this_month - 1) * DAY, UTC)
    return month_days(last_day)[0], this_month


def of_key(connection: sqlite3.Connection, key_id: int, status: str = "") -> list[sqlite3.Row]:
    """Return a key's invoices, newest first, of one status when it is given."""
    return connection.execute(
        "SELECT * FROM invoices WHERE key_id = ? AND ? IN ('', status) ORDER BY created_at DESC, position DESC",
        (key_id, status),
    ).fetchall()


def invoice_json(row: sqlite3.Row, files_origin: str) -> Json:
    """Write an invoice: `created` is Unix seconds as a string, `due_date` a date and time without a zone."""
    effective = row["effective_at"]
    return {
        "id": row["invoice_id"],
        "number": row["number"],
        "due_date": stamp(row["due_at"]),
        "created": str(row["created_at"]),
        "effective_at": None if effective is None else str(effective),
        "status": row["status"],
        "total": row["total_cents"] / 100,
        "currency": row["currency"],
        "invoice_pdf": pdf_url(row, files_origin),
    }


def pdf_url(row: sqlite3.Row, files_origin: str) -> str:
    """Return the pre-signed address of an invoice's PDF on the second origin, "" for a draft."""
    if row["status"] == "draft":
        return ""
    return f"{files_origin}/pdf/{row['invoice_id']}?s={row['pdf_token']}"
