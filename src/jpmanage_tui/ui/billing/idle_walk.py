"""Walking through the unassigned licences, oldest first, page by page as they are looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import NotFound
from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.api.models.license import License, LicenseFilter, LicenseSort, SortDirection
from jpmanage_tui.rules.idle import is_idle

PAGE = 50
CHILD_PAGE = 25
TOLD = 500
"""A long search tells after so many licences how far it is."""
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Batch:
    """What a step of the walk brought: licences in order, and the sizes of the bundles they belong to."""

    licenses: tuple[License, ...]
    parents: dict[LicenseId, License] = field(default_factory=dict)
    done: bool = False


class IdleWalk:
    """The unassigned licences of the partner key, oldest first.

    A bundle's parent is never idle; where the list names one, its unassigned licences are asked for and stand at
    their place by date. Each licence comes once, whatever the pages do meanwhile. A step that fails changes nothing,
    so that it can be tried again. `parents` are bundles known beforehand: an API that lists a bundle's licences only
    under the bundle names them nowhere in this list.
    """

    def __init__(self, client: LicensingClient, parents: Mapping[LicenseId, License] | None = None) -> None:
        self._client = client
        self.parents = dict(parents or {})
        self._open: set[LicenseId] = set(self.parents)
        self._number = 1
        self._seen: set[LicenseKey] = set()
        self._given: set[LicenseKey] = set()
        self._held: list[License] = []
        self.done = False

    async def more(self) -> Batch:
        """Fetch the next page and return what is idle on it. Raises ApiError."""
        page = await self._client.licenses.list(
            LicenseFilter.DETACHED,
            page=self._number,
            per_page=PAGE,
            sort=LicenseSort.ISSUED_AT,
            direction=SortDirection.ASC,
        )
        new = [item for item in page.items if item.license_key not in self._seen]
        parents = {item.license_id: item for item in new if item.is_bundle}
        found = [item for item in new if is_idle(item)]
        for parent in [*parents.values(), *(self.parents[key] for key in self._open)]:
            found += await self._members(parent)
        full = len(page.items) + page.unreadable >= page.per_page
        last = self._number >= page.total_pages if page.total_pages is not None else not full
        self.done = last or (not new and not page.unreadable)
        self._number += 1
        self._open.clear()
        self.parents.update(parents)
        self._seen.update(item.license_key for item in new)
        reached = page.items[-1].issued_at if page.items else None
        return Batch(self._released(found, reached), parents, self.done)

    async def _members(self, parent: License) -> list[License]:
        """Return a bundle's unassigned licences; none where the bundle itself is gone."""
        members = self._client.licenses.iterate(
            None,
            per_page=CHILD_PAGE,
            sort=LicenseSort.STATUS,
            direction=SortDirection.ASC,
            parent_id=parent.license_id,
        )
        try:
            return [item async for item in members if is_idle(item)]
        except NotFound:
            return []

    def _released(self, found: list[License], reached: datetime | None) -> tuple[License, ...]:
        """Return, in order, what is not younger than the date reached; a replaced licence of a bundle may be."""
        listed = {item.license_key: item for item in [*self._held, *found]}
        waiting = sorted(listed.values(), key=lambda item: item.issued_at or _LAST)
        if self.done or reached is None:
            ready, self._held = waiting, []
        else:
            ready = [item for item in waiting if item.issued_at is not None and item.issued_at <= reached]
            self._held = [item for item in waiting if item.issued_at is None or item.issued_at > reached]
        fresh = [item for item in ready if item.license_key not in self._given]
        self._given.update(item.license_key for item in fresh)
        return tuple(fresh)


@dataclass(frozen=True)
class BundleSearch:
    """How far a search for bundles has come: licences looked at, bundles found."""

    looked_at: int
    parents: dict[LicenseId, License]


async def find_bundles(client: LicensingClient) -> AsyncIterator[BundleSearch]:
    """Look through all active licences for bundles, telling now and then how far it is. Raises ApiError."""
    parents: dict[LicenseId, License] = {}
    looked_at = 0
    async for license in client.licenses.iterate(sort=LicenseSort.ISSUED_AT, direction=SortDirection.ASC):
        looked_at += 1
        if license.is_bundle:
            parents[license.license_id] = license
        if looked_at % TOLD == 0:
            yield BundleSearch(looked_at, dict(parents))
    yield BundleSearch(looked_at, parents)
