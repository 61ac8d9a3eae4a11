"""Columns as wide as what stands in them: for lists whose rows are all known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from jpmanage_tui.ui.widgets.line import clip, pad

GAP = 2
"""Cells between two columns."""


@dataclass(frozen=True)
class Column:
    """A column: the words above it, the words where there is little room, and when it goes.

    Of the columns with a `drop` above 0 the one with the highest goes first where the terminal is too narrow.
    """

    words: str
    brief: str = ""
    drop: int = 0
    right: bool = True


@dataclass(frozen=True)
class Layout:
    """The widths in cells of a name, of the columns right of it (0: left out), and what is left over."""

    name: int
    widths: tuple[int, ...]
    headings: tuple[str, ...]
    left: int

    def line(self, columns: Sequence[Column], cells: Sequence[str]) -> str:
        """Return the cells right of the name on one line, each with the gap before it."""
        parts = []
        for column, width, cell in zip(columns, self.widths, cells, strict=True):
            if width:
                parts.append(" " * GAP + (right(cell, width) if column.right else pad(cell, width)))
        return "".join(parts)

    def heading(self, columns: Sequence[Column], name: str) -> str:
        """Return the line above the rows, `name` standing above the names."""
        return pad(name, self.name) + self.line(columns, self.headings)


def right(text: str, width: int) -> str:
    """Return `text` in exactly `width` cells, at the right end of them."""
    text = clip(text, width)
    return " " * (width - cell_len(text)) + text


def name_in(text: str, width: int) -> str:
    """Return a product's name in exactly `width` cells; where it is cut, a size at its end stays ("… (10GB)")."""
    if cell_len(text) <= width:
        return pad(text, width)
    head, _, tail = text.rpartition(" ")
    room = width - cell_len(tail) - 1
    if any(character.isdigit() for character in tail) and room >= width // 2:
        return pad(f"{clip(head, room)} {tail}", width)
    return pad(text, width)


def lay_out(
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    names: Iterable[str],
    room: int,
    *,
    least: int = 18,
    spare: int = 0,
) -> Layout:
    """Return widths for `room` cells such that every cell fits.

    The name gets what it needs of the rest, `least` cells at the least; `spare` cells are kept free beside it where
    that is possible (for a bar). Where it is not, the brief headings are taken, then columns are left out.
    """
    needs = [
        max((cell_len(cell) for cell in column), default=0) for column in _transposed(rows, len(columns))
    ]
    want = max((cell_len(name) for name in names), default=least)
    full = [max(need, cell_len(column.words)) for need, column in zip(needs, columns, strict=True)]
    if room - _taken(full) >= want + spare:
        return _layout(full, [column.words for column in columns], want, room)
    words = [column.brief or column.words for column in columns]
    brief = [max(need, cell_len(word)) for need, word in zip(needs, words, strict=True)]
    for index in sorted(range(len(columns)), key=lambda n: -columns[n].drop):
        if room - _taken(brief) >= least + spare or not columns[index].drop:
            break
        brief[index] = 0
    return _layout(brief, words, max(least, min(want, room - _taken(brief) - spare)), room)


def _layout(widths: Sequence[int], words: Sequence[str], name: int, room: int) -> Layout:
    name = max(1, min(name, room - _taken(widths)))
    return Layout(name, tuple(widths), tuple(words), max(0, room - _taken(widths) - name))


def _taken(widths: Sequence[int]) -> int:
    return sum(width + GAP for width in widths if width)


def _transposed(rows: Iterable[Sequence[str]], count: int) -> list[list[str]]:
    columns: list[list[str]] = [[] for _ in range(count)]
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            column.append(cell)
    return columns
