"""Reading all licences for the index, at a pace that leaves the API to others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import NotFound
from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.api.models.license import (
    IssuedLicense,
    License,
    LicenseCounts,
    LicenseFilter,
    LicensePage,
    LicenseState,
)
from jpmanage_tui.ui.find.finder import Finder
from jpmanage_tui.ui.find.stage import PERIOD

PER_PAGE = 100
"""Licences a request; a server that gives fewer is asked more often."""
CATCH_UP_PAGES = 10


class Pace:
    """Lets one request go each `PERIOD`."""

    def __init__(self) -> None:
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until the next request may go."""
        now = time.monotonic()
        wait, self._next = self._next - now, max(now, self._next) + PERIOD
        if wait > 0:
            await asyncio.sleep(wait)


class Walk:
    """One reading of all licences, and of those in bundles, into the index; it goes on where it was broken off."""

    def __init__(self, client: LicensingClient, finder: Finder, pace: Pace) -> None:
        self._client = client
        self._finder = finder
        self._pace = pace
        self._filters = [LicenseFilter.ALL]
        self._number = 1
        self._begun = False
        self._bundles: dict[LicenseId, None] = {}
        self._revoked_seen = False
        self.read = 0
        """Licences read so far; those inside bundles are not counted."""
        self.of: int | None = None
        """Licences in the list, as the server says."""

    async def run(self, counts: LicenseCounts | None, step: Callable[[], None]) -> None:
        """Read what is left, calling `step` after each request. Raises ApiError."""
        if not self._begun:
            await self._finder.begin_marking()
            self._begun = True
        while self._filters:
            await self._list(self._filters[0], step)
            done = self._filters.pop(0)
            self._number = 1
            if done is LicenseFilter.ALL and not self._revoked_seen and counts is not None and counts.revoked:
                self._filters.append(LicenseFilter.REVOKED)  # a server that does not know the word ALL
        while self._bundles:
            parent = next(iter(self._bundles))
            await self._bundle(parent, step)
            del self._bundles[parent]
        await self._finder.drop_unmarked()

    async def _list(self, filter: LicenseFilter, step: Callable[[], None]) -> None:
        while True:
            await self._pace.turn()
            page = await self._client.licenses.list(filter, page=self._number, per_page=PER_PAGE)
            self._take(page)
            news = await self._finder.put(page.items)
            step()
            if _is_last(page, self._number) or (page.total_pages is None and not news):
                return  # without a total, a page without news ends it: the server may ignore the page's number
            self._number += 1

    def _take(self, page: LicensePage) -> None:
        """Note what a page brought."""
        for license in page.items:
            self._revoked_seen = self._revoked_seen or license.state is LicenseState.REVOKED
            if license.is_bundle:
                self._bundles[license.license_id] = None
        self.read += len(page.items)
        self.of = page.total_items or self.of

    async def _bundle(self, parent: LicenseId, step: Callable[[], None]) -> None:
        number = 1
        while True:
            await self._pace.turn()
            try:
                page = await self._client.licenses.children(parent, page=number, per_page=PER_PAGE)
            except NotFound:
                return  # revoked and gone meanwhile
            await self._finder.put(page.items)
            step()
            if _is_last(page, number) or not page.items:
                return
            number += 1


def _is_last(page: LicensePage, number: int) -> bool:
    if page.total_pages is not None:
        return number >= page.total_pages
    return len(page.items) + page.unreadable < page.per_page


def requests_for(licenses: int) -> int:
    """Return how many requests a walk through so many licences takes, those for bundles left out."""
    return -(-licenses // PER_PAGE)


async def catch_up(client: LicensingClient, finder: Finder, pace: Pace) -> None:
    """Read the newest licences until a page holds none that is new. Raises ApiError."""
    for number in range(1, CATCH_UP_PAGES + 1):
        await pace.turn()
        page = await client.licenses.list(LicenseFilter.ALL, page=number, per_page=PER_PAGE)
        if not await finder.put(page.items) or _is_last(page, number):
            return


async def read_again(client: LicensingClient, finder: Finder, pace: Pace, key: LicenseKey) -> None:
    """Ask the API what is true of one licence now, and let the index know it. Raises ApiError."""
    await pace.turn()
    page = await client.licenses.list(LicenseFilter.ALL, search=key)
    await finder.put(page.items)
    if any(license.license_key == key for license in page.items):
        return
    known = await finder.license(key)
    parent = known.parent_license_id if known is not None else None
    if parent is not None and await _find_child(client, finder, pace, parent, key):
        return
    await pace.turn()
    try:
        issued = await client.licenses.get(key)
    except NotFound:
        await finder.remove(key)
    else:
        if known is not None:
            await finder.put([_with_dates(known, issued)])


async def _find_child(
    client: LicensingClient, finder: Finder, pace: Pace, parent: LicenseId, key: LicenseKey
) -> bool:
    number = 1
    while True:
        await pace.turn()
        try:
            page = await client.licenses.children(parent, page=number, per_page=PER_PAGE)
        except NotFound:
            return False
        await finder.put(page.items)
        if any(license.license_key == key for license in page.items):
            return True
        if _is_last(page, number) or not page.items:
            return False
        number += 1


def _with_dates(known: License, issued: IssuedLicense) -> License:
    """Return what was known of a licence with the dates as its own route gives them; that names no site."""
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
