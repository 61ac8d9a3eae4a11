"""Where the cursor goes when the items of a list come anew: it stays on its item, or goes to the nearest one left."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import NamedTuple

FAR = 200
"""Rows around the cursor among which its nearest neighbor is looked for."""


class Followed(NamedTuple):
    """The row of the cursor now, and how many rows nearer to the top of the view it stands than before."""

    row: int
    above: int = 0


def around(row: int) -> Iterator[int]:
    """Yield a row, then its neighbors, the nearer first, and of two the one below."""
    yield row
    for distance in range(1, FAR):
        yield row + distance
        yield row - distance


def follow(row: int, before: Mapping[int, Hashable], now: Mapping[Hashable, int]) -> Followed | None:
    """Return where the cursor of `row` goes; None where nothing around it is left.

    `before` has the identities of the rows around it as they were, `now` the rows of identities as they are.
    """
    for old in around(row):
        if old in before and before[old] in now:
            return Followed(now[before[old]], max(0, row - old))
    return None


def rows_around(row: int, rows: Mapping[int, Hashable]) -> dict[int, Hashable]:
    """Return of `rows` those around `row` that `follow` looks at."""
    return {one: rows[one] for one in around(row) if one in rows}
