"""Lists whose items come behind cursors: further pages as they are needed, and what stands there while they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from jpmanage_tui.api.errors import ApiConnectionError
from jpmanage_tui.api.paging import CursorPaginator
from jpmanage_tui.ui.widgets.cursor_list import CursorItemList, _read_on
from jpmanage_tui.ui.widgets.item_list import Column, ColumnHeadings, Columns


@dataclass(frozen=True)
class Fruit:
    name: str
    ripe: bool = True


@dataclass(frozen=True)
class FruitPage:
    items: tuple[Fruit, ...]
    has_more: bool = False
    unreadable: int = 0
    last_id: str | None = None

    @property
    def next_cursor(self) -> str | None:
        """The name of the last fruit."""
        return self.last_id or (self.items[-1].name if self.items else None)


def page(*names: str, more: bool = False, unreadable: int = 0, last_id: str | None = None) -> FruitPage:
    return FruitPage(tuple(map(Fruit, names)), more, unreadable, last_id)


def paginator(pages: Sequence[FruitPage]) -> CursorPaginator[Fruit]:
    """Return what gives these pages one after the other, the last one again and again."""
    left = list(pages)

    async def fetch(_after: str | None) -> FruitPage:
        return left.pop(0) if len(left) > 1 else left[0]

    return CursorPaginator(fetch, lambda fruit: fruit.name)


class Server:
    """Has fruits in pages of 10; it notes what is asked for, and fails behind the cursors in `broken`."""

    def __init__(self, count: int = 25) -> None:
        self.fruits = [Fruit(f"F{number:02}", ripe=number == 12) for number in range(count)]
        self.asked: list[str | None] = []
        self.broken: list[str | None] = []

    async def fetch(self, after: str | None) -> FruitPage:
        """Return the page behind the fruit of this name."""
        self.asked.append(after)
        await asyncio.sleep(0)
        if after in self.broken:
            raise ApiConnectionError("The line failed.")
        names = [fruit.name for fruit in self.fruits]
        first = names.index(after) + 1 if after is not None else 0
        return FruitPage(tuple(self.fruits[first : first + 10]), first + 10 < len(names))

    def list_all(self) -> CursorPaginator[Fruit]:
        """Return all fruits."""
        return CursorPaginator(self.fetch, lambda fruit: fruit.name)


COLUMNS: Columns[Fruit] = (
    Column("Fruit", lambda fruit: fruit.name, fill=True, least=4),
    Column("Ripe", lambda fruit: "yes" if fruit.ripe else "no"),
)


class FruitList(CursorItemList[Fruit]):
    def identity(self, item: Fruit) -> str:
        return item.name


class RipeFirst(FruitList):
    """Fruits of which the ripe one stands first, on whatever page it comes."""

    def in_display_order(self, items: Sequence[Fruit]) -> Sequence[Fruit]:
        return sorted(items, key=lambda fruit: not fruit.ripe)

    def is_enough(self, items: Sequence[Fruit]) -> bool:
        return any(fruit.ripe for fruit in items)


class ListApp(App[None]):
    def __init__(self, shown: CursorItemList[Fruit]) -> None:
        super().__init__()
        self.shown = shown
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        yield ColumnHeadings(self.shown)
        yield self.shown

    def on_cursor_item_list_loaded(self) -> None:
        self.heard.append("loaded")

    def on_cursor_item_list_load_failed(self, event: CursorItemList.LoadFailed) -> None:
        self.heard.append(str(event.error.message))


@asynccontextmanager
async def showing(
    list_all: Callable[[], CursorPaginator[Fruit]],
    shown: CursorItemList[Fruit] | None = None,
    height: int = 8,
) -> AsyncIterator[tuple[CursorItemList[Fruit], Pilot[None]]]:
    shown = shown or FruitList(COLUMNS, id="fruits")
    async with ListApp(shown).run_test(size=(40, height)) as pilot:
        shown.focus()
        shown.ask(list_all)
        await until(pilot, lambda: shown.loader.answered_at is not None)
        yield shown, pilot


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await pilot.pause()


def lines(pilot: Pilot[None]) -> list[str]:
    """Return what stands on the screen, line by line."""
    return [
        "".join(segment.text for segment in strip).strip()
        for strip in pilot.app.screen._compositor.render_strips()
    ]


def names(shown: CursorItemList[Fruit]) -> list[str]:
    return [fruit.name for fruit in shown.loaded_items]


async def test_pages_come_as_they_come_into_view_and_the_number_is_open_until_the_end() -> None:
    server = Server()
    async with showing(server.list_all) as (shown, pilot):
        assert (shown.position, shown.count_words, shown.has_more) == (1, "10+", True)
        shown.page(1)
        shown.page(1)
        await until(pilot, lambda: len(shown.items) == 20)
        assert (shown.current, shown.count_words) == (Fruit("F09", ripe=False), "20+")
        shown.page(1)
        shown.page(1)
        await until(pilot, lambda: shown.count_words == "25")
        assert server.asked == [None, "F09", "F19"]
        assert (shown.has_more, shown.line_count()) == (False, 25)


@pytest.mark.parametrize(
    ("page", "empty"),
    [
        (FruitPage((), False), True),
        (FruitPage((), False, unreadable=1), False),
        (FruitPage((), True), False),
        (FruitPage((Fruit("Fig"),), False), False),
    ],
    ids=["nothing", "unreadable", "there are more", "one"],
)
async def test_a_list_is_empty_only_where_that_is_sure(page: FruitPage, empty: bool) -> None:
    async with showing(lambda: paginator([page])) as (shown, pilot):
        await pilot.pause()
        assert shown.is_empty is empty


async def test_dots_stand_below_the_last_item_while_there_are_more_and_the_cursor_never_on_them() -> None:
    server = Server()
    server.broken = ["F09"]
    async with showing(server.list_all) as (shown, pilot):
        shown.last()
        await until(pilot, lambda: shown.loader.error is not None)
        assert lines(pilot)[-1] == "· · ·"
        assert shown.current == Fruit("F09", ripe=False)


async def test_the_cursor_goes_on_to_the_end_until_it_is_moved_otherwise() -> None:
    server = Server()
    async with showing(server.list_all) as (shown, pilot):
        shown.last()
        await until(pilot, lambda: shown.position == 25)
        shown.ask(server.list_all)
        await until(pilot, lambda: len(shown.items) == 10)
        shown.last()
        shown.move(-1)
        assert not shown.to_end
        await until(pilot, lambda: not shown.loader.busy)
        assert shown.position == 9


async def test_after_a_failure_nothing_further_is_asked_for_until_a_reload() -> None:
    server = Server()
    server.broken = ["F09"]
    async with showing(server.list_all) as (shown, pilot):
        shown.last()
        await until(pilot, lambda: shown.loader.error is not None)
        for step in (-1, 1, 1):
            shown.move(step)
            await pilot.pause()
        assert server.asked == [None, "F09"]
        server.broken = []
        shown.reload(len(shown.items) + 1)
        await until(pilot, lambda: len(shown.items) == 20)
        assert isinstance(pilot.app, ListApp)
        assert pilot.app.heard == ["loaded", "The line failed.", "loaded"]


async def test_a_reload_replaces_the_items_when_as_many_as_wanted_came_and_the_cursor_stays_on_its_item() -> (
    None
):
    server = Server()
    async with showing(server.list_all, height=20) as (shown, pilot):
        await until(pilot, lambda: shown.count_words == "20+")
        shown.move_cursor(15)
        server.fruits.insert(0, Fruit("New"))
        server.broken = ["F08"]
        shown.reload(20)
        await until(pilot, lambda: shown.loader.error is not None)
        assert names(shown)[0] == "F00", "what stands there stays until the answer is whole"
        server.broken = []
        shown.reload(20)
        await until(pilot, lambda: names(shown)[0] == "New")
        assert (shown.current, shown.position) == (Fruit("F15", ripe=False), 17)
        server.fruits = [fruit for fruit in server.fruits if fruit.name != "F15"]
        shown.reload(20)
        await until(pilot, lambda: "F15" not in names(shown))
        assert shown.position == 17, "its item is gone: the cursor stays on its line"


async def test_an_item_that_changed_stands_in_its_place() -> None:
    server = Server(3)
    async with showing(server.list_all) as (shown, pilot):
        shown.replace(Fruit("F01", ripe=True))
        await pilot.pause()
        assert [fruit.ripe for fruit in shown.loaded_items] == [False, True, False]
        assert lines(pilot)[2].split() == ["F01", "yes"]


async def test_pages_are_asked_for_until_a_subclass_has_enough_and_stand_in_its_order() -> None:
    server = Server()
    async with showing(server.list_all, RipeFirst(COLUMNS, id="fruits"), height=6) as (shown, pilot):
        await until(pilot, lambda: names(shown)[0] == "F12")
        assert server.asked == [None, "F09"]
        assert shown.current == Fruit("F00", ripe=False), "the cursor stays on its item"


async def test_other_columns_are_measured_anew() -> None:
    async with showing(Server(3).list_all) as (shown, pilot):
        await pilot.pause()
        shown.show_columns((Column("Fruit", lambda fruit: fruit.name * 3), COLUMNS[1]))
        await until(pilot, lambda: lines(pilot)[1].split() == ["❯", "F00F00F00", "no"])


@pytest.mark.parametrize(
    ("pages", "found", "words", "unreadable"),
    [
        ([page("a", "b", more=True), page("c")], "abc", "3", 0),
        ([page("a", "b", more=True)], "ab", "2+", 0),
        ([page(more=True, unreadable=2, last_id="x"), page("c")], "c", "1", 2),
    ],
    ids=["to the end", "a server that ignores the cursor", "a page of which nothing can be read"],
)
async def test_reading_comes_to_an_end_and_says_what_it_does_not_have(
    pages: list[FruitPage], found: str, words: str, unreadable: int
) -> None:
    async with showing(lambda: paginator(pages)) as (shown, pilot):
        await until(pilot, lambda: not shown.has_more and not shown.loader.busy)
        assert (names(shown), shown.count_words, shown.unreadable) == (list(found), words, unreadable)


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), min_size=1, max_size=5))
def test_every_item_stands_once_whatever_the_pages_repeat(pages: list[list[str]]) -> None:
    listed = [page(*items, more=True, last_id=f"end of page {n}") for n, items in enumerate(pages)]
    items = asyncio.run(_read_on(paginator(listed), [], 100))
    assert sorted(fruit.name for fruit in items) == sorted({name for names in pages for name in names})


async def test_what_is_read_again_keeps_the_cursor_on_its_item_and_that_on_its_line() -> None:
    server = Server()
    async with showing(server.list_all) as (shown, pilot):
        shown.move_cursor(9)
        shown.move(1)
        await until(pilot, lambda: len(shown.items) == 20)
        shown.first()
        shown.move_cursor(8)
        y, server.asked = shown.cursor - shown.scroll_offset.y, []
        show = await shown.read_view(server.list_all())
        assert show is not None
        assert not show()
        assert server.asked == [None]  # the page in view, and no further one

        server.fruits[3:4] = [Fruit("new"), Fruit("newer")]
        server.fruits.insert(12, Fruit("below"))
        show = await shown.read_view(server.list_all())
        assert show is not None
        assert names(shown)[3] == "F03"  # nothing shows before all of it is there
        assert show()
        assert (shown.current, shown.cursor - shown.scroll_offset.y) == (Fruit("F08", ripe=False), y)
        assert names(shown)[:12] == [fruit.name for fruit in server.fruits[:12]]
        assert names(shown)[-1] == "F19"

        server.fruits.remove(Fruit("F08", ripe=False))
        show = await shown.read_view(server.list_all())
        shown.reload()
        await until(pilot, lambda: not shown.loader.busy)
        assert show is not None
        assert not show(), "something else was asked for meanwhile"
        assert (shown.current, shown.cursor - shown.scroll_offset.y) == (Fruit("F09", ripe=False), y)


async def test_the_item_above_one_that_is_gone_stays_on_its_line() -> None:
    server = Server()
    async with showing(server.list_all) as (shown, pilot):
        shown.move_cursor(9)
        shown.move(1)
        await until(pilot, lambda: len(shown.items) == 20)
        shown.move_cursor(8)
        shown.show_at(8, 4)
        del server.fruits[8:10]
        show = await shown.read_view(server.list_all())
        assert show is not None
        assert show()
        assert (shown.current, shown.cursor - shown.scroll_offset.y) == (Fruit("F07", ripe=False), 3)
