"""The lists of Billing: products of the estimate with bars, unassigned licenses, and what was issued and revoked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from rich.cells import cell_len

from jpmanage_tui.api.billing import BillingEstimate, BillingInterval
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.activity import ProductActivity
from jpmanage_tui.rules.bars import bar
from jpmanage_tui.rules.unassigned import UnassignedLicense
from jpmanage_tui.services.billing_estimate import EstimateRow, estimate_rows
from jpmanage_tui.services.sort_order import SortOrder
from jpmanage_tui.services.unassigned_licenses import UnassignedListState
from jpmanage_tui.ui.sections.billing.columns import (
    ACTIVITY_COLUMNS,
    BAR_MOST,
    estimate_columns,
    unassigned_columns,
)
from jpmanage_tui.ui.widgets.item_list import GAP, ItemList, Parts

AHEAD = 10
"""Rows below the view from which on the next page is asked for."""


class EstimateList(ItemList[EstimateRow]):
    """The products of an estimate, each with a bar that shows which are the expensive ones."""

    COMPONENT_CLASSES = {"bill--bar"}
    DEFAULT_CSS = "EstimateList > .bill--bar { color: $accent; }"
    keeps_line = True

    def __init__(self, *, id: str) -> None:
        super().__init__(estimate_columns(BillingInterval.MONTH), id=id)
        self._highest = Decimal(0)

    @property
    def rows(self) -> list[EstimateRow]:
        """The products in their order."""
        return [row for row in self.items if isinstance(row, EstimateRow)]

    def show_estimate(
        self, estimate: BillingEstimate | None, currency: str | None, order: SortOrder[EstimateRow]
    ) -> None:
        """Show an estimate in an order."""
        rows = order.sort(estimate_rows(estimate, currency))
        self._highest = max(
            (row.product.product_total_cost or Decimal(0) for row in rows), default=Decimal(0)
        )
        if estimate is not None:
            self.show_columns(estimate_columns(estimate.price_interval))
        self.show_items(rows)

    def identity(self, item: EstimateRow) -> str:
        """Return the slug: the cursor stays on its product."""
        return item.product.product_slug

    def paint_item(self, item: EstimateRow, width: int) -> Parts:
        """Return the columns, and the bar in what is left beside them."""
        parts = super().paint_item(item, width)
        left = width - sum(cell_len(text) for text, _ in parts)
        words = bar(item.product.product_total_cost, self._highest, min(BAR_MOST, left - GAP))
        return [*parts, (" " * GAP + words, self.get_component_rich_style("bill--bar"))]


class ActivityList(ItemList[ProductActivity]):
    """The products of which licenses were issued or revoked this month."""

    keeps_line = True

    def __init__(self, *, id: str) -> None:
        super().__init__(ACTIVITY_COLUMNS, id=id)

    def identity(self, item: ProductActivity) -> str:
        """Return the product's name: the cursor stays on it."""
        return item.product


class UnassignedList(ItemList[UnassignedLicense]):
    """The rows of an `UnassignedListState`, and a line of dots while there are more of them.

    `marked` has the marked licenses; `now` gives the server's time.
    """

    keeps_line = True

    def __init__(self, marked: Mapping[LicenseKey, License], now: Callable[[], datetime], *, id: str) -> None:
        super().__init__(unassigned_columns(now), id=id)
        self.marked = marked
        self._state = UnassignedListState()
        self._priced_by: Sequence[Product] | None = None

    def show_state(self, state: UnassignedListState) -> None:
        """Show what is known now; what was known before, with the same prices, is not measured again."""
        if state is self._state and state.products is self._priced_by:
            self.add_items(state.items[len(self.items) :])
        else:
            self._state, self._priced_by = state, state.products
            self.show_items(state.items)

    def identity(self, item: UnassignedLicense) -> LicenseKey:
        """Return the code: the cursor stays on its license."""
        return item.license.license_key

    @property
    def wants_more(self) -> bool:
        """Whether the view is so near to the last row known that the next ones must be asked for."""
        bottom = self.scroll_offset.y + self.view_height
        return not self._state.done and bottom + AHEAD >= len(self.items)

    def line_count(self) -> int:
        """Return the rows, and one line more while there may be more."""
        known = len(self.items)
        return known if self._state.done or not known else known + 1

    def paint(self, line: int, width: int) -> Parts:
        """Return the row, or dots where the next ones will stand."""
        if line >= len(self.items):
            return [("· · ·", self.get_component_rich_style("list--muted"))]
        return super().paint(line, width)
