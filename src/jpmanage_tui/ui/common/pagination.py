"""Rows that come in numbered pages: which are rows, which are stale, which must be asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeVar

Row = TypeVar("Row", covariant=True)
Item = TypeVar("Item")


class Page(Protocol[Row]):
    """A page as the client's areas give it."""

    @property
    def items(self) -> tuple[Row, ...]:
        """The rows that could be read."""

    @property
    def page(self) -> int:
        """The number of the page, from 1, as the server says it."""

    @property
    def per_page(self) -> int:
        """Rows a page, as the server says it."""

    @property
    def total_items(self) -> int | None:
        """Rows in all, None where the server gave no total."""

    @property
    def total_pages(self) -> int | None:
        """Pages in all, None where the server gave no total."""

    @property
    def unreadable(self) -> int:
        """Rows left out because they could not be read."""


class LastPage(NamedTuple):
    """A page of another size than the list's: one whose rows reach from the row `first` to the end, or hold a view."""

    number: int
    per_page: int

    @property
    def first(self) -> int:
        """Its first row, from 0."""
        return (self.number - 1) * self.per_page

    @property
    def rows(self) -> range:
        """The rows that a full page of this size has."""
        return range(self.first, self.first + self.per_page)


LAST_PAGE = 0
"""Stands for a `LastPage` where pages are told apart by their number."""
MOST_ROWS = 100
"""Rows of the largest page that is asked for."""
AROUND = 10
"""Rows above and below the view that are read again with it: it may stand a few rows further up or down by then."""
ReadPage = Callable[[LastPage], Awaitable[Page[Item]]]
"""Reads a page of any size. Raises ApiError."""


