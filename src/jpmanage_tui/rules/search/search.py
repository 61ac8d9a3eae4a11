"""Searching the index: which rows match, best first; and what there is to filter by."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import compress
from typing import NamedTuple

from jpmanage_tui.api.ids import LicenseId, ProductSlug
from jpmanage_tui.api.licenses import LicenseFilter, LicenseSort, LicenseState, SortDirection
from jpmanage_tui.rules.day_range import DayRange
from jpmanage_tui.rules.license_query import LicenseQuery, ProductChoice
from jpmanage_tui.rules.product_choices import is_chosen
from jpmanage_tui.rules.search.fold import fold, site_text, words_of
from jpmanage_tui.rules.search.index import (
    BREAK,
    GONE,
    MOST,
    NEVER,
    NO_NUMBER,
    SLICE,
    STANDARD,
    STATE_BITS,
    STATES,
    WAS_REVOKED,
    Checkpoint,
    Column,
    DistinctValues,
    LicenseIndex,
    moment_to_int,
)
from jpmanage_tui.rules.search.match import (
    LEVELS,
    MOST_RANKED,
    SOME,
    bit_and,
    bit_and_not,
    bit_or,
    by_chance,
    byte_sum,
    exact_bits,
    gather,
    near_bits,
)
from jpmanage_tui.rules.sites import is_siteless

SPARSE = 16
"""Where less than one row in so many has a rank, they are sorted, not picked out of the order of all."""
_RANKED = re.compile(b"[^\\0]", re.DOTALL)


@dataclass(frozen=True)
class SearchQuery:
    """A search: folded words that must all match, a tab, filters on top, and the order where nothing is ranked.

    `issued_from` leaves out what was issued earlier, `issued_before` what was issued then or later. `has` and `lacks` let
    through what is assigned to a site that has, or lacks, a license of that; `parent` what is inside that bundle. None
    means: not asked.
    """

    words: tuple[str, ...] = ()
    filter: LicenseFilter | None = None
    site: str | None = None
    product: str | None = None
    issued_from: datetime | None = None
    issued_before: datetime | None = None
    unassigned: bool = False
    parent: LicenseId | None = None
    has: ProductChoice | None = None
    lacks: ProductChoice | None = None
    sort: LicenseSort = LicenseSort.ISSUED_AT
    descending: bool = True


@dataclass(frozen=True)
class SearchResult:
    """Row numbers, best first; the last `nearly` of them match only nearly."""

    rows: array[int] = field(default_factory=lambda: array("I"))
    nearly: int = 0

    @property
    def near(self) -> bool:
        """Whether nothing matches exactly, and these nearly do."""
        return bool(self.rows) and self.nearly == len(self.rows)


def search_query(query: LicenseQuery, now: datetime) -> SearchQuery:
    """Return what the index is asked for `query`; `now` (UTC) is the time from which ages are counted."""
    filters = query.filters
    ages = (days for days in (filters.unassigned_for, filters.older_than) if days is not None)
    ends = [now - timedelta(days=days) for days in ages]
    issued = filters.issued
    if issued is not None and issued.end is not None:
        ends.append(issued.end)
    return SearchQuery(
        words_of(query.search),
        query.tab,
        filters.site,
        filters.product,
        issued.start if issued is not None else None,
        min(ends, default=None),
        filters.unassigned_for is not None,
        filters.bundle.license_id if filters.bundle is not None else None,
        filters.has,
        filters.lacks,
        query.sort,
        query.direction is SortDirection.DESC,
    )


def no_checkpoint() -> None:
    """Checkpoint for who has nobody to wait for."""


def search(index: LicenseIndex, query: SearchQuery, checkpoint: Checkpoint = no_checkpoint) -> SearchResult:
    """Return the licenses that match: exactly, and behind them nearly where none does or a few only by chance.

    What matches better stands first, of equals the one issued last; without words the order is the one asked for.
    Raises only what `checkpoint` raises.
    """
    mask = allowed(index, query, checkpoint)
    if not query.words:
        return SearchResult(_in_order(index, mask, query, checkpoint))
    exact = [exact_bits(index, word, checkpoint) for word in query.words]
    ranks = _ranks(exact, mask)
    rows = _best_first(index, ranks, checkpoint)
    pairs = list(zip(query.words, exact, strict=True))
    chance = any(by_chance(word, bits) for word, bits in pairs)
    if (rows or all(any(bits) for bits in exact)) and not chance:
        return SearchResult(
            rows
        )  # also where every word is known, but they do not come together: no slip of the keyboard
    near = [_exact_or_near(index, word, bits, checkpoint) for word, bits in pairs]
    further = _best_first(index, bit_and_not(_ranks(near, mask), ranks), checkpoint)
    return SearchResult(rows + further, nearly=len(further))


def _in_order(index: LicenseIndex, mask: bytes, query: SearchQuery, checkpoint: Checkpoint) -> array[int]:
    """Return the rows in `mask` in the order that is asked for; the order of all is used where it is that one."""
    by_issue = query.sort not in (LicenseSort.ATTACHED_AT, LicenseSort.REVOKED_AT)
    if not by_issue or not query.descending or (len(mask) - mask.count(0)) * SPARSE < len(mask):
        rows = array("I", compress(range(index.size), mask))
        return index.sorted(rows, query.sort, query.descending, checkpoint)
    order, found = index.newest_first(checkpoint), array("I")
    for start in range(0, len(order), SLICE):
        part = order[start : start + SLICE]
        found.extend(compress(part, map(mask.__getitem__, part)))
        checkpoint()
    return found


def _exact_or_near(index: LicenseIndex, word: str, bits: bytes, checkpoint: Checkpoint) -> bytes:
    if any(bits) and not by_chance(word, bits):
        return bits
    return bit_or(bits, near_bits(index, word, checkpoint))


def _ranks(matches: list[bytes], mask: bytes) -> bytes:
    """Return the rank of each row that every word matches and `mask` lets through, 0 for the others."""
    for bits in matches:
        mask = bit_and(mask, bits.translate(SOME))
    if not any(mask):
        return mask
    ranks, *others = (bits.translate(LEVELS) for bits in matches[:MOST_RANKED])
    for levels in others:
        ranks = byte_sum(ranks, levels)
    return bit_and(ranks, mask)


def _best_first(index: LicenseIndex, ranks: bytes, checkpoint: Checkpoint) -> array[int]:
    count = len(ranks) - ranks.count(0)
    if count * SPARSE < len(ranks):
        return _few_first(index, ranks)
    order = index.newest_first(checkpoint)
    by_rank: dict[int, array[int]] = {}
    for start in range(0, len(order), SLICE):
        part = order[start : start + SLICE]
        here = bytes(map(ranks.__getitem__, part))
        for rank in set(here) - {0}:
            rows = by_rank.setdefault(rank, array("I"))
            rows.extend(compress(part, map(rank.__eq__, here)))
        checkpoint()
    found = array("I")
    for rank in sorted(by_rank, reverse=True):
        found.extend(by_rank[rank])
    return found


def _few_first(index: LicenseIndex, ranks: bytes) -> array[int]:
    """Return the same as `_best_first`; quick where few rows have a rank."""
    by_rank: dict[int, list[int]] = {}
    for hit in _RANKED.finditer(ranks):
        by_rank.setdefault(ranks[hit.start()], []).append(hit.start())
    found = array("I")
    for rank in sorted(by_rank, reverse=True):
        found.extend(sorted(by_rank[rank], key=index.issued.__getitem__, reverse=True))
    return found


# -- tab and filters ----------------------------------------------------------------------


def in_filter(filter: LicenseFilter | None, state: LicenseState, standard: bool) -> bool:
    """Return whether a license belongs on a tab (contract: licenses 2.1, 2.2); None and ALL hold every one."""
    match filter:
        case None | LicenseFilter.ALL:
            return True
        case LicenseFilter.NOT_REVOKED:
            return state is not LicenseState.REVOKED
        case LicenseFilter.ATTACHED:
            return state is LicenseState.ATTACHED
        case LicenseFilter.DETACHED:
            return state is LicenseState.DETACHED
        case LicenseFilter.REVOKED:
            return state is LicenseState.REVOKED
        case LicenseFilter.STANDARD:
            return standard and state is not LicenseState.REVOKED


def _flag_table(filter: LicenseFilter | None) -> bytes:
    def holds(flags: int) -> bool:
        return not flags & GONE and in_filter(filter, STATES[flags & STATE_BITS], bool(flags & STANDARD))

    return bytes(255 if holds(flags) else 0 for flags in range(256))


def allowed(index: LicenseIndex, query: SearchQuery, checkpoint: Checkpoint = no_checkpoint) -> bytes:
    """Return the mask of what tab and filters let through, whatever the words."""
    mask = bytes(index.flags).translate(_flag_table(query.filter))
    if query.product is not None:
        mask = bit_and(mask, _equal(index.products, query.product, fold, index.product, checkpoint))
    if query.site is not None:
        mask = bit_and(mask, _equal(index.sites, query.site, site_text, index.site, checkpoint))
    if query.unassigned:
        mask = bit_and(mask, bytes(index.flags).translate(_state_table(LicenseState.DETACHED)))
    if query.parent is not None:
        mask = bit_and(mask, _inside(index, query.parent, checkpoint))
    if query.issued_from is not None or query.issued_before is not None:
        mask = bit_and(mask, _issued(index, query.issued_from, query.issued_before, checkpoint))
    if query.has is not None or query.lacks is not None:
        placed = _placed(index, checkpoint)
        if query.has is not None:
            mask = bit_and(mask, _beside(index, query.has, placed, checkpoint))
        if query.lacks is not None:
            mask = bit_and_not(bit_and(mask, placed.all), _beside(index, query.lacks, placed, checkpoint))
    return mask


def _state_table(state: LicenseState) -> bytes:
    number = STATES.index(state)
    return bytes(255 if flags & STATE_BITS == number and not flags & GONE else 0 for flags in range(256))


def _inside(index: LicenseIndex, parent: LicenseId, checkpoint: Checkpoint) -> bytes:
    """Return the mask of the licenses inside a bundle; a bundle that names another as its parent is not inside it."""
    mask = bytearray(index.size)
    for start in range(0, index.size, SLICE):
        part = index.parent[start : start + SLICE]
        if parent in part:
            for row, number in enumerate(part, start):
                if number == parent and index.quantity[row] <= 0:
                    mask[row] = 255
        checkpoint()
    return bytes(mask)


def _issued(
    index: LicenseIndex, first: datetime | None, before: datetime | None, checkpoint: Checkpoint
) -> bytes:
    """Return the mask of what was issued from `first` on and before `before`; what has no date is left out."""
    low = moment_to_int(first) if first is not None else NEVER + 1
    high = moment_to_int(before) if before is not None else MOST
    mask = bytearray()
    for start in range(0, index.size, SLICE):
        mask += bytes(255 if low <= date < high else 0 for date in index.issued[start : start + SLICE])
        checkpoint()
    return bytes(mask)


# -- sites that have or lack a product -----------------------------------------------------


class _Placed(NamedTuple):
    """The mask of the licenses that are assigned to a known site, and of those among them whose site has no number."""

    all: bytes
    unnumbered: bytes


def _placed(index: LicenseIndex, checkpoint: Checkpoint) -> _Placed:
    """Return which licenses are assigned to a site that has a number or an address; the vendor's stand-ins are none."""
    mask = bytes(index.flags).translate(_state_table(LicenseState.ATTACHED))
    sites, stand_in = index.sites, "siteless."
    if stand_in in BREAK.join(sites.folded):
        stand_ins = {number for number, text in enumerate(sites.folded) if text.startswith(stand_in)}
        stand_ins = {number for number in stand_ins if is_siteless(sites.raw[number])}
        mask = bit_and_not(mask, _with_number_in(index.site, sites, stand_ins, checkpoint))
    checkpoint()
    if NO_NUMBER not in compress(index.blog_id, mask):
        return _Placed(mask, bytes(index.size))
    unnumbered = bit_and(mask, _passing(index.blog_id, NO_NUMBER.__eq__, checkpoint))
    nowhere = bit_and(unnumbered, _with_number_in(index.site, sites, {0}, checkpoint))
    return _Placed(bit_and_not(mask, nowhere), bit_and_not(unnumbered, nowhere))


