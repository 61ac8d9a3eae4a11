"""The list of sites: one line a site, the facts of an opened one below it."""

from __future__ import annotations

from collections.abc import Callable

from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.sites import Site
from jpmanage_tui.services.connected_sites import PER_PAGE
from jpmanage_tui.ui.sections.licenses.detail import action_lines
from jpmanage_tui.ui.sections.sites.columns import COLUMNS
from jpmanage_tui.ui.sections.sites.detail import LABEL_WIDTH, Fact, wrap_facts
from jpmanage_tui.ui.widgets.item_list import PagedItemList, Parts
from jpmanage_tui.ui.widgets.outline import Outline
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH

INDENT = 4
Block = list[Fact | list[tuple[str, str]]]


class SitesList(PagedItemList[Site]):
    """Sites in rows of one line. `facts` gives what stands below an opened row, `offers` what can be done with it."""

    prefix_width = 2
    COMPONENT_CLASSES = {"site--label", "site--key"}
    DEFAULT_CSS = """
    SitesList {
        & > .site--label { color: $text-muted; text-style: $muted-style; }
        & > .site--key { text-style: bold; color: $primary; }
    }
    """

    def __init__(
        self,
        facts: Callable[[Site], list[Fact]],
        offers: Callable[[Site], list[tuple[str, str]]],
        *,
        again: Callable[[], None],
        id: str,
    ) -> None:
        super().__init__(COLUMNS, PER_PAGE, id=id, again=again)
        self.expanded: set[BlogId] = set()
        self.facts_elsewhere = False
        """Whether facts and actions stand beside the list: then no row opens."""
        self._facts = facts
        self._offers = offers
        self._outline = Outline()
        self._blocks: dict[int, Block] = {}
        self._next_row: int | None = None
        """The row on which the cursor is to stand when the rows are laid out anew."""

    # -- where things are ----------------------------------------------------------------

    def line_count(self) -> int:
        """Return the number of lines, those below opened rows included."""
        return self._outline.lines

    def row_at(self, line: int) -> int:
        """Return the row to which a line belongs."""
        return self._outline.at(line)[0]

    def selectable(self, line: int) -> bool:
        """The cursor stands on rows, not on the text below them."""
        return self._outline.at(line)[1] == 0

    def changed(self) -> None:
        """Lay the rows out again; the cursor keeps its row."""
        row, screen_y = self._row_now(), self.cursor - self.scroll_offset.y
        width = max(20, self.scrollable_content_region.width - MARKER_WIDTH - INDENT)
        opened = [(n, site) for n, site in self.pages.rows.items() if self.is_open(site)]
        self._blocks = {
            n: [*wrap_facts(self._facts(site), width), *action_lines(self._offers(site), width)]
            for n, site in opened
        }
        self._outline = Outline(self.pages.count, {n: len(block) for n, block in self._blocks.items()})
        self.cursor = self._outline.line_of(max(0, min(row, self.pages.count - 1)))
        super().changed()
        self.show_at(self.cursor, screen_y)

    def _row_now(self) -> int:
        row, self._next_row = self._next_row, None
        return self.row_at(self.cursor) if row is None else row

    def line_of_row(self, row: int) -> int:
        """Return the line of a row."""
        return self._outline.line_of(row)

    def place_cursor(self, row: int) -> None:
        """Put the cursor on a row; on which line that is shows when the rows are laid out."""
        self._next_row = row

    def identity(self, item: Site) -> BlogId:
        """Return the Site ID."""
        return item.blog_id

    def is_open(self, site: Site) -> bool:
        """Return whether the row of a site is open."""
        return site.blog_id in self.expanded and not self.facts_elsewhere

    def show_facts(self, elsewhere: bool) -> None:
        """Show the facts of open rows below them, or leave them to what stands beside the list (`elsewhere`)."""
        if elsewhere != self.facts_elsewhere:
            self.facts_elsewhere = elsewhere
            self.changed()

    def open_row(self) -> bool:
        """Open the row under the cursor; returns whether there is one that opens."""
        site = self.current
        if site is None or self.facts_elsewhere:
            return False
        self.expanded.add(site.blog_id)
        self.changed()
        self.show(self.cursor, len(self._blocks.get(self.row_at(self.cursor), ())))
        return True

    def close_row(self) -> bool:
        """Close the row under the cursor; returns whether it was open."""
        site = self.current
        if site is None or not self.is_open(site):
            return False
        self.expanded.discard(site.blog_id)
        self.changed()
        return True

    # -- painting ------------------------------------------------------------------------

    def paint(self, line: int, width: int) -> Parts:
        """Return a row, or a line below an opened one."""
        row, below = self._outline.at(line)
        if below == 0:
            return super().paint(row, width)
        text = self._blocks[row][below - 1]
        indent: Parts = [(" " * INDENT, self.rich_style)]
        return indent + (self._fact(text) if isinstance(text, tuple) else self._actions(text))

    def prefix(self, item: Site) -> str:
        """Return the sign that says whether a row is open."""
        if self.facts_elsewhere:
            return " " * self.prefix_width
        return "⌃ " if self.is_open(item) else "⌄ "

    def _fact(self, fact: Fact) -> Parts:
        label, value = fact
        return [
            (label.ljust(LABEL_WIDTH), self.get_component_rich_style("site--label")),
            (value, self.rich_style),
        ]

    def _actions(self, offers: list[tuple[str, str]]) -> Parts:
        key_style = self.get_component_rich_style("site--key")
        parts: Parts = []
        for key, words in offers:
            parts += [(key, key_style), (f" {words}   ", self.rich_style)]
        return parts
