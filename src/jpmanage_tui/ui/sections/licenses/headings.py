"""The line above the licences that names the columns."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.ui.sections.licenses.columns import FOLD_WIDTH, GAP, columns, headings
from jpmanage_tui.ui.sections.licenses.list_state import LicenseListState
from jpmanage_tui.ui.widgets.line import Line, pad
from jpmanage_tui.ui.widgets.virtual_list import BAR_WIDTH, MARKER_WIDTH


class Headings(Line):
    """The names of the columns, as wide as the list below makes them; an arrow marks the sorted one."""

    DEFAULT_CSS = "Headings { color: $text-muted; text-style: bold; }"

    def __init__(self) -> None:
        super().__init__()
        self._query = LicenseQuery()
        self._ranked = False

    def show(self, book: LicenseListState) -> None:
        """Name the columns of `book`; no date is marked in ranked rows."""
        if (book.query, book.ranked) != (self._query, self._ranked):
            self._query, self._ranked = book.query, book.ranked
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the names at the places of their columns."""
        column = columns(width - BAR_WIDTH - MARKER_WIDTH)
        product, site, issued, second, kind = headings(self._query, ranked=self._ranked)
        text = (
            " " * (MARKER_WIDTH + FOLD_WIDTH)
            + pad(product, column.product)
            + " " * GAP
            + pad(site, column.site)
        )
        for size, words in ((column.issued, issued), (column.second, second), (column.kind, kind)):
            if size:
                text += " " * GAP + pad(words, size)
        return [(text, self.rich_style)]