def _beside(index: LicenseIndex, choice: ProductChoice, placed: _Placed, checkpoint: Checkpoint) -> bytes:
    """Return the mask of what is assigned to a site on which there is a license of the choice.

    Two licenses are on one site when the numbers of their sites are the same; where the API gave one of them no number,
    when the addresses are.
    """
    holding = bit_and(placed.all, _of_choice(index, choice, checkpoint))
    numbers = set(compress(index.blog_id, holding)) - {NO_NUMBER}
    checkpoint()
    found = _passing(index.blog_id, numbers.__contains__, checkpoint)
    if any(placed.unnumbered):
        addresses = set(compress(index.site, holding))
        same = _with_number_in(index.site, index.sites, addresses, checkpoint)
        found = bit_or(found, bit_and(same, placed.unnumbered))
        addresses = set(compress(index.site, bit_and(holding, placed.unnumbered)))
        found = bit_or(found, _with_number_in(index.site, index.sites, addresses, checkpoint))
    return bit_and(placed.all, found)


def count_sites(index: LicenseIndex, rows: array[int]) -> int:
    """Return on how many sites the licenses of these rows are, which are all on one: by number, else by address."""
    numbers = set(map(index.blog_id.__getitem__, rows))
    if NO_NUMBER not in numbers:
        return len(numbers)
    addresses = {index.site[row] for row in rows if index.blog_id[row] == NO_NUMBER}
    numbered = {index.site[row] for row in rows if index.blog_id[row] != NO_NUMBER}
    return len(numbers) - 1 + len(addresses - numbered)


