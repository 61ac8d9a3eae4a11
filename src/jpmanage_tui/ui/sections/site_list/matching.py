"""The second step: every line with the site it means or what is unclear, and what of it is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.rules.catalog import title
from jpmanage_tui.rules.site_list import LineMatch
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.ui.widgets.item_list import Column, ColumnHeadings, Columns, ItemList
from jpmanage_tui.ui.widgets.line import pad_address, pad_name
from jpmanage_tui.ui.widgets.tab_bar import CountedTabBar
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


class RowState(Enum):
    """How a line stands, in the order of the list."""

    PROBLEM = "Problems"
    READY = "Ready"
    LEFT_OUT = "Left out"


TABS: tuple[RowState | None, ...] = (None, RowState.PROBLEM, RowState.READY, RowState.LEFT_OUT)
"""What each tab lists; None: every line."""
TAB_LABELS = (("All", "All"), ("Problems", "Prob."), ("Ready", "Ready"), ("Left out", "Out"))
LINE_WIDTH = 6


class ListRow(NamedTuple):
    """A line with what it means; `left_out`: the user wants nothing done for it."""

    match: LineMatch
    left_out: bool = False

    @property
    def number(self) -> int:
        """The number of the line in the list."""
        return self.match.line.number

    @property
    def state(self) -> RowState:
        """How it stands."""
        if self.left_out:
            return RowState.LEFT_OUT
        return RowState.PROBLEM if self.match.problem else RowState.READY

    @property
    def site_words(self) -> str:
        """The site it means, '' where that is unclear."""
        return site_name(self.match.site.address) if self.match.site is not None else ""

    @property
    def product_words(self) -> str:
        """The product that the line names, as it is called; as it was written where that is unclear."""
        match = self.match
        name = title(match.product.name) if match.product is not None else match.line.product
        return f"{match.line.quantity} × {name}" if name and match.line.quantity > 1 else name

    @property
    def note(self) -> str:
        """What is wrong with it, or that it is left out."""
        if self.left_out:
            return f"left out: {self.match.problem}" if self.match.problem else "left out"
        return self.match.problem


def _muted(row: ListRow) -> str:
    return "list--muted" if row.left_out else ""


def _note_style(row: ListRow) -> str:
    return "list--strong" if row.state is RowState.PROBLEM else "list--muted"


def match_columns(*, products: bool) -> Columns[ListRow]:
    """Return the columns of the lines, with the product where any line names one."""
    return (
        Column("Line", lambda row: f"{row.number:,}", right=True, width=LINE_WIDTH, style="list--muted"),
        Column("As written", lambda row: row.match.line.site, fit=pad_address, share=27, style=_muted),
        Column("Site", lambda row: row.site_words, fit=pad_address, share=23 if products else 30, style=_muted),
        *(
            [Column("Product", lambda row: row.product_words, fit=pad_name, share=20, style=_muted)]
            if products
            else []
        ),
        Column("What is wrong", lambda row: row.note, short_title="Wrong", fill=True, least=8, style=_note_style),
    )


class MatchList(ItemList[ListRow]):
    """A line of the list a row. What is fixed goes from the list of problems; the cursor stays where it is."""

    keeps_line = True

    def identity(self, item: ListRow) -> int:
        """Return the number of its line."""
        return item.number

    def row_prefix(self, line: int) -> str:
        """Return a sign beside what is not ready."""
        row = self.item_at(line)
        if row is None:
            return " "
        return {RowState.PROBLEM: "!", RowState.READY: " ", RowState.LEFT_OUT: "-"}[row.state]

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


class MatchPane(Vertical):
    """Shows the lines of a list, narrowed to a tab; it changes none of them."""

    DEFAULT_CSS = """
    MatchPane { height: 1fr; }
    #site-list-about { height: 2; padding: 0 1; color: $text-muted; }
    """

    class Changed(Message):
        """Another line is under the cursor, or other lines are listed."""

    def __init__(self) -> None:
        super().__init__()
        self.tab = 0
        self._rows: Sequence[ListRow] = ()

    def compose(self) -> ComposeResult:
        """Compose tabs, headings, list, and what is said of the line under the cursor."""
        yield CountedTabBar(TAB_LABELS, "")
        rows = MatchList(match_columns(products=False), id="site-list-matches")
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

    def show_rows(self, rows: Sequence[ListRow], *, tab: int | None = None) -> None:
        """Show these lines, with `tab` those of another tab."""
        if tab is not None:
            self.tab = tab
        products = any(row.match.line.product for row in rows)
        if products != any(column.title == "Product" for column in self.list.columns):
            self.list.show_columns(match_columns(products=products))
        self._rows = rows
        counts = Counter(row.state for row in rows)
        self.query_one(CountedTabBar).show(
            self.tab, [len(rows) if state is None else counts[state] for state in TABS]
        )
        wanted = TABS[self.tab]
        self.list.placeholder = ["", f"No line is here: {TAB_LABELS[self.tab][0]} is empty."]
        self.list.show_items([row for row in rows if wanted is None or row.state is wanted])

    def step_tab(self, step: int) -> None:
        """Show the next tab (1) or the one before (-1), round and round."""
        self.show_rows(self._rows, tab=(self.tab + step) % len(TABS))

    @on(VirtualList.Highlighted)
    def _moved(self) -> None:
        row = self.current
        self.query_one("#site-list-about", Static).update(about_row(row) if row is not None else "")
        self.post_message(self.Changed())


def about_row(row: ListRow) -> str:
    """Return the sentences about a line: what was written, what it means, what is wrong."""
    match = row.match
    words = f"Line {row.number:,}: {match.line.site or '(no site)'}"
    if match.line.product:
        words += f", {match.line.product}"
    if match.site is not None:
        words += f" is {row.site_words} (Site ID {match.site.blog_id})"
    return f"{words}. {'Left out. ' if row.left_out else ''}{match.problem}".strip()
