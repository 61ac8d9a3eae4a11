"""What is known of the partner keys: the licenses of each by pages, its estimate, and why it could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.licenses import PER_PAGE, License, LicensePage
from jpmanage_tui.api.partner import PartnerKey
from jpmanage_tui.rules.text import format_time, pluralize
from jpmanage_tui.services.all_keys import KeyToRead
from jpmanage_tui.services.estimate_reading import ReadEstimate
from jpmanage_tui.ui.common.pagination import PageCache

KEPT = 10
"""Pages of a key that stay in memory above and below what is in view; the others are asked for again."""


class KeyedLicense(NamedTuple):
    """A license, and the partner key that it belongs to."""

    key: PartnerKey
    license: License


class KeyedEstimate(NamedTuple):
    """What is known of a key's bill: nothing yet (both None), the estimate, or why there is none."""

    to_read: KeyToRead
    read: ReadEstimate | None = None
    reason: str = ""


@dataclass
class KeyLicenses:
    """The licenses of one key, as far as they were read.

    Before its first answer it takes one line, on which stands that it is being read; so does one that cannot be read.
    """

    to_read: KeyToRead
    pages: PageCache[License] = field(default_factory=lambda: PageCache(PER_PAGE))
    error: ApiError | None = None
    """Why a page could not be read, None when any came since."""

    @property
    def is_known(self) -> bool:
        """Whether it is known how many licenses it has."""
        return self.pages.total is not None

    @property
    def lines(self) -> int:
        """How many lines it takes."""
        if self.to_read.disabled:
            return 0
        return self.pages.count if self.is_known else 1

    def differs(self, number: int, page: LicensePage) -> bool:
        """Return whether a page, read once more, is another one than is known."""
        first = (number - 1) * self.pages.per_page
        known = [self.pages.rows.get(row) for row in range(first, first + len(page.items))]
        return known != list(page.items) or self.counts_other(number, page)

    def counts_other(self, _number: int, page: LicensePage) -> bool:
        """Return whether a page tells of more or fewer licenses than are known."""
        return page.total_items is not None and page.total_items != self.pages.total

    def forget_far(self, first: int, last: int) -> None:
        """Forget the pages that are far from the rows `first` to `last`, so that memory does not grow with the list."""
        pages = self.pages
        near = range(pages.page_of(max(0, first)) - KEPT, pages.page_of(max(0, last)) + KEPT + 1)
        for number in [number for number in pages.loaded if number not in near]:
            pages.loaded.discard(number)
            pages.stale.discard(number)
            for row in range((number - 1) * pages.per_page, number * pages.per_page):
                pages.rows.pop(row, None)


@dataclass
class KeyAges:
    """When each key answered last, and which could not be read once more since, each with why."""

    as_of: dict[KeyToRead, datetime] = field(default_factory=dict)
    failed: dict[KeyToRead, ApiError] = field(default_factory=dict)

    def answered(self, key: KeyToRead) -> None:
        """Take note that a key answered."""
        self.as_of[key] = datetime.now(UTC)
        self.failed.pop(key, None)

    @property
    def words(self) -> str:
        """Which keys could not be refreshed, and how old is what is shown of them; "" where none failed."""
        if not self.failed:
            return ""
        *several, last = self.failed
        who = pluralize(len(self.failed), "key") if several else last.name
        since = min((self.as_of[key] for key in self.failed if key in self.as_of), default=None)
        age = "" if since is None else f"as of {format_time(since)}, "
        return f"{who}: {age}could not be refreshed"


class Place(NamedTuple):
    """Where a line lies: in which key's licenses, and on which of its rows."""

    part: KeyLicenses
    row: int


class AllLicensesState:
    """The licenses of all keys, one key after the other."""

    def __init__(self, keys: Sequence[KeyToRead]) -> None:
        """Nothing of them is read yet."""
        self.parts = [KeyLicenses(key) for key in keys]

    def place(self, line: int) -> Place | None:
        """Return where a line lies, None behind the last."""
        for part in self.parts:
            if line < part.lines:
                return Place(part, line)
            line -= part.lines
        return None

    def line_of(self, place: Place) -> int:
        """Return the line of a place, or of the row nearest to it."""
        before = 0
        for part in self.parts:
            if part.to_read == place.part.to_read:
                return before + max(0, min(place.row, part.lines - 1))
            before += part.lines
        return 0

    def place_of(self, item: KeyedLicense | None) -> Place | None:
        """Return where a license lies among the rows that are known, None where it is not among them."""
        for part in self.parts:
            if item is not None and part.to_read.key == item.key:
                for row, license in part.pages.rows.items():
                    if license.license_key == item.license.license_key:
                        return Place(part, row)
        return None

    def license_at(self, line: int) -> KeyedLicense | None:
        """Return the license on a line, None where there is none, or it is not read."""
        place = self.place(line)
        if place is None or place.part.to_read.key is None:
            return None
        license = place.part.pages.rows.get(place.row)
        return KeyedLicense(place.part.to_read.key, license) if license is not None else None

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return sum(part.lines for part in self.parts)

    @property
    def count(self) -> int:
        """How many licenses are known to be there."""
        return sum(part.pages.count for part in self.parts)

    @property
    def is_whole(self) -> bool:
        """Whether that is all: every key has answered, and with a number that is sure."""
        return all(
            part.to_read.disabled or (part.is_known and part.pages.exact and part.to_read.key is not None)
            for part in self.parts
        )

    @property
    def unreadable(self) -> int:
        """How many licenses of the pages that were read could not be read."""
        return sum(part.pages.unreadable for part in self.parts)
