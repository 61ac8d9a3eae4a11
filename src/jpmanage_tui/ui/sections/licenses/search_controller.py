"""What the Licenses screen does with the search index, beside the server's own search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from textual.message import Message
from textual.timer import Timer
from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.licenses import License, LicensePage, SortDirection
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.services.all_licenses import Beside, Everything, Found, in_order
from jpmanage_tui.services.search.index_state import AUTO, IndexState
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.retry import PASSING, PAUSES
from jpmanage_tui.ui.sections.licenses.list_state import PAGE, FoundRows, Rows

if TYPE_CHECKING:  # loaded with the first search
    from textual.worker_manager import WorkerManager

    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.licenses import LicenseCounts
    from jpmanage_tui.rules.search.search import SearchQuery
    from jpmanage_tui.services.search.index_builder import IndexBuilder, RateLimiter
    from jpmanage_tui.services.search.search_index import Hits, SearchIndex
    from jpmanage_tui.ui.sections.licenses.list import LicenseList
    from jpmanage_tui.ui.sections.licenses.list_state import LicenseListState

START_AFTER = 1.0
"""Seconds after the answer to a search before the index is begun: who types on is not disturbed."""
TELL = 1.0
"""Seconds between two figures of the progress on the screen: they cost bytes."""
CHUNK = 500
MARGIN = timedelta(minutes=5)
"""The dates of issue are told by another clock than the one by which a reading begins."""


class IndexedSection(Protocol):
    """What the controller uses of the section whose list it searches."""

    session: Session
    state: LicenseListState
    counts: LicenseCounts | None
    error: ApiError | None
    counts_error: ApiError | None

    @property
    def license_list(self) -> LicenseList:
        """The list."""

    @property
    def workers(self) -> WorkerManager:
        """What runs beside the screen."""

    def post_message(self, message: Message) -> bool:
        """Take a message of this module."""

    def run_worker(
        self, work: Coroutine[Any, Any, None], *, group: str, exclusive: bool, exit_on_error: bool
    ) -> Worker[None]:
        """Run work beside the screen."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call back after so many seconds."""


class HitsFound(DataMessage):
    """The index answered a search; `made` are the licenses of the hits from `first` on.

    `whole`: it had every license then.
    """

    query: LicenseQuery
    lead: LicensePage | None
    hits: Hits
    first: int
    made: list[License]
    whole: bool = True


class RowsMade(DataMessage):
    """Licenses of hits that came into view."""

    rows: FoundRows
    first: int
    made: list[License]


class LicenseReread(DataMessage):
    """What the API says now about one license, None when it is gone; `moved`: it may have left the search."""

    key: LicenseKey
    license: License | None
    moved: bool


class IndexCaughtUp(DataMessage):
    """The index has what was issued since; not where that was `too_much`."""

    too_much: bool = False


class IndexProgress(DataMessage):
    """The index grew, ended, or stopped for `error`."""

    ended: bool = False
    error: ApiError | None = None


