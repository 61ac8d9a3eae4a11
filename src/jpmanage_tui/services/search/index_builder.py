"""Reading all licenses for the index, slowly enough to leave the API to others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import UNKNOWN_LICENSE, NotFoundError
from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.api.licenses import (
    WHOLE_LIST_PER_PAGE,
    IssuedLicense,
    License,
    LicenseCounts,
    LicenseFilter,
    LicenseState,
    SortDirection,
)
from jpmanage_tui.api.paging import PageNumberPaginator, requests_for
from jpmanage_tui.services.search.index_state import PERIOD
from jpmanage_tui.services.search.search_index import SearchIndex

CATCH_UP_PAGES = 10


class RateLimiter:
    """Lets one request go each `period` (seconds), or each `PERIOD`."""

    def __init__(self, period: float | None = None) -> None:
        self._period = period
        self._next = 0.0

    async def wait(self) -> None:
        """Wait until the next request may go."""
        now = time.monotonic()
        period = PERIOD if self._period is None else self._period
        wait, self._next = self._next - now, max(now, self._next) + period
        if wait > 0:
            await asyncio.sleep(wait)


class IndexBuilder:
    """One reading of all licenses, and of those in bundles, into the index; it goes on where it was broken off."""

    def __init__(
        self, client: LicensingClient, index: SearchIndex, limiter: RateLimiter, began: datetime
    ) -> None:
        """`began` (UTC): what was issued before that will be in the index when this is done."""
        self.began = began
        self._client = client
        self._index = index
        self._limiter = limiter
        self._lists = [client.licenses.list_all(LicenseFilter.ALL)]
        self._bundles: dict[LicenseId, License] = {}
        self._members: PageNumberPaginator[License] | None = None
        self._pending: list[License] | None = None
        """What was read and is not in the index yet: it must not be lost when the reading is broken off there."""
        self._begun = False
        self._done = 0
        self._revoked_seen = False
        self.bundles_read = 0
        self.left_out = 0
        """How many licenses could not be read so far."""
        self.cut_short = False
        """Whether more may be missing, and nobody knows how many."""

    @property
    def read(self) -> int:
        """Licenses read so far; those inside bundles are not counted."""
        return sum(one.read for one in self._lists)

    @property
    def of(self) -> int | None:
        """Licenses in the list, as the server says."""
        totals = [one.total for one in self._lists]
        return sum(total or 0 for total in totals) if totals[0] is not None else None

    @property
    def bundles(self) -> int:
        """How many bundles were found."""
        return self.bundles_read + len(self._bundles)

    @property
    def in_bundles(self) -> bool:
        """Whether the list itself is read, and only bundles are not."""
        return self._done == len(self._lists)

    async def run(self, counts: LicenseCounts | None, step: Callable[[], None]) -> None:
        """Read what is left, calling `step` after each request. Raises ApiError."""
        if not self._begun:
            await self._index.begin_rebuild()
            self._begun = True
        while self._done < len(self._lists):
            current = self._lists[self._done]
            if not current.done or self._pending is not None:
                await self._page(current, step)
                continue
            self._close(current)
            self._done += 1
            if self._done == 1 and not self._revoked_seen and counts is not None and counts.revoked:
                # a server that does not know the word ALL
                self._lists.append(self._client.licenses.list_all(LicenseFilter.REVOKED))
        while self._bundles:
            await self._bundle(next(iter(self._bundles)), step)
        await self._index.end_rebuild(drop=not self.left_out and not self.cut_short)

    async def _bundle(self, parent: LicenseId, step: Callable[[], None]) -> None:
        if self._members is None:
            self._members = self._client.licenses.list_all_children(parent)
        try:
            while not self._members.done or self._pending is not None:
                await self._page(self._members, step)
            self._close(self._members)
        except UNKNOWN_LICENSE:
            # it was listed, and now the server does not know it
            self.left_out += max(0, (self._bundles[parent].quantity or 0) - self._members.read)
        self._members = None
        self.bundles_read += 1
        del self._bundles[parent]

    def _close(self, paginator: PageNumberPaginator[License]) -> None:
        self.left_out += paginator.left_out
        self.cut_short = self.cut_short or paginator.cut_short

    async def _page(self, paginator: PageNumberPaginator[License], step: Callable[[], None]) -> None:
        if self._pending is None:
            await self._limiter.wait()
            self._pending = await paginator.next_page()
            self._note(self._pending)
        await self._index.put(self._pending)
        self._pending = None
        step()

    def _note(self, licenses: list[License]) -> None:
        """Note the bundles, which are read later, and whether there are revoked licenses."""
        for license in licenses:
            self._revoked_seen = self._revoked_seen or license.state is LicenseState.REVOKED
            if license.is_bundle and license.license_id is not None:
                self._bundles[license.license_id] = license
            elif license.is_bundle:
                self.left_out += license.quantity or 0


def index_requests(licenses: int) -> int:
    """Return how many requests it takes to read so many licenses, those for bundles left out."""
    return requests_for(licenses, WHOLE_LIST_PER_PAGE)


async def catch_up(
    client: LicensingClient, index: SearchIndex, limiter: RateLimiter, known_until: datetime
) -> bool:
    """Read what was issued since `known_until` (UTC), up to which the index has everything, bundles with what is in
    them. Raises ApiError.

    Returns False where that is too much for this: then all must be read again.
    """
    newest = client.licenses.list_all(LicenseFilter.ALL, direction=SortDirection.DESC)
    for _ in range(CATCH_UP_PAGES):
        await limiter.wait()
        licenses = await newest.next_page()
        await index.put(licenses)
        new = [one for one in licenses if one.issued_at is None or one.issued_at >= known_until]
        for parent in new:
            if parent.is_bundle and parent.license_id is not None:
                await _put_members(client, index, limiter, parent.license_id)
        if newest.done or len(new) < len(licenses):
            return True
    return False


async def _put_members(
    client: LicensingClient, index: SearchIndex, limiter: RateLimiter, parent: LicenseId
) -> None:
    members = client.licenses.list_all_children(parent)
    try:
        while not members.done:
            await limiter.wait()
            await index.put(await members.next_page())
    except UNKNOWN_LICENSE:
        return


async def read_again(
    client: LicensingClient, index: SearchIndex, limiter: RateLimiter, key: LicenseKey
) -> None:
    """Ask the API what is true of one license now, and let the index know it. Raises ApiError."""
    await limiter.wait()
    page = await client.licenses.list(LicenseFilter.ALL, search=key)
    await index.put(page.items)
    if any(license.license_key == key for license in page.items):
        return
    known = await index.license(key)
    parent = known.parent_license_id if known is not None else None
    if parent is not None and await _find_child(client, index, limiter, parent, key):
        return
    await limiter.wait()
    try:
        issued = await client.licenses.get(key)
    except NotFoundError:
        await index.remove(key)
    else:
        if known is not None:
            await index.put([_with_dates(known, issued)])


async def _find_child(
    client: LicensingClient, index: SearchIndex, limiter: RateLimiter, parent: LicenseId, key: LicenseKey
) -> bool:
    members = client.licenses.list_all_children(parent)
    try:
        while not members.done:
            await limiter.wait()
            licenses = await members.next_page()
            await index.put(licenses)
            if any(license.license_key == key for license in licenses):
                return True
    except UNKNOWN_LICENSE:
        return False
    return False


def _with_dates(known: License, issued: IssuedLicense) -> License:
    """Return what was known of a license with the dates as its own route gives them; that names no site."""
    moved = known.attached_at != issued.attached_at
    return known.model_copy(
        update={
            "attached_at": issued.attached_at,
            "revoked_at": issued.revoked_at,
            "was_attached": issued.attached_at is not None,
            "was_revoked": issued.revoked_at is not None,
            **({"blog_id": None, "siteurl": None} if moved else {}),
        }
    )
