"""What is known of a list of licenses: its pages, bundles, what is expanded and marked; and reading it from the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import UNKNOWN_LICENSE, ApiError
from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey
from jpmanage_tui.api.licenses import License, LicenseCounts, LicenseFilter, LicensePage, LicenseState
from jpmanage_tui.rules.license_query import LISTED_STATES, LicenseQuery
from jpmanage_tui.rules.sites import search_text, site_name
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.pagination import LastPage, Page, PageCache
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.licenses.selection import LicenseSelection
from jpmanage_tui.ui.widgets.marks import range_to_nearest

if TYPE_CHECKING:  # loaded with the first search, or with the session
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.services.search.search_index import Hits

PAGE = 50
"""Rows a page, as the vendor's own client asks (contract: licenses 1.8)."""
CHILD_PAGE = 25
"""Licenses of a bundle a page (contract: licenses 2.5)."""
AHEAD = 60
"""Rows that are taken from the index beyond those in view."""
MORE_TRIES = 2
"""How often list and counts are asked for again where they disagree: one came before a change, the other after it."""
COUNTS = "counts"
"""The key of the counts of all tabs."""


class ChildPage(NamedTuple):
    """A page of the licenses of a bundle."""

    bundle: LicenseKey
    number: int


PageKey = int | LastPage | ChildPage
"""A page of the list by its number, the end of the list, or a page of a bundle."""


class LicensesInView(NamedTuple):
    """What `LicenseLoader.read_view` has read: pages of the list and of open bundles, and the counts of the tabs."""

    pages: dict[LastPage, Page[License]]
    children: dict[ChildPage, LicensePage]
    counts: LicenseCounts
    difference: Difference | None

    @property
    def licenses(self) -> list[License]:
        """Every license that was read."""
        pages = (*self.pages.values(), *self.children.values())
        return [license for page in pages for license in page.items]


class Difference(NamedTuple):
    """The list has another number of rows than its tab counts, though both were asked for again."""

    total: int
    counted: int
    lasts: bool
    """Whether both said the same twice: this API counts in two ways, and neither is older."""


class LicensePages(PageCache[License]):
    """Licenses that come in pages: those of the list, or those of one bundle."""

    ranked = False
    """Whether what matches a search best stands first."""

    def row_of(self, key: LicenseKey) -> int | None:
        """Return the row of this license where it is known."""
        return next((row for row, license in self.rows.items() if license.license_key == key), None)

    def license_keys(self) -> dict[int, Hashable]:
        """Return the code of each row that is known."""
        return {row: license.license_key for row, license in self.rows.items()}


class FoundPages(LicensePages):
    """The server's first page as it came, then what the index found beside it. No page is ever asked for but that one.

    The rows of the index are made when they come into view: `missing_hits` says which, `store_hits` takes them.
    """

    ranked = True

    def __init__(self, first_page: LicensePage | None, hits: Hits) -> None:
        items: Sequence[License] = first_page.items if first_page is not None else ()
        super().__init__(PAGE, total=len(items) + len(hits.rows))
        self.rows = dict(enumerate(items))
        self.loaded = {1} if first_page is not None else set()
        self.unreadable_by_page = {1: first_page.unreadable} if first_page is not None else {}
        self.answered_at = datetime.now(UTC)
        self.hits = hits
        self.first_hit = len(items)

    def missing_pages(self, first: int, last: int) -> list[int]:
        """Return the server's page where it is stale."""
        return sorted(self.stale)

    def store(self, number: int, page: Page[License], now: datetime) -> None:
        """Note that the server's page came; what it leads is put together anew."""
        self.stale.clear()
        self.answered_at = now

    def missing_hits(self, first: int, last: int) -> range:
        """Return the places among the hits that must be made for the rows from `first` to `last` and around them."""
        wanted = [
            row
            for row in range(max(self.first_hit, first), min(last + 1, self.count))
            if row not in self.rows
        ]
        if not wanted:
            return range(0)
        start = max(self.first_hit, wanted[0] - AHEAD)
        return range(start - self.first_hit, min(self.count, wanted[-1] + 1 + AHEAD) - self.first_hit)

    def store_hits(self, first: int, licenses: Sequence[License]) -> None:
        """Take the licenses of the hits from the place `first` on."""
        self.rows.update(enumerate(licenses, self.first_hit + first))


