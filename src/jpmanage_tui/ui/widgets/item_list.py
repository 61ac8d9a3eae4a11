"""Lists of items in columns: one declaration of the columns paints rows and headings, and feeds the sort menu."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from rich.cells import cell_len
from rich.style import Style
from textual import events, on

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.text import NOT_READ
from jpmanage_tui.services.sort_order import SortOrder as SortOrder
from jpmanage_tui.ui.common.accessibility import WORDS, is_accessible, words_of
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.pagination import LastPage, Page, PageCache
from jpmanage_tui.ui.common.workers import WorkerMixin
from jpmanage_tui.ui.widgets.following import Followed, follow, rows_around
from jpmanage_tui.ui.widgets.line import Line, clip, pad
from jpmanage_tui.ui.widgets.virtual_list import BAR_WIDTH, MARKER_WIDTH, VirtualList

Item = TypeVar("Item")
Whole = TypeVar("Whole")
Parts = list[tuple[str, Style]]
"""What stands on a line, from left to right, with its styles."""
Fetch = Callable[[int], Awaitable[Page[Item]]]
"""Fetches a page by its number, from 1. Raises ApiError."""

GAP = 2
"""Cells between two columns."""


# -- columns ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column(Generic[Item]):
    """A column: the title above it, and what it says of an item. One entry in a list's `COLUMNS` is all it takes.

    The width is one of these:

    - nothing said: as wide as the widest cell and the title. The list must have all of its items, as an `ItemList` has.
      Where they do not all fit, short titles are taken, then columns are left out, that with the highest `drop` first;
      one whose `drop` is 0 stays.
    - `width`: so many cells, or what a function returns for the room of all columns (0 leaves the column out).
      `from_room` leaves it out where there is less room than that.
    - `share`: so many percent of what the columns of the other kinds leave.
    - `fill`: what is left. One column has it; it has `least` cells in any case. Beside measured columns it takes no
      more than its widest cell, and keeps `spare` cells free beside it where that is possible.

    `most` is the most that `share` and `fill` take.
    """

    title: str
    cell: Callable[[Item], str]
    short_title: str = ""
    right: bool = False
    """Whether title and cells stand at the right end."""
    style: str | Callable[[Item], str] = ""
    """The component class of the cells, or a function that returns one for an item; "" for the row's own style."""
    fit: Callable[[str, int], str] = pad
    """Puts a text into exactly so many cells, where the end of a text that is too long should not be cut off."""
    width: int | Callable[[int], int] | None = None
    from_room: int = 0
    share: int = 0
    fill: bool = False
    least: int = 1
    most: int | None = None
    spare: int = 0
    drop: int = 0
    gap: int = GAP
    """Cells between the column before it and this one."""
    sorts: tuple[SortOrder[Item], ...] = ()
    """The orders by this column."""

    @property
    def is_measured(self) -> bool:
        """Whether it is as wide as what stands in it."""
        return self.width is None and not self.share and not self.fill

    def of_part(self, part: Callable[[Whole], Item]) -> Column[Whole]:
        """Return this column for a list of which each item has one of these as its `part`. The API sorts it."""
        style = self.style
        styled: Callable[[Whole], str] | str = (
            (lambda whole: style(part(whole))) if callable(style) else style
        )
        sorts: tuple[SortOrder[Any], ...] = tuple(replace(order, key=None) for order in self.sorts)
        column: Column[Any] = self
        return replace(column, cell=lambda whole: self.cell(part(whole)), style=styled, sorts=sorts)

    def align(self, text: str, width: int) -> str:
        """Return a text in exactly `width` cells of this column."""
        if not self.right:
            return self.fit(text, width)
        text = clip(text, width)
        return " " * (width - cell_len(text)) + text

    def fixed_width(self, room: int) -> int:
        """Return the cells of a column with a width of its own, where all columns have `room` cells."""
        if room < self.from_room:
            return 0
        return self.width(room) if callable(self.width) else self.width or 0


