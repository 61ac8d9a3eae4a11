"""What a terminal shows, or shall show: rows of cells, each a text and a pen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.segment import Segment

from jpmanage_tui.ui.terminal.cells import plain, split_cells
from jpmanage_tui.ui.terminal.style_table import PLAIN, StyleTable


class Row:
    """One line of cells: `chars` (empty after a wide character) and, beside each, its pen in `pens`."""

    __slots__ = ("chars", "pens")

    def __init__(self, chars: list[str], pens: list[int]) -> None:
        self.chars = chars
        self.pens = pens

    @classmethod
    def blank(cls, width: int, pen: int = PLAIN) -> Row:
        """Return a row of `width` blanks."""
        return cls([" "] * width, [pen] * width)

    def copy(self) -> Row:
        """Return a row that can be changed without changing this one."""
        return Row(self.chars.copy(), self.pens.copy())

    def put(
        self,
        x: int,
        segments: Iterable[Segment],
        book: StyleTable,
        split: Callable[[str], tuple[str, ...]] = split_cells,
    ) -> None:
        """Write segments from column `x` on; what does not fit is cut, halves of wide ones are blank.

        `split` makes cells of a text that is not plain ASCII.
        """
        width = len(self.chars)
        if not 0 <= x < width:
            return
        start = x
        if self.chars[x] == "":
            self._blank(x - 1)
        for text, style, control in segments:
            if control or x >= width:
                continue
            cells = text if plain(text) else split(text)
            if x + len(cells) > width:
                cells = cells[: width - x]
            x = self._write(x, cells, book.of(style), book)
        self._mend(start, x)

    def _write(self, x: int, cells: str | tuple[str, ...], pen: int, book: StyleTable) -> int:
        end = x + len(cells)
        blank = book.blank[pen]
        self.chars[x:end] = cells
        if blank == pen or " " not in cells:
            self.pens[x:end] = [pen] * len(cells)
        else:
            self.pens[x:end] = [blank if cell == " " else pen for cell in cells]
        return end

    def _mend(self, start: int, end: int) -> None:
        """Blank what a cut left of a wide character: a second half after `end`, a first half at the edge."""
        width = len(self.chars)
        if start < end < width and self.chars[end] == "":
            self._blank(end)
        last = self.chars[end - 1]
        if end == width and last and not last.isascii() and len(split_cells(last)) > 1:
            self._blank(end - 1)

    def _blank(self, x: int) -> None:
        self.chars[x] = " "
        if x + 1 < len(self.chars) and self.chars[x + 1] == "":
            self.chars[x + 1] = " "


class ScreenBuffer:
    """A screen of rows."""

    __slots__ = ("height", "rows", "width")

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.rows = [Row.blank(width) for _ in range(height)]
