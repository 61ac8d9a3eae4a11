"""Reading whole lists: every row once, whatever the server does meanwhile, and an honest word about what is lacking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, strategies as st

from jpmanage_tui.api.errors import ApiError, InvalidParameterError, ServerError
from jpmanage_tui.api.paging import (
    CursorPaginator,
    PageNumberPaginator,
    Paginator,
    has_rows,
    overlapping,
    requests_for,
)

MANY_REQUESTS = 400


@dataclass(frozen=True)
class ListPage:
    items: tuple[int, ...]
    per_page: int
    total_items: int | None = None
    total_pages: int | None = None
    unreadable: int = 0


@dataclass
class Listing:
    """A server's list of numbers in order. Negative ones cannot be read. `between` happens before each request."""

    rows: list[int]
    cap: int = 1000
    """The largest page that it gives."""
    one_size: bool = False
    """Whether it gives pages of the size `cap` whatever is asked for."""
    says_size: bool = True
    totals: frozenset[str] = frozenset({"items", "pages"})
    between: Callable[[Listing], None] = lambda _listing: None
    lies: Callable[[ListPage], ListPage] = lambda page: page
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def fetch(self, number: int, per_page: int) -> ListPage:
        self.asked.append((number, per_page))
        assert len(self.asked) < MANY_REQUESTS, "it asks without an end"
        if len(self.asked) > 1:
            self.between(self)
        size = self.cap if self.one_size else min(per_page, self.cap)
        part = self.rows[(number - 1) * size : number * size]
        total = len(self.rows)
        page = ListPage(
            tuple(row for row in part if row >= 0),
            size if self.says_size else per_page,
            total if "items" in self.totals else None,
            -(-total // size) if "pages" in self.totals else None,
            sum(row < 0 for row in part),
        )
        return self.lies(page)

    def paginator(self, per_page: int) -> PageNumberPaginator[int]:
        return PageNumberPaginator(self.fetch, lambda row: row, per_page)


def everything(paginator: Paginator[int]) -> list[int]:
    async def read() -> list[int]:
        return [row async for row in paginator]

    return asyncio.run(read())


TOTALS = st.sampled_from(
    [frozenset(), frozenset({"items"}), frozenset({"pages"}), frozenset({"items", "pages"})]
)
"""What a server says about the length of its list."""


@given(
    count=st.integers(0, 330),
    unreadable=st.sets(st.integers(0, 330), max_size=12),
    per_page=st.integers(1, 100),
    cap=st.integers(1, 120),
    one_size=st.booleans(),
    says_size=st.booleans(),
    totals=TOTALS,
)
@example(500, set(), 100, 50, False, False, frozenset())
@example(500, set(), 100, 50, True, False, frozenset())
@example(3, {0, 1, 2}, 50, 100, False, True, frozenset({"items"}))
def test_of_a_list_that_stays_as_it_is_every_row_comes_once_whatever_the_server_says_of_its_pages(
    count: int,
    unreadable: set[int],
    per_page: int,
    cap: int,
    one_size: bool,
    says_size: bool,
    totals: frozenset[str],
) -> None:
    if one_size and not says_size:
        unreadable = set()  # where such a page begins is told by the rows alone, and these tell nothing
    rows = [-row - 1 if row in unreadable else row for row in range(count)]
    if count / min(per_page, cap) > 60:
        return  # only a matter of patience
    listing = Listing(rows, cap, one_size, says_size, totals)
    paginator = listing.paginator(per_page)
    found = everything(paginator)
    readable = [row for row in rows if row >= 0]
    assert found == readable
    assert (paginator.unreadable, paginator.missing) == (len(rows) - len(readable), 0)
    assert paginator.complete is (len(rows) == len(readable))


@dataclass
class Changes:
    """Takes rows out of the list and puts new ones in, a few between two requests."""

    draw: list[tuple[list[int], list[int]]]
    next_new: int = 10_000
    gone: set[int] = field(default_factory=set)

    def __call__(self, listing: Listing) -> None:
        if not self.draw:
            return
        out, new = self.draw.pop(0)
        for place in out:
            if listing.rows:
                self.gone.add(listing.rows.pop(place % len(listing.rows)))
        for place in new:
            listing.rows.insert(place % (len(listing.rows) + 1), self.next_new)
            self.next_new += 1


PLACES = st.lists(st.integers(0, 400), max_size=8)
CHANGES = st.lists(st.tuples(PLACES, PLACES), max_size=8)


@given(st.integers(0, 400), st.integers(25, 100), st.integers(25, 100), CHANGES, TOTALS, st.booleans())
@example(300, 100, 100, [([0], [300])] * 3, frozenset({"items"}), True)
@example(300, 100, 100, [(list(range(150)), [])], frozenset({"items"}), True)
def test_no_row_that_is_there_all_the_time_is_lost_when_others_come_and_go_between_the_pages(
    count: int,
    per_page: int,
    cap: int,
    changes: list[tuple[list[int], list[int]]],
    totals: frozenset[str],
    says_size: bool,
) -> None:
    changing = Changes([(list(out), list(new)) for out, new in changes])
    listing = Listing(list(range(count)), cap, says_size=says_size, totals=totals, between=changing)
    found = everything(listing.paginator(per_page))
    assert len(found) == len(set(found))
    assert set(range(count)) - changing.gone <= set(found)


@given(
    st.integers(0, 400),
    st.integers(10, 100),
    st.lists(st.tuples(PLACES, PLACES).filter(lambda pair: len(pair[0]) != len(pair[1])), max_size=5),
)
@example(300, 100, [([0], []), ([5], [])])
def test_where_the_server_knows_one_size_of_page_a_changed_total_shows_that_rows_have_moved(
    count: int, size: int, changes: list[tuple[list[int], list[int]]]
) -> None:
    changing = Changes([(list(out), list(new)) for out, new in changes])
    listing = Listing(list(range(count)), size, one_size=True, between=changing)
    found = everything(listing.paginator(100))
    assert len(found) == len(set(found))
    assert set(range(count)) - changing.gone <= set(found)


@given(
    st.integers(0, 200),
    st.lists(
        st.tuples(st.sampled_from(["totals", "few", "repeat", "empty", "junk"]), st.integers(0, 250)),
        max_size=12,
    ),
    TOTALS,
)
def test_a_server_that_contradicts_itself_is_not_asked_for_ever_and_what_did_not_come_is_told(
    count: int, lies: list[tuple[str, int]], totals: frozenset[str]
) -> None:
    told: list[ListPage] = []

    def lie(page: ListPage) -> ListPage:
        kind, figure = lies.pop(0) if lies else ("", 0)
        if kind == "totals":
            page = ListPage(page.items, page.per_page, figure, figure // 3, page.unreadable)
        elif kind == "few":
            page = ListPage(page.items[: figure % 10], page.per_page, page.total_items, page.total_pages)
        elif kind == "repeat" and told:
            page = told[-1]
        elif kind == "empty":
            page = ListPage((), page.per_page, page.total_items, page.total_pages)
        elif kind == "junk":
            page = ListPage((), page.per_page, page.total_items, page.total_pages, len(page.items))
        told.append(page)
        return page

    paginator = Listing(list(range(count)), totals=totals, lies=lie).paginator(50)
    found = everything(paginator)
    assert len(found) == len(set(found))
    assert set(found) <= set(range(count))
    if told[-1].total_items is not None:
        assert len(found) + paginator.left_out >= told[-1].total_items


async def test_what_the_server_counts_and_does_not_send_is_asked_for_once_more_and_then_told() -> None:
    listing = Listing(list(range(120)), lies=lambda page: ListPage(page.items, page.per_page, 123))
    paginator = listing.paginator(100)
    assert [row async for row in paginator] == list(range(120))
    assert (paginator.missing, paginator.left_out, paginator.complete) == (3, 3, False)
    assert [number for number, _ in listing.asked].count(1) == 2


async def test_what_comes_with_the_second_reading_is_not_missing() -> None:
    short = [True]

    def lie(page: ListPage) -> ListPage:
        return ListPage(page.items[:-1], page.per_page, page.total_items) if short.pop() else page

    short += [False] * 50
    short.append(True)
    listing = Listing(list(range(40)), lies=lie)
    paginator = listing.paginator(100)
    assert sorted([row async for row in paginator]) == list(range(40))
    assert paginator.complete


async def test_a_server_that_ignores_the_page_number_is_asked_a_few_times_and_not_believed() -> None:
    listing = Listing(list(range(50)), lies=lambda page: ListPage(tuple(range(50)), 50, None, 90))
    paginator = listing.paginator(50)
    assert [row async for row in paginator] == list(range(50))
    assert len(listing.asked) <= 5
    assert (paginator.cut_short, paginator.complete) == (True, False)


async def test_a_page_without_news_does_not_end_the_reading() -> None:
    listing = Listing(list(range(300)))
    many = {2: list(range(1000, 1120))}

    def insert(changed: Listing) -> None:
        changed.rows[:0] = many.pop(len(changed.asked), [])

    listing.between = insert
    found = [row async for row in listing.paginator(100)]
    assert set(range(300)) <= set(found)


async def test_a_page_that_fails_changes_nothing() -> None:
    listing = Listing(list(range(250)))
    paginator = listing.paginator(100)
    first = await paginator.next_page()
    fails = [True]

    async def failing(number: int, per_page: int) -> ListPage:
        if fails.pop():
            raise ServerError("no", method="GET", path="/licenses")
        return await listing.fetch(number, per_page)

    fails += [False] * 9
    fails.append(True)
    paginator._fetch = failing
    with pytest.raises(ServerError):
        await paginator.next_page()
    assert first + [row async for row in paginator] == list(range(250))


@given(st.integers(1, 200_000), st.integers(1, 100))
def test_a_page_begins_with_what_is_known_where_that_costs_little(position: int, most: int) -> None:
    page = overlapping(position, most)
    assert page.first == (page.number - 1) * page.per_page
    assert page.first <= position < page.first + page.per_page
    assert page.per_page <= most
    if most >= 50 and position >= most:
        assert page.first < position


@pytest.mark.parametrize(
    ("rows", "most"), [(0, 1), (100, 1), (101, 2), (900, 10), (5_000, 57), (100_000, 1143)]
)
def test_beginning_each_page_with_what_is_known_costs_little(rows: int, most: int) -> None:
    assert requests_for(rows, 100) == most
    assert most <= 1 + -(-rows // 100) * 1.15


@pytest.mark.parametrize(
    ("number", "per_page", "total_items", "total_pages", "has"),
    [
        (1, 50, 3, 1, True),
        (1, None, 3, None, True),
        (1, 50, 0, 1, False),
        (1, None, None, 1, False),
        (1, None, None, None, False),
        (2, 50, 51, 2, True),
        (2, 50, 50, 1, False),
        (3, None, 120, 3, True),
        (3, None, 120, None, False),
        (4, None, None, 3, False),
        (2, None, None, 3, True),
    ],
)
def test_a_page_must_have_rows_where_the_totals_of_its_own_answer_say_so(
    number: int, per_page: int | None, total_items: int | None, total_pages: int | None, has: bool
) -> None:
    assert has_rows(number, per_page, total_items, total_pages) is has


# -- cursors ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class BehindCursor:
    items: tuple[str, ...]
    has_more: bool
    next_cursor: str | None
    unreadable: int = 0


@dataclass
class Cursors:
    """A list behind cursors; rows that begin with "x" cannot be read. `gone` are rows that no cursor may name."""

    rows: list[str]
    size: int
    gone: set[str] = field(default_factory=set)
    asked: list[str | None] = field(default_factory=list)

    async def fetch(self, after: str | None) -> BehindCursor:
        self.asked.append(after)
        assert len(self.asked) < MANY_REQUESTS
        if after in self.gone:
            raise InvalidParameterError("No such object.", params={"starting_after": "No such object."})
        start = self.rows.index(after) + 1 if after is not None else 0
        part = self.rows[start : start + self.size]
        readable = tuple(row for row in part if not row.startswith("x"))
        more = start + self.size < len(self.rows)
        return BehindCursor(readable, more, part[-1] if part else None, len(part) - len(readable))

    def paginator(self) -> CursorPaginator[str]:
        return CursorPaginator(self.fetch, lambda row: row)


@given(st.integers(0, 60), st.integers(1, 10), st.sets(st.integers(0, 60)))
@example(30, 10, set(range(10, 20)))
def test_behind_cursors_every_row_comes_once_also_after_a_page_that_cannot_be_read(
    count: int, size: int, unreadable: set[int]
) -> None:
    rows = [f"x{row}" if row in unreadable else f"r{row}" for row in range(count)]
    paginator = Cursors(rows, size).paginator()

    async def read() -> list[str]:
        return [row async for row in paginator]

    assert asyncio.run(read()) == [row for row in rows if row.startswith("r")]
    assert paginator.left_out == sum(row.startswith("x") for row in rows)
    assert paginator.complete is (not paginator.left_out)


async def test_where_the_row_of_a_cursor_is_gone_the_list_is_read_from_its_beginning_once() -> None:
    listing = Cursors([f"r{row}" for row in range(25)], 10, gone={"r9"})
    paginator = listing.paginator()
    found = [await anext(paginator) for _ in range(10)]
    listing.rows.remove("r9")
    found += [row async for row in paginator]
    assert found == [f"r{row}" for row in range(25)]
    assert listing.asked == [None, "r9", None, "r10", "r20"]
    with pytest.raises(ApiError):
        _ = [row async for row in Cursors(["a", "b"], 1, gone={"a"}).paginator()]


@pytest.mark.parametrize("cursor", ["r1", None])
async def test_a_server_that_repeats_itself_or_names_no_row_is_not_asked_for_ever(cursor: str | None) -> None:
    asked = []

    async def fetch(after: str | None) -> BehindCursor:
        asked.append(after)
        return BehindCursor(("r0", "r1"), True, cursor)

    paginator = CursorPaginator(fetch, lambda row: row)
    assert [row async for row in paginator] == ["r0", "r1"]
    assert len(asked) <= 2
    assert (paginator.cut_short, paginator.complete) == (True, False)
