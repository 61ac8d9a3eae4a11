"""The columns of the invoice list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.invoices import can_download
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.services.invoices.payment import total_text
from jpmanage_tui.services.invoices.status import signed_status
from jpmanage_tui.ui.widgets.item_list import Column, Columns
from jpmanage_tui.ui.widgets.line import pad_end
from jpmanage_tui.ui.widgets.states import state_style

NO_NUMBER = "—"


def invoice_columns(now: Callable[[], datetime]) -> Columns[Invoice]:
    """Return the columns; `now` (aware) returns the moment by which an invoice is past due.

    Dates are in UTC, the total in the invoice's own currency.
    """
    return (
        Column(
            "Number",
            lambda invoice: invoice.number or NO_NUMBER,
            fit=pad_end,
            fill=True,
            least=4,
            most=28,
        ),
        Column(
            "Issued",
            lambda invoice: format_date(invoice.created),
            width=10,
            from_room=69,
        ),
        Column(
            "Due Date",
            lambda invoice: format_date(invoice.due_date),
            width=10,
            from_room=57,
        ),
        Column(
            "Status",
            lambda invoice: signed_status(invoice, now()),
            style=lambda invoice: state_style(signed_status(invoice, now())),
            width=lambda room: 15 if room >= 45 else 10,
        ),
        Column(
            "Total",
            total_text,
            right=True,
            style="list--strong",
            width=lambda room: 14 if room >= 45 else 11,
        ),
        Column(
            "PDF",
            lambda invoice: "yes" if can_download(invoice) else "no",
            width=3,
            from_room=76,
        ),
    )
