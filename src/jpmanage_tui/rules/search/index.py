"""The index: every license in columns, so that 100,000 of them take little memory and are searched in slices."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey, ProductId
from jpmanage_tui.api.licenses import License, LicenseSort, LicenseState, OwnerType
from jpmanage_tui.rules.search.fold import fold, site_text

SLICE = 8192
"""Rows worked on between two checkpoints: well under a millisecond with the interpreter held."""
Checkpoint = Callable[[], None]
"""Called between slices of work: it lets other threads run, and may raise to break the work off."""

Column: TypeAlias = "bytearray | array[int]"
"""Small numbers by row: a byte each while they fit, which is searched at the speed of C and takes a quarter."""

BLOCK = 512
"""Rows a block; a block is searched in a few microseconds."""
BREAK = "\n"
"""Between the texts of a block."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = -(2**63)
"""Stands for a date that is not known."""
NO_NUMBER = -1
"""Stands for a number that is not known; the API's are positive (contract: licenses 1.1)."""

MOST = 2**63 - 1
"""The greatest number a column holds."""

STATES = (LicenseState.ATTACHED, LicenseState.DETACHED, LicenseState.REVOKED, LicenseState.BUNDLE)
STATE_BITS, STANDARD, GONE, WAS_ATTACHED, WAS_REVOKED, DOWNLOADS = 3, 4, 8, 16, 32, 64
"""The flags of a row: two bits of state, then one bit each."""
OWNERS = (None, *OwnerType)


def moment_to_int(moment: datetime | None) -> int:
    """Return a moment as microseconds since 1970 in UTC."""
    return NEVER if moment is None else (moment - EPOCH) // MICROSECOND


def int_to_moment(number: int) -> datetime | None:
    """Return the moment of `moment_to_int`."""
    return None if number == NEVER else EPOCH + number * MICROSECOND


class DistinctValues:
    """The different values of one column, numbered in the order they came; 0 is the empty text.

    `raw` holds them as the API gave them, `folded` as they are compared.
    """

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._numbers: dict[str, int] = {"": 0}
        self.raw: list[str] = [""]
        self.folded: list[str] = [""]

    def __len__(self) -> int:
        return len(self.raw)

    def number(self, text: str) -> int:
        """Return the number of `text`, a new one when it was not known."""
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self.raw)
            self.raw.append(text)
            folded = self._fold(text)
            self.folded.append(text if folded == text else folded)
        return number

    def find(self, text: str) -> int | None:
        """Return the number of `text`, None when no row ever had it."""
        return self._numbers.get(text)


class PackedStrings:
    """One text a row, as given and folded; they are added and never changed."""

    def __init__(self) -> None:
        self._raw: list[str] = []
        self._folded: list[str] = []
        self._open: list[str] = []

    def add(self, text: str) -> None:
        """Add the text of the next row; a line break in it becomes a space."""
        self._open.append(text.replace(BREAK, " "))
        if len(self._open) == BLOCK:
            block = BREAK.join(self._open)
            self._raw.append(block)
            self._folded.append(_folded(block, self._open))
            self._open = []

    def get(self, row: int) -> str:
        """Return the text of a row."""
        block, place = divmod(row, BLOCK)
        return self._open[place] if block == len(self._raw) else self._raw[block].split(BREAK)[place]

    def folded_blocks(self) -> Iterator[tuple[int, str]]:
        """Yield (first row, folded texts with a line break between) block by block."""
        for number, block in enumerate(self._folded):
            yield number * BLOCK, block
        if self._open:
            yield len(self._raw) * BLOCK, _folded(BREAK.join(self._open), self._open)


def _folded(block: str, texts: list[str]) -> str:
    return block.lower() if block.isascii() else BREAK.join(fold(text) for text in texts)


