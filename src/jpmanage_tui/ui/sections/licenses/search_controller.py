"""What the Licenses screen does with the search index, beside the server's own search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.timer import Timer
from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.licenses import License, LicensePage
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.services.all_licenses import IndexedLicenses, LicenseSource, sort_licenses
from jpmanage_tui.services.search.index_state import AUTO, IndexState
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.pagination import LastPage
from jpmanage_tui.ui.common.retry import PASSING, PAUSES
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.licenses.data import (
    AHEAD,
    PAGE,
    FoundPages,
    LicenseListState,
    LicensePages,
    LicensesInView,
)
from jpmanage_tui.ui.sections.licenses.list import LicenseList

if TYPE_CHECKING:  # loaded with the first search
    from jpmanage_tui.api.licenses import LicenseCounts
    from jpmanage_tui.services.search.index_builder import IndexBuilder, RateLimiter
    from jpmanage_tui.services.search.search_index import Hits, SearchIndex

START_AFTER = 1.0
"""Seconds after the answer to a search before the index is begun: who types on is not disturbed."""
REPORT_EVERY = 1.0
"""Seconds between two figures of the progress on the screen: they cost bytes."""
CLOCK_MARGIN = timedelta(minutes=5)
"""The dates of issue come from another clock than the one by which a reading begins."""


class IndexedSection(Section):
    """A section whose list of licenses is searched by the server and, beside it, in the index."""

    state: LicenseListState
    license_list: LicenseList
    counts: LicenseCounts | None
    error: ApiError | None

    @property
    def counts_error(self) -> ApiError | None:
        """Why the counts could not be read."""
        raise NotImplementedError

    def show_state(self) -> None:
        """Show what is known now."""
        raise NotImplementedError


class SearchAnswer(NamedTuple):
    """What the index found for a question, beside the first page of the server (None where that gave none)."""

    query: LicenseQuery
    first_page: LicensePage | None
    hits: Hits
    first: int
    """The place among the hits from which `licenses` are there."""
    licenses: list[License]
    whole: bool
    """Whether the index had every license then."""


class SearchIndexController:
    """The index of one session and what it found last. It starts nothing before the first search.

    Its reads run beside the screen of `section`; what they give is taken in the section's own task.
    """

    def __init__(self, section: IndexedSection) -> None:
        self._section = section
        self._loader: Loader[str] = Loader(section, "search-index", failed=self._read_failed)
        """What is asked of the index for the screen, and of the API beside the reading of all licenses."""
        self._index: SearchIndex | None = None
        self._builder: IndexBuilder | None = None
        self._building: Worker[object] | None = None
        self._starting: Timer | None = None
        self._searched: tuple[LicenseQuery, LicensePage | None] | None = None
        """The question that the index is to answer, and the server's first page; None while the server is waited for."""
        self._reported_at = 0.0
        self._searching = False
        self._waiting: list[asyncio.Future[None]] = []
        self._watchers: list[Callable[[], object]] = []
        self.build_error: ApiError | None = None
        """Why the last reading of all licenses stopped, None where it did not."""
        self.state = IndexState.NONE
        self.as_of: datetime | None = None
        """When all licenses were read last (UTC), None as long as they never were."""
        self.left_out = 0
        """How many licenses could not be read then."""
        self.cut_short = False
        """Whether more may be missing, and nobody knows how many."""
        self.is_behind = False
        """Whether licenses were changed elsewhere since all of them were read, and not all of that is known."""
        self._counts: LicenseCounts | None = None
        """The counts of the tabs as they were when the index knew every change, None while they were not read since."""
        self.answer: SearchAnswer | None = None
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
        running = (worker.group for worker in self._section.workers if not worker.is_finished)
        return not self._loader.busy and not any(group.startswith("search-index") for group in running)

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
        query, rows = self._section.state.query, self._section.state.pages
        if not query.search and not query.filters:
            return False
        section = self._section
        asking = rows.total is None and section.error is None and not query.filters
        counting = self.state is IndexState.NONE and section.counts is None and section.counts_error is None
        begins = counting or self._starting is not None or self.state is IndexState.READING
        return asking or begins or self._searching

    @property
    def incomplete_reason(self) -> str:
        """What may be missing in the answer that is shown, in a few words; empty where it is all there is."""
        query = self._section.state.query
        if not query.search and not query.filters:
            return ""
        answer = self.answer
        if self.as_of is not None and answer is not None and answer.query == query and answer.whole:
            from jpmanage_tui.services.license_lists import incomplete_words

            return incomplete_words(self.left_out, self.cut_short)
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

    def watch(self, changed: Callable[[], object]) -> None:
        """Call `changed` whenever a reading of all licenses begins or ends, and when what was read changed."""
        self._watchers.append(changed)

    def _tell_watchers(self) -> None:
        for changed in self._watchers:
            changed()

    def now(self) -> datetime:
        """Return the time as the server has it, where it has said it: its dates are compared with it."""
        return self._section.session.client.server_now() or datetime.now(UTC)

    def close(self) -> None:
        """End the index's thread."""
        if self._index is not None:
            self._index.close()

    def _run(self, group: str, work: Coroutine[Any, Any, object]) -> Worker[object]:
        return self._section.run_worker(work, group=f"search-index-{group}", exit_on_error=False)

    def _read_failed(self, key: str, error: ApiError) -> None:
        """Do nothing: the list asks the same server at the same time and tells; rows keep what was known."""

    # -- making the index ------------------------------------------------------------------

    def build(self) -> None:
        """Read all licenses, or go on where the reading stopped."""
        if self.state is IndexState.READING:
            return
        if self._builder is None:
            from jpmanage_tui.services.search.index_builder import IndexBuilder

            self._builder = IndexBuilder(self._section.session.client, self.index, self._limiter, self.now())
        self.state, self.build_error = IndexState.READING, None
        self._tell_watchers()
        self._building = self._run("build", self._build(self._builder))

    def stop(self) -> None:
        """Stop reading; what was read stays, and `build` goes on from there."""
        if self._building is not None:
            self._building.cancel()
        self._building_stopped()

    def _building_stopped(self) -> None:
        """Go back to what is there: all of it as of an earlier reading, or a part."""
        self.state = (
            IndexState.WHOLE if self.as_of is not None else IndexState.PART if self.count else IndexState.NONE
        )
        self.search()
        self._wake()
        self._tell_watchers()

    async def _build(self, builder: IndexBuilder) -> None:
        failures, reached = 0, (-1, -1)
        while True:
            try:
                await builder.run(self._section.counts, self._step)
                break
            except ApiError as error:
                before, reached = reached, (builder.read, builder.bundles_read)
                failures = failures + 1 if reached == before else 1  # a bad line gives it piece by piece
                if failures > len(PAUSES) or not isinstance(error, PASSING):
                    self._section.call_later(self._building_ended, error)
                    return
            await asyncio.sleep(PAUSES[failures - 1])
        self.as_of, self.left_out, self.cut_short = builder.began, builder.left_out, builder.cut_short
        self._section.call_later(self._building_ended, None)

    def _knows_all(self) -> None:
        self.is_behind, self._counts = False, None

    def _step(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._reported_at >= REPORT_EVERY:
            self._reported_at = now
            self._section.post_message(Section.StatusChanged())

    def _building_ended(self, error: ApiError | None) -> None:
        """Search again for what is shown, in all that was read; or tell why the reading stopped."""
        self.build_error = error
        if error is None:
            self.state, self._builder = IndexState.WHOLE, None
            self._knows_all()
            self.search()
            self._wake()
        else:
            self._building_stopped()
            failed = error_text(error, "Reading all licenses")
            self._section.notify_if_shown(f"{failed} {key_for('index')} goes on.", severity="error")
        self._tell_watchers()
        self._section.post_message(Section.StatusChanged())

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
        """It is known now how large the account is: a search that is shown may begin the index.

        They were asked for by hand or after a change that was made here: the index learns of both by itself.
        """
        self._counts = self._section.counts
        if self._searched is not None and self._searched[0].search:
            self.wait_to_start()

    def refresh(self) -> None:
        """The user asks for everything anew: all again where that is little, else what is new."""
        if self.state is not IndexState.WHOLE:
            return
        if self.count <= AUTO or self.as_of is None:
            self._builder = None  # of one that was stopped the first pages are as old as its beginning
            self.build()
        else:
            known_until = self.as_of - CLOCK_MARGIN
            self._loader.load("catch-up", partial(self._catch_up, known_until), self._caught_up)

    async def _catch_up(self, known_until: datetime) -> bool:
        from jpmanage_tui.services.search.index_builder import catch_up

        return await catch_up(self._section.session.client, self.index, self._limiter, known_until)

    def _caught_up(self, complete: bool) -> None:
        """Search again, with what is new; all is read again where much is new. A reading under way goes on."""
        if not complete and self.state is IndexState.WHOLE:
            self.build()
        else:
            self._knows_all()
        self.search()
        self._tell_watchers()

    # -- keeping it right ------------------------------------------------------------------

    def put(self, licenses: Sequence[License]) -> None:
        """Let the index know rows that the list has read."""
        if self._index is not None:
            self._run("put", self.index.put(licenses))

    @property
    def knows_counts(self) -> bool:
        """Whether it shows in the counts when licenses are changed elsewhere after all of them were read."""
        return self._counts is not None or self.state is not IndexState.WHOLE

    def finds_otherwise(self, query: LicenseQuery, view: LicensesInView) -> bool:
        """Whether the server's first page of a search that is shown is other than before."""
        page = self._first_page(query, view)
        return page is not None and (self._searched is None or self._searched[1] != page)

    def _first_page(self, query: LicenseQuery, view: LicensesInView) -> LicensePage | None:
        page = view.pages.get(LastPage(1, PAGE)) if query.search else None
        return page if isinstance(page, LicensePage) else None

    def read_again(self, query: LicenseQuery, view: LicensesInView) -> None:
        """What was in view was read once more, and it or the counts are other than before: the index learns it.

        Where the counts are other ones too, more may have changed than what is in view. What is new is read then, as long
        as that is little; the rest is known when all licenses are read again.
        """
        self.put(view.licenses)
        if (page := self._first_page(query, view)) is not None:
            self._searched = (query, page)
        known, self._counts = self._counts, view.counts
        if self.state is IndexState.WHOLE and known is not None and view.counts != known:
            self.is_behind = True
            if self.as_of is not None and view.counts.all > known.all:
                known_until = self.as_of - CLOCK_MARGIN
                self._loader.load(
                    "new", partial(self._catch_up, known_until), lambda _complete: self.search()
                )
        self.search()

    def licenses_changed(self, keys: Sequence[LicenseKey]) -> None:
        """Licenses were changed, or may have been: the API is asked about each of them."""
        if self.usable and keys:
            self._run("changed", self._read_changed(keys))

    async def _read_changed(self, keys: Sequence[LicenseKey]) -> None:
        for key in keys:
            try:
                license = await self._read_again(key)
            except ApiError:
                continue  # as in `_read_failed`
            self._section.call_later(self._take_changed, key, license)

    async def _read_again(self, key: LicenseKey) -> License | None:
        """Return what the API says now about one license, None when it is gone. Raises ApiError."""
        from jpmanage_tui.services.search.index_builder import read_again

        await read_again(self._section.session.client, self.index, self._limiter, key)
        return await self.index.license(key)

    def _take_changed(self, key: LicenseKey, license: License | None) -> None:
        self._show_license(key, license)
        self._tell_watchers()
        self.search()  # it may have left what is searched for

    def row_opened(self, license: License) -> None:
        """A row was opened: where it came from the index, the API is asked what is true of it now."""
        pages, key = self._section.state.pages, license.license_key
        if isinstance(pages, FoundPages) and (pages.row_of(key) or 0) >= pages.first_hit:
            self._loader.load("opened", partial(self._read_again, key), partial(self._show_license, key))

    def row_left(self) -> bool:
        """Drop what is asked about the row that was opened last; returns whether there was anything to drop."""
        waited = self._loader.waits_for("opened")
        self._loader.cancel("opened")
        return waited

    def _show_license(self, key: LicenseKey, license: License | None) -> None:
        pages = self._section.state.pages
        row = pages.row_of(key)
        if row is not None and license is not None:
            pages.rows[row] = license
        self._section.show_state()

    # -- searching -------------------------------------------------------------------------

    def query_changed(self, query: LicenseQuery) -> None:
        """Another question is shown: what was found for the one before counts no more."""
        self._loader.cancel("search")
        self.answer = self._searched = None
        self._searching = False
        if query.filters:
            self._searched = (query, None)
            self.search()
        self._wake()

    def page_loaded(self, query: LicenseQuery, number: int, page: LicensePage) -> None:
        """The server answered; its first page leads what the index finds beside it."""
        self.put(page.items)
        if query.search and number == 1:
            self._searched = (query, page)
            self.wait_to_start()
            self.search()
        self._wake()

    def load_failed(self, query: LicenseQuery) -> None:
        """The server did not answer a search: the index does, alone."""
        if query.search and self._searched is None:
            self._searched = (query, None)
            self.search()
        self._wake()

    def search(self) -> None:
        """Search the index for the question that is shown, where there is one for it."""
        if self._searched is not None and self._searched[0] == self._section.state.query and self.usable:
            self._searching = True
            whole = self.state is IndexState.WHOLE
            self._loader.load("search", partial(self._search, *self._searched, whole), self._take_answer)

    async def _search(
        self, query: LicenseQuery, first_page: LicensePage | None, whole: bool
    ) -> SearchAnswer | None:
        """Return what the index finds, with the licenses in view; None where something newer is searched for."""
        from jpmanage_tui.rules.search.search import search_query
        from jpmanage_tui.services.license_lists import answer_of
        from jpmanage_tui.services.search.cancellation import Superseded

        items = first_page.items if first_page is not None else ()
        try:
            wanted = search_query(query, self.now())
            hits = await self.index.search(wanted, [item.license_key for item in items])
        except Superseded:
            return None
        hits = answer_of(first_page, hits).hits
        first_in_view, _ = self._section.license_list.rows_in_view()
        first = max(0, first_in_view - len(items) - AHEAD)
        licenses = await self.index.licenses(hits.rows[first : first + 3 * AHEAD])
        return SearchAnswer(query, first_page, hits, first, licenses, whole)

    def _take_answer(self, answer: SearchAnswer | None) -> None:
        """Show the server's first page with what the index found; the server's pages where those are more."""
        from jpmanage_tui.services.license_lists import Answer

        state = self._section.state
        if answer is None or answer.query != state.query:
            return
        self.answer = answer
        self._searching = False
        self._wake()
        first_page, hits = answer.first_page, answer.hits
        if first_page is None or Answer(first_page, hits).by_index:
            pages = FoundPages(first_page, hits)
            pages.store_hits(answer.first, answer.licenses)
            state.pages = pages
        elif isinstance(state.pages, FoundPages):
            state.pages = LicensePages(PAGE)
            state.pages.store(1, first_page, datetime.now(UTC))
        self._section.show_state()
        self._section.show_load_error()  # what stood in the place of the rows has no place any more

    async def on_site(self, blog_id: BlogId) -> list[License] | None:
        """Return the assigned licenses of a site that are inside bundles, None where not all licenses were read."""
        return (
            await self.index.on_site(blog_id)
            if self.state is IndexState.WHOLE and not self.left_out
            else None
        )

    def active_licenses(self) -> LicenseSource | None:
        """Return what yields every active license, those inside bundles too; None where not all were read."""
        if self.state is not IndexState.WHOLE:
            return None
        return IndexedLicenses(self.index.active, self.left_out, self.cut_short)

    # -- rows ------------------------------------------------------------------------------

    def load_rows(self, first: int, last: int) -> None:
        """Take the licenses of the rows from `first` to `last` from the index, where they are found there."""
        pages = self._section.state.pages
        if isinstance(pages, FoundPages) and (places := pages.missing_hits(first, last)):
            rows = pages.hits.rows[places.start : places.stop]
            taken = partial(self._take_rows, pages, places.start)
            self._loader.load("rows", lambda: self.index.licenses(rows), taken)

    def _take_rows(self, pages: FoundPages, first: int, licenses: list[License]) -> None:
        pages.store_hits(first, licenses)
        self._section.show_state()

    async def _read_found(self, pages: FoundPages) -> AsyncIterator[License]:
        """Yield every license of a search that the index answered."""
        for row in range(pages.first_hit):
            yield pages.rows[row]
        async for license in self.index.read(pages.hits.rows):
            yield license

    def matching(self) -> LicenseSource:
        """Return what yields every license that filter and search match, those not loaded yet too."""
        from jpmanage_tui.services.license_lists import licenses_of_server

        query, pages, answer = self._section.state.query, self._section.state.pages, self.answer
        if isinstance(pages, FoundPages):
            return IndexedLicenses(lambda: self._read_found(pages), pages.unreadable)
        hits = answer.hits if answer is not None and answer.query == query else None
        return licenses_of_server(self._section.session.client, query, hits, self._index)

    def ordered(self, licenses: Sequence[License]) -> list[License]:
        """Return what `matching` yielded in the order of the list."""
        state = self._section.state
        return list(licenses) if isinstance(state.pages, FoundPages) else sort_licenses(licenses, state.query)
