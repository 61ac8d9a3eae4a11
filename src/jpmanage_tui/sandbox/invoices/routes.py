"""Invoices: list and pay (contract: account 1.5)."""

from __future__ import annotations

import sqlite3

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.cards import saved_cards as cards
from jpmanage_tui.sandbox.cards.stripe_cards import BEHAVIORS
from jpmanage_tui.sandbox.cursors import cut
from jpmanage_tui.sandbox.envelope import HTTPError, Reply, invalid
from jpmanage_tui.sandbox.invoices import invoice_rows as invoices
from jpmanage_tui.sandbox.invoices.month_end import bring_up_to_date
from jpmanage_tui.sandbox.jsontypes import Json


def list_invoices(call: Call) -> Json:
    """One page of the key's invoices, newest first, of one status when it is asked for."""
    status = call.text("status")
    if status and status not in invoices.STATUSES:
        raise invalid(status=f"status must be one of {', '.join(invoices.STATUSES)}.")
    bring_up_to_date(call.conn, call.key_id, call.now)
    rows = invoices.of_key(call.conn, call.key_id, status)
    page, more = cut(call, rows, "invoice_id", invoices.PER_PAGE)
    return {"items": [invoices.invoice_json(row, call.files_origin) for row in page], "has_more": more}


def pay_invoice(call: Call) -> Json | Reply:
    """Charge an open invoice to the primary card. The updated invoice is the answer.

    A card that does not pay makes the documented 500 ``unable_to_pay_invoice``; so does a key without a card.

    Raises HTTPError where it cannot be charged.
    """
    row = _owned(call, call.path["invoice_id"])
    if row["status"] == "paid":
        raise HTTPError(400, "invoice_already_paid", "Invoice is already paid.")
    if row["status"] != "open":
        raise HTTPError(400, "invoice_not_open", f"An invoice that is {row['status']} cannot be paid.")
    card = cards.primary(call.conn, call.key_id)
    if card is None:
        raise HTTPError(500, "unable_to_pay_invoice", "There is no payment method to charge this invoice to.")
    failure = BEHAVIORS[card["behaviour"]].charge
    if failure:
        raise HTTPError(500, "unable_to_pay_invoice", failure)
    answer = switches.choice(call.conn, "pay-answer")
    if answer != "open":
        _settle(call, row, card["payment_method_id"])
    if answer == "error-after":  # answered, not raised: what was charged stays
        return HTTPError(500, "unable_to_pay_invoice", "The payment could not be confirmed.").reply(LICENSING)
    return invoices.invoice_json(_owned(call, row["invoice_id"]), call.files_origin)


def _settle(call: Call, row: sqlite3.Row, payment_method_id: str) -> None:
    call.conn.execute(
        "UPDATE invoices SET status = 'paid', paid_at = ?, charged_to = ? WHERE invoice_id = ?",
        (call.epoch, payment_method_id, row["invoice_id"]),
    )
    call.record("pay_invoice", row["invoice_id"], payment_method_id)


def _owned(call: Call, invoice_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = call.conn.execute(
        "SELECT * FROM invoices WHERE invoice_id = ? AND key_id = ?", (invoice_id, call.key_id)
    ).fetchone()
    if row is None:
        raise HTTPError(404, "invoice_not_found", "The invoice was not found.")
    return row


ROUTES = (
    RouteSpec("GET", f"{LICENSING}/partner/invoices", TokenNeed.KEY, list_invoices),
    RouteSpec("POST", f"{LICENSING}/partner/invoice/{{invoice_id}}/payment", TokenNeed.KEY, pay_invoice),
)
