"""Finds text that only moved sideways: the terminal moves the rest of a row itself for a few bytes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import ne
from typing import NamedTuple, TypeVar

from jpmanage_tui.ui.terminal.screen_buffer import Row

T = TypeVar("T")
_FARTHEST = 40
_LEAST_GAIN = 12  # cells that need not be sent; the move takes four bytes, the hops after it as many again


class Shift(NamedTuple):
    """From column `start` on a row moves by so many cells: to the left (`cells` below zero), or to the right."""

    start: int
    cells: int

    def sequence(self) -> str:
        """Return what makes the terminal do it at its cursor, which stays there."""
        count = abs(self.cells)
        return f"\x1b[{count if count > 1 else ''}{'P' if self.cells < 0 else '@'}"

    def pushes_out(self, row: Row) -> bool:
        """Say whether text goes over the right edge, where an emulator may keep it for a later move back."""
        return self.cells > 0 and any(cell != " " for cell in row.chars[-self.cells :])

    def applied(self, row: Row, pen: int) -> Row:
        """Return the row after it; the cells that come in are blanks of `pen`."""
        return Row(_moved(row.chars, *self, " "), _moved(row.pens, *self, pen))


def find_shift(old: Row, new: Row, start: int) -> Shift | None:
    """Return the move of what stands from `start` on after which the fewest characters differ.

    The width of every cell must be sure. None where no move spares enough, or the best cuts a wide character in two.
    """
    wanted = new.chars
    least = sum(map(ne, old.chars, wanted)) - _LEAST_GAIN
    found = None
    for count in range(1, _FARTHEST + 1):
        for cells in (-count, count):
            differ = sum(map(ne, _moved(old.chars, start, cells, " "), wanted))
            if differ < least:
                least, found = differ, Shift(start, cells)
    return found if found is not None and _can_move(old.chars, found) else None


def _moved(values: list[T], start: int, cells: int, blank: T) -> list[T]:
    if cells < 0:
        return values[:start] + values[start - cells :] + [blank] * -cells
    return values[:start] + [blank] * cells + values[start : len(values) - cells]


def _can_move(chars: Sequence[str], shift: Shift) -> bool:
    """Say whether no wide character is cut in two."""
    cut = shift.start - shift.cells if shift.cells < 0 else len(chars) - shift.cells
    return all(0 < column < len(chars) and chars[column] for column in (shift.start, cut) if column)
