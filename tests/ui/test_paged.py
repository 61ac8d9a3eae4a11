"""Rows that come in pages."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from jpmanage_tui.ui.paged import Paged

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
    rows: Paged[int] = Paged(50)
    for number in [1, *numbers]:
        if (number - 1) * capped < max(1, total):
            rows.take(number, served(total, number, capped), NOW)
    assert rows.total == total
    assert all(row == item for row, item in rows.known.items())
    assert rows.per_page == capped


def test_before_the_first_answer_only_the_first_page_is_wanted() -> None:
    assert Paged[int](50).wanted(0, 400) == [1]


def test_what_is_in_view_is_wanted_and_nothing_else() -> None:
    rows: Paged[int] = Paged(50)
    rows.take(1, served(100_000, 1), NOW)
    assert rows.wanted(0, 20) == []
    assert rows.wanted(40, 60) == [2]
    assert rows.wanted(99_970, 99_999) == [2000]


@given(st.integers(1, 5000), st.integers(1, 50))
def test_the_end_is_known_after_one_answer_wherever_one_page_can_hold_it(total: int, height: int) -> None:
    rows: Paged[int] = Paged(50)
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
    rows: Paged[int] = Paged(50)
    rows.take(1, served(1010, 1), NOW)
    tail = rows.tail(985)
    assert tail is not None
    rows.take_tail(tail, served(1010, tail.number, 50), NOW)
    assert rows.tail(985) is None
    assert rows.wanted(985, 1009) == [20, 21]
    assert 985 not in rows.known


def test_a_known_end_is_asked_for_again_when_everything_is_stale_or_the_total_has_changed() -> None:
    rows: Paged[int] = Paged(50)
    rows.take(1, served(1010, 1), NOW)
    for change in (rows.spoil, lambda: rows.take(1, served(1011, 1), NOW)):
        tail = rows.tail(985)
        assert tail is not None
        rows.take_tail(tail, served(rows.count, tail.number, tail.per_page), NOW)
        assert rows.wanted(985, 1009) == []
        change()
        assert rows.wanted(985, 1009) == [20, 21]


def test_a_changed_total_makes_the_other_pages_stale_and_keeps_them_on_screen() -> None:
    rows: Paged[int] = Paged(50)
    for number in (1, 2):
        rows.take(number, served(120, number), NOW)
    rows.take(1, served(119, 1), NOW)
    assert rows.known[60] == 60
    assert rows.wanted(50, 60) == [2]


def test_a_server_that_gives_no_totals_ends_where_its_pages_end() -> None:
    rows: Paged[int] = Paged(50)
    rows.take(1, served(30, 1, totals=False), NOW)
    assert rows.total == 30


def test_a_server_that_answers_the_first_page_to_every_number_is_believed_no_further() -> None:
    rows: Paged[int] = Paged(50)
    rows.take(1, APage(tuple(range(50)), 1, total_items=120), NOW)
    rows.take(2, APage(tuple(range(50)), 1, total_items=120), NOW)
    assert rows.total == 50
    assert 50 not in rows.known


def test_rows_that_could_not_be_read_are_counted() -> None:
    rows: Paged[int] = Paged(50)
    rows.take(1, APage((0, 1), 1, total_items=3, unreadable=1), NOW)
    assert (rows.total, rows.unreadable) == (3, 1)


def test_a_list_that_shrank_to_nothing_is_asked_for_again_after_being_spoiled() -> None:
    rows: Paged[int] = Paged(50)
    rows.take(1, served(0, 1), NOW)
    assert rows.wanted(0, 0) == []
    rows.spoil()
    assert rows.wanted(0, 0) == [1]
