"""Rows that come in pages."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given, strategies as st

from jpmanage_tui.ui.common.pagination import PageCache

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class APage:
    items: tuple[int, ...]
    page: int
    per_page: int = 50
    total_items: int | None = None
    total_pages: int | None = None
    unreadable: int = 0


def served(total: int, number: int, per_page: int = 50, *, totals: bool = True) -> APage:
    items = tuple(range(total))[(number - 1) * per_page : number * per_page]
    pages = max(1, -(-total // per_page))
    return APage(items, number, per_page, total if totals else None, pages if totals else None)


@given(st.integers(0, 400), st.lists(st.integers(1, 9), max_size=12), st.sampled_from([20, 50]))
def test_every_row_stands_where_the_server_has_it_whatever_the_order_of_the_pages(
    total: int, numbers: list[int], capped: int
) -> None:
    rows: PageCache[int] = PageCache(50)
    for number in [1, *numbers]:
        if (number - 1) * capped < max(1, total):
            rows.take(number, served(total, number, capped), NOW)
    assert rows.total == total
    assert all(row == item for row, item in rows.known.items())
    assert rows.per_page == capped


def test_before_the_first_answer_only_the_first_page_is_wanted() -> None:
    assert PageCache[int](50).wanted(0, 400) == [1]


def test_what_is_in_view_is_wanted_and_nothing_else() -> None:
    rows: PageCache[int] = PageCache(50)
    rows.take(1, served(100_000, 1), NOW)
    assert rows.wanted(0, 20) == []
    assert rows.wanted(40, 60) == [2]
    assert rows.wanted(99_970, 99_999) == [2000]


@given(st.integers(1, 5000), st.integers(1, 50))
def test_the_end_is_known_after_one_answer_wherever_one_page_can_hold_it(total: int, height: int) -> None:
    rows: PageCache[int] = PageCache(50)
    rows.take(1, served(total, 1), NOW)
    first = max(0, total - height)
    tail = rows.tail(first)
    if tail is None:
        assert all((total % size or size) < total - first for size in range(1, 51))
        return
    rows.take_tail(tail, served(total, tail.number, tail.per_page), NOW)
    assert rows.wanted(first, total - 1) == []
    assert all(rows.known[row] == row for row in range(first, total))


def test_a_server_that_knows_one_page_size_only_is_asked_for_the_pages_then() -> None:
    rows: PageCache[int] = PageCache(50)
    rows.take(1, served(1010, 1), NOW)
    tail = rows.tail(985)
    assert tail is not None
    rows.take_tail(tail, served(1010, tail.number, 50), NOW)
    assert rows.tail(985) is None
    assert rows.wanted(985, 1009) == [20, 21]
    assert 985 not in rows.known


def test_a_known_end_is_asked_for_again_when_everything_is_stale_or_the_total_has_changed() -> None:
    rows: PageCache[int] = PageCache(50)
    rows.take(1, served(1010, 1), NOW)
    for change in (rows.spoil, lambda: rows.take(1, served(1011, 1), NOW)):
        tail = rows.tail(985)
        assert tail is not None
        rows.take_tail(tail, served(rows.count, tail.number, tail.per_page), NOW)
        assert rows.wanted(985, 1009) == []
        change()
        assert rows.wanted(985, 1009) == [20, 21]


def test_a_changed_total_makes_the_other_pages_stale_and_keeps_them_on_screen() -> None:
    rows: PageCache[int] = PageCache(50)
    for number in (1, 2):
        rows.take(number, served(120, number), NOW)
    rows.take(1, served(119, 1), NOW)
    assert rows.known[60] == 60
    assert rows.wanted(50, 60) == [2]


@given(
    st.integers(0, 300),
    st.integers(1, 80),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "items", "pages", "items pages"]),
)
def test_who_goes_down_sees_every_row_whatever_the_server_says_of_its_pages(
    total: int, cap: int, one_size: bool, says_size: bool, totals: str
) -> None:
    size = cap if one_size else min(cap, 50)
    if one_size and size > 50 and not says_size:
        return  # more than was asked for, and not told: nobody can know where a page begins
    rows: PageCache[int] = PageCache(50)
    top = 0
    for _ in range(400):
        wanted = rows.wanted(top, top + 9)
        if not wanted and top + 10 >= rows.count:
            break
        for number in wanted:
            items = tuple(range(total))[(number - 1) * size : number * size]
            pages = max(1, -(-total // size)) if "pages" in totals else None
            count = total if "items" in totals else None
            rows.take(number, APage(items, number, size if says_size else 50, count, pages), NOW)
        if not wanted:
            top += 10
    assert (rows.total, rows.exact, rows.unreadable) == (total, True, 0)
    assert rows.known == {row: row for row in range(total)}


def test_where_no_total_is_given_the_number_says_that_more_may_come() -> None:
    rows: PageCache[int] = PageCache(50)
    rows.take(1, served(120, 1, totals=False), NOW)
    assert (rows.count_words, rows.exact, rows.tail(0)) == ("50+", False, None)
    assert rows.wanted(40, 60) == [2]
    rows.take(2, served(120, 2, totals=False), NOW)
    rows.take(3, served(120, 3, totals=False), NOW)
    assert (rows.count_words, rows.exact) == ("120", True)
    rows.take(1, served(120, 1, totals=False), NOW)
    assert rows.count_words == "120", "an end that was seen stays seen"


def test_pages_without_a_total_of_rows_say_how_many_there_are_at_least() -> None:
    rows: PageCache[int] = PageCache(50)
    rows.take(1, APage(tuple(range(50)), 1, total_pages=3), NOW)
    assert (rows.count, rows.count_words) == (150, "100+")
    rows.take(3, APage(tuple(range(100, 107)), 3, total_pages=3), NOW)
    assert (rows.count_words, rows.exact) == ("107", True)


def test_a_server_that_answers_the_first_page_to_every_number_is_believed_no_further() -> None:
    rows: PageCache[int] = PageCache(50)
    rows.take(1, APage(tuple(range(50)), 1, total_items=120), NOW)
    rows.take(2, APage(tuple(range(50)), 1, total_items=120), NOW)
    assert rows.total == 50
    assert 50 not in rows.known


def test_rows_that_could_not_be_read_are_counted_once_and_told_from_those_on_their_way() -> None:
    rows: PageCache[int] = PageCache(50)
    for _ in range(2):
        rows.take(1, APage((0, 1), 1, total_items=3, unreadable=1), NOW)
        assert (rows.total, rows.unreadable) == (3, 1)
        rows.spoil()
    assert (rows.came(2), rows.known.get(2)) == (True, None)
    rows.take(1, served(110, 1), NOW)
    rows.take(2, APage((50, 51), 2, total_items=110), NOW)
    assert rows.unreadable == 48, "rows that the server counts on this page and did not send"
    assert (rows.came(60), rows.came(105)) == (True, False)


def test_a_list_that_shrank_to_nothing_is_asked_for_again_after_being_spoiled() -> None:
    rows: PageCache[int] = PageCache(50)
    rows.take(1, served(0, 1), NOW)
    assert rows.wanted(0, 0) == []
    rows.spoil()
    assert rows.wanted(0, 0) == [1]
