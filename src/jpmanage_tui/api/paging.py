"""Reading whole lists that come in numbered pages or behind cursors, whatever the server says about their length.

A paginator yields every row once, and knows at its end what it did not get: rows that came and could not be read
(``unreadable``), and rows that the server counts and did not send (``missing``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

from jpmanage_tui.api import coerce
from jpmanage_tui.api.errors import InvalidParameterError, NotFoundError, RequestRejectedError
from jpmanage_tui.api.request import Json, Scalar

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)

MOST_WITHOUT_NEWS = 3
"""After so many pages one after another that hold nothing new the server has no more to give."""
MOST_UNREADABLE = 30
"""The same, where the last of them holds rows that cannot be read, and so cannot be told apart."""


class Page(Protocol[Item_co]):
    """A numbered page."""

    @property
    def items(self) -> tuple[Item_co, ...]:
        """The rows that could be read."""

    @property
    def per_page(self) -> int:
        """How many rows a full page has, as the server says; else as many as were asked for."""

    @property
    def total_items(self) -> int | None:
        """How many rows there are in all, if the server says."""

    @property
    def total_pages(self) -> int | None:
        """How many pages there are, if the server says."""

    @property
    def unreadable(self) -> int:
        """How many rows were left out."""


class CursorPage(Protocol[Item_co]):
    """A page behind a cursor."""

    @property
    def items(self) -> tuple[Item_co, ...]:
        """The rows that could be read."""

    @property
    def has_more(self) -> bool:
        """Whether more rows follow."""

    @property
    def next_cursor(self) -> str | None:
        """The id of the last row, were it one that cannot be read; None where the page names none."""

    @property
    def unreadable(self) -> int:
        """How many rows were left out."""


class Paginator(ABC, AsyncIterator[Item]):
    """Yields every row of a list once, asking for pages as they are consumed. Raises ApiError.

    ``unreadable`` counts as it reads; with ``missing`` it is right once ``done`` is True. ``cut_short`` says that the
    reading ended though the server had not said that this was all: then more may be missing, and nobody knows how many.
    """

    def __init__(self, identity: Callable[[Item], Hashable]) -> None:
        self._identity = identity
        self._known: set[Hashable] = set()
        self._waiting: deque[Item] = deque()
        self.done = False
        self.unreadable = 0
        self.missing = 0
        self.cut_short = False

    def __aiter__(self) -> Paginator[Item]:
        return self

    async def __anext__(self) -> Item:
        while not self._waiting:
            if self.done:
                raise StopAsyncIteration
            self._waiting.extend(await self.next_page())
        return self._waiting.popleft()

    @abstractmethod
    async def next_page(self) -> list[Item]:
        """Ask for one page, and return its rows that were not returned yet; maybe none.

        Raises ApiError; then nothing has changed, and it can be called again. Not to be mixed with iterating.
        """

    @property
    def read(self) -> int:
        """How many different rows came."""
        return len(self._known)

    @property
    def left_out(self) -> int:
        """How many rows were not returned: those that cannot be read, and those that did not come."""
        return self.unreadable + self.missing

    @property
    def complete(self) -> bool:
        """Whether every row was returned, as far as the server says."""
        return self.done and not self.left_out and not self.cut_short

    def _news(self, items: tuple[Item, ...]) -> list[Item]:
        """Return the rows that were never returned, and note them."""
        new: list[Item] = []
        for item in items:
            key = self._identity(item)
            if key not in self._known:
                self._known.add(key)
                new.append(item)
        return new


class _Request(NamedTuple):
    """A page to ask for: its number (from 1) and size, and the index (from 0) of its first row."""

    number: int
    per_page: int
    first: int


@dataclass
class _Pass:
    """One reading from the first page to the last."""

    seen: set[Hashable] = field(default_factory=set)
    position: int = 0
    """The index from 0 of the next row; all rows before it were read."""
    furthest: int = 0
    """The highest position so far: up to it the rows that cannot be read are counted."""
    total: int | None = None
    """How many rows there are, as the last answer says."""
    unreadable: int = 0
    without_news: int = 0
    steps_back: int = 0
    refused: set[_Request] = field(default_factory=set)
    """The pages that did not follow, since something new came last."""
    requests: int = 0
    cut_short: bool = False


class PageNumberPaginator(Paginator[Item]):
    """Reads a list of numbered pages. ``fetch`` returns a page by its number and size; ``per_page`` is the size to try.

    No row that is in the list all the time is lost, though others come and go between two requests: each page is
    asked for in a size that makes it begin with rows that were read already, and when it does not, the reading steps
    back. Where the server knows one size of page only, a changed total makes it step back. Rows must come in an order
    that does not change by itself (by date of issue, not by status).

    It ends where the server's totals say so, without totals at a page that is not full, and after some pages that
    bring nothing new, since a server that ignores the page number must not be asked for ever. In the end what came is
    compared with the server's own figure; where rows are lacking, all is read once more.
    """

    def __init__(
        self,
        fetch: Callable[[int, int], Awaitable[Page[Item]]],
        identity: Callable[[Item], Hashable],
        per_page: int,
    ) -> None:
        super().__init__(identity)
        self._fetch = fetch
        self._asked_size = per_page
        self._size = per_page
        """The largest page that the server gives, as far as is known."""
        self._one_size = False
        """Whether the server gives pages of one size, whatever size is asked for."""
        self._pass = _Pass()
        self._again = False

    @property
    def total(self) -> int | None:
        """How many rows there are in all, as the server said last; None where it does not say."""
        return self._pass.total

    async def next_page(self) -> list[Item]:
        """Ask for one page; see ``Paginator.next_page``."""
        request = self._next_request()
        page = await self._fetch(request.number, request.per_page)
        self._pass.requests += 1
        rows = len(page.items) + page.unreadable
        request = self._as_answered(request, page, rows)
        if not self._follows(request, page):
            self._step_back(request, page)
            return []
        new = self._take(request, page, rows)
        if not self._goes_on(request, page, rows):
            self._end()
        return new

    def _next_request(self) -> _Request:
        position = self._pass.position
        if position == 0:
            return _Request(1, self._asked_size, 0)
        if self._one_size:
            number = position // self._size
            return _Request(number + 1, self._asked_size, number * self._size)
        return overlapping(position, self._size)

    def _as_answered(self, request: _Request, page: Page[Item], rows: int) -> _Request:
        """Return which page the answer is; learns the size of the server's pages."""
        if self._one_size:
            return request
        said = max(page.per_page, rows)  # a figure smaller than what came is not true
        if request.number == 1:
            self._one_size = said > request.per_page
            if said != request.per_page:
                self._size = said
            elif 0 < rows < request.per_page and not _is_all(page, rows):
                self._size = (
                    rows  # fewer than asked for, and there are more: the server does not give more at once
                )
            else:
                self._size = request.per_page
            return request
        if said != request.per_page:
            self._one_size, self._size = True, said
            return _Request(request.number, request.per_page, (request.number - 1) * said)
        return request

    def _follows(self, request: _Request, page: Page[Item]) -> bool:
        """Whether nothing can lie between what was read and this page."""
        now = self._pass
        if now.position == 0 or now.requests > self._most_requests():
            return True
        if request.first > now.position:
            return False
        if request.first < now.position and not self._one_size:
            known = any(self._identity(item) in now.seen for item in page.items)
            return known or page.unreadable >= now.position - request.first  # the known ones may be those
        return page.total_items == now.total

    def _step_back(self, request: _Request, page: Page[Item]) -> None:
        """Go back to where rows are known: some before them were taken out of the list, and others moved up."""
        now = self._pass
        if request in now.refused:  # nothing has moved, and yet it does not follow: the size is not heeded
            self._one_size = True
        now.refused.add(request)
        now.steps_back += 1
        here = min(request.first, now.position)
        far = self._size * 2 ** (now.steps_back - 1)
        now.position = max(0, here - far) if self._one_size else max(0, here + 1 - far)
        now.total = page.total_items

    def _take(self, request: _Request, page: Page[Item], rows: int) -> list[Item]:
        now = self._pass
        known = sum(self._identity(item) in now.seen for item in page.items)
        # rows that could not be read the first time
        told_before = max(0, min(now.furthest, request.first + rows) - request.first - known)
        now.unreadable += max(0, page.unreadable - told_before)
        self.unreadable = now.unreadable
        before = len(now.seen)
        now.seen.update(self._identity(item) for item in page.items)
        if len(now.seen) > before:
            now.without_news = 0
            now.refused.clear()
        else:
            now.without_news += 1
        now.steps_back = 0
        now.total = page.total_items
        end = request.first + rows
        if rows and not _is_all(
            page, end
        ):  # a page that is short though more follows has its place all the same
            whole = self._size if self._one_size or request.number == 1 else request.per_page
            end = request.first + whole
        now.position = max(now.position, end)
        now.furthest = max(now.furthest, now.position)
        return self._news(page.items)

    def _goes_on(self, request: _Request, page: Page[Item], rows: int) -> bool:
        """Whether there is more to ask for."""
        now = self._pass
        if page.total_items is None and page.total_pages is None:
            if request.number == 1 and not self._one_size and page.per_page == request.per_page:
                more = rows > 0  # nobody knows whether it is short, or cut to the server's own size
            else:
                more = rows >= (self._size if self._one_size else page.per_page)
        else:
            more = not _is_all(page, now.position, request.number)
        most = MOST_UNREADABLE if page.unreadable else MOST_WITHOUT_NEWS
        if more and (now.without_news >= most or now.requests > self._most_requests() + most):
            now.cut_short = True
            return False
        return more

    def _most_requests(self) -> int:
        """Return how many requests a reading may take: stepping back included, but never without an end."""
        rows = max(self._pass.position, self._pass.total or 0, len(self._known))
        return 20 + 4 * (rows // max(1, self._size // 2))

    def _end(self) -> None:
        """Compare what came with the server's figure, and read all once more where rows are lacking."""
        now = self._pass
        missing = max(0, (now.total or 0) - len(now.seen) - now.unreadable)
        if missing and not self._again:
            self._again = True
            self._pass = _Pass(total=now.total)
            return
        self.done = True
        self.missing = max(0, (now.total or 0) - len(self._known) - now.unreadable) if missing else 0
        self.cut_short = now.cut_short and now.total is None


def overlapping(position: int, most: int) -> _Request:
    """Return the page that begins before the row ``position`` (from 1 on) and reaches furthest beyond it.

    Pages are numbered in their own size, so the size decides where one begins: of the sizes up to ``most`` the best
    is taken. Where every overlap would cost too much, which is so with tiny pages, it is the plain next page.
    """
    best = _Request(0, 0, 0)
    for size in range(most, most // 2, -1):
        first = (position - 1) // size * size
        if first + size > best.first + best.per_page:
            best = _Request(first // size + 1, size, first)
    if best.first + best.per_page - position < max(2, most // 3):
        return _Request(position // most + 1, most, position // most * most)
    return best


def requests_for(rows: int, per_page: int) -> int:
    """Return how many requests a ``PageNumberPaginator`` makes for a list of so many rows that does not change."""
    count, position = 1, per_page
    while position < rows:
        page = overlapping(position, per_page)
        count, position = count + 1, page.first + page.per_page
    return count


def _is_all(page: Page[Item], rows: int, number: int = 1) -> bool:
    """Whether the server's totals, as far as it gives them, say that ``rows`` rows or ``number`` pages are all."""
    if page.total_items is None and page.total_pages is None:
        return False
    items_end = page.total_items is None or rows >= page.total_items
    return items_end and (page.total_pages is None or number >= page.total_pages)


def has_rows(number: int, per_page: int | None, total_items: int | None, total_pages: int | None) -> bool:
    """Tell whether the page of that number (from 1) must have rows by the totals that its answer gives, None where
    it gives none. A server may count an empty list as one page.
    """
    within = total_pages is not None and number <= total_pages
    if total_items is None:
        return within and total_pages != 1
    if number == 1:
        return total_items > 0
    return total_items > 0 and within if per_page is None else (number - 1) * per_page < total_items


class CursorPaginator(Paginator[Item]):
    """Reads a list behind cursors. ``fetch`` returns the page that follows the row of an id, None for the first.

    It goes on as long as the server says that there is more, also after a page of which no row can be read. Where the
    row that a cursor names is gone the list is read from its beginning once more.
    """

    def __init__(
        self,
        fetch: Callable[[str | None], Awaitable[CursorPage[Item]]],
        identity: Callable[[Item], str],
    ) -> None:
        super().__init__(identity)
        self._fetch = fetch
        self._after: str | None = None
        self._used: set[str] = set()
        self._again = False

    async def next_page(self) -> list[Item]:
        """Ask for one page; see ``Paginator.next_page``."""
        try:
            page = await self._fetch(self._after)
        except (InvalidParameterError, NotFoundError, RequestRejectedError):
            if self._after is None or self._again:
                raise
            self._again, self._after, self.unreadable = True, None, 0
            self._used.clear()
            return []
        self.unreadable += page.unreadable
        cursor = page.next_cursor if page.has_more else None
        if cursor is None or cursor in self._used:
            self.done, self.cut_short = True, page.has_more
        else:
            self._used.add(cursor)
            self._after = cursor
        return self._news(page.items)


def cursor_of(rows: Sequence[Json]) -> str | None:
    """Return the id of the last row that has one, whether the row can be read or not; None where none has."""
    ids = (coerce.text_or_none(row.get("id")) for row in reversed(rows) if isinstance(row, dict))
    return next((one for one in ids if one), None)


def cursors(starting_after: str | None, ending_before: str | None) -> dict[str, Scalar]:
    """Return the cursor arguments that are set; raises ValueError for both at once."""
    if starting_after and ending_before:
        raise ValueError("starting_after and ending_before exclude each other")
    if starting_after:
        return {"starting_after": starting_after}
    return {"ending_before": ending_before} if ending_before else {}
