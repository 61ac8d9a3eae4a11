"""The rows of the estimate: a product each, with a bar that shows which are the expensive ones."""

from __future__ import annotations

from decimal import Decimal

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.api.billing import BilledProduct, BillingEstimate, BillingInterval
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.ui.sections.billing import columns as figures
from jpmanage_tui.ui.sections.billing.columns import Order
from jpmanage_tui.ui.widgets.columns import GAP, Column, Layout, lay_out, name_in
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH, VirtualList

BAR_LEAST = 6
BAR_MOST = 30


class EstimateList(VirtualList):
    """The products of an estimate. The money is in `currency`, which billing itself does not name."""

    COMPONENT_CLASSES = {"bill--bar"}
    DEFAULT_CSS = "EstimateList > .bill--bar { color: $accent; }"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.rows: tuple[BilledProduct, ...] = ()
        self.order = Order.SUBTOTAL
        self._estimate: BillingEstimate | None = None
        self._currency: str | None = None
        self._highest = Decimal(0)
        self._columns: tuple[Column, ...] = figures.columns(BillingInterval.MONTH)
        self._layout: Layout | None = None

    @property
    def current(self) -> BilledProduct | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show_estimate(self, estimate: BillingEstimate | None, currency: str | None, order: Order) -> None:
        """Show an estimate in an order; the cursor stays on its product."""
        before = self.current.product_slug if self.current is not None else None
        self._estimate, self._currency, self.order = estimate, currency, order
        self.rows = figures.ordered(estimate, order) if estimate is not None else ()
        self._highest = figures.most(self.rows)
        self._columns = figures.columns(self._interval)
        slugs = [row.product_slug for row in self.rows]
        if before in slugs:
            self.cursor = slugs.index(before)
        self._fit()
        self.changed()
        self.show(self.cursor)

    @property
    def _interval(self) -> BillingInterval:
        return self._estimate.price_interval if self._estimate is not None else BillingInterval.MONTH

    def heading(self) -> str:
        """Return the line above the rows, as wide as they are; nothing without rows."""
        if self._layout is None or not self.rows:
            return ""  # the columns are not known yet: they depend on how the month is billed
        return " " * MARKER_WIDTH + self._layout.heading(self._columns, "Product")

    def resized(self) -> None:
        """Fit the columns to the new width."""
        self._fit()
        super().resized()

    def _fit(self) -> None:
        room = self.scrollable_content_region.width - MARKER_WIDTH
        cells = [figures.cells(row, self._interval, self._currency) for row in self.rows]
        names = [figures.name_of(row) for row in self.rows]
        self._layout = lay_out(self._columns, cells, names, room, spare=BAR_LEAST + GAP)

    def line_count(self) -> int:
        """Return the number of products."""
        return len(self.rows)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the row: product, figures, bar."""
        layout = self._layout
        if layout is None:
            return []
        row = self.rows[line]
        name = figures.name_of(row)
        name = name if cell_len(name) <= layout.name else title(name)
        text = figures.cells(row, self._interval, self._currency)
        bar = figures.bar(row.product_total_cost, self._highest, min(BAR_MOST, layout.left - GAP))
        return [
            (name_in(name, layout.name), self.rich_style),
            (layout.line(self._columns, text), self.rich_style),
            (" " * GAP + bar, self.get_component_rich_style("bill--bar")),
        ]