class LicenseListState:
    """What is known of one list: its rows, the rows of the bundles that were opened, what is expanded and marked."""

    def __init__(self, query: LicenseQuery, marked: LicenseSelection | None = None) -> None:
        self.query = query
        self.pages: LicensePages = LicensePages(PAGE)
        self.children: dict[LicenseKey, LicensePages] = {}
        self.expanded: set[LicenseKey] = set()
        self.marked = marked if marked is not None else LicenseSelection()

    def with_query(self, query: LicenseQuery) -> LicenseListState:
        """Return the state of another question: nothing of it is known, but what was expanded and marked stays so."""
        state = LicenseListState(query, self.marked)
        state.expanded = self.expanded
        return state

    def children_of(self, bundle: License) -> LicensePages:
        """Return the rows of a bundle; their number is the bundle's size until the API has said it."""
        if bundle.license_key not in self.children:
            self.children[bundle.license_key] = LicensePages(CHILD_PAGE)
        return self.children[bundle.license_key]

    def store(self, key: PageKey, page: LicensePage) -> None:
        """Take over a page that was read now."""
        now = datetime.now(UTC)
        match key:
            case LastPage():
                self.pages.store_last_page(key, page, now)
            case ChildPage():
                self.children[key.bundle].store(key.number, page, now)
            case _:
                self.pages.store(key, page, now)

    def store_again(self, view: LicensesInView) -> None:
        """Take over what `LicenseLoader.read_view` has read now; all else is asked for again as it comes into view."""
        now = datetime.now(UTC)
        if not isinstance(self.pages, FoundPages):
            self.pages.store_again(view.pages, _key_of, now)
        self.pages.answered_at = now
        for pages in self.children.values():
            pages.invalidate()
        for key, page in view.children.items():
            self.children[key.bundle].store(key.number, page, now)

    def missing_pages(self, first: int, last: int) -> Sequence[int | LastPage]:
        """Return the pages that the rows in view need, and those a few rows further; for the end one may do."""
        pages = self.pages
        missing = pages.missing_pages(first, last)
        if len(missing) > 1 and last + 1 >= pages.count and not self.query.search:
            last_page = pages.last_page(first)
            if last_page is not None:
                return [last_page]
        ahead = pages.missing_pages(last, last + 10) if pages.total is not None else []
        return sorted({*missing, *ahead})

    def child_count(self, bundle: License) -> int:
        """Return how many licenses to show under a bundle: as listed, or its size before the list came.

        None where they cannot be asked for, since the API gave the bundle no number.
        """
        if bundle.license_id is None:
            return 0
        pages = self.children.get(bundle.license_key)
        return pages.total if pages is not None and pages.total is not None else bundle.quantity or 0

    def licenses(self) -> Iterator[License]:
        """Yield every license that is known here, those inside bundles too."""
        yield from self.pages.rows.values()
        for pages in self.children.values():
            yield from pages.rows.values()

    def bundle_sizes(self) -> dict[LicenseId, int]:
        """Return the sizes of the known bundles by their `license_id`."""
        return {
            one.license_id: one.quantity
            for one in self.pages.rows.values()
            if one.is_bundle and one.license_id is not None and one.quantity is not None
        }

    def same_names(self) -> frozenset[str]:
        """Return the names that several of the known sites have: their addresses are the same, their Site IDs are not."""
        owners: dict[str, BlogId] = {}
        shared: set[str] = set()
        for license in self.licenses():
            if license.siteurl and license.blog_id is not None:
                name = site_name(license.siteurl)
                if owners.setdefault(name, license.blog_id) != license.blog_id:
                    shared.add(name)
        return frozenset(shared)

    def find(self, key: LicenseKey) -> License | None:
        """Return what is known of one license; a marked one need not be in the list any more."""
        listed = (license for license in self.licenses() if license.license_key == key)
        return next(listed, None) or self.marked.get(key)

    def mark(self, licenses: Sequence[License], marked: bool) -> None:
        """Mark licenses, or take their marks away."""
        if marked:
            self.marked.add(licenses, self.query.question)
        else:
            self.marked.remove(license.license_key for license in licenses)

    def unlisted(self) -> frozenset[LicenseKey]:
        """Return the marked licenses that the present filter and search do not list, as far as anybody knows."""
        strangers = self.marked.marked_elsewhere(self.query.question)
        if not strangers:
            return frozenset()
        shown = {license.license_key for license in self.pages.rows.values()}
        for bundle in self.pages.rows.values():
            pages = self.children.get(bundle.license_key) if bundle.license_key in self.expanded else None
            shown.update(license.license_key for license in (pages.rows.values() if pages else ()))
        return frozenset(
            license.license_key
            for license in strangers
            if license.license_key not in shown and not self._surely_lists(license)
        )

    def _surely_lists(self, license: License) -> bool:
        """Whether the tab lists a license that did not come yet: no search is on, and its state is the tab's."""
        query = self.query
        if query.search or query.filters or license.is_child:
            return False
        if query.tab is LicenseFilter.STANDARD:
            return license.is_standard
        return query.tab is None or license.state in LISTED_STATES.get(query.tab, ())

    def rows_to_mark(self, row: int) -> list[License]:
        """Return the known licenses from `row` to the nearest marked row above or below it, both included."""
        known = self.pages.rows
        marked = (one for one, license in known.items() if license.license_key in self.marked)
        return [known[one] for one in range_to_nearest(marked, row) if one in known]

    def licenses_changed(self, keys: Collection[LicenseKey], gone: Collection[LicenseKey]) -> None:
        """Take the marks from what was changed, and collapse what is gone."""
        self.expanded.difference_update(gone)
        self.marked.remove(keys)

    @property
    def ranked(self) -> bool:
        """Whether the rows stand with the best match first, and not in the order that was asked for."""
        return bool(self.query.search) and self.pages.ranked

    def invalidate(self) -> None:
        """Mark every page stale, those of bundles too."""
        self.pages.invalidate()
        for pages in self.children.values():
            pages.invalidate()

    @property
    def lists_members(self) -> bool:
        """Whether this server lists what is in bundles among the rows of the list."""
        return any(license.is_child for license in self.pages.rows.values())

    @property
    def ignored_filter(self) -> bool:
        """Whether a row's state shows that the server did not keep to the filter (seen with a search)."""
        if not self.query.search or self.query.tab is None:
            return False
        if self.query.tab is LicenseFilter.STANDARD:
            return any(not license.is_standard for license in self.pages.rows.values())
        if self.query.tab is LicenseFilter.NOT_REVOKED:
            return any(license.state is LicenseState.REVOKED for license in self.pages.rows.values())
        states = {*LISTED_STATES[self.query.tab]}
        if self.query.tab is LicenseFilter.DETACHED:
            states.add(LicenseState.BUNDLE)
        return any(license.state not in states for license in self.pages.rows.values())


