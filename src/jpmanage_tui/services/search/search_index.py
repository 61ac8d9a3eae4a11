"""The index and the one thread that works on it: the event loop only waits."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, TypeVar

from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseState
from jpmanage_tui.rules.day_range import DayRange
from jpmanage_tui.rules.search.fold import fold, site_text, words_of
from jpmanage_tui.rules.search.index import NO_NUMBER, LicenseIndex
from jpmanage_tui.rules.search.search import (
    SearchQuery,
    bundles_of,
    count_sites,
    dated_in,
    products_of,
    search,
    sites_of,
)
from jpmanage_tui.services.search.cancellation import Cancellation

T = TypeVar("T")
MOST_FACETS = 300
"""Sites, products or bundles that a dialog lists at once; typing narrows them."""


@dataclass(frozen=True)
class Hits:
    """What the index found: rows, best first, without those of the server; of how many licenses.

    The last `nearly` of the rows match only nearly. `near`: of all there is, nothing matches exactly. `sites`: on how
    many sites they are, where sites are what was filtered by.
    """

    rows: array[int] = field(default_factory=lambda: array("I"))
    near: bool = False
    of: int = 0
    nearly: int = 0
    sites: int | None = None


class FoundBundle(NamedTuple):
    """A bundle, and how many licenses are known to be inside it, assigned and unassigned."""

    license: License
    assigned: int
    unassigned: int


CHUNK = 500
"""Licenses that are taken from the index at a time, where all are wanted."""


class SearchIndex:
    """Every method hands its work to the thread; what is asked first is done first."""

    def __init__(self) -> None:
        self._index = LicenseIndex()
        self._thread = ThreadPoolExecutor(1, "search-index")
        self._searching = Cancellation()
        self._confirmed: bytearray | None = None
        self.count = 0
        """How many licenses are in the index."""

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """End the thread; a search on its way breaks off."""
        self._searching.stop()
        self._thread.shutdown(wait=False, cancel_futures=True)

    # -- filling -------------------------------------------------------------------------

    async def put(self, licenses: Sequence[License]) -> int:
        """Take over what the API says about licenses; returns how many of them are new.

        New is what was not known; since `begin_rebuild` what the API has not spoken of yet.
        """

        def work() -> tuple[int, int]:
            before = self._index.count
            rows = self._index.put(licenses)
            new = self._index.count - before
            return (
                new if self._confirmed is None else self._confirm(self._confirmed, rows)
            ), self._index.count

        new, self.count = await self._run(work)
        return new

    def _confirm(self, confirmed: bytearray, rows: list[int]) -> int:
        """Note that the API has spoken of these rows; returns how many of them it had not spoken of before."""
        confirmed.extend(bytes(self._index.size - len(confirmed)))
        new = {row for row in rows if not confirmed[row]}
        for row in new:
            confirmed[row] = 1
        return len(new)

    async def begin_rebuild(self) -> None:
        """Remember from now on which licenses the API speaks of."""

        def work() -> None:
            self._confirmed = bytearray(self._index.size)

        await self._run(work)

    async def end_rebuild(self, *, drop: bool) -> None:
        """Take out the licenses that the API has not spoken of since `begin_rebuild`, where `drop` says so."""

        def work() -> int:
            confirmed, self._confirmed = self._confirmed, None
            if drop and confirmed is not None:
                self._index.remove(row for row, is_confirmed in enumerate(confirmed) if not is_confirmed)
            return self._index.count

        self.count = await self._run(work)

    async def remove(self, key: LicenseKey) -> None:
        """Take out a license that is there no more."""

        def work() -> int:
            row = self._index.row_of(key)
            self._index.remove([row] if row is not None else [])
            return self._index.count

        self.count = await self._run(work)

    # -- asking --------------------------------------------------------------------------

    async def search(self, query: SearchQuery, leading: Sequence[LicenseKey]) -> Hits:
        """Return what matches and is not among `leading`. Raises Superseded when another search comes meanwhile."""
        self._searching.stop()
        cancellation = self._searching = Cancellation()

        def work() -> Hits:
            found = search(self._index, query, cancellation)
            known = {self._index.row_of(key) for key in leading}
            exact = len(found.rows) - found.nearly
            rows, nearly = found.rows, found.nearly
            if known:
                rows = array("I", (row for row in found.rows if row not in known))
                nearly -= sum(row in known for row in found.rows[exact:])
            by_site = query.has is not None or query.lacks is not None
            sites = count_sites(self._index, rows) if by_site else None
            return Hits(rows, found.near, self._index.count, nearly, sites)

        return await self._run(work)

    async def licenses(self, rows: Sequence[int]) -> list[License]:
        """Return the licenses of these rows."""
        return await self._run(lambda: [self._index.license(row) for row in rows])

    async def read(self, rows: Sequence[int]) -> AsyncIterator[License]:
        """Yield the licenses of these rows, however many they are."""
        for start in range(0, len(rows), CHUNK):
            for license in await self.licenses(rows[start : start + CHUNK]):
                yield license

    async def license(self, key: LicenseKey) -> License | None:
        """Return what is known of one license, None where it is not known or gone."""

        def work() -> License | None:
            row = self._index.row_of(key)
            return None if row is None or self._index.is_gone(row) else self._index.license(row)

        return await self._run(work)

    async def on_site(self, blog_id: BlogId) -> list[License]:
        """Return the licenses inside bundles that are assigned to a site."""

        def work() -> list[License]:
            rows = [row for row, number in enumerate(self._index.blog_id) if number == blog_id]
            found = [self._index.license(row) for row in rows if not self._index.is_gone(row)]
            return [one for one in found if one.is_child and one.state is LicenseState.ATTACHED]

        return await self._run(work)

    async def rows_on(self, blog_id: BlogId) -> list[int]:
        """Return the rows of the licenses on a site, those inside bundles too, in the order in which they were read."""

        def work() -> list[int]:
            rows = (row for row, number in enumerate(self._index.blog_id) if number == blog_id)
            return [row for row in rows if not self._index.is_gone(row)]

        return await self._run(work)

    async def site_numbers(self) -> list[tuple[BlogId, str]]:
        """Return the number and the address of every site that a license is on, each pair once."""

        def work() -> list[tuple[BlogId, str]]:
            index = self._index
            pairs = {
                (number, index.site[row])
                for row, number in enumerate(index.blog_id)
                if number != NO_NUMBER and not index.is_gone(row)
            }
            found = ((BlogId(number), index.sites.raw[site]) for number, site in sorted(pairs))
            return [(number, url) for number, url in found if url]

        return await self._run(work)

    async def row_of_id(self, license_id: int) -> int | None:
        """Return the row of the license with this number, None where there is none."""

        def work() -> int | None:
            rows = (row for row, number in enumerate(self._index.license_id) if number == license_id)
            return next((row for row in rows if not self._index.is_gone(row)), None)

        return await self._run(work)

    async def active(self) -> AsyncIterator[License]:
        """Yield every license that is not revoked, those inside bundles too."""

        def work(start: int) -> tuple[list[License], bool]:
            rows = range(start, min(start + CHUNK, self._index.size))
            found = [self._index.license(row) for row in rows if not self._index.is_gone(row)]
            active = [one for one in found if one.state is not LicenseState.REVOKED]
            return active, start + CHUNK >= self._index.size

        start, ended = 0, False
        while not ended:
            found, ended = await self._run(partial(work, start))
            start += CHUNK
            for license in found:
                yield license

    async def dated_in(self, days: DayRange) -> AsyncIterator[License]:
        """Yield every license that was issued or revoked on these days, and those without such a date."""
        rows = await self._run(lambda: dated_in(self._index, days, Cancellation()))
        async for license in self.read(rows):
            yield license

    async def products(self, filter: LicenseFilter | None, text: str) -> list[tuple[str, int]]:
        """Return the products whose name holds `text`, with their number of licenses on a tab."""
        return await self._run(lambda: _holding(products_of(self._index, filter, Cancellation()), text, fold))

    async def sites(self, filter: LicenseFilter | None, text: str) -> list[tuple[str, int]]:
        """Return the sites whose address holds `text`, with their number of licenses on a tab."""
        return await self._run(
            lambda: _holding(sites_of(self._index, filter, Cancellation()), text, site_text)
        )

    async def bundles(self, text: str) -> list[FoundBundle]:
        """Return the bundles that match `text`: in the name of the product, the code, the number, or the size."""
        words = words_of(text)

        def work() -> list[FoundBundle]:
            found = []
            for row, assigned, unassigned in bundles_of(self._index, Cancellation()):
                license = self._index.license(row)
                said = f"{license.product} {license.license_key} {license.license_id} bundle of {license.quantity}"
                if all(word in fold(said) for word in words):
                    found.append(FoundBundle(license, assigned, unassigned))
            return found[:MOST_FACETS]

        return await self._run(work)


def _holding(
    counted: list[tuple[str, int]], text: str, folding: Callable[[str], str]
) -> list[tuple[str, int]]:
    words = words_of(text)
    return [one for one in counted if all(word in folding(one[0]) for word in words)][:MOST_FACETS]
