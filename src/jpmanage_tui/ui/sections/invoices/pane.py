"""What the pane beside the list says of an invoice, and what can be done with it now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.invoices import badge, can_download, invoice_name
from jpmanage_tui.rules.text import format_datetime
from jpmanage_tui.services.fields.invoices import status_word
from jpmanage_tui.services.invoices.payment import total_text
from jpmanage_tui.services.invoices.status import SIGNS
from jpmanage_tui.ui.sections.invoices.columns import NO_NUMBER
from jpmanage_tui.ui.widgets.detail_pane import Detail, Fact, Title, action_details


def invoice_details(
    invoice: Invoice, now: datetime, actions: Sequence[tuple[str, str, str | None]]
) -> list[Detail]:
    """Return all that the pane says of an invoice; its lines stand in its PDF only (contract: account 5).

    `now` (aware) is the moment by which it is past due; `actions` are (command, label, why not).
    """
    state = badge(invoice, now)
    status = SIGNS.get(state, "") + status_word(invoice, state, state.value)
    return [
        Title(f"Invoice {invoice_name(invoice)}"),
        Fact("Status", status, state=True),
        Fact("Total", total_text(invoice)),
        Fact("Issued on", format_datetime(invoice.created)),
        Fact("Due on", format_datetime(invoice.due_date)),
        Fact("Number", invoice.number or NO_NUMBER),
        Fact("Invoice ID", invoice.id),
        Fact("PDF", "yes, with its lines" if can_download(invoice) else "none"),
        *action_details(actions),
    ]
