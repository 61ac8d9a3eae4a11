"""Tables of a PDF on a terminal: the reader places their cells far apart and not quite in line; here they stand close."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

_CELL = re.compile(r"\S+(?: \S+)*")
_FIGURE = re.compile(r"\W*\d[\d.,\s]*\W*(?:[A-Z]{3})?")
GUTTER = 3
"""Cells between two columns."""
MOST_COLUMNS = 8
"""A run of lines with more cells than this is left as it is."""


@dataclass(frozen=True)
class _Cell:
    text: str
    middle: float


def fit_tables(lines: Sequence[str]) -> list[str]:
    """Return the lines with their tables narrowed: every text of a line stays, in its order.

    A table is a run of lines that have two blanks or more within. Its columns are those of the line with the most
    cells; a cell of a shorter line (a total) goes to the column nearest to it. Columns of figures end in line.
    """
    done: list[str] = []
    table: list[str] = []
    for line in [*lines, ""]:
        if "  " in line.strip():
            table.append(line)
            continue
        done += _narrowed(table)
        table = []
        done.append(line)
    return done[:-1]


def _narrowed(table: Sequence[str]) -> list[str]:
    rows = [
        [_Cell(match[0], (match.start() + match.end()) / 2) for match in _CELL.finditer(line)]
        for line in table
    ]
    count = max((len(row) for row in rows), default=0)
    if not 2 <= count <= MOST_COLUMNS:
        return list(table)
    full = [row for row in rows if len(row) == count]
    middles = [sum(row[column].middle for row in full) / len(full) for column in range(count)]
    placed = [_placed(row, middles) for row in rows]
    columns = [[row[column] for row in placed] for column in range(count)]
    widths = [max(map(len, column)) for column in columns]
    right = [index > 0 and _is_figures(column) for index, column in enumerate(columns)]
    return [
        (" " * GUTTER)
        .join(
            text.rjust(width) if at_right else text.ljust(width)
            for text, width, at_right in zip(row, widths, right, strict=True)
        )
        .rstrip()
        for row in placed
    ]


def _placed(row: Sequence[_Cell], middles: Sequence[float]) -> list[str]:
    """Return the texts of a row by column, "" where it has none; their order stays."""
    best = min(
        combinations(range(len(middles)), len(row)),
        key=lambda columns: sum(
            abs(cell.middle - middles[column]) for cell, column in zip(row, columns, strict=True)
        ),
    )
    texts = [""] * len(middles)
    for cell, column in zip(row, best, strict=True):
        texts[column] = cell.text
    return texts


def _is_figures(column: Sequence[str]) -> bool:
    filled = [text for text in column if text]
    return sum(bool(_FIGURE.fullmatch(text)) for text in filled) * 2 >= len(filled)
