"""The second step: every line with the site it means or what is unclear, and what of it is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.rules.search.fold import holds
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.services.site_lists import LineStatus, ListLine
from jpmanage_tui.ui.common.keys import key_line
from jpmanage_tui.ui.sections.site_list.draft import LineGroup, group_of, product_words, site_words
from jpmanage_tui.ui.widgets.item_list import (
    Column,
    ColumnHeadings,
    Columns,
    Heading,
    ItemList,
)
from jpmanage_tui.ui.widgets.line import pad_address, pad_name
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.tab_bar import CountedTabBar
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

TABS: tuple[LineGroup | None, ...] = (None, *LineGroup)
"""What each tab lists; None: every line."""
TAB_LABELS = (("All", "All"), ("Problems", "Prob."), ("Ready", "Ready"), ("Left out", "Out"))
PROBLEMS = TABS.index(LineGroup.PROBLEM)
SIGNS = {LineGroup.PROBLEM: "!", LineGroup.READY: " ", LineGroup.LEFT_OUT: "-"}
LINE_WIDTH, WORD_WIDTH = 6, 15
SITE_FROM, PRODUCT_FROM = 50, 60
"""Cells of a row from which on there is room for the site, and for the product."""
IN_PART = "in part"
"""Of a line whose site gets some of the products, and not all."""


class ListRow(NamedTuple):
    """A line with what it means, and how it stands."""

    line: ListLine
    group: LineGroup

    @property
    def reason(self) -> str:
        """The sentence of what is wrong with it, or that it is left out; of a line that awaits its product nothing."""
        if self.group is LineGroup.LEFT_OUT:
            return "Left out."
        return "" if self.awaits_product else self.line.reason

    @property
    def word(self) -> str:
        """The same in a word or two."""
        if self.group is LineGroup.READY:
            return IN_PART if self.line.refused else ""
        return self.line.status.value

    @property
    def awaits_product(self) -> bool:
        """Whether it is ready but for a product, which is chosen later for all lines."""
        return self.line.status is LineStatus.NO_PRODUCT and self.group is LineGroup.READY

    @property
    def words(self) -> str:
        """What is searched."""
        line = self.line
        return " ".join(
            (line.line.site, site_words(line), product_words(line), line.line.product, self.word, self.reason)
        )


def _muted(row: ListRow) -> str:
    return "list--muted" if row.group is LineGroup.LEFT_OUT else ""


def match_columns(*, sites: bool, products: bool) -> Columns[ListRow]:
    """Return the columns of lines; those that say nothing of any of them, site or product, are left out."""
    columns: list[Column[ListRow]] = [
        Column("Line", lambda row: f"{row.line.number:,}", right=True, width=LINE_WIDTH, style="list--muted"),
        Column(
            "As written", lambda row: row.line.line.site, fit=pad_address, fill=True, least=6, style=_muted
        ),
    ]
    if sites:
        columns.append(
            Column(
                "Site",
                lambda row: site_words(row.line),
                fit=pad_address,
                width=lambda room: room * (24 if products else 36) // 100,
                from_room=SITE_FROM,
                style=_muted,
            )
        )
    if products:
        columns.append(
            Column(
                "Product",
                lambda row: product_words(row.line),
                fit=pad_name,
                width=lambda room: room * 18 // 100,
                from_room=PRODUCT_FROM,
                style=_muted,
            )
        )
    columns.append(
        Column(
            "What is wrong",
            lambda row: row.word,
            width=WORD_WIDTH,
            style=lambda row: "list--strong" if row.group is LineGroup.PROBLEM else "list--muted",
        )
    )
    return columns


class MatchList(ItemList[ListRow]):
    """A row for each line of the list. The cursor stays where it is when a line is fixed and goes to another tab."""

    keeps_line = True

    def identity(self, item: ListRow) -> int:
        """Return the number of its line."""
        return item.line.number

    def row_prefix(self, line: int) -> str:
        """Return a sign beside what is not ready."""
        row = self.item_at(line)
        return SIGNS[row.group] if row is not None else " "

    @property
    def position(self) -> int:
        """The number of the row under the cursor, from 1; 0 where there is none."""
        return self.cursor + 1 if self.items else 0

    @property
    def count_words(self) -> str:
        """How many rows there are."""
        return f"{len(self.items):,}"

    def selectable_lines(self) -> list[int]:
        """Return every line: there are no headings."""
        return list(range(len(self.items)))

    def widest_cells(self) -> Sequence[int] | None:
        """Return nothing: every column has a width of its own."""
        return None


class MatchPane(Vertical):
    """Shows the lines of a list, those of one tab at a time; it changes none of them."""

    DEFAULT_CSS = """
    MatchPane { height: 1fr; }
    #site-list-about { height: 2; padding: 0 1; color: $text-muted; text-style: $muted-style; }
    """

    class Changed(Message):
        """Another line is under the cursor, or other lines are listed."""

    def __init__(self) -> None:
        super().__init__()
        self.tab = 0
        self._rows: Sequence[ListRow] = ()
        self._awaits_products = False
        self._columns = (True, False)
        """Whether there are columns of sites and of products."""
        self._order: dict[int, int] = {}
        """The place of each line in the first tab, by its number: problems first, as it was when they were matched."""

    def compose(self) -> ComposeResult:
        """Compose tabs, headings, list, and what is said of the line under the cursor."""
        yield CountedTabBar(TAB_LABELS, "")
        yield SearchBar("an address, a product, or what is wrong", field_id="site-list-search", pause=0.2)
        rows = MatchList(match_columns(sites=True, products=False), id="site-list-matches")
        yield ColumnHeadings(rows)
        yield rows
        yield Static("", markup=False, id="site-list-about")

    @property
    def list(self) -> MatchList:
        """The list."""
        return self.query_one(MatchList)

    @property
    def current(self) -> ListRow | None:
        """The line under the cursor."""
        return self.list.current

    @property
    def search_bar(self) -> SearchBar:
        """The line of the search."""
        return self.query_one(SearchBar)

    def step_back(self) -> bool:
        """Leave the field keeping its text, then clear the search; returns whether there was a step to take."""
        keeps_text = self.search_bar.step_back()
        if keeps_text is None:
            return False
        self.list.focus()
        if not keeps_text:
            self._show()
        return True

    @on(SearchBar.Changed)
    def _search(self, event: SearchBar.Changed) -> None:
        if event.entered:
            self.list.focus()
        else:
            self._show()

    @property
    def listed(self) -> Sequence[ListRow]:
        """The lines of the tab that match the search."""
        return [row for row in self.list.items if isinstance(row, ListRow)]

    def show_waiting(self) -> None:
        """Show that the lines are not matched yet."""
        self._rows, self._order = (), {}
        self.query_one(CountedTabBar).show(self.tab)
        self.list.placeholder = ["    · · ·"] * 100
        self.list.show_items(())

    def show_failure(self, sentence: str) -> None:
        """Show why the lines could not be matched."""
        self.list.placeholder = ["", sentence]
        self.list.show_items(())

    def show_lines(self, lines: Sequence[ListLine], *, awaits_products: bool) -> None:
        """Show these lines; `awaits_products`: that a line has no product yet is no problem of its own.

        Lines that were not there before begin with the problems, where there are any.
        """
        self._awaits_products = awaits_products
        rows = [self.row_of(line) for line in lines]
        if self._order.keys() != {row.line.number for row in rows}:
            groups = list(LineGroup)
            ranked = sorted(rows, key=lambda row: groups.index(row.group))
            self._order = {row.line.number: place for place, row in enumerate(ranked)}
            self.tab = PROBLEMS if any(row.group is LineGroup.PROBLEM for row in rows) else 0
        self._rows = sorted(rows, key=lambda row: self._order[row.line.number])
        self._show()

    def row_of(self, line: ListLine) -> ListRow:
        """Return the row of a line."""
        return ListRow(line, group_of(line, awaits_products=self._awaits_products))

    def point_at(self, number: int) -> None:
        """Put the cursor on the line of this number, in the first tab where the present one does not list it."""
        self.search_bar.show_text("")
        self._show()
        for tab in (self.tab, 0):
            if tab != self.tab:
                self.tab = tab
                self._show()
            places = (place for place, row in enumerate(self.list.items) if _number(row) == number)
            found = next(places, None)
            if found is not None:
                self.list.move_cursor(found)
                return

    def step_tab(self, step: int) -> None:
        """Show the next tab (1) or the one before (-1), round and round."""
        self.tab = (self.tab + step) % len(TABS)
        self._show()

    def _show(self) -> None:
        counts = Counter(row.group for row in self._rows)
        figures = [len(self._rows) if group is None else counts[group] for group in TABS]
        self.query_one(CountedTabBar).show(self.tab, figures)
        wanted, text = TABS[self.tab], self.search_bar.text
        rows = [row for row in self._rows if wanted is None or row.group is wanted]
        where = "" if wanted is None else f" in {TAB_LABELS[self.tab][0]}"
        self.list.placeholder = ["", f"No line is{where}."]
        if text:
            rows = [row for row in rows if holds(row.words, text)]
            clear = key_line("clear the search", "back")
            self.list.placeholder = ["", f"No line{where} matches “{text}”.", "", clear]
        columns = any(row.line.site is not None for row in rows), any(product_words(row.line) for row in rows)
        if columns != self._columns:
            self._columns = columns
            self.list.show_columns(match_columns(sites=columns[0], products=columns[1]))
        self.list.show_items(rows)

    @on(VirtualList.Highlighted)
    def _moved(self) -> None:
        row = self.current
        self.query_one("#site-list-about", Static).update(
            about_line(row) if row is not None else "", layout=False
        )
        self.post_message(self.Changed())


def _number(row: ListRow | Heading) -> int | None:
    return row.line.number if isinstance(row, ListRow) else None


def about_line(row: ListRow) -> str:
    """Return the sentences about a line: first what is wrong, then what was written and what it means.

    The site is named once, so that its Site ID finds room too.
    """
    line = row.line
    written = line.line.site or "(no site)"
    if line.line.product:
        written += f", {line.line.product}"
    if line.site is not None:
        name = site_words(line)
        named = name in (line.line.site, site_name(line.line.site)) or name in row.reason
        written += f"{'' if named else f' is {name}'} (Site ID {line.site.blog_id})"
    return f"Line {line.number:,}: {f'{row.reason} ' if row.reason else ''}{written}"