class SearchIndexController:
    """The index of one session and what it found last. It starts nothing before the first search."""

    def __init__(self, section: IndexedSection) -> None:
        self._section = section
        self._index: SearchIndex | None = None
        self._builder: IndexBuilder | None = None
        self._reading: Worker[None] | None = None
        self._starting: Timer | None = None
        self._lead: tuple[LicenseQuery, LicensePage | None] | None = None
        self._told = 0.0
        self._searching = False
        self._waiting: list[asyncio.Future[None]] = []
        self.state = IndexState.NONE
        self.as_of: datetime | None = None
        """When all licenses were read last (UTC), None as long as they never were."""
        self.left_out = 0
        """How many licenses could not be read then."""
        self.cut_short = False
        """Whether more may be missing, and nobody knows how many."""
        self.answer: HitsFound | None = None
        """What the index found for the question that is shown, None while it has not been asked."""

    # -- facts ---------------------------------------------------------------------------

    @property
    def index(self) -> SearchIndex:
        """The index, made now where it was not there."""
        if self._index is None:
            from jpmanage_tui.services.search.search_index import SearchIndex

            self._index = SearchIndex()
        return self._index

    @cached_property
    def _limiter(self) -> RateLimiter:
        from jpmanage_tui.services.search.index_builder import RateLimiter

        return RateLimiter()

    @property
    def count(self) -> int:
        """How many licenses the index has."""
        return self._index.count if self._index is not None else 0

    @property
    def read(self) -> tuple[int, int | None]:
        """How many licenses the reading that is on its way has read, and of how many; not those inside bundles."""
        return (self._builder.read, self._builder.of) if self._builder is not None else (0, None)

    @property
    def bundles(self) -> tuple[int, int] | None:
        """How many bundles were read, and of how many; None while the list itself is read."""
        if self._builder is None or not self._builder.in_bundles:
            return None
        return self._builder.bundles_read, self._builder.bundles

    @property
    def idle(self) -> bool:
        """Whether nothing is being read or searched for the index."""
        return not any(
            worker.group.startswith("find") and not worker.is_finished for worker in self._section.workers
        )

    @staticmethod
    def is_automatic(licenses: int) -> bool:
        """Return whether the index of so many licenses is made without asking."""
        return licenses <= AUTO

    @property
    def usable(self) -> bool:
        """Whether there is anything to search in."""
        return self.count > 0 and self.state is not IndexState.NONE

    @property
    def pending(self) -> bool:
        """Whether more may be found by itself for the search or the filters that are shown."""
        query, rows = self._section.state.query, self._section.state.rows
        if not query.search and not query.filters:
            return False
        section = self._section
        asking = rows.total is None and section.error is None and not query.filters
        counting = self.state is IndexState.NONE and section.counts is None and section.counts_error is None
        begins = counting or self._starting is not None or self.state is IndexState.READING
        return asking or begins or self._searching

    @property
    def doubt(self) -> str:
        """What may be missing in the answer that is shown, in a few words; empty where it is all there is."""
        query = self._section.state.query
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
        return self._section.session.client.server_now() or datetime.now(UTC)

    def close(self) -> None:
        """End the index's thread."""
        if self._index is not None:
            self._index.close()

    def _start(self, group: str, work: Coroutine[Any, Any, None], *, exclusive: bool = True) -> Worker[None]:
        return self._section.run_worker(work, group=f"find-{group}", exclusive=exclusive, exit_on_error=False)

    # -- making the index ------------------------------------------------------------------

    def build(self) -> None:
        """Read all licenses, or go on where the reading stopped."""
        if self.state is IndexState.READING:
            return
        if self._builder is None:
            from jpmanage_tui.services.search.index_builder import IndexBuilder

            self._builder = IndexBuilder(self._section.session.client, self.index, self._limiter, self._now())
        self.state = IndexState.READING
        self._reading = self._start("walk", self._build(self._builder))

    def stop(self) -> None:
        """Stop reading; what was read stays, and `build` goes on from there."""
        if self._reading is not None:
            self._reading.cancel()
        self._broken_off()

    def _broken_off(self) -> None:
        """Go back to what is there: all of it as of an earlier reading, or a part."""
        self.state = (
            IndexState.WHOLE if self.as_of is not None else IndexState.PART if self.count else IndexState.NONE
        )
        self.search()
        self._wake()

    async def _build(self, builder: IndexBuilder) -> None:
        for pause in (*PAUSES, None):
            try:
                await builder.run(self._section.counts, self._step)
            except ApiError as error:
                if pause is None or not isinstance(error, PASSING):
                    self._section.post_message(IndexProgress(ended=True, error=error))
                    return
                await asyncio.sleep(pause)
            else:
                break
        self.as_of, self.left_out, self.cut_short = builder.began, builder.left_out, builder.cut_short
        self._section.post_message(IndexProgress(ended=True))

    def _step(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._told >= TELL:
            self._told = now
            self._section.post_message(IndexProgress())

    def index_progressed(self, message: IndexProgress) -> None:
        """Take over that the index grew or ended; what is searched for is searched in it again."""
        if not message.ended:
            return
        if message.error is not None:
            self._broken_off()
            return
        self.state, self._builder = IndexState.WHOLE, None
        self.search()
        self._wake()

    def wait_to_start(self) -> None:
        """Begin the index soon by itself, where the account is small enough."""
        if self._starting is not None:
            self._starting.stop()
            self._starting = None
        counts = self._section.counts
        if self.state is IndexState.NONE and counts is not None and 0 < counts.all <= AUTO:
            self._starting = self._section.set_timer(START_AFTER, self._start_by_itself)

    def _start_by_itself(self) -> None:
        self._starting = None
        if self.state is IndexState.NONE:
            self.build()
        self._wake()

    def counts_loaded(self) -> None:
        """It is known now how large the account is: a search that is shown may begin the index."""
        if self._lead is not None and self._lead[0].search:
            self.wait_to_start()

    def refresh(self) -> None:
        """The user asks for everything anew: all again where that is little, else what is new."""
        if self.state is not IndexState.WHOLE:
            return
        if self.count <= AUTO or self.as_of is None:
            self._builder = None  # of one that was stopped the first pages are as old as its beginning
            self.build()
        else:
            self._start("catch-up", self._catch_up(self.as_of - MARGIN))

    async def _catch_up(self, known_until: datetime) -> None:
        from jpmanage_tui.services.search.index_builder import catch_up

        try:
            caught_up = await catch_up(self._section.session.client, self.index, self._limiter, known_until)
        except ApiError:
            return  # the list asks the same server at the same time, and tells
        self._section.post_message(IndexCaughtUp(too_much=not caught_up))

    def index_caught_up(self, message: IndexCaughtUp) -> None:
        """Search again, with what is new; all is read again where much is new. A reading under way goes on."""
        if message.too_much and self.state is IndexState.WHOLE:
            self.build()
        self.search()

    # -- keeping it right ------------------------------------------------------------------

    def put(self, licenses: Sequence[License]) -> None:
        """Let the index know rows that the list has read."""
        if self._index is not None:
            self._start("feed", self._put(licenses), exclusive=False)

    async def _put(self, licenses: Sequence[License]) -> None:
        await self.index.put(licenses)

    def licenses_changed(self, keys: Sequence[LicenseKey]) -> None:
        """Licenses were changed, or may have been: the API is asked about each of them."""
        if self.usable and keys:
            self._start("changed", self._read_all(keys), exclusive=False)

    def row_opened(self, license: License) -> None:
        """A row was opened: where it came from the index, the API is asked what is true of it now."""
        rows = self._section.state.rows
        if isinstance(rows, FoundRows) and (rows.row_of(license.license_key) or 0) >= rows.lead:
            self._start("opened", self._read_one(license.license_key, moved=False))

    async def _read_all(self, keys: Sequence[LicenseKey]) -> None:
        for key in keys:
            await self._read_one(key, moved=True)

    async def _read_one(self, key: LicenseKey, *, moved: bool) -> None:
        from jpmanage_tui.services.search.index_builder import read_again

        try:
            await read_again(self._section.session.client, self.index, self._limiter, key)
        except ApiError:
            return  # the list asks the same server and tells; the row keeps what was known, with its time
        self._section.post_message(LicenseReread(key, await self.index.license(key), moved))

    def license_reread(self, message: LicenseReread) -> None:
        """Take over what the API says about one license."""
        rows = self._section.state.rows
        row = rows.row_of(message.key)
        if row is not None and message.license is not None:
            rows.known[row] = message.license
        if message.moved:
            self.search()

    # -- searching -------------------------------------------------------------------------

    def query_changed(self, query: LicenseQuery) -> None:
        """Another question is shown: what was found for the one before counts no more."""
        self.answer = self._lead = None
        self._searching = False
        if query.filters:
            self._lead = (query, None)
            self.search()
        self._wake()

    def page_loaded(self, query: LicenseQuery, number: int, page: LicensePage) -> None:
        """The server answered; its first page leads what the index finds beside it."""
        self.put(page.items)
        if query.search and number == 1:
            self._lead = (query, page)
            self.wait_to_start()
            self.search()
        self._wake()

    def load_failed(self, query: LicenseQuery) -> None:
        """The server did not answer a search: the index does, alone."""
        if query.search and self._lead is None:
            self._lead = (query, None)
            self.search()
        self._wake()

    def search(self) -> None:
        """Search the index for the question that is shown, where there is one for it."""
        if self._lead is not None and self._lead[0] == self._section.state.query and self.usable:
            self._searching = True
            self._start("search", self._search(*self._lead, self.state is IndexState.WHOLE))

    async def _search(self, query: LicenseQuery, lead: LicensePage | None, whole: bool) -> None:
        from jpmanage_tui.services.search.cancellation import Superseded
        from jpmanage_tui.services.search.search_index import Hits
        from jpmanage_tui.ui.sections.licenses.list_state import AHEAD

        items = lead.items if lead is not None else ()
        try:
            hits = await self.index.search(self._wanted(query), [item.license_key for item in items])
        except Superseded:
            return
        if hits.near and items:
            hits = Hits(of=hits.of)  # the server has something that matches
        rows = self._section.license_list.rows_in_view()
        first = max(0, rows[0] - len(items) - AHEAD)
        made = await self.index.licenses(hits.rows[first : first + 3 * AHEAD])
        self._section.post_message(HitsFound(query, lead, hits, first, made, whole))

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

    def hits_found(self, message: HitsFound) -> None:
        """Show the server's first page with what the index found; the server's pages where those are more."""
        state = self._section.state
        if message.query != state.query:
            return
        self.answer = message
        self._searching = False
        self._wake()
        lead, hits = message.lead, message.hits
        merged = (len(lead.items) if lead is not None else 0) + len(hits.rows)
        if lead is not None and (not hits.rows or (lead.total_items or 0) > merged):
            if isinstance(state.rows, FoundRows):
                state.rows = Rows(PAGE)
                state.rows.take(1, lead, datetime.now(UTC))
            return
        rows = FoundRows(lead, hits)
        rows.fill(message.first, message.made)
        state.rows = rows

    async def on_site(self, blog_id: BlogId) -> list[License] | None:
        """Return the assigned licenses of a site that are inside bundles, None where not all licenses were read."""
        return (
            await self.index.on_site(blog_id)
            if self.state is IndexState.WHOLE and not self.left_out
            else None
        )

    # -- rows ------------------------------------------------------------------------------

    def want_rows(self, first: int, last: int) -> None:
        """Make the licenses of the rows from `first` to `last` where they come from the index."""
        rows = self._section.state.rows
        if isinstance(rows, FoundRows) and (missing := rows.missing(first, last)):
            self._start("rows", self._make(rows, missing))

    async def _make(self, rows: FoundRows, places: range) -> None:
        made = await self.index.licenses(rows.hits.rows[places.start : places.stop])
        self._section.post_message(RowsMade(rows, places.start, made))

    def beside(self, query: LicenseQuery) -> AsyncIterator[License] | None:
        """Return what yields the licenses that the index found and the server's pages do not show, None where none."""
        answer = self.answer
        if answer is None or answer.query != query or answer.hits.near or not len(answer.hits.rows):
            return None
        return self._made_of(answer.hits.rows)

    async def _made_of(self, rows: Sequence[int]) -> AsyncIterator[License]:
        for start in range(0, len(rows), CHUNK):
            for license in await self.index.licenses(rows[start : start + CHUNK]):
                yield license

    def matching(self) -> Everything:
        """Return what yields every license that filter and search match, those not loaded yet too."""
        query, rows = self._section.state.query, self._section.state.rows
        if isinstance(rows, FoundRows):
            return Found(lambda: self.all_found(rows), rows.unreadable)
        listed = self._section.session.client.licenses.list_all(query.tab, search=search_text(query.search))
        beside = self.beside(query)
        return listed if beside is None else Beside(listed, beside)

    def ordered(self, licenses: Sequence[License]) -> list[License]:
        """Return what `matching` yielded in the order of the list."""
        state = self._section.state
        return list(licenses) if isinstance(state.rows, FoundRows) else in_order(licenses, state.query)

    async def all_found(self, rows: FoundRows) -> AsyncIterator[License]:
        """Yield every license of a search that the index answered."""
        for row in range(rows.lead):
            yield rows.known[row]
        async for license in self._made_of(rows.hits.rows):
            yield license