class LicenseIndex:
    """Licenses by row number, from 0. A row is a license code for ever; what is known of it may be replaced.

    It belongs to one thread: no method may run while another does.
    """

    def __init__(self) -> None:
        self.products = DistinctValues(fold)
        self.owners = DistinctValues(fold)
        self.sites = DistinctValues(site_text)
        self.prefixes = DistinctValues(fold)
        """The part of a license code up to its last underscore, which is included; `secrets` has what follows."""
        self.secrets = PackedStrings()
        self.product: Column = bytearray()
        self.owner: Column = bytearray()
        self.site: Column = bytearray()
        self.prefix: Column = bytearray()
        self.license_id, self.blog_id, self.user_id, self.product_id = (array("q") for _ in range(4))
        self.quantity, self.parent = array("q"), array("q")
        self.issued, self.attached, self.revoked = (array("q") for _ in range(3))
        self.flags, self.owner_type = bytearray(), bytearray()
        self._odd: dict[int, License] = {}
        """Licenses with numbers that no column holds, whole."""
        self.meta = array("I")
        self._metas: dict[tuple[tuple[str, str], ...], int] = {(): 0}
        self._meta_values: list[tuple[tuple[str, str], ...]] = [()]
        self._rows: dict[int, int] = {}
        self._clashes: dict[LicenseKey, int] = {}
        self._order: array[int] | None = None
        self._gone = 0

    @property
    def size(self) -> int:
        """How many rows there are, those of licenses that are gone included."""
        return len(self.flags)

    @property
    def count(self) -> int:
        """How many licenses there are."""
        return self.size - self._gone

    # -- rows ----------------------------------------------------------------------------

    def code(self, row: int) -> LicenseKey:
        """Return the license code of a row."""
        return LicenseKey(self.prefixes.raw[self.prefix[row]] + self.secrets.get(row))

    def row_of(self, key: LicenseKey) -> int | None:
        """Return the row of a license code, None when it was never known; the license may be gone."""
        row = self._rows.get(hash(key))
        return row if row is not None and self.code(row) == key else self._clashes.get(key)

    def is_gone(self, row: int) -> bool:
        """Return whether the license of a row was removed."""
        return bool(self.flags[row] & GONE)

    def put(self, licenses: Iterable[License]) -> list[int]:
        """Take over what the API says about licenses now; returns their rows."""
        return [self._put(license) for license in licenses]

    def _put(self, license: License) -> int:
        row = self.row_of(license.license_key)
        if row is None:
            row = self._append(license.license_key)
        elif self.flags[row] & GONE:
            self._gone -= 1
        if self.issued[row] != (issued := moment_to_int(license.issued_at)):
            self.issued[row] = issued
            self._order = None
        self.product = _with(self.product, row, self.products.number(license.product))
        self.owner = _with(self.owner, row, self.owners.number(license.username or ""))
        self.site = _with(self.site, row, self.sites.number(license.siteurl or ""))
        self.license_id[row] = _number(license.license_id)
        self.blog_id[row] = _number(license.blog_id)
        self.user_id[row] = _number(license.user_id)
        self.product_id[row] = _number(license.product_id)
        self.quantity[row] = _number(license.quantity)
        self.parent[row] = _number(license.parent_license_id)
        self.attached[row] = moment_to_int(license.attached_at)
        self.revoked[row] = moment_to_int(license.revoked_at)
        self.flags[row] = _flags(license)
        self.owner_type[row] = OWNERS.index(license.owner_type)
        self.meta[row] = self._meta_number(license.meta)
        if _is_odd(license):
            self._odd[row] = license
        else:
            self._odd.pop(row, None)
        return row

    def _meta_number(self, meta: tuple[tuple[str, str], ...]) -> int:
        """Return the number of a set of notes: most licenses that have any have the same."""
        if meta not in self._metas:
            self._metas[meta] = len(self._meta_values)
            self._meta_values.append(meta)
        return self._metas[meta]

    def _append(self, key: LicenseKey) -> int:
        row = self.size
        if self._rows.setdefault(hash(key), row) != row:
            self._clashes[key] = row
        slug, underscore, secret = key.rpartition("_")
        for column in (self.product, self.owner, self.site, self.prefix, self.meta):
            column.append(0)
        self.prefix = _with(self.prefix, row, self.prefixes.number(slug + underscore))
        self.secrets.add(secret)
        for column in (
            self.license_id, self.blog_id, self.user_id, self.product_id, self.quantity, self.parent,
            self.attached, self.revoked,
        ):  # fmt: skip
            column.append(NO_NUMBER)
        self.issued.append(NEVER)
        self.flags.append(0)
        self.owner_type.append(0)
        self._order = None
        return row

    def remove(self, rows: Iterable[int]) -> None:
        """Take licenses out that are there no more."""
        for row in rows:
            if not self.flags[row] & GONE:
                self.flags[row] |= GONE
                self._gone += 1

    def license(self, row: int) -> License:
        """Return a license as it was put in."""
        if row in self._odd:
            return self._odd[row]
        flags = self.flags[row]
        return License.model_construct(
            license_key=self.code(row),
            license_id=LicenseId(number) if (number := self.license_id[row]) != NO_NUMBER else None,
            product_id=ProductId(number) if (number := self.product_id[row]) != NO_NUMBER else None,
            product=self.products.raw[self.product[row]],
            user_id=_or_none(self.user_id[row]),
            username=self.owners.raw[self.owner[row]] or None,
            blog_id=BlogId(number) if (number := self.blog_id[row]) != NO_NUMBER else None,
            siteurl=self.sites.raw[self.site[row]] or None,
            has_downloads=bool(flags & DOWNLOADS),
            issued_at=int_to_moment(self.issued[row]),
            attached_at=int_to_moment(self.attached[row]),
            revoked_at=int_to_moment(self.revoked[row]),
            owner_type=OWNERS[self.owner_type[row]],
            quantity=_or_none(self.quantity[row]),
            parent_license_id=LicenseId(number) if (number := self.parent[row]) != NO_NUMBER else None,
            meta=self._meta_values[self.meta[row]],
            was_attached=bool(flags & WAS_ATTACHED),
            was_revoked=bool(flags & WAS_REVOKED),
        )

    # -- order ---------------------------------------------------------------------------

    def newest_first(self, checkpoint: Checkpoint) -> array[int]:
        """Return every row, the license issued last first; kept until a row is added."""
        if self._order is None:
            self._order = self.sorted(array("I", range(self.size)), LicenseSort.ISSUED_AT, True, checkpoint)
        return self._order

    def sorted(
        self, rows: array[int], sort: LicenseSort, descending: bool, checkpoint: Checkpoint
    ) -> array[int]:
        """Return rows by a date of theirs; those without it stand last. Any other order means by date of issue."""
        dates = {LicenseSort.ATTACHED_AT: self.attached, LicenseSort.REVOKED_AT: self.revoked}.get(
            sort, self.issued
        )
        months: dict[int, list[int]] = {}
        for start in range(0, len(rows), SLICE):
            for row in rows[start : start + SLICE]:
                months.setdefault(dates[row] >> 41, []).append(row)  # 2**41 microseconds: 25 days
            checkpoint()
        undated = months.pop(NEVER >> 41, [])
        ordered = array("I")
        for month in sorted(months, reverse=descending):
            ordered.extend(sorted(months[month], key=dates.__getitem__, reverse=descending))
            checkpoint()
        ordered.extend(undated)
        return ordered


def _with(column: Column, row: int, number: int) -> Column:
    """Return the column with `number` in `row`; a wider one where it does not fit into a byte."""
    if number > 255 and isinstance(column, bytearray):
        column = array("I", iter(column))  # bytes themselves would be taken for the memory of numbers
    column[row] = number
    return column


def _number(value: int | None) -> int:
    return value if value is not None and 0 <= value <= MOST else NO_NUMBER


def _is_odd(license: License) -> bool:
    numbers = (
        license.license_id, license.blog_id, license.user_id, license.product_id, license.quantity,
        license.parent_license_id,
    )  # fmt: skip
    return any(number is not None and not 0 <= number <= MOST for number in numbers)


def _or_none(number: int) -> int | None:
    return None if number == NO_NUMBER else number


def _flags(license: License) -> int:
    return (
        STATES.index(license.state)
        | (STANDARD if license.is_standard else 0)
        | (WAS_ATTACHED if license.was_attached else 0)
        | (WAS_REVOKED if license.was_revoked else 0)
        | (DOWNLOADS if license.has_downloads else 0)
    )
