"""The price list, painted by line: sections, products, and the bundles of what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.api.models.product import Product
from jpmanage_tui.rules.catalogue import title
from jpmanage_tui.ui.sections.prices import rows
from jpmanage_tui.ui.sections.prices.rows import COLUMNS, PRICES, Heading, Row
from jpmanage_tui.ui.widgets.columns import GAP, Layout, lay_out, name_in, right
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH, VirtualList

FOLD = 2
"""Cells of the sign that says whether a product has bundles to show."""


class PriceList(VirtualList):
    """Lines of prices; the cursor stands on products."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.lines: tuple[rows.Line, ...] = ()
        self._families: Mapping[str, str] = {}
        self._opened: frozenset[str] = frozenset()
        self._layout: Layout | None = None

    @property
    def current(self) -> Product | None:
        """The product under the cursor."""
        line = self.lines[self.cursor] if self.cursor < len(self.lines) else None
        return line.product if isinstance(line, Row) else None

    def show_lines(
        self, lines: Sequence[rows.Line], families: Mapping[str, str], opened: frozenset[str]
    ) -> None:
        """Show these lines; `families` has the names by slug. The cursor stays on its product while it is listed."""
        before = self.current.slug if self.current is not None else None
        self.lines, self._families, self._opened = tuple(lines), families, opened
        found = [n for n, line in enumerate(lines) if isinstance(line, Row) and line.product.slug == before]
        products = [n for n, line in enumerate(lines) if isinstance(line, Row)]
        self.cursor = (found or products or [0])[0]
        self._fit()
        self.changed()
        if self.cursor == (products or [0])[0]:
            self.first()
        else:
            self.show(self.cursor)

    def heading(self) -> str:
        """Return the line above the rows, as wide as they are; nothing without rows."""
        if self._layout is None or not self.lines:
            return ""
        return " " * (MARKER_WIDTH + FOLD) + self._layout.heading(COLUMNS, "Product")

    def resized(self) -> None:
        """Fit the columns to the new width."""
        self._fit()
        super().resized()

    def _fit(self) -> None:
        room = self.scrollable_content_region.width - MARKER_WIDTH - FOLD
        listed = [line for line in self.lines if not isinstance(line, Heading)]
        cells = [rows.cells(line, self._families) for line in listed]
        self._layout = lay_out(COLUMNS, cells, [rows.name_of(line) for line in listed], room, least=24)

    def line_count(self) -> int:
        """Return the number of lines."""
        return len(self.lines)

    def selectable(self, line: int) -> bool:
        """The cursor stands on products, not on sections and bundles."""
        return 0 <= line < len(self.lines) and isinstance(self.lines[line], Row)

    def move(self, step: int) -> None:
        """Move to the next product: what stands between is a line or two, never a text to scroll through."""
        target = self._next(self.cursor, step)
        if target is None:
            super().move(step)
        else:
            self.place(target)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return a section's name, or a product's or a bundle's prices."""
        item, layout = self.lines[line], self._layout
        if layout is None:
            return []
        if isinstance(item, Heading):
            return [(item.words, self.get_component_rich_style("list--strong"))]
        muted = self.get_component_rich_style("list--muted")
        style = self.rich_style if isinstance(item, Row) else muted
        name = rows.name_of(item)
        if isinstance(item, Row) and cell_len(name) > layout.name:
            name = title(name)
        parts = [(self._fold(item), muted), (name_in(name, layout.name), style)]
        text = rows.cells(item, self._families)
        own = rows.own_word(rows.price_of(item))
        if own is None:
            return [*parts, (layout.line(COLUMNS, text), style)]
        taken = sum(size + GAP for size in layout.widths[:PRICES] if size)
        rest = ("",) * PRICES + tuple(text[PRICES:])
        return [*parts, (right(own, taken) + layout.line(COLUMNS, rest)[taken:], style)]

    def _fold(self, item: rows.Line) -> str:
        if not isinstance(item, Row) or not item.product.supported_bundles:
            return " " * FOLD
        return "⌃ " if item.product.slug in self._opened else "⌄ "
