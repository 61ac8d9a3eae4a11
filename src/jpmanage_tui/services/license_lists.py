"""Which licenses a list shows: page by page as the server lists them, or what a search of all of them finds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.licenses import License, LicensePage
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.search.search import search_query
from jpmanage_tui.rules.site_matching import SiteMatcher
from jpmanage_tui.rules.sites import is_siteless, search_text
from jpmanage_tui.services.all_licenses import (
    IndexedLicenses,
    LicenseSource,
    MergedLicenses,
    ReportProgress,
    sort_licenses,
)
from jpmanage_tui.services.search.index_builder import IndexBuilder, RateLimiter
from jpmanage_tui.services.search.search_index import Hits, SearchIndex

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

FIRST_PAGE = 50
"""So many licenses of the server's own search lead what the index finds."""


class Answer(NamedTuple):
    """What answers a search: the server's first page with what the index found behind it, or the server's own pages.

    `first_page` is None where the server was not asked, or did not answer.
    """

    first_page: LicensePage | None
    hits: Hits

    @property
    def by_index(self) -> bool:
        """Whether the first page and the hits are all there is to show; else the server has more than these."""
        if self.first_page is None:
            return True
        found = len(self.first_page.items) + len(self.hits.rows)
        return bool(self.hits.rows) and (self.first_page.total_items or 0) <= found


def answer_of(first_page: LicensePage | None, hits: Hits) -> Answer:
    """Return what answers a search; what only nearly matches counts where the server found nothing."""
    if hits.near and first_page is not None and first_page.items:
        hits = Hits(of=hits.of)
    return Answer(first_page, hits)


def licenses_of_server(
    client: LicensingClient, query: LicenseQuery, hits: Hits | None = None, index: SearchIndex | None = None
) -> LicenseSource:
    """Return what yields all that the server's own search finds, and behind it what the index alone has of `hits`.

    What only nearly matches is not among it. It comes oldest first: see `sort_licenses`.
    """
    listed = client.licenses.list_all(query.tab, search=search_text(query.search))
    if hits is None or index is None or hits.near or not hits.rows:
        return listed
    return MergedLicenses(listed, index.read(hits.rows))


def incomplete_words(left_out: int, cut_short: bool) -> str:
    """Return what may be missing of an account that was read, in a few words; "" where nothing is."""
    if left_out:
        return f"{left_out:,} of all licenses could not be read"
    return "some licenses may not have been read" if cut_short else ""


@dataclass
class FoundLicenses(IndexedLicenses):
    """What a search found, in the order of the list; `near`: nothing matches exactly, and these nearly do."""

    near: bool = False


class AllLicenses:
    """All licenses of a partner key, read into an index, and searched there. Close it at the end."""

    def __init__(self, client: LicensingClient) -> None:
        """Nothing is read yet."""
        self.index = SearchIndex()
        self.left_out = 0
        self.cut_short = False
        self._client = client

    def close(self) -> None:
        """End the index's thread."""
        self.index.close()

    @property
    def incomplete(self) -> str:
        """What may be missing, in a few words; "" where nothing is."""
        return incomplete_words(self.left_out, self.cut_short)

    def now(self) -> datetime:
        """Return the time as the server has it, where it has said it: its dates are compared with it."""
        return self._client.server_now() or datetime.now(UTC)

    async def read(self, report: ReportProgress) -> None:
        """Read all licenses, those inside bundles too. Raises ApiError."""
        counts = await self._client.licenses.counts()
        builder = IndexBuilder(self._client, self.index, RateLimiter(0), self.now())

        def step() -> None:
            of = f" of {builder.of:,}" if builder.of is not None else ""
            report(f"{builder.read:,}{of} licenses read")

        await builder.run(counts, step)
        self.left_out, self.cut_short = builder.left_out, builder.cut_short

    async def site_matcher(self) -> SiteMatcher:
        """Return what finds a site among those that licenses are on."""
        numbers = await self.index.site_numbers()
        sites = [Site(blog_id=number, url=url) for number, url in numbers if not is_siteless(url)]
        return SiteMatcher(sites)

    async def on_site(self, blog_id: BlogId) -> list[License]:
        """Return all licenses on a site, those inside bundles too, oldest first."""
        return [license async for license in self.index.read(await self.index.rows_on(blog_id))]

    async def find(self, query: LicenseQuery) -> FoundLicenses:
        """Return what `query` matches, as the list of the app shows it. Raises ApiError."""
        first_page = None
        if query.search and not query.filters:
            first_page = await self._client.licenses.list(
                query.tab,
                search=search_text(query.search),
                per_page=FIRST_PAGE,
                sort=query.sort,
                direction=query.direction,
            )
        items: Sequence[License] = first_page.items if first_page is not None else ()
        leading: Sequence[LicenseKey] = [item.license_key for item in items]
        answer = answer_of(first_page, await self.index.search(search_query(query, self.now()), leading))
        rows = answer.hits.rows

        async def found() -> AsyncIterator[License]:
            for license in items:
                yield license
            async for license in self.index.read(rows):
                yield license

        if answer.by_index:
            unreadable = first_page.unreadable if first_page is not None else 0
            return FoundLicenses(found, unreadable, near=answer.hits.near)
        merged = licenses_of_server(self._client, query, answer.hits, self.index)
        ordered = sort_licenses([license async for license in merged], query)

        async def sorted_() -> AsyncIterator[License]:
            for license in ordered:
                yield license

        return FoundLicenses(sorted_, merged.left_out, merged.cut_short)