# -- reading -------------------------------------------------------------------------------


class LicenseLoader(Loader[PageKey | str]):
    """Reads the pages of the list that is shown, of its bundles, and the counts.

    `page_loaded` and `counts_loaded` take what was read; `failed` and `again` are those of a `Loader`. A page that failed
    is not asked for again before `retry_failed` or `cancel_pages`, however often it comes into view.
    """

    def __init__(
        self,
        section: Section,
        page_loaded: Callable[[PageKey, LicensePage], object],
        counts_loaded: Callable[[LicenseCounts], object],
        failed: Callable[[PageKey | str, ApiError], object],
        again: Callable[[], None],
    ) -> None:
        super().__init__(section, "licenses", failed=self._page_failed, again=again)
        self._report_failed = failed
        self._session: Session = section.session
        self._page_loaded = page_loaded
        self._counts_loaded = counts_loaded
        self._failed_pages: set[PageKey | str] = set()

    @property
    def loads_pages(self) -> bool:
        """Whether a page is waited for."""
        return any(key != COUNTS for key in self.waiting)

    async def read_view(
        self,
        client: LicensingClient,
        state: LicenseListState,
        view: range,
        cursor: int,
        children: Sequence[tuple[License, int, int]],
        known: Difference | None,
    ) -> LicensesInView:
        """Read once more by `client` the rows in `view`, those of bundles and the counts; nothing here changes by it.

        `cursor` is the row of the cursor, `children` the bundles in view with their first and last row, `known` the
        difference between list and counts that was there before. Raises ApiError.
        """
        found, counts, difference = await _read_list(client, state, view, cursor, known)
        listed = {license.license_key for page in found.values() for license in page.items}
        below: dict[ChildPage, LicensePage] = {}
        for bundle, first, last in children:
            pages, number_of_bundle = state.children_of(bundle), bundle.license_id
            gone = bool(found) and bundle.license_key not in listed
            for number in range(pages.page_of(first), pages.page_of(last) + 1):
                if number in pages.loaded and number_of_bundle is not None and not gone:
                    key = ChildPage(bundle.license_key, number)
                    try:
                        below[key] = await client.licenses.children(
                            number_of_bundle, page=number, per_page=CHILD_PAGE
                        )
                    except UNKNOWN_LICENSE:
                        break  # it has gone just now
        return LicensesInView(found, below, counts, difference)

    def load_counts(self) -> None:
        """Read the counts."""
        self.load(COUNTS, self._session.client.licenses.counts, self._counts_loaded)

    def load_pages(
        self, query: LicenseQuery, missing: Sequence[int | LastPage], keep: Collection[int]
    ) -> None:
        """Read these pages of `query`; cancel those on their way that are neither among them nor in `keep`."""
        for key in self.waiting:
            if isinstance(key, int | LastPage) and key not in missing and key not in keep:
                self.cancel(key)
        for page in missing:
            self._load_page(page, partial(self._read_page, query, page))

    def load_children(self, bundle: License, numbers: Iterable[int]) -> None:
        """Read these pages of a bundle's licenses, where the API gave it a number to ask by."""
        if bundle.license_id is not None:
            for number in numbers:
                key = ChildPage(bundle.license_key, number)
                self._load_page(key, partial(self._read_children, bundle.license_id, number))

    def _load_page(self, key: PageKey, read: Callable[[], Awaitable[LicensePage]]) -> None:
        if not self.waits_for(key) and key not in self._failed_pages:
            self.load(key, read, partial(self._page_loaded, key))

    def _page_failed(self, key: PageKey | str, error: ApiError) -> None:
        self._failed_pages.add(key)
        self._report_failed(key, error)

    def retry_failed(self) -> None:
        """Let what could not be read be asked for again when it is in view."""
        self._failed_pages.clear()

    def cancel_pages(self) -> None:
        """Drop every page that is on its way, and what is known of failures."""
        for key in self.waiting:
            if key != COUNTS:
                self.cancel(key)
        self._failed_pages.clear()

    async def _read_page(self, query: LicenseQuery, page: int | LastPage) -> LicensePage:
        if (query, page) == (LicenseQuery(), 1) and (prefetched := await self._prefetched()) is not None:
            return prefetched
        sized = page if isinstance(page, LastPage) else LastPage(page, PAGE)
        return await _read_page(self._session.client, query, sized)

    async def _prefetched(self) -> LicensePage | None:
        """Return the first page where the session asked for it when it was opened, and got it."""
        first_page = self._session.take_first_page()
        try:
            return await first_page if first_page is not None else None
        except ApiError:
            return None  # it was asked before all of the account was known: now it is asked again

    async def _read_children(self, bundle: LicenseId, number: int) -> LicensePage:
        return await self._session.client.licenses.children(bundle, page=number, per_page=CHILD_PAGE)


