"""Lists in columns: widths, headings, and the sort menu come from one declaration; pages come as needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from jpmanage_tui.api.errors import ApiConnectionError
from jpmanage_tui.ui.widgets.item_list import (
    GAP,
    Column,
    ColumnHeadings,
    ColumnList,
    Columns,
    Heading,
    ItemList,
    PagedItemList,
    SortOrder,
    Span,
    fit_columns,
    sort_orders,
)
from jpmanage_tui.ui.widgets.line import pad_name


@dataclass(frozen=True)
class Fruit:
    name: str
    count: int
    origin: str = "Chile"


A_TO_Z: SortOrder[Fruit] = SortOrder("name", "Name, A to Z", "↑", key=lambda fruit: fruit.name)
MOST: SortOrder[Fruit] = SortOrder("most", "Most first", "↓", key=lambda fruit: -fruit.count)
MEASURED: Columns[Fruit] = (
    Column("Fruit", lambda fruit: fruit.name, fill=True, least=6, sorts=(A_TO_Z,)),
    Column(
        "How many",
        lambda fruit: str(fruit.count),
        "No.",
        right=True,
        sorts=(MOST,),
    ),
    Column("Origin", lambda fruit: fruit.origin, drop=1),
)
FIXED: Columns[Fruit] = (
    Column("Fruit", lambda fruit: fruit.name, fill=True, least=4),
    Column("Count", lambda fruit: str(fruit.count), right=True, width=6, from_room=20, style="list--muted"),
    Column("Origin", lambda fruit: fruit.origin, share=40, most=10),
)
FRUITS = [Fruit("Apple", 3), Fruit("Fig", 12, "Crete"), Fruit("Watermelon", 1)]


class FruitList(ItemList[Fruit]):
    """Fruits; of those that are all gone it says so across the columns right of the name."""

    prefix_width = 2

    def prefix(self, item: Fruit) -> str:
        """Return a sign."""
        return "* "

    def span(self, item: Fruit) -> Span | None:
        """Return that none is left."""
        return Span("How many", "Origin", "all gone") if not item.count else None


class ListApp(App[None]):
    def __init__(self, shown: ColumnList[Fruit]) -> None:
        super().__init__()
        self.shown = shown

    def compose(self) -> ComposeResult:
        yield ColumnHeadings(self.shown)
        yield self.shown


@asynccontextmanager
async def showing(shown: ColumnList[Fruit], width: int = 40) -> AsyncIterator[Pilot[None]]:
    async with ListApp(shown).run_test(size=(width, 8)) as pilot:
        shown.focus()
        await pilot.pause()
        yield pilot


def lines(pilot: Pilot[None]) -> list[str]:
    """Return what stands on the screen, line by line."""
    return [
        "".join(segment.text for segment in strip).rstrip()
        for strip in pilot.app.screen._compositor.render_strips()
    ]


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await pilot.pause()


# -- widths ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("room", "widths", "titles"),
    [
        (60, (10, 8, 6), ("Fruit", "How many", "Origin")),
        (28, (10, 8, 6), ("Fruit", "How many", "Origin")),
        (27, (10, 3, 6), ("Fruit", "No.", "Origin")),
        (20, (7, 3, 6), ("Fruit", "No.", "Origin")),
        (18, (10, 3, 0), ("Fruit", "No.", "Origin")),
        (8, (3, 3, 0), ("Fruit", "No.", "Origin")),
    ],
)
def test_measured_columns_take_short_titles_and_then_go_while_the_room_gets_less(
    room: int, widths: tuple[int, ...], titles: tuple[str, ...]
) -> None:
    assert fit_columns(MEASURED, room, [10, 2, 5]) == (widths, titles)


TEXTS = st.text(alphabet="abc 日", max_size=12)


ROWS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=5)
NAMED = (
    Column[tuple[str, str, str]]("Name", lambda row: row[0], fill=True, least=4, spare=3),
    Column[tuple[str, str, str]]("Long title", lambda row: row[1], "L."),
    Column[tuple[str, str, str]]("Other", lambda row: row[2], drop=1),
)


def widest(rows: list[tuple[str, str, str]]) -> list[int]:
    return [max(cell_len(row[index]) for row in rows) for index in range(3)]


@given(ROWS, st.integers(1, 60))
def test_measured_columns_fill_the_room_and_no_more_wherever_a_name_fits_at_all(
    rows: list[tuple[str, str, str]], room: int
) -> None:
    name, *others = fit_columns(NAMED, room, widest(rows)).widths
    taken = sum(width + GAP for width in others if width)
    assert name >= 1
    assert name + taken <= max(room, taken + 1)


@given(ROWS, st.integers(1, 60))
def test_a_cell_of_a_measured_column_that_stays_is_never_cut(
    rows: list[tuple[str, str, str]], room: int
) -> None:
    for row in rows:
        for width, cell in zip(fit_columns(NAMED, room, widest(rows)).widths[1:], row[1:], strict=True):
            assert not width or cell_len(cell) <= width


def test_cells_are_kept_free_beside_the_column_that_fills() -> None:
    def free(longest: int, room: int) -> int:
        return room - sum(fit_columns(NAMED, room, [longest, 2, 5]).widths) - 2 * GAP

    assert free(50, 60) == 3
    assert fit_columns(NAMED, 32, [10, 2, 5]).titles[1] == "Long title"
    assert fit_columns(NAMED, 31, [10, 2, 5]).titles[1] == "L.", "for them a title is shortened"
    assert free(4, 60) > 3
    assert fit_columns(NAMED, 16, [40, 2, 5]).widths == (9, 2, 0), "for them a column goes"


@pytest.mark.parametrize(
    ("room", "widths"),
    [(60, (40, 6, 10)), (30, (12, 6, 8)), (20, (6, 6, 4)), (19, (11, 0, 6)), (5, (3, 0, 1))],
)
def test_columns_with_widths_of_their_own_share_what_is_left(room: int, widths: tuple[int, ...]) -> None:
    assert fit_columns(FIXED, room, None).widths == widths


def test_a_width_may_follow_from_the_room_and_fill_stops_at_its_most() -> None:
    columns = (
        Column[Fruit]("Number", str, fill=True, least=4, most=28),
        Column[Fruit]("Status", str, width=lambda room: 15 if room >= 45 else 10),
    )
    assert [fit_columns(columns, room, None).widths for room in (80, 45, 30)] == [
        (28, 15),
        (28, 15),
        (18, 10),
    ]


async def test_a_column_says_how_many_cells_there_are_before_it() -> None:
    fixed: Columns[Fruit] = (
        Column("No.", lambda fruit: f"{fruit.count}x", width=5),
        Column("Fruit", lambda fruit: fruit.name, fill=True, most=12, gap=0),
        Column("Origin", lambda fruit: fruit.origin, width=8, right=True, gap=1),
    )

    class Spanning(ItemList[Fruit]):
        def span(self, item: Fruit) -> Span | None:
            """Return that none is left."""
            return None if item.count else Span("Fruit", "Origin", "gone")

    shown = Spanning(fixed)
    async with showing(shown) as pilot:
        shown.show_items([FRUITS[0], Fruit("Plum", 0)])
        await pilot.pause()
        assert lines(pilot)[:3] == [
            "  No.  Fruit          Origin",
            "❯ 3x   Apple           Chile",
            "  0x                    gone",
        ]
    measured = (Column[Fruit]("A", str), Column[Fruit]("B", str, gap=5), Column[Fruit]("C", str, drop=1))
    assert fit_columns(measured, 10, [3, 2, 1]).widths == (3, 2, 0)
    assert fit_columns(measured, 13, [3, 2, 1]).widths == (3, 2, 1)


@given(st.text(alphabet="abc é山 (10GB)", max_size=30), st.integers(1, 40))
def test_a_name_takes_exactly_its_width(name: str, width: int) -> None:
    assert cell_len(pad_name(name, width)) == width
    assert cell_len(Column[Fruit]("Name", str, right=True).align(name, width)) == width


def test_a_size_at_the_end_of_a_name_stays_when_the_name_is_cut() -> None:
    assert pad_name("Jetpack Backup Add-on Storage (100GB)", 24) == "Jetpack Backup… (100GB)".ljust(24)
    assert pad_name("WooCommerce Table Rate Shipping", 20) == "WooCommerce Table R…"


# -- one declaration -------------------------------------------------------------------------


def test_the_sort_menu_comes_from_the_columns() -> None:
    assert [order.menu_label for order in sort_orders(MEASURED)] == ["Name, A to Z ↑", "Most first ↓"]
    assert [fruit.count for fruit in MOST.sort(FRUITS)] == [12, 3, 1]


async def test_a_column_is_one_entry() -> None:
    more: Columns[Fruit] = (*MEASURED, Column("Half", lambda fruit: f"{fruit.count / 2:.1f}", right=True))
    shown = FruitList(more)
    async with showing(shown) as pilot:
        shown.show_items(FRUITS)
        await pilot.pause()
        assert lines(pilot)[:2] == [
            "    Fruit       How many  Origin  Half",
            "❯ * Apple              3  Chile    1.5",
        ]


async def test_rows_and_titles_stand_below_each_other_and_a_text_across_columns_at_their_right_end() -> None:
    shown = FruitList(MEASURED)
    async with showing(shown) as pilot:
        assert lines(pilot)[0] == "", "nothing to measure by"
        shown.show_items([Heading("Fresh"), *FRUITS, Heading("Gone"), Fruit("Plum", 0)])
        await pilot.pause()
        assert lines(pilot)[:7] == [
            "    Fruit       How many  Origin",
            "  Fresh",
            "❯ * Apple              3  Chile",
            "  * Fig               12  Crete",
            "  * Watermelon         1  Chile",
            "  Gone",
            "  * Plum                all gone",
        ]
        await pilot.resize_terminal(20, 8)
        await until(pilot, lambda: lines(pilot)[0] == "    Fruit       No.")
        assert lines(pilot)[3] == "  * Fig          12"


async def test_a_style_is_that_of_the_column_or_of_the_row() -> None:
    class Quiet(ItemList[Fruit]):
        def row_style(self, item: Fruit) -> Style:
            """Return another style for one of them."""
            return self.get_component_rich_style("list--strong") if item.name == "Fig" else self.rich_style

    shown = Quiet(FIXED)
    async with showing(shown) as pilot:
        shown.show_items(FRUITS)
        await pilot.pause()
        muted, strong = map(shown.get_component_rich_style, ("list--muted", "list--strong"))
        styles = [style for text, style in shown.paint(1, 36) if text.strip()]
        assert styles == [strong, muted, strong]


async def test_a_list_says_what_a_column_alone_cannot_know() -> None:
    class Doubtful(ItemList[Fruit]):
        def cell_text(self, column: Column[Fruit], item: Fruit, width: int) -> str:
            """Return a sign behind what several fruits are called."""
            if column.title == "Fruit" and [fruit.name for fruit in self.shown].count(item.name) > 1:
                return f"{column.align(item.name, width - 1)}!"
            return super().cell_text(column, item, width)

        @property
        def shown(self) -> list[Fruit]:
            return [item for item in self.items if isinstance(item, Fruit)]

    shown = Doubtful(FIXED)
    async with showing(shown) as pilot:
        shown.show_items([*FRUITS, Fruit("Fig", 5)])
        await pilot.pause()
        assert ["!" in line for line in lines(pilot)[1:5]] == [False, True, False, True]


async def test_rows_that_stand_in_are_as_wide_as_their_room() -> None:
    shown = FruitList(FIXED)
    async with showing(shown):
        for width in (36, 32, 36):
            assert sum(cell_len(text) for text, _ in shown.paint_item(FRUITS[0], width)) == width


@pytest.mark.parametrize("styled", [True, False])
async def test_a_gap_has_the_style_of_the_row_or_of_the_column_after_it(styled: bool) -> None:
    class Gaps(ItemList[Fruit]):
        styled_gaps = styled

    shown = Gaps(FIXED)
    async with showing(shown) as pilot:
        shown.show_items(FRUITS)
        await pilot.pause()
        muted = shown.get_component_rich_style("list--muted")
        gaps = [style for text, style in shown.paint(1, 36) if not text.strip()]
        assert gaps == [muted if styled else shown.rich_style, shown.rich_style]


# -- lists whose items are all there ---------------------------------------------------------


async def test_the_cursor_stays_on_its_item_and_never_on_a_heading() -> None:
    shown = FruitList(MEASURED)
    async with showing(shown) as pilot:
        shown.show_items([Heading("Fruit"), *FRUITS])
        assert (shown.current, shown.position, shown.count_words) == (FRUITS[0], 1, "3")
        shown.move(1)
        assert shown.current == FRUITS[1]
        shown.show_items([Heading("More"), *reversed(FRUITS), Fruit("Pear", 4)])
        assert (shown.current, shown.position, shown.count_words) == (FRUITS[1], 2, "4")
        shown.show_items([Heading("Others"), FRUITS[2]])
        assert shown.current == FRUITS[2], "its item is gone: the first one"
        shown.show_items([])
        assert [shown.current, shown.position] == [None, 0]
        await pilot.pause()


async def test_the_cursor_may_stay_on_its_line_where_its_item_is_gone() -> None:
    class Staying(ItemList[Fruit]):
        keeps_line = True

    shown = Staying(FIXED)
    async with showing(shown) as pilot:
        shown.show_items([Heading("Fruit"), *FRUITS, Heading("More"), Fruit("Pear", 4)])
        shown.move_cursor(2)
        shown.show_items([Heading("Fruit"), FRUITS[0], FRUITS[2]])
        assert shown.current == FRUITS[2]
        shown.show_items([Heading("Fruit"), FRUITS[0]])
        assert shown.current == FRUITS[0], "there is no such line any more: the last one"
        await pilot.pause()


async def test_the_item_above_one_that_is_gone_stays_on_its_line() -> None:
    class Staying(ItemList[Fruit]):
        keeps_line = True

    fruits = [Fruit(f"F{number:02}", number) for number in range(40)]
    shown = Staying(FIXED)
    async with showing(shown):
        shown.show_items(fruits)
        shown.move_cursor(20)
        y = shown.cursor - shown.scroll_offset.y
        shown.show_items(fruits[:20] + fruits[22:])
        assert (shown.current, shown.cursor - shown.scroll_offset.y) == (fruits[19], y - 1)


async def test_further_items_stand_below_and_make_their_columns_wider_without_measuring_the_others() -> None:
    measured: list[Fruit] = []

    def name(fruit: Fruit) -> str:
        measured.append(fruit)
        return fruit.name

    shown: ItemList[Fruit] = ItemList((Column("Fruit", name), Column("Origin", lambda fruit: fruit.origin)))
    async with showing(shown) as pilot:
        shown.add_items(FRUITS[:2])
        await pilot.pause()
        shown.move(1)
        assert lines(pilot)[:3] == ["  Fruit  Origin", "  Apple  Chile", "❯ Fig    Crete"]
        measured.clear()
        more = Fruit("Watermelon", 1)
        shown.add_items([more])
        assert measured == [more]
        await pilot.pause()
        assert lines(pilot)[:4] == [
            "  Fruit       Origin",
            "  Apple       Chile",
            "❯ Fig         Crete",
            "  Watermelon  Chile",
        ]


async def test_the_first_item_brings_its_heading_into_view() -> None:
    shown = FruitList(MEASURED)
    async with showing(shown) as pilot:
        shown.show_items([Heading("Fruit"), *(Fruit(f"F{number:02}", number + 1) for number in range(30))])
        shown.last()
        await pilot.pause()
        shown.show_items([Heading("Fruit"), *(Fruit(f"G{number:02}", number + 1) for number in range(30))])
        await pilot.pause()
        assert lines(pilot)[1] == "  Fruit"


# -- lists whose items come in pages ---------------------------------------------------------


@dataclass(frozen=True)
class FruitPage:
    items: tuple[Fruit, ...]
    page: int
    per_page: int = 10
    total_items: int | None = 45
    total_pages: int | None = 5
    unreadable: int = 0


class Server:
    """Gives pages of 45 fruits; the pages that are asked for are noted, and those in `broken` fail."""

    def __init__(self, broken: Sequence[int] = ()) -> None:
        self.asked: list[int] = []
        self.broken = list(broken)

    async def page(self, number: int) -> FruitPage:
        """Return a page by its number."""
        self.asked.append(number)
        await asyncio.sleep(0)
        if number in self.broken:
            raise ApiConnectionError("The line failed.")
        first = (number - 1) * 10
        return FruitPage(tuple(Fruit(f"F{row:02}", row) for row in range(first, min(45, first + 10))), number)


class PagesApp(ListApp):
    def __init__(self, shown: PagedItemList[Fruit]) -> None:
        super().__init__(shown)
        self.heard: list[str] = []

    def on_paged_item_list_loaded(self) -> None:
        self.heard.append("loaded")

    def on_paged_item_list_load_failed(self, event: PagedItemList.LoadFailed) -> None:
        self.heard.append(str(event.error.message))


@asynccontextmanager
async def paging(server: Server) -> AsyncIterator[tuple[PagedItemList[Fruit], Pilot[None]]]:
    shown: PagedItemList[Fruit] = PagedItemList(FIXED, 10, id="fruits")
    async with PagesApp(shown).run_test(size=(40, 8)) as pilot:
        shown.focus()
        shown.ask(server.page)
        yield shown, pilot


async def test_pages_are_fetched_as_they_come_into_view_and_never_twice() -> None:
    server = Server()
    async with paging(server) as (shown, pilot):
        await until(pilot, lambda: shown.current is not None)
        assert (shown.position, shown.count_words) == (1, "45")
        shown.last()
        await until(pilot, lambda: shown.current == Fruit("F44", 44))
        shown.first()
        await until(pilot, lambda: not shown.busy)
        assert sorted(server.asked) == [1, 4, 5]
        assert lines(pilot)[0].split() == ["Fruit", "Count", "Origin"]


async def test_the_item_above_one_that_left_the_pages_stays_on_its_line() -> None:
    server = Server()
    async with paging(server) as (shown, pilot):
        await until(pilot, lambda: shown.current is not None)
        shown.move_cursor(18)
        await until(pilot, lambda: shown.current == Fruit("F18", 18))
        y = shown.cursor - shown.scroll_offset.y

        async def without_two(number: int) -> FruitPage:
            left = [Fruit(f"F{row:02}", row) for row in range(45) if row not in (18, 19)]
            return FruitPage(tuple(left[(number - 1) * 10 : number * 10]), number, total_items=43)

        show = await shown.read_view(without_two)
        assert show is not None
        assert show()
        assert (shown.current, shown.cursor - shown.scroll_offset.y) == (Fruit("F17", 17), y - 1)


async def test_a_page_that_failed_waits_for_a_reload() -> None:
    server = Server(broken=[5])
    async with paging(server) as (shown, pilot):
        await until(pilot, lambda: shown.current is not None)
        shown.last()
        await until(pilot, lambda: shown.error is not None)
        asked = server.asked.count(5)
        shown.move(-1)
        shown.changed()
        await until(pilot, lambda: not shown.busy)
        assert server.asked.count(5) == asked
        server.broken.clear()
        shown.reload()
        await until(pilot, lambda: 44 in shown.pages.rows)
        assert shown.error is None
        assert isinstance(pilot.app, PagesApp)
        assert pilot.app.heard[0] == "loaded"
        assert "The line failed." in pilot.app.heard


async def test_asking_for_something_else_drops_what_is_on_its_way() -> None:
    slow, server = Server(), Server()

    async def never(number: int) -> FruitPage:
        slow.asked.append(number)
        await asyncio.Event().wait()
        return await slow.page(number)

    async with paging(server) as (shown, pilot):
        await until(pilot, lambda: shown.current is not None)
        shown.ask(never)
        await until(pilot, lambda: slow.asked)
        assert (shown.pages.total, shown.busy) == (None, True)
        shown.ask(server.page)
        await until(pilot, lambda: shown.current is not None)
        assert not shown.busy


async def test_the_title_of_the_sorted_column_has_its_arrow() -> None:
    columns: Columns[Fruit] = (
        Column("Fruit", lambda fruit: fruit.name, fill=True, sorts=(A_TO_Z,)),
        Column("Count", lambda fruit: str(fruit.count), width=8, right=True, sorts=(MOST,)),
    )
    shown: PagedItemList[Fruit] = PagedItemList(columns, 10)
    async with showing(shown) as pilot:
        for order, titles in ((A_TO_Z, ["Fruit", "↑", "Count"]), (MOST, ["Fruit", "Count", "↓"])):
            shown.show_sort_order(order)
            await until(pilot, lambda titles=titles: lines(pilot)[0].split() == titles)  # type: ignore[misc]


async def test_headings_stand_above_their_columns_with_and_without_a_padding() -> None:
    class Padded(ListApp):
        CSS = "ColumnHeadings { padding: 0 0 0 2; }"

    found = []
    for app_class in (ListApp, Padded):
        shown = FruitList(FIXED)
        async with app_class(shown).run_test(size=(40, 8)) as pilot:
            shown.show_items(FRUITS)
            await until(pilot, lambda: lines(pilot)[0])
            found.append(lines(pilot)[0])
    assert found[0] == found[1]
