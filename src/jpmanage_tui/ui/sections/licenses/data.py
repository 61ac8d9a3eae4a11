"""Reading licenses from the API: workers that fetch pages, children and counts and post what came."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.api.licenses import License, LicenseCounts, LicensePage
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.sites import search_text
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.pagination import LastPage
from jpmanage_tui.ui.sections.licenses.list_state import CHILD_PAGE, PAGE

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.base import Section

COUNTING = "Counting licenses"
"""What is said to have failed when the counts could not be read."""
PageKey = int | LastPage
"""What tells the pages on their way apart: a number, or the end of the list."""


class PageLoaded(DataMessage):
    """A page of the list came."""

    query: LicenseQuery
    number: int
    page: LicensePage


class LastPageLoaded(DataMessage):
    """The end of the list came, as a page of another size."""

    query: LicenseQuery
    tail: LastPage
    page: LicensePage


class ChildrenLoaded(DataMessage):
    """A page of a bundle's licenses came."""

    query: LicenseQuery
    bundle: License
    number: int
    page: LicensePage


class CountsLoaded(DataMessage):
    """The counts of all filters came."""

    counts: LicenseCounts


class CountsFailed(DataMessage):
    """The counts could not be read: they are of every tab, whichever is shown when that is known."""

    error: ApiError


class LoadFailed(DataMessage):
    """A page could not be read."""

    query: LicenseQuery
    error: ApiError
    what: str


class LicenseLoader:
    """Fetches what the list wants, each page once at a time; what is no longer wanted is cancelled."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self._session = section.session
        self._client = section.session.client
        self._pages: dict[PageKey, Worker[None]] = {}
        self._children: dict[tuple[LicenseKey, int], Worker[None]] = {}
        self._failed: set[PageKey | tuple[LicenseKey, int]] = set()

    @property
    def busy(self) -> int:
        """How many pages are being waited for."""
        running = [*self._pages.values(), *self._children.values()]
        return sum(not worker.is_finished for worker in running)

    def _start(self, group: str, work: Coroutine[Any, Any, None]) -> Worker[None]:
        return self._section.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def load_pages(self, query: LicenseQuery, wanted: Sequence[PageKey], keep: set[int]) -> None:
        """Fetch these pages of `query`; cancel those on their way that are neither here nor in `keep`."""
        for key, worker in list(self._pages.items()):
            if worker.is_finished:
                del self._pages[key]
            elif key not in wanted and key not in keep:
                worker.cancel()
                del self._pages[key]
        for key in wanted:
            if key not in self._pages and key not in self._failed:
                self._pages[key] = self._start(f"licenses-page-{key}", self._page(query, key))

    def load_children(self, query: LicenseQuery, bundle: License, numbers: list[int]) -> None:
        """Fetch these pages of a bundle's licenses, where the API gave it a number to ask by."""
        if bundle.license_id is None:
            return
        for number in numbers:
            worker = self._children.get((bundle.license_key, number))
            free = worker is None or worker.is_finished
            if free and (bundle.license_key, number) not in self._failed:
                group = f"licenses-children-{bundle.license_id}-{number}"
                work = self._bundle(query, bundle, bundle.license_id, number)
                self._children[bundle.license_key, number] = self._start(group, work)

    def load_counts(self) -> None:
        """Fetch the counts."""
        self._start("licenses-counts", self._counts())

    def cancel(self) -> None:
        """Cancel everything on its way: the question has changed."""
        for worker in [*self._pages.values(), *self._children.values()]:
            worker.cancel()
        self._pages.clear()
        self._children.clear()
        self._failed.clear()

    def try_again(self) -> None:
        """Let what could not be read be asked for again; till then it is not, however often it comes into view."""
        self._failed.clear()

    async def _page(self, query: LicenseQuery, key: PageKey) -> None:
        number, per_page = (key.number, key.per_page) if isinstance(key, LastPage) else (key, PAGE)
        try:
            page = await self._prefetched(query, key) or await self._ask(query, number, per_page)
        except ApiError as error:
            self._failed.add(key)
            self._section.post_message(LoadFailed(query, error, "Loading licenses"))
        else:
            came = (
                LastPageLoaded(query, key, page)
                if isinstance(key, LastPage)
                else PageLoaded(query, key, page)
            )
            self._section.post_message(came)

    async def _prefetched(self, query: LicenseQuery, key: PageKey) -> LicensePage | None:
        """Return the first page where the session asked for it when it was opened, and got it."""
        ahead = self._session.take_first_page() if (query, key) == (LicenseQuery(), 1) else None
        if ahead is None:
            return None
        try:
            return await ahead
        except ApiError:
            return None  # it was asked before all of the account was known: now it is asked again

    def _ask(self, query: LicenseQuery, number: int, per_page: int) -> Coroutine[Any, Any, LicensePage]:
        return self._client.licenses.list(
            query.tab,
            search=search_text(query.search),
            page=number,
            per_page=per_page,
            sort=query.sort,
            direction=query.direction,
        )

    async def _bundle(self, query: LicenseQuery, bundle: License, license_id: LicenseId, number: int) -> None:
        try:
            page = await self._client.licenses.children(license_id, page=number, per_page=CHILD_PAGE)
        except ApiError as error:
            self._failed.add((bundle.license_key, number))
            self._section.post_message(LoadFailed(query, error, "Loading the bundle's licenses"))
        else:
            self._section.post_message(ChildrenLoaded(query, bundle, number, page))

    async def _counts(self) -> None:
        try:
            counts = await self._client.licenses.counts()
        except ApiError as error:
            self._section.post_message(CountsFailed(error))
        else:
            self._section.post_message(CountsLoaded(counts))
