"""The tabs of the invoice list: the statuses by which the API filters."""

from __future__ import annotations

from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.ui.widgets.tab_bar import TabBar

TABS: tuple[tuple[InvoiceStatus | None, str, str], ...] = (
    (None, "All", "All"),
    (InvoiceStatus.OPEN, "Open", "Open"),
    (InvoiceStatus.PAID, "Paid", "Paid"),
    (InvoiceStatus.DRAFT, "Draft", "Dr."),
    (InvoiceStatus.VOID, "Void", "Vd."),
    (InvoiceStatus.UNCOLLECTIBLE, "Uncollectible", "Unc."),
)
"""Status, words, and the words where there is little room. Past due is no status of its own: such a one is open."""

STATUSES = tuple(tab[0] for tab in TABS)


def tab_words(status: InvoiceStatus | None) -> str:
    """Return the name of a filter as its tab reads."""
    return next(words for tab, words, _ in TABS if tab is status)


class InvoiceTabs(TabBar):
    """One line of tabs, a status each."""

    def __init__(self) -> None:
        super().__init__([(words, brief) for _, words, brief in TABS])

    def show_tab(self, status: InvoiceStatus | None) -> None:
        """Show which filter is on."""
        self.show(STATUSES.index(status))
