"""Which line belongs to which row, in a list where a few of very many rows are expanded."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from itertools import accumulate


class Outline:
    """Lines of `count` rows, one line each, of which some have a block of further lines below them.

    Looking up costs the logarithm of the number of blocks, whatever the number of rows.
    """

    def __init__(self, count: int = 0, blocks: Mapping[int, int] | None = None) -> None:
        """Take `count` rows and, by row index, the height in lines of each block (0 or less means none)."""
        self.count = count
        heights = {row: height for row, height in (blocks or {}).items() if height > 0 and 0 <= row < count}
        self._rows = sorted(heights)
        self._heights = [heights[row] for row in self._rows]
        self._sums = [0, *accumulate(self._heights)]
        # the first line of each expanded row
        self._starts = [row + self._sums[k] for k, row in enumerate(self._rows)]

    @property
    def lines(self) -> int:
        """How many lines there are in all."""
        return self.count + self._sums[-1]

    def height(self, row: int) -> int:
        """Return how many lines stand below `row` before the next one."""
        k = bisect_left(self._rows, row)
        return self._heights[k] if k < len(self._rows) and self._rows[k] == row else 0

    def line_of(self, row: int) -> int:
        """Return the line on which `row` itself stands."""
        return row + self._sums[bisect_left(self._rows, row)]

    def at(self, line: int) -> tuple[int, int]:
        """Return the row that `line` belongs to, and how far below the row's own line it is (0: the row itself)."""
        k = bisect_right(self._starts, line) - 1
        if k < 0:
            return line, 0
        inside = line - self._starts[k]
        if inside <= self._heights[k]:
            return self._rows[k], inside
        return line - self._sums[k + 1], 0
