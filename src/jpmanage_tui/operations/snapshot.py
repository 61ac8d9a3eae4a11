"""What there was before a license was issued, so that what a lost request made can be recognized."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.licenses import License, LicenseSort, SortDirection
from jpmanage_tui.operations.errors import SnapshotUnavailable
from jpmanage_tui.operations.mutation import EMPTY_SNAPSHOT, Snapshot, is_before
from jpmanage_tui.operations.ports import ClientPort

_FRESH_SECONDS = 5.0
_PER_PAGE = 50


def _newest(items: Sequence[License]) -> datetime | None:
    """Return the newest date of issue, for a server whose answers carry no date.

    One in the future by this machine's clock is not to be believed: everything would be older than it.
    """
    latest = datetime.now(UTC) + timedelta(days=1)
    dates = (item.issued_at for item in items if item.issued_at is not None and item.issued_at <= latest)
    return max(dates, default=None)


class Snapshots:
    """Takes a snapshot before a license is issued; one serves for a few seconds, as many are issued in a row.

    Licenses that come meanwhile are either this program's, which the journal knows, or stay candidates.
    """

    def __init__(self, client: ClientPort, ticks: Callable[[], float] = time.monotonic) -> None:
        """``ticks`` counts seconds."""
        self._client = client
        self._ticks = ticks
        self._last = EMPTY_SNAPSHOT
        self._at: float | None = None

    async def take(self) -> Snapshot:
        """Return a snapshot of at most some seconds ago.

        Raises:
            SnapshotUnavailable: the server could not be asked.

        """
        if self._at is not None and self._ticks() - self._at < _FRESH_SECONDS:
            return self._last
        started = self._ticks()
        try:
            page = await self._client.licenses.list(
                filter=None,
                page=1,
                per_page=_PER_PAGE,
                sort=LicenseSort.ISSUED_AT,
                direction=SortDirection.DESC,
            )
        except ApiError as error:
            raise SnapshotUnavailable(
                f"The server could not be asked what there is: {error.message}", error
            ) from error
        now = self._client.server_now() or _newest(page.items)  # of just now: nothing has to be added to it
        recent = (
            item.license_key
            for item in page.items
            if item.issued_at is None or now is None or not is_before(item.issued_at, now)
        )
        self._last, self._at = Snapshot(now, tuple(recent)), started
        return self._last