async def _read_page(client: LicensingClient, query: LicenseQuery, page: LastPage) -> LicensePage:
    return await client.licenses.list(
        query.tab,
        search=search_text(query.search),
        page=page.number,
        per_page=page.per_page,
        sort=query.sort,
        direction=query.direction,
    )


def _key_of(license: License) -> LicenseKey:
    return license.license_key


def compared(query: LicenseQuery, total: int | None, counts: LicenseCounts | None) -> tuple[int, int] | None:
    """Return how many rows the list has and how many its tab counts; None where they cannot be compared."""
    if counts is None or total is None or query.search or query.filters or query.tab is None:
        return None
    return total, int(getattr(counts, query.tab.value))


async def _read_list(
    client: LicensingClient, state: LicenseListState, view: range, cursor: int, known: Difference | None
) -> tuple[dict[LastPage, Page[License]], LicenseCounts, Difference | None]:
    """Return the pages of a view and the counts; both are read again where they disagree, for one may be older."""
    read = partial(_read_page, client, state.query)
    before = (known.total, known.counted) if known is not None else None
    tries = MORE_TRIES
    while True:
        found: dict[LastPage, Page[License]] = {}
        if not isinstance(state.pages, FoundPages):
            any_size = not state.query.search  # a search may ignore the size
            found = await state.pages.read_again(view, read, _key_of, cursor, any_size=any_size)
        elif state.query.search:
            found = {LastPage(1, PAGE): await read(LastPage(1, PAGE))}
        counts = await client.licenses.counts()
        total = next(reversed(found.values())).total_items if found else None
        totals = compared(state.query, total, counts)
        if totals is None or totals[0] == totals[1]:
            return found, counts, None
        if totals == before or not tries:
            return found, counts, Difference(*totals, lasts=totals == before)
        before, tries = totals, tries - 1
