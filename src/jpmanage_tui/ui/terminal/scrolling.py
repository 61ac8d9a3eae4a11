"""Finds rows that only moved: the terminal moves them itself for a few bytes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import ne
from typing import NamedTuple

from jpmanage_tui.ui.terminal.screen_buffer import Row

_LEAST_ROWS = 5
_LEAST_GAIN = 80  # cells that need not be sent; the move itself takes some twenty bytes


class Scroll(NamedTuple):
    """Rows `top` to `bottom` (both in it) move up by one, or down by one; a blank row comes in."""

    top: int
    bottom: int
    up: bool

    def sequence(self) -> str:
        """Return what makes the terminal do it; not every one has its cursor at home after it."""
        code = "M" if self.up else "L"
        return f"\x1b[{self.top + 1};{self.bottom + 1}r\x1b[{self.top + 1}H\x1b[{code}\x1b[r"

    def apply(self, rows: list[Row]) -> None:
        """Do the same to rows of cells."""
        blank = Row.blank(len(rows[0].chars))
        gone, comes = (self.top, self.bottom) if self.up else (self.bottom, self.top)
        del rows[gone]
        rows.insert(comes, blank)


def find_scroll(shown: Sequence[Row], target: Sequence[Row], rows: Sequence[int]) -> Scroll | None:
    """Return the move by one row that spares the most cells among these rows, or None where none pays."""
    now = {row: _distance(shown[row], target[row]) for row in rows}
    changed = [row for row in sorted(now) if now[row]]
    if len(changed) < _LEAST_ROWS:
        return None
    best = max((_best(shown, target, now, changed, up) for up in (True, False)), key=lambda found: found[0])
    return best[1] if best[0] >= _LEAST_GAIN else None


def _best(
    shown: Sequence[Row], target: Sequence[Row], now: dict[int, int], changed: list[int], up: bool
) -> tuple[int, Scroll]:
    """Return the gain and the move of the best stretch of rows (the largest sum of neighbours)."""
    first, last = changed[0], changed[-1]
    step = 1 if up else -1
    best, found = 0, Scroll(first, last, up)
    gain, start = 0, first
    for row in range(first, last) if up else range(first + 1, last + 1):
        if gain <= 0:
            gain, start = 0, row
        gain += now.get(row, 0) - _distance(shown[row + step], target[row])
        if gain > best:
            best = gain
            found = Scroll(start, row + 1, True) if up else Scroll(start - 1, row, False)
    return best, found


def _distance(one: Row, other: Row) -> int:
    """Count the cells in which two rows differ, at least."""
    if one.chars == other.chars and one.pens == other.pens:
        return 0
    chars: int = sum(map(ne, one.chars, other.chars))
    pens: int = sum(map(ne, one.pens, other.pens))
    return max(chars, pens)
