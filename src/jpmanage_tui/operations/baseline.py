"""What there was before a licence was issued, so that what a lost request made can be recognised."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.models.license import LicenseSort, SortDirection
from jpmanage_tui.operations.errors import NotReady
from jpmanage_tui.operations.ports import ClientPort

MARGIN = timedelta(minutes=2)
"""How far the clock that dates a licence may be behind the one of the server's ``Date``."""

_FRESH_SECONDS = 5.0
_PER_PAGE = 50


@dataclass(frozen=True)
class Baseline:
    """The server's own time, and the codes of the licences that were issued just before it."""

    server_date: datetime | None = None
    keys: tuple[LicenseKey, ...] = ()


NO_BASELINE = Baseline()


class Baselines:
    """Takes a baseline before a licence is issued; one serves for a few seconds, as many are issued in a row.

    Licences that come meanwhile are either this program's, which the journal knows, or stay candidates.
    """

    def __init__(self, client: ClientPort, ticks: Callable[[], float] = time.monotonic) -> None:
        """``ticks`` counts seconds."""
        self._client = client
        self._ticks = ticks
        self._last = NO_BASELINE
        self._at: float | None = None

    async def take(self) -> Baseline:
        """Return a baseline of at most some seconds ago.

        Raises:
            NotReady: the server could not be asked.

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
            raise NotReady(f"The server could not be asked what there is: {error.message}", error) from error
        newest = max((item.issued_at for item in page.items if item.issued_at is not None), default=None)
        now = self._client.server_now() or newest  # just heard: nothing has to be added to it
        recent = (
            item.license_key
            for item in page.items
            if item.issued_at is None or now is None or item.issued_at >= now - MARGIN
        )
        self._last, self._at = Baseline(now, tuple(recent)), started
        return self._last
