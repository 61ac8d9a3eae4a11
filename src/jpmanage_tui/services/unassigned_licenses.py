"""Reading the unassigned licenses, oldest first, page by page as they are looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import UNKNOWN_LICENSE
from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.rules.unassigned import is_idle

PAGE = 50
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Batch:
    """What a step of the walk brought: licenses in order, and the bundles they belong to.

    `left_out` is how many unassigned licenses could not be read so far; that is sure once it is `done`.
    """

    licenses: tuple[License, ...]
    parents: dict[LicenseId, License] = field(default_factory=dict)
    done: bool = False
    left_out: int = 0
    cut_short: bool = False


class IdleWalk:
    """The unassigned licenses of the partner key, oldest first.

    A bundle's parent is never idle; where the list names one, its unassigned licenses are asked for and stand at
    their place by date. Each license comes once, whatever the pages do meanwhile. A step that fails changes nothing,
    so that it can be tried again. `parents` are bundles known beforehand: an API that lists a bundle's licenses only
    under the bundle names them nowhere in this list.
    """

    def __init__(self, client: LicensingClient, parents: Mapping[LicenseId, License] | None = None) -> None:
        self._client = client
        self._pages = client.licenses.list_all(LicenseFilter.DETACHED, per_page=PAGE)
        self.parents = dict(parents or {})
        self._unread: dict[LicenseId, License] = dict(self.parents)
        """Bundles that were not looked into yet."""
        self._listed: set[LicenseId] = set()
        """Bundles that this list named: the server must know them."""
        self._page: list[License] | None = None
        self._found: list[License] = []
        self._given: set[LicenseKey] = set()
        self._held: list[License] = []
        self._reached: datetime | None = None
        self._members_left_out = 0
        self._members_cut_short = False
        self.done = False

    @property
    def left_out(self) -> int:
        """How many unassigned licenses could not be read; sure once it is `done`."""
        return self._pages.left_out + self._members_left_out

    @property
    def cut_short(self) -> bool:
        """Whether more may be missing, and nobody knows how many."""
        return self._pages.cut_short or self._members_cut_short

    async def more(self) -> Batch:
        """Fetch the next page and return what is idle on it. Raises ApiError."""
        if self._page is None:
            self._page = await self._pages.next_page()
            self._note(self._page)
        for license_id, parent in list(self._unread.items()):
            self._found += await self._members(license_id, parent)
            del self._unread[license_id]
        page, self._page = self._page, None
        self.done = self._pages.done
        if page:
            self._reached = page[-1].issued_at
        found, self._found = self._found, []
        parents = {one.license_id: one for one in page if one.is_bundle and one.license_id is not None}
        return Batch(self._released(found), parents, self.done, self.left_out, self.cut_short)

    def _note(self, page: list[License]) -> None:
        self._found += [item for item in page if is_idle(item)]
        for item in page:
            if item.is_bundle and item.license_id is not None:
                self.parents[item.license_id] = self._unread[item.license_id] = item
                self._listed.add(item.license_id)
            elif item.is_bundle:
                self._members_left_out += item.quantity or 0

    async def _members(self, license_id: LicenseId, parent: License) -> list[License]:
        """Return a bundle's unassigned licenses; none where the bundle itself is gone."""
        members = self._client.licenses.list_all_children(license_id)
        try:
            idle = [item async for item in members if is_idle(item)]
        except UNKNOWN_LICENSE:
            if license_id in self._listed:
                self._members_left_out += parent.quantity or 0
            return []
        self._members_left_out += members.left_out
        self._members_cut_short = self._members_cut_short or members.cut_short
        return idle

    def _released(self, found: list[License]) -> tuple[License, ...]:
        """Return, in order, what is not younger than the date reached; a replaced license of a bundle may be."""
        listed = {item.license_key: item for item in [*self._held, *found]}
        waiting = sorted(listed.values(), key=lambda item: item.issued_at or _LAST)
        reached = self._reached
        if self.done or reached is None:
            ready, self._held = waiting, []
        else:
            ready = [item for item in waiting if item.issued_at is not None and item.issued_at <= reached]
            self._held = [item for item in waiting if item.issued_at is None or item.issued_at > reached]
        fresh = [item for item in ready if item.license_key not in self._given]
        self._given.update(item.license_key for item in fresh)
        return tuple(fresh)


class IdleLicenses:
    """Every license of a walk that begins at the oldest."""

    def __init__(self, walk: IdleWalk) -> None:
        self._walk = walk

    @property
    def left_out(self) -> int:
        """How many could not be read; sure at the end."""
        return self._walk.left_out

    @property
    def cut_short(self) -> bool:
        """Whether more may be missing, and nobody knows how many."""
        return self._walk.cut_short

    async def __aiter__(self) -> AsyncIterator[License]:
        """Yield every license. Raises ApiError."""
        while not self._walk.done:
            for license in (await self._walk.more()).licenses:
                yield license
