"""Rows that come in pages."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given, strategies as st

from jpmanage_tui.ui.common.pagination import LastPage, PageCache

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
    pages: PageCache[int] = PageCache(50)
    for number in [1, *numbers]:
        if (number - 1) * capped < max(1, total):
            pages.store(number, served(total, number, capped), NOW)
    assert pages.total == total
    assert all(row == item for row, item in pages.rows.items())
    assert pages.per_page == capped


def test_before_the_first_answer_only_the_first_page_is_wanted() -> None:
    assert PageCache[int](50).missing_pages(0, 400) == [1]


def test_what_is_in_view_is_wanted_and_nothing_else() -> None:
    pages: PageCache[int] = PageCache(50)
    pages.store(1, served(100_000, 1), NOW)
    assert pages.missing_pages(0, 20) == []
    assert pages.missing_pages(40, 60) == [2]
    assert pages.missing_pages(99_970, 99_999) == [2000]


@given(st.integers(1, 5000), st.integers(1, 50))
def test_the_end_is_known_after_one_answer_wherever_one_page_can_hold_it(total: int, height: int) -> None:
    pages: PageCache[int] = PageCache(50)
    pages.store(1, served(total, 1), NOW)
    first = max(0, total - height)
    last = pages.last_page(first)
    if last is None:
        assert all((total % size or size) < total - first for size in range(1, 51))
        return
    pages.store_last_page(last, served(total, last.number, last.per_page), NOW)
    assert pages.missing_pages(first, total - 1) == []
    assert all(pages.rows[row] == row for row in range(first, total))


def test_a_server_that_knows_one_page_size_only_is_asked_for_the_pages_then() -> None:
    pages: PageCache[int] = PageCache(50)
    pages.store(1, served(1010, 1), NOW)
    last = pages.last_page(985)
    assert last is not None
    pages.store_last_page(last, served(1010, last.number, 50), NOW)
    assert pages.last_page(985) is None
    assert pages.missing_pages(985, 1009) == [20, 21]
    assert 985 not in pages.rows


def test_a_known_end_is_asked_for_again_when_everything_is_stale_or_the_total_has_changed() -> None:
    pages: PageCache[int] = PageCache(50)
    pages.store(1, served(1010, 1), NOW)
    for change in (pages.invalidate, lambda: pages.store(1, served(1011, 1), NOW)):
        last = pages.last_page(985)
        assert last is not None
        pages.store_last_page(last, served(pages.count, last.number, last.per_page), NOW)
        assert pages.missing_pages(985, 1009) == []
        change()
        assert pages.missing_pages(985, 1009) == [20, 21]


def test_a_changed_total_makes_the_other_pages_stale_and_keeps_them_on_screen() -> None:
    pages: PageCache[int] = PageCache(50)
    for number in (1, 2):
        pages.store(number, served(120, number), NOW)
    pages.store(1, served(119, 1), NOW)
    assert pages.rows[60] == 60
    assert pages.missing_pages(50, 60) == [2]


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
    pages: PageCache[int] = PageCache(50)
    top = 0
    for _ in range(400):
        wanted = pages.missing_pages(top, top + 9)
        if not wanted and top + 10 >= pages.count:
            break
        for number in wanted:
            items = tuple(range(total))[(number - 1) * size : number * size]
            page_count = max(1, -(-total // size)) if "pages" in totals else None
            count = total if "items" in totals else None
            pages.store(number, APage(items, number, size if says_size else 50, count, page_count), NOW)
        if not wanted:
            top += 10
    assert (pages.total, pages.exact, pages.unreadable) == (total, True, 0)
    assert pages.rows == {row: row for row in range(total)}


def test_where_no_total_is_given_the_number_says_that_more_may_come() -> None:
    pages: PageCache[int] = PageCache(50)
    pages.store(1, served(120, 1, totals=False), NOW)
    assert (pages.count_words, pages.exact, pages.last_page(0)) == ("50+", False, None)
    assert pages.missing_pages(40, 60) == [2]
    pages.store(2, served(120, 2, totals=False), NOW)
    pages.store(3, served(120, 3, totals=False), NOW)
    assert (pages.count_words, pages.exact) == ("120", True)
    pages.store(1, served(120, 1, totals=False), NOW)
    assert pages.count_words == "120", "an end that was seen stays seen"


def test_pages_without_a_total_of_rows_say_how_many_there_are_at_least() -> None:
    pages: PageCache[int] = PageCache(50)
    pages.store(1, APage(tuple(range(50)), 1, total_pages=3), NOW)
    assert (pages.count, pages.count_words) == (150, "100+")
    pages.store(3, APage(tuple(range(100, 107)), 3, total_pages=3), NOW)
    assert (pages.count_words, pages.exact) == ("107", True)


def test_a_server_that_answers_the_first_page_to_every_number_is_believed_no_further() -> None:
    pages: PageCache[int] = PageCache(50)
    pages.store(1, APage(tuple(range(50)), 1, total_items=120), NOW)
    pages.store(2, APage(tuple(range(50)), 1, total_items=120), NOW)
    assert pages.total == 50
    assert 50 not in pages.rows


def test_rows_that_could_not_be_read_are_counted_once_and_told_from_those_on_their_way() -> None:
    pages: PageCache[int] = PageCache(50)
    for _ in range(2):
        pages.store(1, APage((0, 1), 1, total_items=3, unreadable=1), NOW)
        assert (pages.total, pages.unreadable) == (3, 1)
        pages.invalidate()
    assert (pages.is_loaded(2), pages.rows.get(2)) == (True, None)
    pages.store(1, served(110, 1), NOW)
    pages.store(2, APage((50, 51), 2, total_items=110), NOW)
    assert pages.unreadable == 48, "rows that the server counts on this page and did not send"
    assert (pages.is_loaded(60), pages.is_loaded(105)) == (True, False)


def test_a_list_that_shrank_to_nothing_is_asked_for_again_after_being_spoiled() -> None:
    pages: PageCache[int] = PageCache(50)
    pages.store(1, served(0, 1), NOW)
    assert pages.missing_pages(0, 0) == []
    pages.invalidate()
    assert pages.missing_pages(0, 0) == [1]


@given(
    st.integers(1, 300),
    st.integers(0, 299),
    st.integers(1, 40),
    st.lists(st.integers(0, 299), max_size=3),
    st.integers(0, 3),
    st.booleans(),
)
async def test_a_view_that_is_read_again_has_its_item_wherever_rows_came_or_went(
    total: int, top: int, height: int, gone: list[int], new: int, any_size: bool
) -> None:
    top = min(top, total - 1)
    view = range(top, min(total, top + height))
    kept = view[len(view) // 2]
    pages: PageCache[int] = PageCache(50)
    for number in range(pages.page_of(view[0]), pages.page_of(view[-1]) + 1):
        pages.store(number, served(total, number), NOW)
    before = dict(pages.rows)
    server = [*range(-new, 0), *(item for item in range(total) if item not in gone)]
    asked: list[LastPage] = []

    async def read(page: LastPage) -> APage:
        asked.append(page)
        items = tuple(server[page.first : page.first + page.per_page])
        return APage(items, page.number, page.per_page, len(server), -(-len(server) // page.per_page))

    found = await pages.read_again(view, read, int, kept, any_size=any_size)
    assert pages.rows == before
    assert len(asked) <= (2 if any_size else 4)
    pages.store_again(found, int, NOW)
    assert pages.total == len(server)
    fresh = [row for page in found for row in page.rows]
    assert all(pages.rows[row] == server[row] for row in fresh if row < len(server))
    if kept not in gone:
        place = server.index(kept)
        assert pages.rows[place] == kept
        shown = range(max(0, view.start + place - kept), min(len(server), view.stop + place - kept))
        assert pages.missing_pages(shown.start, shown.stop - 1) == []
    assert len(set(pages.rows.values())) == len(pages.rows)


async def test_a_server_that_caps_its_pages_gets_asked_for_its_own_ones() -> None:
    pages: PageCache[int] = PageCache(50)
    for number in (1, 2):
        pages.store(number, served(120, number), NOW)

    async def read(page: LastPage) -> APage:
        return served(120, page.number, min(50, page.per_page))

    found = await pages.read_again(range(30, 70), read, int, 40, any_size=True)
    assert list(found) == [LastPage(1, 50), LastPage(2, 50)]
    pages.store_again(found, int, NOW)
    assert pages.rows == {row: row for row in range(100)}