@dataclass
class PageCache(Generic[Item]):
    """Rows that come in pages of `per_page`, by their index from 0.

    `per_page` is what is asked for, till the server has shown that it gives fewer at once. The end of the list can
    also come as a `LastPage`: then one answer fills the view where the last page is short.
    """

    per_page: int
    total: int | None = None
    rows: dict[int, Item] = field(default_factory=dict)
    loaded: set[int] = field(default_factory=set)
    stale: set[int] = field(default_factory=set)
    unreadable_by_page: dict[int, int] = field(default_factory=dict)
    """How many rows of a page, by its number, did not come or could not be read."""
    answered_at: datetime | None = None
    last_page_rows: range = range(0)
    has_fixed_size: bool = False
    """Whether the server has answered with another page than the `LastPage` it was asked for."""
    exact: bool = True
    """Whether `total` is what there is. A server that gives no total may have more, or somewhat fewer."""
    minimum: int = 0
    """How many rows there surely are, where `total` is not exact."""

    def __post_init__(self) -> None:
        self._asked = self.per_page

    @property
    def count(self) -> int:
        """How many rows there are, as far as the API said; 0 before its first answer."""
        return self.total or 0

    @property
    def count_words(self) -> str:
        """How many rows there are: "120", or "50+" where more may come."""
        return f"{self.count:,}" if self.exact else f"{self.minimum:,}+"

    @property
    def unreadable(self) -> int:
        """How many rows of the pages that were loaded are not known."""
        return sum(self.unreadable_by_page.values())

    def is_loaded(self, row: int) -> bool:
        """Whether the answer for this row is there; where the row is not in `rows` then, it could not be read."""
        return self.page_of(row) in self.loaded or row in self.last_page_rows

    def page_of(self, row: int) -> int:
        """Return the number of the page (from 1) on which `row` (from 0) stands."""
        return row // self.per_page + 1

    def missing_pages(self, first: int, last: int) -> list[int]:
        """Return the pages that must be asked for so that the rows from `first` to `last` are known and fresh."""
        if self.total is None:
            return [1]
        last = min(last, self.total - 1)
        if last < first:
            return [page for page in self.stale if page == 1]
        first = max(0, first)
        pages = range(self.page_of(first), self.page_of(last) + 1)
        return [page for page in pages if not self._is_fresh(page, first, last)]

    def _is_fresh(self, page: int, first: int, last: int) -> bool:
        if page in self.loaded and page not in self.stale:
            return True
        here = range(max(first, (page - 1) * self.per_page), min(last + 1, page * self.per_page))
        return here[0] in self.last_page_rows and here[-1] in self.last_page_rows

    def last_page(self, first: int) -> LastPage | None:
        """Return a page that holds every row from `first` to the end; None where no size up to `per_page` gives one."""
        if self.has_fixed_size or self.total is None or not self.exact:
            return None
        for per_page in range(self.per_page, self.total - first - 1, -1):
            number = -(-self.total // per_page)
            if per_page and (number - 1) * per_page <= first:
                return LastPage(number, per_page)
        return None

    def store_last_page(self, last: LastPage, page: Page[Item], now: datetime) -> None:
        """Take over the answer to a `LastPage`, which came at `now` (UTC). Another page than that is no answer to it."""
        rows = len(page.items) + page.unreadable
        if page.page != last.number or page.per_page != last.per_page or rows > last.per_page:
            self.has_fixed_size = True
            return
        self._set_total(*self._total_after(last.number, page, last.per_page), fresh=set())
        self.rows.update(enumerate(page.items, last.first))
        self.last_page_rows = range(last.first, last.first + len(page.items))
        self.unreadable_by_page[LAST_PAGE] = page.unreadable
        self.answered_at = now

    def store(self, number: int, page: Page[Item], now: datetime) -> None:
        """Take over the answer to page `number`, which came at `now` (UTC)."""
        per_page = self._served_size(number, page)
        if per_page != self.per_page:
            # the server caps the page size: everything placed by the old size stands wrong
            self.per_page = per_page
            self.rows.clear()
            self.loaded.clear()
            self.stale.clear()
            self.unreadable_by_page.clear()
        total, exact = self._total_after(number, page, self.per_page)
        self._set_total(total, exact, fresh={number})
        first = (number - 1) * self.per_page
        for row in range(first, first + self.per_page):
            self.rows.pop(row, None)
        if page.page == number:
            self.rows.update(enumerate(page.items, first))
        if any(row >= total for row in self.rows):
            self.rows = {row: item for row, item in self.rows.items() if row < total}
        self.loaded = {one for one in self.loaded | {number} if (one - 1) * self.per_page < max(1, total)}
        self.stale = (self.stale - {number}) & self.loaded
        due = min(self.per_page, total - first) if self.exact else 0
        self.unreadable_by_page[number] = (
            max(page.unreadable, due - len(page.items)) if page.page == number else 0
        )
        self.unreadable_by_page = {
            one: rows for one, rows in self.unreadable_by_page.items() if one in self.loaded
        }
        self.answered_at = now

    def _served_size(self, number: int, page: Page[Item]) -> int:
        """Return how many rows a page of the server has: as it says, else as page 1 shows."""
        rows = len(page.items) + page.unreadable
        if page.per_page != self._asked and page.per_page >= rows:
            return page.per_page
        if rows > self.per_page:
            return self._asked
        if number > 1 or page.page != 1:
            return self.per_page
        all_there = page.total_items is not None and rows >= page.total_items
        all_there = all_there or (page.total_items is None and page.total_pages == 1)
        return self._asked if all_there or not rows else rows

    def _set_total(self, total: int, exact: bool, *, fresh: set[int]) -> None:
        if self.total is not None and total != self.total and self.exact and exact:
            # rows were added or removed in between: every other page may have moved
            self.stale |= self.loaded - fresh
            self.last_page_rows = range(0)
        self.total, self.exact = total, exact

    def _total_after(self, number: int, page: Page[Item], per_page: int) -> tuple[int, bool]:
        """Return how many rows there are by this answer, and whether that is sure."""
        rows = len(page.items) + page.unreadable
        here = (number - 1) * per_page + rows
        if page.page != number:
            # the server sent another page than the one asked for: it has no further rows to give
            return min(self.count, (number - 1) * per_page), True
        if page.total_items is not None:
            return max(page.total_items, here if page.items else 0), True
        if page.total_pages is not None:
            if number >= page.total_pages:
                return here, True
            if self.exact and -(-self.count // per_page) == page.total_pages:
                return self.count, True  # the last page came before
            self.minimum = (page.total_pages - 1) * per_page
            return page.total_pages * per_page, False
        if rows < per_page:
            return here if rows else min(self.count, here), True
        if here < self.count:
            return self.count, self.exact  # the end is further down, wherever it is
        self.minimum = here
        return here + 1, False

    def invalidate(self) -> None:
        """Mark everything stale: it stays on the screen, and is asked for again as it comes into view."""
        self.stale |= self.loaded
        self.last_page_rows = range(0)

    # -- reading a view again --------------------------------------------------------------

    def pages_over(self, first: int, last: int, *, any_size: bool) -> list[LastPage]:
        """Return the pages that hold the rows from `first` to `last`: one of some size with `any_size`, where one can."""
        own = [
            LastPage(number, self.per_page) for number in range(self.page_of(first), self.page_of(last) + 1)
        ]
        if len(own) == 1 or not any_size or self.has_fixed_size or not self.exact:
            return own
        for per_page in range(last - first + 1, MOST_ROWS + 1):
            if first // per_page == last // per_page:
                return [LastPage(first // per_page + 1, per_page)]
        return own

    async def read_again(
        self,
        view: range,
        read: ReadPage[Item],
        identity: Callable[[Item], Hashable],
        kept: int,
        *,
        any_size: bool = False,
    ) -> dict[LastPage, Page[Item]]:
        """Read the rows in `view` again, and change none here; `store_again` takes what is returned. Raises ApiError.

        Where rows came or went above the view, the item in the row `kept` is on another line now: then the rows around it
        there are read, once. `any_size`: one page of whatever size holds them all will do.
        """
        around = AROUND if any_size else 0
        item = self.rows.get(kept)
        found: dict[LastPage, Page[Item]] = {}
        total, shift = self.count, 0
        while True:
            first = max(0, min(view.start + shift - around, total - 1))
            last = max(first, min(view.stop - 1 + shift + around, total - 1))
            wanted = self.pages_over(first, last, any_size=any_size)
            if found and len(wanted) == 1 and len(found) == 1 and wanted[0].per_page != self.per_page:
                held = next(iter(found)).rows
                wanted = [] if first in held and last in held else wanted
            missing = [page for page in wanted if page not in found]
            if not missing:
                return found
            found = {page: found.get(page) or await read(page) for page in wanted}
            if any(not _is_answer(page, answer, self.per_page) for page, answer in found.items()):
                self.has_fixed_size, any_size, around = True, False, 0
                found = {}
                continue
            newest = found[missing[-1]].total_items
            if shift or newest is None or item is None:
                return found
            rows = {
                identity(one): row for page, answer in found.items() for row, one in _placed(page, answer)
            }
            total, shift = newest, rows.get(identity(item), kept + newest - self.count) - kept
            if not shift:
                return found

    def store_again(
        self, found: dict[LastPage, Page[Item]], identity: Callable[[Item], Hashable], now: datetime
    ) -> None:
        """Take over what `read_again` returned, which came at `now` (UTC); all other rows are stale from here on."""
        self.invalidate()
        for sized, page in found.items():
            if sized.per_page == self.per_page:
                self.store(sized.number, page, now)
                continue
            for row in sized.rows:
                self.rows.pop(row, None)
            for number in range(self.page_of(sized.first), self.page_of(sized.rows[-1]) + 1):
                self.unreadable_by_page.pop(number, None)
            self.store_last_page(sized, page, now)
        here = {identity(item) for sized, page in found.items() for _, item in _placed(sized, page)}
        self.rows = {
            row: item
            for row, item in self.rows.items()
            if row < self.count and (identity(item) not in here or any(row in sized.rows for sized in found))
        }
        self.loaded = {one for one in self.loaded if (one - 1) * self.per_page < max(1, self.count)}
        self.stale &= self.loaded


def _is_answer(sized: LastPage, page: Page[Item], own_size: int) -> bool:
    """Whether the server gave the page that was asked for; `PageCache.store` sees to one of the list's own size."""
    return sized.per_page == own_size or (page.page == sized.number and page.per_page == sized.per_page)


def _placed(sized: LastPage, page: Page[Item]) -> Iterable[tuple[int, Item]]:
    """Return the items of a page with their rows; none where it is another page than was asked for."""
    return enumerate(page.items, sized.first) if page.page == sized.number else ()
