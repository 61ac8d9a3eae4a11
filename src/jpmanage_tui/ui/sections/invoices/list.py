"""The list of invoices, and the tabs above it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.ui.sections.invoices.columns import invoice_columns
from jpmanage_tui.ui.sections.list_section import ListTab
from jpmanage_tui.ui.widgets.cursor_list import CursorItemList

STATUS_TABS: dict[InvoiceStatus | None, ListTab] = {
    None: ListTab("All", "All", "No invoices yet."),
    InvoiceStatus.OPEN: ListTab("Open", "Open", "No invoice is open."),
    InvoiceStatus.PAID: ListTab("Paid", "Paid", "No invoice is paid."),
    InvoiceStatus.DRAFT: ListTab("Draft", "Dr.", "No invoice is draft."),
    InvoiceStatus.VOID: ListTab("Void", "Vd.", "No invoice is void."),
    InvoiceStatus.UNCOLLECTIBLE: ListTab("Uncollectible", "Unc.", "No invoice is uncollectible."),
}
"""The statuses by which the API filters. Past due is none of its own: such an invoice is open."""
STATUSES = tuple(STATUS_TABS)


class InvoiceList(CursorItemList[Invoice]):
    """The invoices, newest first."""

    styled_gaps = True

    def __init__(self, now: Callable[[], datetime], again: Callable[[], None]) -> None:
        super().__init__(invoice_columns(now), id="invoices", again=again)

    def identity(self, item: Invoice) -> InvoiceId:
        """Return the id."""
        return item.id
