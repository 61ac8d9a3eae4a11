"""The columns of the product list by width."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Columns:
    """Widths in cells; 0 leaves one out."""

    count: int
    name: int
    day: int
    month: int
    last: int


@lru_cache(maxsize=64)
def columns(width: int) -> Columns:
    """Return the columns for rows of `width` cells: the prices stay longest."""
    count, day, month = 5, 10, 12
    if width < 44:
        return Columns(count, max(8, width - count - month), 0, month, 0)
    last = 15 if width >= 68 else 0
    rest = width - count - day - month - (last + 2 if last else 0)
    wide = min(rest, 56)
    return Columns(count, wide, day, month, last + (rest - wide if last else 0))
