"""Finds rows that only moved: the terminal moves them itself for a few bytes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import ne
from typing import NamedTuple

from jpmanage_tui.ui.terminal.screen_buffer import Row

_LEAST_ROWS = 5
_FARTHEST = 4  # rows; what moves farther, as a page does, shows few rows again
_LEAST_GAIN = 80  # cells that need not be sent; the move itself takes some twenty bytes


class Scroll(NamedTuple):
    """Rows `top` to `bottom` (both in it) move up, or down, by so many (`by`), and as many blank rows come in."""

    top: int
    bottom: int
    up: bool
    by: int = 1

    def sequence(self) -> str:
        """Return what makes the terminal do it; not every one has its cursor at home after it."""
        code = f"{self.by if self.by > 1 else ''}{'M' if self.up else 'L'}"
        return f"\x1b[{self.top + 1};{self.bottom + 1}r\x1b[{self.top + 1}H\x1b[{code}\x1b[r"

    def apply(self, rows: list[Row]) -> None:
        """Do the same to rows of cells."""
        width, end = len(rows[0].chars), self.bottom + 1
        blank = [Row.blank(width) for _ in range(self.by)]
        if self.up:
            rows[self.top : end] = rows[self.top + self.by : end] + blank
        else:
            rows[self.top : end] = blank + rows[self.top : end - self.by]


def find_scroll(shown: Sequence[Row], target: Sequence[Row], rows: Sequence[int]) -> Scroll | None:
    """Return the move by a few rows that spares the most cells among these rows, or None where none pays."""
    now = {row: _distance(shown[row], target[row]) for row in rows}
    changed = [row for row in sorted(now) if now[row]]
    if len(changed) < _LEAST_ROWS:
        return None
    counts = range(1, _FARTHEST + 1 if len(changed) > 2 * _FARTHEST else 2)
    moves = [(up, count) for count in counts for up in (True, False)]
    found = [_best(shown, target, now, changed, *move) for move in moves]
    best = max(found, key=lambda one: one[0] - _LEAST_GAIN * one[1].by)
    return best[1] if best[0] >= _LEAST_GAIN * best[1].by else None


def _best(
    shown: Sequence[Row],
    target: Sequence[Row],
    now: dict[int, int],
    changed: list[int],
    up: bool,
    count: int,
) -> tuple[int, Scroll]:
    """Return the gain and the move of the best stretch of rows (the largest sum of neighbors)."""
    first, last = changed[0], changed[-1]
    step = count if up else -count
    best, found = 0, Scroll(first, last, up, count)
    gain, start = 0, first
    for row in range(first, last + 1 - count) if up else range(first + count, last + 1):
        if gain <= 0:
            gain, start = 0, row
        gain += now.get(row, 0) - _distance(shown[row + step], target[row])
        if gain > best:
            best = gain
            found = (
                Scroll(start, row + count, True, count) if up else Scroll(start - count, row, False, count)
            )
    return best, found


def _distance(one: Row, other: Row) -> int:
    """Count the cells in which two rows differ, at least."""
    if one.chars == other.chars and one.pens == other.pens:
        return 0
    chars: int = sum(map(ne, one.chars, other.chars))
    pens: int = sum(map(ne, one.pens, other.pens))
    return max(chars, pens)