def _of_choice(index: LicenseIndex, choice: ProductChoice, checkpoint: Checkpoint) -> bytes:
    """Return the mask of the licenses that are of a product, or of one of several that count as one."""
    mask = bytes(index.size)
    for name in choice.names:
        mask = bit_or(mask, _equal(index.products, name, fold, index.product, checkpoint))
    slugs = {
        number
        for number, text in enumerate(index.prefixes.raw)
        if is_chosen(ProductSlug(text.removesuffix("_")), choice)
    }
    return bit_or(mask, _with_number_in(index.prefix, index.prefixes, slugs, checkpoint)) if slugs else mask


def _with_number_in(
    column: Column, values: DistinctValues, numbers: set[int], checkpoint: Checkpoint
) -> bytes:
    """Return the mask of the rows whose value has one of these numbers."""
    table = bytearray(len(values))
    for number in numbers:
        table[number] = 255
    return gather(bytes(table), column, checkpoint)


def _passing(column: array[int], test: Callable[[int], bool], checkpoint: Checkpoint) -> bytes:
    """Return the mask of the rows whose number passes a test."""
    out = bytearray()
    for start in range(0, len(column), SLICE):
        out += bytes(map(test, column[start : start + SLICE]))
        checkpoint()
    return bytes(out).translate(SOME)