Columns = Sequence[Column[Item]]
"""The columns of a list in their order."""


def sort_orders(columns: Columns[Item]) -> tuple[SortOrder[Item], ...]:
    """Return the orders that the columns have, for the sort menu."""
    return tuple(order for column in columns for order in column.sorts)


class Layout(NamedTuple):
    """The widths of columns in cells, 0 for one that is left out, and their titles."""

    widths: tuple[int, ...]
    titles: tuple[str, ...]


def fit_columns(columns: Sequence[Column[Any]], room: int, widest: Sequence[int] | None) -> Layout:
    """Return the columns' widths for lines of `room` cells.

    `widest` has the cells of each column's widest text; None where no item is there to be measured.
    """
    if any(column.is_measured for column in columns):
        return _fit_measured(columns, room, widest or [0] * len(columns), known=widest is not None)
    sizes = [column.fixed_width(room) for column in columns]
    growing = [index for index, column in enumerate(columns) if column.share or column.fill]
    gaps = _gaps(columns, sizes, growing)
    least = max((column.least for column in columns if column.fill), default=0)
    rest = left = max(least, room - sum(sizes) - gaps)
    for index in sorted(growing, key=lambda index: columns[index].fill):
        most = columns[index].most
        size = left if columns[index].fill else rest * columns[index].share // 100
        sizes[index] = size if most is None else min(most, size)
        left -= sizes[index]
    titles = (
        column.title if cell_len(column.title) <= size else column.short_title or column.title
        for column, size in zip(columns, sizes, strict=True)
    )
    return Layout(tuple(sizes), tuple(titles))


def _gaps(columns: Sequence[Column[Any]], sizes: Sequence[int], growing: Sequence[int]) -> int:
    """Return the cells between columns, where those that are `growing` get a width yet."""
    shown = [column.gap for index, column in enumerate(columns) if sizes[index] or index in growing]
    return sum(shown[1:])


def _fit_measured(columns: Sequence[Column[Any]], room: int, widest: Sequence[int], *, known: bool) -> Layout:
    fill = next((index for index, column in enumerate(columns) if column.fill), None)
    growing = () if fill is None else (fill,)
    least, spare = (0, 0) if fill is None else (columns[fill].least, columns[fill].spare)
    wanted = least if fill is None or not known else widest[fill]

    def sizes_with(titles: Sequence[str]) -> list[int]:
        return [
            0
            if index == fill
            else max(widest[index], cell_len(titles[index]))
            if column.is_measured
            else column.fixed_width(room)
            for index, column in enumerate(columns)
        ]

    def left(sizes: Sequence[int]) -> int:
        return room - sum(sizes) - _gaps(columns, sizes, growing)

    titles = [column.title for column in columns]
    sizes = sizes_with(titles)
    if left(sizes) < wanted + spare:
        titles = [column.short_title or column.title for column in columns]
        sizes = sizes_with(titles)
        for index in sorted(range(len(columns)), key=lambda index: -columns[index].drop):
            if left(sizes) >= least + spare or not columns[index].drop:
                break
            sizes[index] = 0
        wanted = max(least, min(wanted, left(sizes) - spare))
    if fill is not None:
        sizes[fill] = max(1, min(wanted, left(sizes)))
    return Layout(tuple(sizes), tuple(titles))


# -- lists -----------------------------------------------------------------------------------


class Span(NamedTuple):
    """Columns next to each other, by the titles of the first and the last, that share one text at their right end.

    `style` is the component class of the text, '' for that of the row.
    """

    first: str
    last: str
    text: str
    style: str = ""


