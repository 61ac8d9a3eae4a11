"""The products in their sections, with prices and how many are selected."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from jpmanage_tui.api.products import Product
from jpmanage_tui.rules import catalog as catalog
from jpmanage_tui.rules.search.fold import fold
from jpmanage_tui.services.issuing.quote import cost_of, per_day, per_month, saving_words
from jpmanage_tui.services.issuing.selection import Pick, Selection
from jpmanage_tui.ui.sections.issue.columns import columns
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


class ProductList(VirtualList):
    """One product a line under the headings of the vendor's sections; the cursor stands on products only."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: list[Product | str] = []
        self._in_size = 1
        self._selection = Selection()

    def show_products(self, products: Sequence[Product], size: int, selection: Selection) -> None:
        """Show these products in a size; the cursor stays on the product it is on, where that is still there."""
        before = self.current
        rows: list[Product | str] = []
        for section, members in catalog.sections(products):
            rows += [section.value, *members]
        self._rows, self._in_size, self._selection = rows, size, selection
        if before is not None:
            self.cursor = next(
                (n for n, row in enumerate(rows) if isinstance(row, Product) and row.slug == before.slug), 0
            )
        if not self.selectable(self.cursor):
            self.cursor = next((n for n, row in enumerate(rows) if isinstance(row, Product)), 0)
        self.changed()

    @property
    def current(self) -> Product | None:
        """The product under the cursor."""
        row = self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None
        return row if isinstance(row, Product) else None

    def point_at(self, text: str) -> None:
        """Put the cursor on the first product whose name has `text` in it, where there is one."""
        needle = fold(text)
        for line, row in enumerate(self._rows):
            if isinstance(row, Product) and needle in fold(row.name):
                self.move_cursor(line)
                return

    @property
    def position(self) -> tuple[int, int]:
        """The number of the product under the cursor, from 1, and how many there are."""
        places = [n for n, row in enumerate(self._rows) if isinstance(row, Product)]
        return sum(place <= self.cursor for place in places), len(places)

    def line_count(self) -> int:
        """Return the number of products and headings."""
        return len(self._rows)

    def selectable(self, line: int) -> bool:
        """Return whether a product stands on the line."""
        return 0 <= line < len(self._rows) and isinstance(self._rows[line], Product)

    def row_prefix(self, line: int) -> str:
        """Return a tick beside what is selected in this size."""
        return "✓" if self._count(line) else " "

    def _count(self, line: int) -> int:
        row = self._rows[line]
        return self._selection.count(Pick(row.slug, self._in_size)) if isinstance(row, Product) else 0

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return a heading, or count, name and prices."""
        row = self._rows[line]
        if isinstance(row, str):
            return [(row, self.get_component_rich_style("list--strong"))]
        column = columns(width)
        count = self._count(line)
        price = cost_of(row, self._in_size)
        day, month = per_day(price), per_month(price)
        prices = day.rjust(column.day) if column.day else ""
        # an interval that is not reckoned with takes both columns
        prices = (
            pad(prices + month.rjust(column.month), column.day + column.month)
            if month
            else day.rjust(column.day + column.month)
        )
        strong = self.get_component_rich_style("list--strong")
        style = strong if count else self.rich_style
        parts = [
            (pad(f"{count}×" if count else "", column.count), strong),
            (pad(catalog.title(row.name) or row.slug, column.name), style),
            (prices, style),
        ]
        if column.last:
            parts.append(
                ("  " + pad(self._last(row), column.last), self.get_component_rich_style("list--muted"))
            )
        return parts

    def _last(self, product: Product) -> str:
        if self._in_size > 1:
            return saving_words(product, self._in_size)
        return ", ".join(str(bundle.quantity) for bundle in product.supported_bundles)