def _equal(
    values: DistinctValues, text: str, folding: Callable[[str], str], column: Column, checkpoint: Checkpoint
) -> bytes:
    """Return the mask of the rows with exactly that value; of those that fold to the same where none has it.

    Two sites whose addresses differ by their scheme alone fold to the same, and are two all the same.
    """
    exactly, folded = values.find(text), folding(text)
    same = (lambda number: number == exactly) if exactly else (lambda number: values.folded[number] == folded)
    table = bytes(255 if same(number) else 0 for number in range(len(values)))
    return gather(table, column, checkpoint) if any(table) else bytes(len(column))


# -- what there is to filter by -------------------------------------------------------------


def products_of(
    index: LicenseIndex, filter: LicenseFilter | None, checkpoint: Checkpoint
) -> list[tuple[str, int]]:
    """Return the products' names with their number of licenses on a tab, the most frequent first."""
    return _counted(index, index.products, index.product, filter, checkpoint)


def sites_of(
    index: LicenseIndex, filter: LicenseFilter | None, checkpoint: Checkpoint
) -> list[tuple[str, int]]:
    """Return the sites' addresses with their number of licenses on a tab, the most frequent first."""
    return _counted(index, index.sites, index.site, filter, checkpoint)


def dated_in(index: LicenseIndex, days: DayRange, checkpoint: Checkpoint) -> array[int]:
    """Return the rows of the licenses that were issued or revoked on these days, and of those without such a date."""
    start = moment_to_int(days.start)
    end = moment_to_int(days.end) if days.end is not None else MOST
    found = array("I")
    for first in range(0, index.size, SLICE):
        rows = range(first, min(first + SLICE, index.size))
        found.extend(
            row
            for row in rows
            if (
                start <= index.issued[row] < end
                or start <= index.revoked[row] < end
                or index.issued[row] == NEVER
                or (index.flags[row] & WAS_REVOKED and index.revoked[row] == NEVER)
            )
            and not index.flags[row] & GONE
        )
        checkpoint()
    return found


