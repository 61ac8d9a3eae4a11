"""The idle licenses in rows: what each costs, and a line of dots while more of them can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.services.unassigned_list import UnassignedListState, cells, name_of
from jpmanage_tui.ui.sections.billing.columns import UNASSIGNED_COLUMNS
from jpmanage_tui.ui.widgets.columns import Layout, lay_out, name_in
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH, VirtualList

AHEAD = 10
"""Rows below the view from which on the next page is asked for."""


class Widest:
    """The widest text of each column of a book; rows that came later are measured when they come, not all anew."""

    def __init__(self) -> None:
        self._of: tuple[object, object] = (None, None)
        self._clear()

    def _clear(self) -> None:
        self.cells: list[str] = [""] * len(UNASSIGNED_COLUMNS)
        self.name = ""
        self._measured = 0

    def measure(self, book: UnassignedListState, now: datetime) -> None:
        """Take over the rows that were not measured yet; all of them for another book or other prices."""
        if self._of[0] is not book or self._of[1] is not book.products:
            self._clear()
            self._of = (book, book.products)
        for item in book.items[self._measured :]:
            texts = cells(item, now)
            self.cells = [max(pair, key=cell_len) for pair in zip(self.cells, texts, strict=True)]
            self.name = max(self.name, name_of(item), key=cell_len)
        self._measured = len(book.items)


class IdleList(VirtualList):
    """The rows of an `UnassignedListState`, oldest first; `marked` has the marked licenses."""

    def __init__(self, marked: Mapping[LicenseKey, License], *, id: str) -> None:
        super().__init__(id=id)
        self.book = UnassignedListState()
        self.now = datetime.now(UTC)
        self._marked = marked
        self._layout: Layout | None = None
        self._widest = Widest()

    @property
    def current(self) -> License | None:
        """The license under the cursor."""
        items = self.book.items
        return items[self.cursor].license if self.cursor < len(items) else None

    def show_book(self, book: UnassignedListState, now: datetime) -> None:
        """Show what is known at `now` (the server's time); the cursor stays on its license while it is there."""
        before = self.current
        self.book, self.now = book, now
        row = book.row_of(before.license_key) if before is not None else None
        self.cursor = row if row is not None else max(0, min(self.cursor, len(book.items) - 1))
        self._fit()
        self.changed()
        self.show(self.cursor)

    def heading(self) -> str:
        """Return the line above the rows, as wide as they are; nothing without rows."""
        if self._layout is None or not self.book.items:
            return ""
        return " " * MARKER_WIDTH + self._layout.heading(UNASSIGNED_COLUMNS, "Product")

    def resized(self) -> None:
        """Fit the columns to the new width."""
        self._fit()
        super().resized()

    def _fit(self) -> None:
        room = self.scrollable_content_region.width - MARKER_WIDTH
        widest = self._widest
        widest.measure(self.book, self.now)
        self._layout = lay_out(UNASSIGNED_COLUMNS, [widest.cells], [widest.name], room, least=22)

    @property
    def wants_more(self) -> bool:
        """Whether the view is so near to the last row known that the next ones must be asked for."""
        bottom = self.scroll_offset.y + self.view_height
        return not self.book.done and bottom + AHEAD >= len(self.book.items)

    def line_count(self) -> int:
        """Return the rows, and one line more while there may be more."""
        known = len(self.book.items)
        return known if self.book.done or not known else known + 1

    def selectable(self, line: int) -> bool:
        """The cursor stands on licenses only."""
        return line < len(self.book.items)

    def row_prefix(self, line: int) -> str:
        """Return the sign of a marked row."""
        items = self.book.items
        if not self._marked or line >= len(items):
            return " "
        return "*" if items[line].license.license_key in self._marked else " "

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the row, or dots where the next ones will stand."""
        layout = self._layout
        if line >= len(self.book.items) or layout is None:
            return [("· · ·", self.get_component_rich_style("list--muted"))]
        item = self.book.items[line]
        name = name_of(item)
        name = name if cell_len(name) <= layout.name else title(name)
        texts = cells(item, self.now)
        return [
            (name_in(name, layout.name), self.rich_style),
            (layout.line(UNASSIGNED_COLUMNS, texts), self.rich_style),
        ]
