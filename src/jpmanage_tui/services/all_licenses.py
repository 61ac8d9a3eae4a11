"""All that a list of licenses has, for actions on "all": read to the end, knowing what could not be read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from jpmanage_tui.api.errors import UNKNOWN_LICENSE
from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.api.licenses import (
    License,
    LicenseFilter,
    LicenseSort,
    SortDirection,
)
from jpmanage_tui.rules.license_query import LISTED_STATES, LicenseQuery
from jpmanage_tui.rules.text import pluralize

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

REPORT_EVERY = 500
"""A long reading reports after so many licenses how far it is."""
ReportProgress = Callable[[str], None]
"""Takes how far a reading is, in a few words."""


class LicenseSource(Protocol):
    """What yields all of a list, and knows at its end what it left out: a paginator of the client is one."""

    def __aiter__(self) -> AsyncIterator[License]:
        """Yield every license. Raises ApiError."""

    @property
    def left_out(self) -> int:
        """How many licenses could not be read."""

    @property
    def cut_short(self) -> bool:
        """Whether more may be missing, and nobody knows how many."""


@dataclass
class IndexedLicenses:
    """Licenses that were read before (the search index has them), of which `left_out` could not be read then."""

    licenses: Callable[[], AsyncIterator[License]]
    left_out: int = 0
    cut_short: bool = False

    def __aiter__(self) -> AsyncIterator[License]:
        return self.licenses()


def sort_licenses(licenses: Iterable[License], query: LicenseQuery) -> list[License]:
    """Return licenses, which come oldest first, in the order of the list that `query` shows.

    What has no date stands where the database of an API puts it: behind in a descending order, else before.
    """
    ordered = sorted(licenses, key=lambda license: _rank(license, query.sort))
    return ordered[::-1] if query.direction is SortDirection.DESC else ordered


def _rank(license: License, sort: LicenseSort) -> tuple[bool, float]:
    dates = {LicenseSort.ATTACHED_AT: license.attached_at, LicenseSort.REVOKED_AT: license.revoked_at}
    date: datetime | None = dates.get(sort, license.issued_at)
    return (date is not None, date.timestamp() if date is not None else 0.0)


class MergedLicenses:
    """Every license of `listed`, and behind them those of `beside` that are not among them."""

    def __init__(self, listed: LicenseSource, beside: AsyncIterator[License]) -> None:
        self._listed = listed
        self._beside = beside

    @property
    def left_out(self) -> int:
        """How many licenses could not be read; sure at the end."""
        return self._listed.left_out

    @property
    def cut_short(self) -> bool:
        """Whether more may be missing, and nobody knows how many."""
        return self._listed.cut_short

    async def __aiter__(self) -> AsyncIterator[License]:
        """Yield every license. Raises ApiError."""
        seen: set[LicenseKey] = set()
        async for license in self._listed:
            seen.add(license.license_key)
            yield license
        async for license in self._beside:
            if license.license_key not in seen:
                yield license


# -- bundles -------------------------------------------------------------------------------


@dataclass(frozen=True)
class BundleSearch:
    """How far a search for bundles has come: licenses looked at, bundles found, licenses that could not be read."""

    looked_at: int
    parents: dict[LicenseId, License]
    left_out: int = 0


async def find_bundles(client: LicensingClient) -> AsyncIterator[BundleSearch]:
    """Look through all active licenses for bundles, yielding now and then how far it is. Raises ApiError."""
    parents: dict[LicenseId, License] = {}
    without_number = looked_at = 0
    licenses = client.licenses.list_all()
    async for license in licenses:
        looked_at += 1
        if license.is_bundle and license.license_id is not None:
            parents[license.license_id] = license
        elif license.is_bundle:
            without_number += license.quantity or 0
        if looked_at % REPORT_EVERY == 0:
            yield BundleSearch(looked_at, dict(parents))
    yield BundleSearch(looked_at, parents, licenses.left_out + without_number)


REVOKED_INSIDE = "licenses that were revoked inside a bundle which goes on are not in it"
"""What no list of the API that is known has (contract: licenses 2.5)."""
WITHOUT_BUNDLES = (LicenseFilter.ATTACHED, LicenseFilter.DETACHED)
"""Tabs that list no bundle, though licenses of that state are inside them."""


class WithBundles:
    """Every license of a tab, those inside bundles too, which the API lists under their bundle alone.

    `listed` is what the tab itself lists. A server that lists them there too is believed: then nothing more is read.
    """

    def __init__(
        self, client: LicensingClient, query: LicenseQuery, listed: LicenseSource, report: ReportProgress
    ) -> None:
        self._client = client
        self._query = query
        self._listed = listed
        self._report = report
        self._left_out = 0
        self._cut_short = False

    @property
    def left_out(self) -> int:
        """How many licenses could not be read; sure at the end."""
        return self._listed.left_out + self._left_out

    @property
    def cut_short(self) -> bool:
        """Whether more may be missing, and nobody knows how many."""
        return self._listed.cut_short or self._cut_short

    async def __aiter__(self) -> AsyncIterator[License]:
        """Yield every license in the order of the list, what is in a bundle behind it. Raises ApiError."""
        listed: list[License] = []
        async for license in self._listed:
            listed.append(license)
            if len(listed) % REPORT_EVERY == 0:
                self._report(f"{len(listed):,} licenses read")
        bundles = [] if any(license.is_child for license in listed) else await self._bundles(listed)
        members: dict[LicenseKey, list[License]] = {}
        for count, bundle in enumerate(bundles, 1):
            self._report(f"{count:,} of {pluralize(len(bundles), 'bundle')} read")
            members[bundle.license_key] = await self._members(bundle)
        for license in self._arranged(listed, members):
            yield license

    def _arranged(self, listed: list[License], members: dict[LicenseKey, list[License]]) -> Iterator[License]:
        if self._query.tab in WITHOUT_BUNDLES:
            inside = [member for some in members.values() for member in some]
            oldest_first = sorted([*listed, *inside], key=lambda one: _rank(one, LicenseSort.ISSUED_AT))
            yield from sort_licenses(_once(oldest_first), self._query)
            return
        for license in _once(sort_licenses(listed, self._query)):
            yield license
            yield from members.get(license.license_key, ())

    async def _bundles(self, listed: list[License]) -> list[License]:
        """Return the bundles whose licenses belong to the tab; those of the list where it lists any."""
        if self._query.tab not in WITHOUT_BUNDLES:
            return [license for license in listed if license.is_bundle]
        found = BundleSearch(0, {})
        async for found in find_bundles(self._client):
            self._report(f"{found.looked_at:,} licenses looked at for bundles")
        self._left_out += found.left_out
        return list(found.parents.values())

    async def _members(self, bundle: License) -> list[License]:
        """Return the licenses of a bundle that belong to the tab."""
        if bundle.license_id is None:
            self._left_out += bundle.quantity or 0
            return []
        members = self._client.licenses.list_all_children(bundle.license_id)
        try:
            found = [license async for license in members]
        except UNKNOWN_LICENSE:
            self._left_out += bundle.quantity or 0  # it was listed, and now the server does not know it
            return []
        self._left_out += members.left_out
        self._cut_short = self._cut_short or members.cut_short
        states = LISTED_STATES.get(self._query.tab) if self._query.tab is not None else None
        return [license for license in found if states is None or license.state in states]


def _once(licenses: Iterable[License]) -> Iterator[License]:
    """Yield each license once: one that changed its state meanwhile may be listed twice."""
    seen: set[LicenseKey] = set()
    for license in licenses:
        if license.license_key not in seen:
            seen.add(license.license_key)
            yield license
