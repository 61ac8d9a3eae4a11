"""What is searched for, and what was found."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import datetime

from jpmanage_tui.api.models.license import LicenseFilter, LicenseSort


@dataclass(frozen=True)
class Wanted:
    """A search: folded words that must all match, a tab, filters on top, and the order where nothing is ranked.

    `issued_before` leaves out what was issued later. None means: not asked.
    """

    words: tuple[str, ...] = ()
    filter: LicenseFilter | None = None
    site: str | None = None
    product: str | None = None
    issued_before: datetime | None = None
    sort: LicenseSort = LicenseSort.ISSUED_AT
    descending: bool = True


@dataclass(frozen=True)
class Found:
    """Row numbers, best first; the last `nearly` of them match only nearly."""

    rows: array[int] = field(default_factory=lambda: array("I"))
    nearly: int = 0

    @property
    def near(self) -> bool:
        """Whether nothing matches exactly, and these nearly do."""
        return bool(self.rows) and self.nearly == len(self.rows)
