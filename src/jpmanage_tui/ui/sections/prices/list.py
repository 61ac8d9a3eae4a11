"""The price list: products, the bundles of what is open, and a price that we cannot reckon with across its columns."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.services.price_rows import PriceRow
from jpmanage_tui.ui.sections.prices.columns import COLUMNS, unknown_interval
from jpmanage_tui.ui.widgets.item_list import Heading, ItemList, Span


class PriceList(ItemList[PriceRow]):
    """Rows of prices; the cursor stands on products."""

    prefix_width = 2

    def __init__(self, *, id: str) -> None:
        super().__init__(COLUMNS, id=id)
        self._opened: frozenset[ProductSlug] = frozenset()

    def show_rows(self, rows: Sequence[PriceRow | Heading], opened: frozenset[ProductSlug]) -> None:
        """Show these rows, in which the bundles of the `opened` products stand."""
        self._opened = opened
        self.show_items(rows)

    def identity(self, item: PriceRow) -> ProductSlug:
        """Return the slug: the cursor stays on its product."""
        return item.product.slug

    def selectable(self, line: int) -> bool:
        """The cursor stands on products, not on headings and bundles."""
        row = self.item_at(line)
        return row is not None and row.bundle is None

    def prefix(self, item: PriceRow) -> str:
        """Return the sign that says whether a product shows its bundles."""
        if item.bundle is not None or not item.product.supported_bundles:
            return "  "
        return "⌃ " if item.product.slug in self._opened else "⌄ "

    def row_style(self, item: PriceRow) -> Style:
        """Return the style of a row: bundles stand back."""
        return self.rich_style if item.bundle is None else self.get_component_rich_style("list--muted")

    def span(self, item: PriceRow) -> Span | None:
        """Return a price by its own interval, in the place of all figures."""
        words = unknown_interval(item.price)
        return Span("Per day", "Per year", words) if words is not None else None
