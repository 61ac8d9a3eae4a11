"""Searching the index: which rows match, best first; and what there is to filter by."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable
from itertools import compress

from jpmanage_tui.api.models.license import LicenseFilter, LicenseState
from jpmanage_tui.rules.search.fold import fold, site_text
from jpmanage_tui.rules.search.index import (
    GONE,
    NEVER,
    SLICE,
    STANDARD,
    STATE_BITS,
    STATES,
    Breathe,
    Column,
    LicenseIndex,
    moment_to_int,
)
from jpmanage_tui.rules.search.masks import SOME, both, either, first_only, spread, total
from jpmanage_tui.rules.search.match import LEVELS, MOST_RANKED, by_chance, exact_bits, near_bits
from jpmanage_tui.rules.search.values import Values
from jpmanage_tui.rules.search.wanted import Found, Wanted

SPARSE = 16
"""Where less than one row in so many has a rank, they are sorted, not picked out of the order of all."""
_RANKED = re.compile(b"[^\\0]", re.DOTALL)


def no_breath() -> None:
    """Breathe for who has nobody to wait for."""


def search(index: LicenseIndex, wanted: Wanted, breathe: Breathe = no_breath) -> Found:
    """Return the licences that match: exactly, and behind them nearly where none does or a few only by chance.

    What matches better stands first, of equals the one issued last; without words the order is the wanted one.
    Raises only what `breathe` raises.
    """
    mask = allowed(index, wanted, breathe)
    if not wanted.words:
        rows = array("I", compress(range(index.size), mask))
        return Found(index.sorted(rows, wanted.sort, wanted.descending, breathe))
    exact = [exact_bits(index, word, breathe) for word in wanted.words]
    ranks = _ranks(exact, mask)
    rows = _best_first(index, ranks, breathe)
    pairs = list(zip(wanted.words, exact, strict=True))
    chance = any(by_chance(word, bits) for word, bits in pairs)
    if (rows or all(any(bits) for bits in exact)) and not chance:
        return Found(
            rows
        )  # also where every word is known, but they do not come together: no slip of the keyboard
    near = [_exact_or_near(index, word, bits, breathe) for word, bits in pairs]
    further = _best_first(index, first_only(_ranks(near, mask), ranks), breathe)
    return Found(rows + further, nearly=len(further))


def _exact_or_near(index: LicenseIndex, word: str, bits: bytes, breathe: Breathe) -> bytes:
    if any(bits) and not by_chance(word, bits):
        return bits
    return either(bits, near_bits(index, word, breathe))


def _ranks(matches: list[bytes], mask: bytes) -> bytes:
    """Return the rank of each row that every word matches and `mask` lets through, 0 for the others."""
    for bits in matches:
        mask = both(mask, bits.translate(SOME))
    if not any(mask):
        return mask
    ranks, *others = (bits.translate(LEVELS) for bits in matches[:MOST_RANKED])
    for levels in others:
        ranks = total(ranks, levels)
    return both(ranks, mask)


def _best_first(index: LicenseIndex, ranks: bytes, breathe: Breathe) -> array[int]:
    count = len(ranks) - ranks.count(0)
    if count * SPARSE < len(ranks):
        return _few_first(index, ranks)
    order = index.newest_first(breathe)
    by_rank: dict[int, array[int]] = {}
    for start in range(0, len(order), SLICE):
        part = order[start : start + SLICE]
        here = bytes(map(ranks.__getitem__, part))
        for rank in set(here) - {0}:
            rows = by_rank.setdefault(rank, array("I"))
            rows.extend(compress(part, map(rank.__eq__, here)))
        breathe()
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
    """Return whether a licence belongs on a tab (contract: licences 2.1, 2.2); None and ALL hold every one."""
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


def allowed(index: LicenseIndex, wanted: Wanted, breathe: Breathe = no_breath) -> bytes:
    """Return the mask of what tab and filters let through, whatever the words."""
    mask = bytes(index.flags).translate(_flag_table(wanted.filter))
    if wanted.product is not None:
        mask = both(mask, _equal(index.products, wanted.product, fold, index.product, breathe))
    if wanted.site is not None:
        mask = both(mask, _equal(index.sites, wanted.site, site_text, index.site, breathe))
    if wanted.issued_before is not None:
        limit = moment_to_int(wanted.issued_before)
        old = bytearray()
        for start in range(0, index.size, SLICE):
            old += bytes(255 if NEVER < date < limit else 0 for date in index.issued[start : start + SLICE])
            breathe()
        mask = both(mask, bytes(old))
    return mask


def _equal(
    values: Values, text: str, folding: Callable[[str], str], column: Column, breathe: Breathe
) -> bytes:
    """Return the mask of the rows with exactly that value; of those that fold to the same where none has it.

    Two sites whose addresses differ by their scheme alone fold to the same, and are two all the same.
    """
    exactly, wanted = values.find(text), folding(text)
    same = (lambda number: number == exactly) if exactly else (lambda number: values.folded[number] == wanted)
    table = bytes(255 if same(number) else 0 for number in range(len(values)))
    return spread(table, column, breathe) if any(table) else bytes(len(column))


# -- what there is to filter by -------------------------------------------------------------


def products_of(index: LicenseIndex, filter: LicenseFilter | None, breathe: Breathe) -> list[tuple[str, int]]:
    """Return the products' names with their number of licences on a tab, the most frequent first."""
    return _counted(index, index.products, index.product, filter, breathe)


def sites_of(index: LicenseIndex, filter: LicenseFilter | None, breathe: Breathe) -> list[tuple[str, int]]:
    """Return the sites' addresses with their number of licences on a tab, the most frequent first."""
    return _counted(index, index.sites, index.site, filter, breathe)


def _counted(
    index: LicenseIndex, values: Values, column: Column, filter: LicenseFilter | None, breathe: Breathe
) -> list[tuple[str, int]]:
    mask = allowed(index, Wanted(filter=filter), breathe)
    counts: Counter[int] = Counter()
    for start in range(0, index.size, SLICE):
        counts.update(compress(column[start : start + SLICE], mask[start : start + SLICE]))
        breathe()
    counts.pop(0, None)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], values.folded[item[0]]))
    return [(values.raw[number], count) for number, count in ranked]