class ColumnList(VirtualList, Generic[Item]):
    """A list whose rows are painted in columns: what `ItemList` and `PagedItemList` have in common.

    Compose `ColumnHeadings(list)` above it for the line of titles. A subclass may give each row a sign before the
    first column (`prefix`), its own style (`row_style`) and a text across columns (`span`).
    """

    prefix_width: ClassVar[int] = 0
    """Cells before the first column, for a sign that says whether a row is open."""
    styled_gaps: ClassVar[bool] = False
    """Whether the gap before a column has the style of its cells: then no style is sent for the gap alone."""

    def __init__(self, columns: Columns[Item], *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.columns = tuple(columns)
        self.headings: ColumnHeadings | None = None
        self._sorted_by: SortOrder[Item] | None = None
        self._layouts: dict[int, Layout] = {}
        """By the room of all columns: rows that stand in have less."""

    # -- what a subclass says ------------------------------------------------------------

    def prefix(self, item: Item) -> str:
        """Return what stands before the first column, `prefix_width` cells."""
        return " " * self.prefix_width

    def row_style(self, item: Item) -> Style:
        """Return the style of the cells that have none of their own."""
        return self.rich_style

    def span(self, item: Item) -> Span | None:
        """Return the columns that share one text, None where every column has its own."""
        return None

    def cell_text(self, column: Column[Item], item: Item, width: int) -> str:
        """Return what a cell says in exactly `width` cells, where the column alone cannot know it."""
        return column.align(column.cell(item), width)

    def widest_cells(self) -> Sequence[int] | None:
        """Return the cells of each column's widest text, None where there is nothing to measure."""
        return None

    @property
    def current(self) -> Item | None:
        """The item under the cursor, None where there is none."""
        raise NotImplementedError

    @property
    def position(self) -> int:
        """The number of the item under the cursor, from 1; 0 where there is none."""
        raise NotImplementedError

    @property
    def count_words(self) -> str:
        """How many items there are, in words."""
        raise NotImplementedError

    # -- columns -------------------------------------------------------------------------

    def show_columns(self, columns: Columns[Item], sort_order: SortOrder[Item] | None = None) -> None:
        """Show other columns, and the arrow of `sort_order` in the title of its column."""
        self.columns, self._sorted_by = tuple(columns), sort_order
        self.lay_out()
        self.refresh()

    def show_sort_order(self, order: SortOrder[Item] | None) -> None:
        """Show the arrow of this order in the title of the column that has it."""
        if order != self._sorted_by:
            self._sorted_by = order
            self._refresh_headings()

    def lay_out(self) -> None:
        """Measure the columns anew when they are painted next."""
        self._layouts.clear()
        self._refresh_headings()

    def _refresh_headings(self) -> None:
        if self.headings is not None and self.headings.is_attached:
            self.headings.refresh()

    def layout_for(self, width: int) -> Layout:
        """Return the columns for rows of `width` cells, the prefix included."""
        room = width - self.prefix_width
        if room not in self._layouts:
            self._layouts[room] = fit_columns(self.columns, room, self.widest_cells())
        return self._layouts[room]

    def heading(self, width: int) -> str:
        """Return the line above rows of `width` cells; nothing where there is nothing yet to measure it by."""
        if self.widest_cells() is None and any(column.is_measured for column in self.columns):
            return ""
        layout, line = self.layout_for(width), ""
        if is_accessible(self):
            return "Columns: " + ", ".join(
                self._title(column, column.title)
                for column, size in zip(self.columns, layout.widths, strict=True)
                if size and column.title
            )
        for column, title, size in zip(self.columns, layout.titles, layout.widths, strict=True):
            if size:
                line += (" " * column.gap if line else "") + column.align(self._title(column, title), size)
        return " " * self.prefix_width + line

    def column_at(self, cell: int, width: int) -> Column[Item] | None:
        """Return the column in which a cell lies, in rows of `width` cells; None outside of all."""
        if not self.heading(width):
            return None
        end, first = self.prefix_width, True
        for column, size in zip(self.columns, self.layout_for(width).widths, strict=True):
            if size:
                end += size + (0 if first else column.gap)
                first = False
                if self.prefix_width <= cell < end:
                    return column
        return None

    def _title(self, column: Column[Item], title: str) -> str:
        order = self._sorted_by
        if order is None or order not in column.sorts:
            return title
        return f"{title} {WORDS.get(order.arrow, order.arrow) if is_accessible(self) else order.arrow}"

    # -- painting ------------------------------------------------------------------------

    def paint_item(self, item: Item, width: int) -> Parts:
        """Return the row of an item."""
        row_style, span = self.row_style(item), self.span(item)
        parts: Parts = []
        if is_accessible(self):
            words = words_of(self.prefix(item))
            width += self.prefix_width - cell_len(words)
            if words:
                parts.append((words, row_style))
        elif self.prefix_width:
            parts.append((self.prefix(item), self.get_component_rich_style("list--muted")))
        first = len(parts)
        shared = 0
        """Cells of the columns that share the text of `span`, as far as they came, each with the gap before it."""
        for column, size in zip(self.columns, self.layout_for(width).widths, strict=True):
            gap, style = " " * column.gap if len(parts) > first else "", row_style
            if span is not None and (shared or column.title == span.first):
                shared += size + column.gap if size else 0
                if column.title != span.last:
                    continue
                text = clip(span.text, shared)
                gap, text = " " * (shared - cell_len(text)), text
                style = self.get_component_rich_style(span.style) if span.style else row_style
                shared, span = 0, None
            elif size:
                text = self.cell_text(column, item, size)
                name = column.style(item) if callable(column.style) else column.style
                style = self.get_component_rich_style(name) if name else row_style
            else:
                continue
            if gap:
                parts.append((gap, style if self.styled_gaps else row_style))
            parts.append((text, style))
        return parts


class HeadingChosen(DataMessage):
    """The title of a column was clicked that has these orders."""

    list: ColumnList[Any]
    orders: Sequence[SortOrder[Any]]

    def next_after(self, present: SortOrder[Any] | None) -> SortOrder[Any]:
        """Return the order to take: the first of the column's, or the one that follows the `present` one."""
        place = next((place for place, order in enumerate(self.orders) if order == present), -1)
        return self.orders[(place + 1) % len(self.orders)]


class ColumnHeadings(Line):
    """The titles of a list's columns, on the line above it, as wide as the list makes its columns.

    A padding at the left stands in for the marker's cells.
    """

    DEFAULT_CSS = "ColumnHeadings { color: $text-muted; text-style: $heading-style; }"

    def __init__(self, items: ColumnList[Any]) -> None:
        super().__init__()
        self._items = items
        items.headings = self

    def on_click(self, event: events.Click) -> None:
        """Ask for the order of the column whose title is under the mouse."""
        room = self.size.width - BAR_WIDTH - MARKER_WIDTH
        column = self._items.column_at(event.x - MARKER_WIDTH, room)
        if column is not None and column.sorts:
            self.post_message(HeadingChosen(self._items, column.sorts))

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the titles at the places of their columns."""
        marker = "" if is_accessible(self) else " " * (MARKER_WIDTH - self.styles.padding.left)
        room = width - BAR_WIDTH - len(marker)
        heading = self._items.heading(room) if room > 0 else ""
        return [(marker + heading if heading else "", self.rich_style)]


class Heading(NamedTuple):
    """A line of an `ItemList` above the items of one kind; the cursor does not stand on it."""

    text: str


class ItemList(ColumnList[Item]):
    """A list whose items are all there, one a line, with headings between them where there are kinds.

    `show_items` shows them; the cursor stays on its item while that is listed (`identity` tells it by). Where it is
    not listed any more, the cursor goes to the first item, or with `keeps_line` to the nearest one that is; its item
    stays on its line of the view then. `add_items` adds further ones below. `marked` holds the identities of marked
    items, which have a sign.
    """

    keeps_line: ClassVar[bool] = False

    def __init__(self, columns: Columns[Item], *, id: str | None = None) -> None:
        super().__init__(columns, id=id)
        self.items: tuple[Item | Heading, ...] = ()
        self.marked: Collection[Any] = ()
        self._widest: list[int] | None = None

    def identity(self, item: Item) -> Hashable:
        """Return by what an item is known again when the items are shown anew."""
        return item

    def show_columns(self, columns: Columns[Item], sort_order: SortOrder[Item] | None = None) -> None:
        """Show other columns (`ColumnList.show_columns`), measured anew."""
        self._widest = None
        super().show_columns(columns, sort_order)

    def item_at(self, line: int) -> Item | None:
        """Return the item on a line, None where there is none."""
        item = self.items[line] if 0 <= line < len(self.items) else None
        return None if isinstance(item, Heading) else item

    @property
    def current(self) -> Item | None:
        """The item under the cursor, None where there is none."""
        return self.item_at(self.cursor) if self.selectable(self.cursor) else None

    def show_items(self, items: Sequence[Item | Heading]) -> None:
        """Show these items and headings."""
        before, y = self.current, self.cursor - self.scroll_offset.y
        kept = None if before is None else self.identity(before)
        followed = self.take_items(items)
        lines = self.selectable_lines()
        first = lines[0] if lines else 0
        if self.keeps_line and before is not None and lines:
            nearest = min(lines, key=lambda line: abs(line - self.cursor))
            line, above = followed or Followed(nearest)
            self.cursor = line
            self.lay_out()
            self.changed()
            self.show_at(line, y - above)
            return
        found = (line for line in lines if self._is(line, kept)) if before is not None else iter(())
        self.cursor = next(found, first)
        self.lay_out()
        self.changed()
        if self.cursor == first:
            self.first()
        else:
            self.show(self.cursor)

    def take_items(self, items: Sequence[Item | Heading]) -> Followed | None:
        """Take these items and headings; returns where the item under the cursor is now, or the nearest one left."""
        before = self._identities() if self.items else {}
        self.items, self._widest = tuple(items), None
        return follow(self.cursor, before, {one: line for line, one in self._identities().items()})

    def _identities(self) -> dict[int, Hashable]:
        return {
            line: self.identity(item) for line, item in enumerate(self.items) if not isinstance(item, Heading)
        }

    def add_items(self, items: Sequence[Item]) -> None:
        """Show these items below those that are shown; no other is measured again."""
        self.items += tuple(items)
        if self._widest is not None:
            self._widest = list(map(max, self._widest, self._measure(items)))
        self.lay_out()
        self.changed()

    def _is(self, line: int, identity: Hashable) -> bool:
        item = self.item_at(line)
        return item is not None and self.identity(item) == identity

    def widest_cells(self) -> Sequence[int] | None:
        """Return the widest text of each column; None without items."""
        if self._widest is None:
            rows = [item for item in self.items if not isinstance(item, Heading)]
            if not rows:
                return None
            self._widest = self._measure(rows)
        return self._widest

    def _measure(self, items: Sequence[Item]) -> list[int]:
        return [
            max((cell_len(column.cell(item)) for item in items), default=0)
            if column.is_measured or column.fill
            else 0
            for column in self.columns
        ]

    def selectable_lines(self) -> list[int]:
        """Return the lines on which the cursor may stand."""
        return [line for line in range(len(self.items)) if self.selectable(line)]

    @property
    def position(self) -> int:
        """The number of the item under the cursor, from 1; 0 where there is none."""
        return 0 if self.current is None else self.selectable_lines().index(self.cursor) + 1

    @property
    def count_words(self) -> str:
        """How many items the cursor can stand on."""
        return f"{len(self.selectable_lines()):,}"

    # -- lines ---------------------------------------------------------------------------

    def line_count(self) -> int:
        """Return the number of lines."""
        return len(self.items)

    def selectable(self, line: int) -> bool:
        """The cursor stands on items, not on headings."""
        return self.item_at(line) is not None

    def move(self, step: int) -> None:
        """Move to the next item: what stands between is a line or two, never a text to scroll through."""
        target = self._next(self.cursor, step)
        if target is None:
            super().move(step)
        else:
            self.move_cursor(target)

    def go_to_row(self, number: int) -> None:
        """Headings are no rows."""
        lines = self.selectable_lines()
        if lines:
            self.move_cursor(lines[max(0, min(number, len(lines)) - 1)])

    def row_prefix(self, line: int) -> str:
        """Return the sign of a marked row."""
        item = self.item_at(line) if self.marked else None
        return "*" if item is not None and self.identity(item) in self.marked else " "

    def paint(self, line: int, width: int) -> Parts:
        """Return a heading, or the row of an item."""
        item = self.items[line]
        if isinstance(item, Heading):
            return [(item.text, self.get_component_rich_style("list--strong"))]
        return self.paint_item(item, width)


class PagedItemList(WorkerMixin, ColumnList[Item]):
    """A list whose items come in numbered pages, fetched as they come into view, and never twice at a time.

    `ask` starts over with another way to fetch; `reload` asks again for what is in view, and so does `read_view`, with no
    trace until it is there: then the cursor stays on its item, and that on its line of the view, when rows come or go
    above it. The list posts `Loaded` and `LoadFailed`. Nothing can be measured before it is there, so its columns have
    widths of their own.
    """

    class Loaded(DataMessage):
        """A page came."""

        list: PagedItemList[Any]

        @property
        def control(self) -> PagedItemList[Any]:
            """The list."""
            return self.list

    class LoadFailed(DataMessage):
        """A page could not be fetched."""

        list: PagedItemList[Any]
        error: ApiError

        @property
        def control(self) -> PagedItemList[Any]:
            """The list."""
            return self.list

    def __init__(
        self,
        columns: Columns[Item],
        per_page: int,
        *,
        id: str | None = None,
        again: Callable[[], None] | None = None,
    ) -> None:
        """With `again` a failure that may pass leads to a further try (`Loader`)."""
        super().__init__(columns, id=id)
        self.pages: PageCache[Item] = PageCache(per_page)
        self.loader: Loader[int] = Loader(self, f"{id}-pages", failed=self._page_failed, again=again)
        self._fetch: Fetch[Item] | None = None
        self._refused: set[int] = set()
        """Pages that failed: they wait for `reload`, since looking at them again must not ask a server in trouble."""

    def identity(self, item: Item) -> Hashable:
        """Return by what an item is known again when its page comes anew."""
        return item

    @property
    def current(self) -> Item | None:
        """The item under the cursor, None while it is not there."""
        return self.pages.rows.get(self.row_at(self.cursor))

    def row_at(self, line: int) -> int:
        """Return the row to which a line belongs: the same, where every row is one line."""
        return line

    @property
    def position(self) -> int:
        """The number of the row under the cursor, from 1; 0 where there is none."""
        return self.row_at(self.cursor) + 1 if self.pages.count else 0

    @property
    def count_words(self) -> str:
        """How many rows there are, as far as the API said."""
        return self.pages.count_words

    # -- reading -------------------------------------------------------------------------

    @property
    def error(self) -> ApiError | None:
        """Why a page could not be fetched, None when any came since."""
        return self.loader.error

    @property
    def busy(self) -> bool:
        """Whether a page is on its way."""
        return self.loader.busy

    def ask(self, fetch: Fetch[Item], per_page: int | None = None) -> None:
        """Show the rows that `fetch` gives, from the first page on; what was on its way is dropped.

        `per_page` is how many rows `fetch` asks for at a time, where that is another number than before.
        """
        self.loader.clear()
        self._fetch = fetch
        self._refused.clear()
        self.pages = PageCache(per_page or self.pages.per_page)
        self.cursor = 0
        self.changed()
        self._load([1])

    def reload(self) -> None:
        """Ask again for what is in view."""
        self.pages.invalidate()
        self._refused.clear()
        self._load_view()

    @property
    def rows_in_view(self) -> range:
        """The rows in view."""
        top = self.scroll_offset.y
        return range(self.row_at(top), self.row_at(top + self.view_height - 1) + 1)

    async def read_view(self, fetch: Fetch[Item]) -> Callable[[], bool] | None:
        """Read the pages in view anew by `fetch`; returns what shows them at once, None before the first answer.

        What is returned says whether anything is other than before. Where something else was asked for meanwhile it shows
        nothing. Raises ApiError.
        """
        pages, begun = self.pages, self.loader.begun
        if pages.total is None:
            return None
        row = self.row_at(self.cursor)
        read = await pages.read_again(self.rows_in_view, lambda page: fetch(page.number), self.identity, row)

        def show() -> bool:
            return self.pages is pages and self.loader.begun == begun and self._show_again(read)

        return show

    def _show_again(self, read: dict[LastPage, Page[Item]]) -> bool:
        before, row = dict(self.pages.rows), self.row_at(self.cursor)
        count, y = self.pages.count, self.cursor - self.scroll_offset.y
        known = rows_around(row, {one: self.identity(item) for one, item in before.items()})
        self.pages.store_again(read, self.identity, datetime.now(UTC))
        self.loader.read_beside([page.number for page in read])
        self.loader.forget_errors()
        self._refused.clear()
        if self.pages.count == count and self.pages.rows == before:
            return False
        places = {self.identity(item): one for one, item in self.pages.rows.items()}
        followed = follow(row, known, places) or Followed(min(row, max(0, self.pages.count - 1)))
        self.place_cursor(followed.row)
        self.changed()
        self.show_at(self.cursor, y - followed.above)
        return True

    def go_to_row(self, number: int) -> None:
        """Lines below opened rows are no rows."""
        if self.pages.count:
            self.move_cursor(self.line_of_row(max(0, min(number, self.pages.count) - 1)))

    def line_of_row(self, row: int) -> int:
        """Return the line of a row: the same, where every row is one line."""
        return row

    def place_cursor(self, row: int) -> None:
        """Put the cursor on a row that has just come, before the list takes over what has changed."""
        self.cursor = row

    @on(VirtualList.VisibleRangeChanged)
    def _load_view(self) -> None:
        rows = self.rows_in_view
        self._load(self.pages.missing_pages(rows[0], rows[-1]))

    def _load(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            if self._fetch is not None and number not in self._refused and not self.loader.waits_for(number):
                self.loader.load(number, partial(self._fetch, number), partial(self._page_loaded, number))

    def _page_loaded(self, number: int, page: Page[Item]) -> None:
        item, y = self.current, self.cursor - self.scroll_offset.y
        self.pages.store(number, page, datetime.now(UTC))
        self.loader.forget_errors()
        row = self._row_of(item) if item is not None else None
        if row is not None and row != self.row_at(self.cursor):
            self.place_cursor(row)
            self.changed()
            self.show_at(self.cursor, y)
        else:
            self.changed()
        self.post_message(self.Loaded(self))

    def _row_of(self, item: Item) -> int | None:
        wanted = self.identity(item)
        return next((row for row, one in self.pages.rows.items() if self.identity(one) == wanted), None)

    def _page_failed(self, number: int, error: ApiError) -> None:
        self._refused.add(number)
        self.post_message(self.LoadFailed(self, error))

    # -- lines ---------------------------------------------------------------------------

    def line_count(self) -> int:
        """Return the number of rows."""
        return self.pages.count

    def paint(self, line: int, width: int) -> Parts:
        """Return the row, or dots while it is on its way."""
        item = self.pages.rows.get(line)
        if item is None:
            words = NOT_READ if self.pages.is_loaded(line) else "· · ·"
            return [(words, self.get_component_rich_style("list--muted"))]
        return self.paint_item(item, width)
