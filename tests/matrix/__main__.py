"""``python -m tests.matrix``: run the whole fault matrix, and print its tables and the number of cells.

``--table``, ``--row``, ``--column`` and ``--number`` choose some of it: what a cell that failed prints runs it again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence

from tests.matrix.cells import TABLES, all_cells
from tests.matrix.judge import Result
from tests.matrix.running import FAILED, Run, run_all


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments ask for, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1), help="processes")
    for name in ("table", "row", "column"):
        parser.add_argument(f"--{name}", default="", help=f"only what has this in the name of its {name}")
    parser.add_argument("--number", type=int, help="only this one of the cells at one place")
    asked = parser.parse_args(arguments)
    cells = [
        cell
        for cell in all_cells()
        if asked.table in cell.table and asked.row in cell.row and asked.column in cell.column
    ]
    if asked.number is not None:
        cells = list(dict.fromkeys(cell._replace(number=asked.number) for cell in cells))
    started = time.monotonic()
    ended = list(run_all(cells, asked.jobs))
    for table in TABLES:
        found = [run for run in ended if run.cell.table == table]
        if found:
            print_table(table, found)
    failed = [run for run in ended if run.word == FAILED]
    for run in failed:
        write(f"{FAILED} python -m tests.matrix {run.cell}\n     {run.reason}")
    words = Counter[str]()
    for run in ended:
        words[run.word] += run.cells
    told = ", ".join(f"{number} {word}" for word, number in words.items())
    write(f"{words.total()} cells in {time.monotonic() - started:.0f} s: {told}")
    return 1 if failed else 0


def write(*words: str) -> None:
    """Print a line, with two spaces between its words."""
    sys.stdout.write("  ".join(words).rstrip() + "\n")


def print_table(title: str, ended: Sequence[Run]) -> None:
    """Print one table: a cell says the worst that happened there, and how many they were if more than one."""
    places = [cell for cell in all_cells() if cell.table == title]
    there = {(run.cell.row, run.cell.column) for run in ended}
    columns = _in_order(cell.column for cell in places if any(cell.column == column for _, column in there))
    rows = _in_order(cell.row for cell in places if any(cell.row == row for row, _ in there))
    texts = {
        (row, column): _text([run for run in ended if (run.cell.row, run.cell.column) == (row, column)])
        for row in rows
        for column in columns
    }
    heads = {column: _two_lines(column) for column in columns}
    widths = {
        column: max(len(text) for text in (*heads[column], *(texts[row, column] for row in rows)))
        for column in columns
    }
    first = max(len(row) for row in rows)
    write(f"\n{title}\n")
    for line in range(2):
        write(" " * first, *(heads[column][line].ljust(widths[column]) for column in columns))
    for row in rows:
        write(row.ljust(first), *(texts[row, column].ljust(widths[column]) for column in columns))


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _text(ended: Sequence[Run]) -> str:
    words = [run.word for run in ended]
    for word in (FAILED, Result.UNKNOWN.value, Result.OK.value):
        if word in words:
            count = sum(run.cells for run in ended if run.word == word)
            return word if count == 1 else f"{word} {count}"
    return "-"


def _two_lines(text: str) -> tuple[str, str]:
    """Break a heading where its two lines become shortest."""
    words = text.split()
    breaks = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words) + 1)]
    return min(breaks, key=lambda lines: (max(map(len, lines)), len(lines[1])))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
