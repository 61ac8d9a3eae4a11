"""Searching the index: which rows match, best first; and what there is to filter by."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress

from jpmanage_tui.api.licenses import LicenseFilter, LicenseSort, LicenseState
from jpmanage_tui.rules.search.fold import fold, site_text
from jpmanage_tui.rules.search.index import (
    GONE,
    NEVER,
    SLICE,
    STANDARD,
    STATE_BITS,
    STATES,
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

SPARSE = 16
"""Where less than one row in so many has a rank, they are sorted, not picked out of the order of all."""
_RANKED = re.compile(b"[^\\0]", re.DOTALL)


@dataclass(frozen=True)
class SearchQuery:
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
class SearchResult:
    """Row numbers, best first; the last `nearly` of them match only nearly."""

    rows: array[int] = field(default_factory=lambda: array("I"))
    nearly: int = 0

    @property
    def near(self) -> bool:
        """Whether nothing matches exactly, and these nearly do."""
        return bool(self.rows) and self.nearly == len(self.rows)


def no_checkpoint() -> None:
    """Checkpoint for who has nobody to wait for."""


def search(index: LicenseIndex, query: SearchQuery, checkpoint: Checkpoint = no_checkpoint) -> SearchResult:
    """Return the licenses that match: exactly, and behind them nearly where none does or a few only by chance.

    What matches better stands first, of equals the one issued last; without words the order is the one asked for.
    Raises only what `checkpoint` raises.
    """
    mask = allowed(index, query, checkpoint)
    if not query.words:
        rows = array("I", compress(range(index.size), mask))
        return SearchResult(index.sorted(rows, query.sort, query.descending, checkpoint))
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
    if query.issued_before is not None:
        limit = moment_to_int(query.issued_before)
        old = bytearray()
        for start in range(0, index.size, SLICE):
            old += bytes(255 if NEVER < date < limit else 0 for date in index.issued[start : start + SLICE])
            checkpoint()
        mask = bit_and(mask, bytes(old))
    return mask


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
