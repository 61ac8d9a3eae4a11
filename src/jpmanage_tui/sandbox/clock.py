"""The sandbox's clock: the machine's, or one that stands still."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count


class Clock:
    """Tells the time in UTC. Given a time it stands still there, so that a run can be repeated exactly."""

    def __init__(self, fixed: datetime | None = None) -> None:
        self._fixed = fixed.astimezone(UTC) if fixed is not None else None
        self._tickets = count(1)

    def now(self) -> datetime:
        """Return the aware UTC time, to the second."""
        moment = self._fixed if self._fixed is not None else datetime.now(UTC)
        return moment.replace(microsecond=0)

    def http_date(self) -> str:
        """Return the value of a Date header (RFC 9110)."""
        return format_datetime(self.now(), usegmt=True)

    def request_id(self) -> str:
        """Return a new value for ``X-Jetpack-Request-Id``; where time stands still they count, to be repeatable."""
        if self._fixed is None:
            return uuid.uuid4().hex
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{self._fixed.isoformat()}/{next(self._tickets)}").hex


def stamp(epoch: int | None) -> str | None:
    """Return Unix seconds as the API writes a time: ``YYYY-MM-DD HH:MM:SS``, UTC; None stays None."""
    if epoch is None:
        return None
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M:%S")
