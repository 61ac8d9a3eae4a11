"""The columns of the invoice list, on the screen and in the export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rich.cells import cell_len

from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.invoices import Badge, badge, can_download
from jpmanage_tui.rules.prices import money
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.services.exports import amount
from jpmanage_tui.ui.widgets.item_list import Column, Columns, ExportField
from jpmanage_tui.ui.widgets.line import pad

NO_NUMBER = "—"
SIGNS = {Badge.PAST_DUE: "! ", Badge.UNCOLLECTIBLE: "✗ ", Badge.PAID: "✓ "}
"""Signs before the words that must be told apart without color."""
STYLES = {
    Badge.PAST_DUE: "invoices--past-due",
    Badge.PAID: "invoices--paid",
    Badge.UNCOLLECTIBLE: "invoices--uncollectible",
}


def invoice_columns(now: Callable[[], datetime]) -> Columns[Invoice]:
    """Return the columns; `now` (aware) returns the moment by which an invoice is past due.

    Dates are in UTC, the total in the invoice's own currency. The address of a PDF is in no export: whoever has it
    reads it.
    """

    def status(invoice: Invoice) -> str:
        state = badge(invoice, now())
        return SIGNS.get(state, "  ") + _status_word(invoice, state, state.value)

    def exported_status(invoice: Invoice) -> str:
        state = badge(invoice, now())
        return _status_word(invoice, state, state.value.lower())

    return (
        Column(
            "Number",
            lambda invoice: invoice.number or NO_NUMBER,
            fit=fit_number,
            fill=True,
            least=4,
            most=28,
            export=(
                ExportField("number", lambda invoice: invoice.number or None),
                ExportField("invoice_id", lambda invoice: invoice.id),
            ),
        ),
        ExportField("status", exported_status),
        Column(
            "Issued",
            lambda invoice: format_date(invoice.created),
            width=10,
            from_room=69,
            export=(ExportField("issued_at", lambda invoice: invoice.created),),
        ),
        Column(
            "Due Date",
            lambda invoice: format_date(invoice.due_date),
            width=10,
            from_room=57,
            export=(ExportField("due_at", lambda invoice: invoice.due_date),),
        ),
        Column(
            "Status",
            status,
            style=lambda invoice: STYLES.get(badge(invoice, now()), ""),
            width=lambda room: 15 if room >= 45 else 10,
        ),
        Column(
            "Total",
            total_cell,
            right=True,
            style="list--strong",
            width=lambda room: 14 if room >= 45 else 11,
            export=(
                ExportField("total", lambda invoice: amount(invoice.total, invoice.currency)),
                ExportField("currency", lambda invoice: invoice.currency or None),
            ),
        ),
        Column(
            "PDF",
            lambda invoice: "yes" if can_download(invoice) else "no",
            width=3,
            from_room=76,
            export=(ExportField("pdf", can_download),),
        ),
    )


def _status_word(invoice: Invoice, state: Badge, known: str) -> str:
    """Return the API's own word where it is one that we do not know."""
    return invoice.status_word if state is Badge.UNKNOWN and invoice.status_word else known


def fit_number(text: str, width: int) -> str:
    """Return a number in exactly `width` cells, without its beginning where it is too long: they differ at the end."""
    if cell_len(text) > width:
        text = "…" + next((text[n:] for n in range(1, len(text)) if cell_len(text[n:]) < width), "")
    return pad(text, width)


def total_cell(invoice: Invoice) -> str:
    """Return the total as it is shown, in the invoice's currency; a dash where the API gave none."""
    return money(invoice.total, invoice.currency or None) if invoice.total is not None else "—"
