"""A virtual list of rows that come in pages, for pickers and simple lists."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Generic, TypeVar

from rich.style import Style
from textual import on
from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.text import NOT_READ
from jpmanage_tui.ui.common.messages import Note
from jpmanage_tui.ui.common.pagination import Page, PageCache
from jpmanage_tui.ui.common.workers import WorkerMixin
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

Item = TypeVar("Item")
Fetch = Callable[[int], Awaitable[Page[Item]]]
"""Fetches a page by its number, from 1. Raises ApiError."""


class PagedList(WorkerMixin, VirtualList, Generic[Item]):
    """One row a line; pages are fetched as they come into view, and never twice at a time.

    A subclass paints a row with `paint_item`. `ask` starts over with another way to fetch.
    """

    class Came(Note):
        """A page came."""

        list: PagedList[object]

        @property
        def control(self) -> PagedList[object]:
            """The list."""
            return self.list

    class Failed(Note):
        """A page could not be fetched."""

        list: PagedList[object]
        error: ApiError

        @property
        def control(self) -> PagedList[object]:
            """The list."""
            return self.list

    class _PageCame(Note):
        round: int
        number: int
        page: Page[object]

    class _PageFailed(Note):
        round: int
        number: int
        error: ApiError

    def __init__(self, per_page: int, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: PageCache[Item] = PageCache(per_page)
        self.error: ApiError | None = None
        self._fetch: Fetch[Item] | None = None
        self._round = 0
        self._workers: dict[int, Worker[None]] = {}
        self._refused: set[int] = set()

    def paint_item(self, item: Item, width: int) -> list[tuple[str, Style]]:
        """Return what stands in the row of `item`."""
        raise NotImplementedError

    @property
    def current(self) -> Item | None:
        """The item under the cursor, None while it is not there."""
        return self.rows.known.get(self.row_at(self.cursor))

    def row_at(self, line: int) -> int:
        """Return the row to which a line belongs: the same, where every row is one line."""
        return line

    @property
    def busy(self) -> bool:
        """Whether a page is on its way."""
        return any(not worker.is_finished for worker in self._workers.values())

    def ask(self, fetch: Fetch[Item], per_page: int | None = None) -> None:
        """Show the rows that `fetch` gives, from the first page on; what was on its way is dropped.

        `per_page` is how many rows `fetch` asks for at a time, where that is another number than before.
        """
        for worker in self._workers.values():
            worker.cancel()
        self._workers.clear()
        self._round += 1
        self._fetch = fetch
        self._refused.clear()
        self.rows = PageCache(per_page or self.rows.per_page)
        self.error = None
        self.cursor = 0
        self.changed()
        self._want([1])

    def reload(self) -> None:
        """Ask again for what is in view."""
        self.rows.spoil()
        self._refused.clear()
        self._viewed()

    def line_count(self) -> int:
        """Return the number of rows."""
        return self.rows.count

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the row, or dots while it is on its way."""
        item = self.rows.known.get(line)
        if item is None:
            words = NOT_READ if self.rows.came(line) else "· · ·"
            return [(words, self.get_component_rich_style("list--muted"))]
        return self.paint_item(item, width)

    @on(VirtualList.Viewed)
    def _viewed(self) -> None:
        top = self.scroll_offset.y
        wanted = self.rows.wanted(self.row_at(top), self.row_at(top + self.view_height - 1))
        # a page that failed waits for `reload`: being looked at again must not ask a server in trouble again
        self._want([number for number in wanted if number not in self._refused])

    def _want(self, numbers: list[int]) -> None:
        for number in numbers:
            worker = self._workers.get(number)
            if self._fetch is not None and (worker is None or worker.is_finished):
                work = self._page(self._fetch, self._round, number)
                group = f"{self.id}-page-{number}"
                self._workers[number] = self.run_worker(
                    work, group=group, exclusive=True, exit_on_error=False
                )

    async def _page(self, fetch: Fetch[Item], round: int, number: int) -> None:
        try:
            page = await fetch(number)
        except ApiError as error:
            self.post_message(self._PageFailed(round, number, error))
        else:
            self.post_message(self._PageCame(round, number, page))

    @on(_PageCame)
    def _take(self, message: _PageCame) -> None:
        message.stop()
        if message.round == self._round:
            self.rows.take(message.number, message.page, datetime.now(UTC))  # type: ignore[arg-type]
            self.error = None
            self._refused.discard(message.number)
            self.changed()
            self.post_message(self.Came(self))  # type: ignore[arg-type]

    @on(_PageFailed)
    def _note_failure(self, message: _PageFailed) -> None:
        message.stop()
        if message.round == self._round:
            self.error = message.error
            self._refused.add(message.number)
            self.post_message(self.Failed(self, message.error))  # type: ignore[arg-type]