class BundleRow(NamedTuple):
    """A bundle's row, and how many licenses are known to be inside it, assigned and unassigned."""

    row: int
    assigned: int
    unassigned: int


def bundles_of(index: LicenseIndex, checkpoint: Checkpoint) -> list[BundleRow]:
    """Return the bundles that have a number to ask by, those not revoked first, of them the one issued last first."""
    gone = bytes(index.flags).translate(bytes(255 if flags & GONE else 0 for flags in range(256)))
    sizes = bit_and_not(_passing(index.quantity, (0).__lt__, checkpoint), gone)
    numbered = bit_and(sizes, _passing(index.license_id, (0).__lt__, checkpoint))
    rows = index.sorted(
        array("I", compress(range(index.size), numbered)), LicenseSort.ISSUED_AT, True, checkpoint
    )
    counts: dict[LicenseState, Counter[int]] = {}
    for state in (LicenseState.ATTACHED, LicenseState.DETACHED):
        counts[state] = Counter(compress(index.parent, bytes(index.flags).translate(_state_table(state))))
        checkpoint()
    found = [BundleRow(row, *(counts[state][index.license_id[row]] for state in counts)) for row in rows]
    bundle = STATES.index(LicenseState.BUNDLE)
    return sorted(found, key=lambda one: index.flags[one.row] & STATE_BITS != bundle)


def _counted(
    index: LicenseIndex,
    values: DistinctValues,
    column: Column,
    filter: LicenseFilter | None,
    checkpoint: Checkpoint,
) -> list[tuple[str, int]]:
    mask = allowed(index, SearchQuery(filter=filter), checkpoint)
    counts: Counter[int] = Counter()
    for start in range(0, index.size, SLICE):
        counts.update(compress(column[start : start + SLICE], mask[start : start + SLICE]))
        checkpoint()
    counts.pop(0, None)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], values.folded[item[0]]))
    return [(values.raw[number], count) for number, count in ranked]
