"""The list of invoices and the line above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from rich.style import Style

from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.invoices import Badge, badge
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.sections.invoices.columns import HEADINGS, RIGHT, cells, columns
from jpmanage_tui.ui.sections.invoices.data import InvoiceListState
from jpmanage_tui.ui.widgets.line import Line
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH, VirtualList

STATUS = 3
PLACEHOLDER = "· · ·"


class InvoiceHeadings(Line):
    """The names of the columns."""

    DEFAULT_CSS = "InvoiceHeadings { color: $text-muted; text-style: bold; }"

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the names at the places of their columns; the list beside keeps a cell for its scroll bar."""
        room = max(0, width - MARKER_WIDTH - 1)
        return [(" " * MARKER_WIDTH + columns(room).line(HEADINGS), self.rich_style)]


class InvoiceList(VirtualList):
    """One invoice a line; below the last one that is loaded stands a placeholder while the API has more."""

    COMPONENT_CLASSES = {"invoices--past", "invoices--good", "invoices--bad"}
    DEFAULT_CSS = """
    InvoiceList {
        & > .invoices--past { color: $warning; text-style: bold; }
        & > .invoices--good { color: $success; }
        & > .invoices--bad { color: $error; }
    }
    """

    class WantsEnd(DataMessage):
        """The user asked for the last invoice of all."""

        list: InvoiceList

    def __init__(self, list_state: InvoiceListState, now: Callable[[], datetime]) -> None:
        super().__init__(id="invoices")
        self.list_state = list_state
        self._now = now
        self.to_end = False
        """Whether the cursor goes on to the end as pages come; any other move ends that."""

    @property
    def current(self) -> Invoice | None:
        """The invoice under the cursor."""
        return self.list_state.rows[self.cursor] if self.cursor < len(self.list_state.rows) else None

    def line_count(self) -> int:
        """Return the number of rows, and one for what is still to come."""
        return len(self.list_state.rows) + self.list_state.more

    def selectable(self, line: int) -> bool:
        """Return whether an invoice stands there: the cursor waits above the placeholder."""
        return line < len(self.list_state.rows)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return an invoice's columns, its status in the style of its meaning."""
        if line >= len(self.list_state.rows):
            return [(PLACEHOLDER, self.get_component_rich_style("list--muted"))]
        invoice, now = self.list_state.rows[line], self._now()
        fit, texts = columns(width), cells(invoice, now)
        parts = [(fit.part(index, text), self.rich_style) for index, text in enumerate(texts)]
        styles = {
            Badge.PAST_DUE: "invoices--past",
            Badge.PAID: "invoices--good",
            Badge.UNCOLLECTIBLE: "invoices--bad",
        }
        style = styles.get(badge(invoice, now))
        if style is not None:
            parts[STATUS] = (parts[STATUS][0], self.get_component_rich_style(style))
        parts[RIGHT] = (parts[RIGHT][0], self.get_component_rich_style("list--strong"))
        return parts

    def stay_on(self, invoice: Invoice | None) -> None:
        """Take over changed rows, the cursor staying on the invoice on which it stood."""
        row = self.list_state.row_of(invoice.id) if invoice is not None else None
        if row is not None:
            self.cursor = row
        self.changed()
        if self.to_end and self.list_state.rows:
            self.move_cursor(len(self.list_state.rows) - 1)

    # -- moving --------------------------------------------------------------------------

    def move(self, step: int) -> None:
        """Move by a row; no longer to the end."""
        self.to_end = False
        super().move(step)

    def page(self, pages: float) -> None:
        """Move by pages; no longer to the end."""
        self.to_end = False
        super().page(pages)

    def first(self) -> None:
        """Move to the first row; no longer to the end."""
        self.to_end = False
        super().first()

    def last(self) -> None:
        """Move to the last row that is loaded, and on to the end of all."""
        super().last()
        self.to_end = self.list_state.more
        if self.to_end:
            self.post_message(self.WantsEnd(self))
