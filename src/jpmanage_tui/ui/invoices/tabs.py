"""The tabs of the invoice list: the statuses by which the API filters."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.api.models.invoice import InvoiceStatus
from jpmanage_tui.ui.widgets.line import Line

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


class InvoiceTabs(Line):
    """One line of tabs; the present one is bold and reversed, so that no colour is needed."""

    COMPONENT_CLASSES = {"tabs--current"}
    DEFAULT_CSS = """
    InvoiceTabs { padding: 0 1; & > .tabs--current { text-style: bold reverse; color: $primary; } }
    """

    def __init__(self) -> None:
        super().__init__()
        self._status: InvoiceStatus | None = None

    def show_tab(self, status: InvoiceStatus | None) -> None:
        """Show which filter is on."""
        if status is not self._status:
            self._status = status
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the tabs, shortened where they do not fit."""
        long = [f" {words} " for _, words, _ in TABS]
        fits = cell_len("".join(long)) <= width
        texts = long if fits else [f" {brief} " for _, _, brief in TABS]
        return [
            (text, self.style("tabs--current") if status is self._status else self.rich_style)
            for text, (status, _, _) in zip(texts, TABS, strict=True)
        ]
