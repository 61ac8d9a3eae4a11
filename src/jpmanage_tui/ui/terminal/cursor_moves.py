"""The shortest way to move a terminal's cursor."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=8192)
def move(from_row: int | None, from_column: int | None, row: int, column: int) -> str:
    """Return the shortest sequence that brings the cursor to (row, column), both counted from 0.

    `None` says that where the cursor stands is not known (after the last column, or after a character whose
    width terminals do not agree upon). Only codes that a VT100 has are used. Line feeds go as VT, which moves
    straight down and which the tty layer, unlike LF, leaves alone; they never scroll, since no row below the
    last is ever asked for.
    """
    if (from_row, from_column) == (row, column):
        return ""
    ways = [_absolute(row, column)]
    if from_row is not None:
        vertical = _vertical(row - from_row)
        ways.append(vertical + "\r" + _horizontal(column))
        if from_column is not None:
            ways.append(vertical + _horizontal(column - from_column))
    return min(ways, key=len)


def _absolute(row: int, column: int) -> str:
    if column == 0:
        return f"\x1b[{row + 1}H" if row else "\x1b[H"
    return f"\x1b[{row + 1};{column + 1}H" if row else f"\x1b[;{column + 1}H"


def _vertical(rows: int) -> str:
    if rows > 0:
        return "\v" * rows if rows <= 3 else f"\x1b[{rows}B"
    if rows < 0:
        return "\x1bM" if rows == -1 else f"\x1b[{-rows}A"
    return ""


def _horizontal(columns: int) -> str:
    if columns > 0:
        return "\x1b[C" if columns == 1 else f"\x1b[{columns}C"
    if columns < 0:
        return "\b" * -columns if columns >= -3 else f"\x1b[{-columns}D"
    return ""
