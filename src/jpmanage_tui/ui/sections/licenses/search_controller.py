"""SearchIndexController anything: what the Licenses screen does with the index, beside the server's own search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from textual.timer import Timer
from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.models.license import License, LicensePage, SortDirection
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.services.search.index_state import AUTO, IndexState
from jpmanage_tui.ui.common.retry import PASSING, PAUSES
from jpmanage_tui.ui.sections.licenses.list_state import PAGE, FoundRows, Rows
from jpmanage_tui.ui.sections.licenses.search_messages import (
    CaughtUp,
    HitsCame,
    IndexMoved,
    MadeCame,
    ReadAgain,
)

if TYPE_CHECKING:  # loaded with the first search
    from jpmanage_tui.rules.search.search import SearchQuery
    from jpmanage_tui.services.search.index_builder import IndexBuilder, RateLimiter
    from jpmanage_tui.services.search.search_index import SearchIndex
    from jpmanage_tui.ui.sections.licenses.section import LicensesSection

START_AFTER = 1.0
"""Seconds after the answer to a search before the index is begun: who types on is not disturbed."""
TELL = 1.0
"""Seconds between two figures of the progress on the screen: they cost bytes."""
CHUNK = 500
MARGIN = timedelta(minutes=5)
"""The dates of issue are told by another clock than the one by which a reading begins."""


class SearchIndexController:
    """The index of one session and what it found last. It starts nothing before the first search."""

    def __init__(self, view: LicensesSection) -> None:
        self._view = view
        self._finder: SearchIndex | None = None
        self._walk: IndexBuilder | None = None
        self._reading: Worker[None] | None = None
        self._starting: Timer | None = None
        self._lead: tuple[LicenseQuery, LicensePage | None] | None = None
        self._told = 0.0
        self._searching = False
        self._waiting: list[asyncio.Future[None]] = []
        self.stage = IndexState.NONE
        self.as_of: datetime | None = None
        """When all licences were read last (UTC), None as long as they never were."""
        self.left_out = 0
        """How many licences could not be read then."""
        self.cut_short = False
        """Whether more may be missing, and nobody knows how many."""
        self.answer: HitsCame | None = None
        """What the index found for the question that is shown, None while it has not been asked."""

    # -- facts ---------------------------------------------------------------------------

    @property
    def finder(self) -> SearchIndex:
        """The index, made now where it was not there."""
        if self._finder is None:
            from jpmanage_tui.services.search.search_index import SearchIndex

            self._finder = SearchIndex()
        return self._finder

    @cached_property
    def _pace(self) -> RateLimiter:
        from jpmanage_tui.services.search.index_builder import RateLimiter

        return RateLimiter()

    @property
    def count(self) -> int:
        """How many licences the index has."""
        return self._finder.count if self._finder is not None else 0

    @property
    def read(self) -> tuple[int, int | None]:
        """How many licences the reading that is on its way has read, and of how many; not those inside bundles."""
        return (self._walk.read, self._walk.of) if self._walk is not None else (0, None)

    @property
    def bundles(self) -> tuple[int, int] | None:
        """How many bundles were read, and of how many; None while the list itself is read."""
        if self._walk is None or not self._walk.in_bundles:
            return None
        return self._walk.bundles_read, self._walk.bundles

    @property
    def idle(self) -> bool:
        """Whether nothing is being read or searched for the index."""
        return not any(
            worker.group.startswith("find") and not worker.is_finished for worker in self._view.workers
        )

    @property
    def usable(self) -> bool:
        """Whether there is anything to search in."""
        return self.count > 0 and self.stage is not IndexState.NONE

    @property
    def pending(self) -> bool:
        """Whether more may be found by itself for the search or the filters that are shown."""
        query, rows = self._view.book.query, self._view.book.rows
        if not query.search and not query.filters:
            return False
        view = self._view
        asking = rows.total is None and view.error is None and not query.filters
        counting = self.stage is IndexState.NONE and view.counts is None and view.counts_error is None
        begins = counting or self._starting is not None or self.stage is IndexState.READING
        return asking or begins or self._searching

    @property
    def doubt(self) -> str:
        """What may be missing in the answer that is shown, in a few words; empty where it is all there is."""
        query = self._view.book.query
        if not query.search and not query.filters:
            return ""
        answer = self.answer
        if self.as_of is not None and answer is not None and answer.query == query and answer.whole:
            if self.left_out:
                return f"{self.left_out:,} of all licenses could not be read"
            return "some licenses may not have been read" if self.cut_short else ""
        if self.pending:
            return "the search is not finished"
        read, of = self.read
        if self.count and of:
            return f"only {read:,} of {of:,} licenses were searched"
        return "licenses inside bundles were not searched"

    async def settled(self) -> None:
        """Wait until nothing more is found by itself for what is shown: till then it is not all there is."""
        while self.pending:
            wakes = asyncio.get_running_loop().create_future()
            self._waiting.append(wakes)
            await wakes

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for wakes in waiting:
            if not wakes.done():
                wakes.set_result(None)

    def _now(self) -> datetime:
        """Return the time as the server has it, where it has said it: its dates are compared with it."""
        return self._view.session.client.server_now() or datetime.now(UTC)

    def close(self) -> None:
        """End the index's thread."""
        if self._finder is not None:
            self._finder.close()

    def _start(self, group: str, work: Coroutine[Any, Any, None], *, exclusive: bool = True) -> Worker[None]:
        return self._view.run_worker(work, group=f"find-{group}", exclusive=exclusive, exit_on_error=False)

    # -- making the index ------------------------------------------------------------------

    def build(self) -> None:
        """Read all licences, or go on where the reading stopped."""
        if self.stage is IndexState.READING:
            return
        if self._walk is None:
            from jpmanage_tui.services.search.index_builder import IndexBuilder

            self._walk = IndexBuilder(self._view.session.client, self.finder, self._pace, self._now())
        self.stage = IndexState.READING
        self._reading = self._start("walk", self._build(self._walk))

    def stop(self) -> None:
        """Stop reading; what was read stays, and `build` goes on from there."""
        if self._reading is not None:
            self._reading.cancel()
        self._broken_off()

    def _broken_off(self) -> None:
        """Go back to what is there: all of it as of an earlier reading, or a part."""
        self.stage = (
            IndexState.WHOLE if self.as_of is not None else IndexState.PART if self.count else IndexState.NONE
        )
        self.look()
        self._wake()

    async def _build(self, walk: IndexBuilder) -> None:
        for pause in (*PAUSES, None):
            try:
                await walk.run(self._view.counts, self._step)
            except ApiError as error:
                if pause is None or not isinstance(error, PASSING):
                    self._view.post_message(IndexMoved(ended=True, error=error))
                    return
                await asyncio.sleep(pause)
            else:
                break
        self.as_of, self.left_out, self.cut_short = walk.began, walk.left_out, walk.cut_short
        self._view.post_message(IndexMoved(ended=True))

    def _step(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._told >= TELL:
            self._told = now
            self._view.post_message(IndexMoved())

    def moved(self, message: IndexMoved) -> None:
        """Take over that the index grew or ended; what is searched for is searched in it again."""
        if not message.ended:
            return
        if message.error is not None:
            self._broken_off()
            return
        self.stage, self._walk = IndexState.WHOLE, None
        self.look()
        self._wake()

    def wait_to_start(self) -> None:
        """Begin the index soon by itself, where the account is small enough."""
        if self._starting is not None:
            self._starting.stop()
            self._starting = None
        counts = self._view.counts
        if self.stage is IndexState.NONE and counts is not None and 0 < counts.all <= AUTO:
            self._starting = self._view.set_timer(START_AFTER, self._start_by_itself)

    def _start_by_itself(self) -> None:
        self._starting = None
        if self.stage is IndexState.NONE:
            self.build()
        self._wake()

    def counted(self) -> None:
        """It is known now how large the account is: a search that is shown may begin the index."""
        if self._lead is not None and self._lead[0].search:
            self.wait_to_start()

    def refresh(self) -> None:
        """The user asks for everything anew: all again where that is little, else what is new."""
        if self.stage is not IndexState.WHOLE:
            return
        if self.count <= AUTO or self.as_of is None:
            self._walk = None  # of one that was stopped the first pages are as old as its beginning
            self.build()
        else:
            self._start("catch-up", self._catch_up(self.as_of - MARGIN))

    async def _catch_up(self, known_until: datetime) -> None:
        from jpmanage_tui.services.search.index_builder import catch_up

        try:
            caught_up = await catch_up(self._view.session.client, self.finder, self._pace, known_until)
        except ApiError:
            return  # the list asks the same server at the same time, and tells
        self._view.post_message(CaughtUp(too_much=not caught_up))

    def caught_up(self, message: CaughtUp) -> None:
        """Search again, with what is new; all is read again where much is new. A reading under way goes on."""
        if message.too_much and self.stage is IndexState.WHOLE:
            self.build()
        self.look()

    # -- keeping it right ------------------------------------------------------------------

    def feed(self, licenses: Sequence[License]) -> None:
        """Let the index know rows that the list has read."""
        if self._finder is not None:
            self._start("feed", self._put(licenses), exclusive=False)

    async def _put(self, licenses: Sequence[License]) -> None:
        await self.finder.put(licenses)

    def changed(self, keys: Sequence[LicenseKey]) -> None:
        """Licences were changed, or may have been: the API is asked about each of them."""
        if self.usable and keys:
            self._start("changed", self._read_all(keys), exclusive=False)

    def opened(self, license: License) -> None:
        """A row was opened: where it came from the index, the API is asked what is true of it now."""
        rows = self._view.book.rows
        if isinstance(rows, FoundRows) and (rows.row_of(license.license_key) or 0) >= rows.lead:
            self._start("opened", self._read_one(license.license_key, moved=False))

    async def _read_all(self, keys: Sequence[LicenseKey]) -> None:
        for key in keys:
            await self._read_one(key, moved=True)

    async def _read_one(self, key: LicenseKey, *, moved: bool) -> None:
        from jpmanage_tui.services.search.index_builder import read_again

        try:
            await read_again(self._view.session.client, self.finder, self._pace, key)
        except ApiError:
            return  # the list asks the same server and tells; the row keeps what was known, with its time
        self._view.post_message(ReadAgain(key, await self.finder.license(key), moved))

    def read_again(self, message: ReadAgain) -> None:
        """Take over what the API says about one licence."""
        rows = self._view.book.rows
        row = rows.row_of(message.key)
        if row is not None and message.license is not None:
            rows.known[row] = message.license
        if message.moved:
            self.look()

    # -- searching -------------------------------------------------------------------------

    def asked(self, query: LicenseQuery) -> None:
        """Another question is shown: what was found for the one before counts no more."""
        self.answer = self._lead = None
        self._searching = False
        if query.filters:
            self._lead = (query, None)
            self.look()
        self._wake()

    def page_came(self, query: LicenseQuery, number: int, page: LicensePage) -> None:
        """The server answered; its first page leads what the index finds beside it."""
        self.feed(page.items)
        if query.search and number == 1:
            self._lead = (query, page)
            self.wait_to_start()
            self.look()
        self._wake()

    def failed(self, query: LicenseQuery) -> None:
        """The server did not answer a search: the index does, alone."""
        if query.search and self._lead is None:
            self._lead = (query, None)
            self.look()
        self._wake()

    def look(self) -> None:
        """Search the index for the question that is shown, where there is one for it."""
        if self._lead is not None and self._lead[0] == self._view.book.query and self.usable:
            self._searching = True
            self._start("search", self._look(*self._lead, self.stage is IndexState.WHOLE))

    async def _look(self, query: LicenseQuery, lead: LicensePage | None, whole: bool) -> None:
        from jpmanage_tui.services.search.cancellation import Superseded
        from jpmanage_tui.services.search.search_index import Hits
        from jpmanage_tui.ui.sections.licenses.list_state import AHEAD

        items = lead.items if lead is not None else ()
        try:
            hits = await self.finder.search(self._wanted(query), [item.license_key for item in items])
        except Superseded:
            return
        if hits.near and items:
            hits = Hits(of=hits.of)  # the server has something that matches
        rows = self._view.license_list.rows_in_view()
        first = max(0, rows[0] - len(items) - AHEAD)
        made = await self.finder.licenses(hits.rows[first : first + 3 * AHEAD])
        self._view.post_message(HitsCame(query, lead, hits, first, made, whole))

    def _wanted(self, query: LicenseQuery) -> SearchQuery:
        from jpmanage_tui.rules.search.fold import words_of
        from jpmanage_tui.rules.search.search import SearchQuery

        days = query.filters.older_than
        now = self._now()
        return SearchQuery(
            words_of(query.search),
            query.tab,
            query.filters.site,
            query.filters.product,
            None if days is None else now - timedelta(days=days),
            query.sort,
            query.direction is SortDirection.DESC,
        )

    def hits_came(self, message: HitsCame) -> None:
        """Show the server's first page with what the index found; the server's pages where those are more."""
        book = self._view.book
        if message.query != book.query:
            return
        self.answer = message
        self._searching = False
        self._wake()
        lead, hits = message.lead, message.hits
        merged = (len(lead.items) if lead is not None else 0) + len(hits.rows)
        if lead is not None and (not hits.rows or (lead.total_items or 0) > merged):
            if isinstance(book.rows, FoundRows):
                book.rows = Rows(PAGE)
                book.rows.take(1, lead, datetime.now(UTC))
            return
        rows = FoundRows(lead, hits)
        rows.fill(message.first, message.made)
        book.rows = rows

    async def on_site(self, blog_id: BlogId) -> list[License] | None:
        """Return the assigned licences of a site that are inside bundles, None where not all licences were read."""
        return (
            await self.finder.on_site(blog_id)
            if self.stage is IndexState.WHOLE and not self.left_out
            else None
        )

    # -- rows ------------------------------------------------------------------------------

    def want_rows(self, first: int, last: int) -> None:
        """Make the licences of the rows from `first` to `last` where they come from the index."""
        rows = self._view.book.rows
        if isinstance(rows, FoundRows) and (missing := rows.missing(first, last)):
            self._start("rows", self._make(rows, missing))

    async def _make(self, rows: FoundRows, places: range) -> None:
        made = await self.finder.licenses(rows.hits.rows[places.start : places.stop])
        self._view.post_message(MadeCame(rows, places.start, made))

    def beside(self, query: LicenseQuery) -> AsyncIterator[License] | None:
        """Return what yields the licences that the index found and the server's pages do not show, None where none."""
        answer = self.answer
        if answer is None or answer.query != query or answer.hits.near or not len(answer.hits.rows):
            return None
        return self._made_of(answer.hits.rows)

    async def _made_of(self, rows: Sequence[int]) -> AsyncIterator[License]:
        for start in range(0, len(rows), CHUNK):
            for license in await self.finder.licenses(rows[start : start + CHUNK]):
                yield license

    async def all_found(self, rows: FoundRows) -> AsyncIterator[License]:
        """Yield every licence of a search that the index answered."""
        for row in range(rows.lead):
            yield rows.known[row]
        async for license in self._made_of(rows.hits.rows):
            yield license
