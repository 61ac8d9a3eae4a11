"""Rows as a table that fits a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from wcwidth import wcswidth

from jpmanage_tui.cli import output
from jpmanage_tui.services.exports import Cell, Record, as_text
from jpmanage_tui.services.fields.field import AnyFields, Field, FieldType

MEASURED = 200
"""So many rows are read before the widths are settled; later cells that are wider are cut."""
_GAP = "  "
_LEAST = 8
_DIM, _BOLD, _YELLOW, _RED, _PLAIN = "\x1b[2m", "\x1b[1m", "\x1b[33m", "\x1b[31m", "\x1b[0m"
_COLORS = {
    "detached": _YELLOW,
    "unassigned": _YELLOW,
    "revoked": _DIM,
    "open": _YELLOW,
    "uncollectible": _RED,
    "failed": _RED,
    "unknown": _YELLOW,
}
"""Of the words for a state. A color says nothing that the word does not."""
_STATES = frozenset({"state", "status"})


def terminal_width(env: Mapping[str, str]) -> int:
    """Return how many cells the terminal of standard output has; `COLUMNS` wins, as it does elsewhere."""
    given = env.get("COLUMNS", "")
    if given.isdigit() and int(given) > 0:
        return int(given)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except OSError:
        return 80


def uses_color(env: Mapping[str, str]) -> bool:
    """Return whether the terminal is to be written in color (no-color.org)."""
    return not env.get("NO_COLOR") and env.get("TERM") not in (None, "", "dumb")


class TableWriter:
    """Writes rows in columns with a heading; the widths are those of the first rows, cut to the terminal's."""

    def __init__(self, fields: AnyFields, width: int, *, color: bool) -> None:
        """`width` is that of the terminal, in cells."""
        self._fields = fields
        self._width = width
        self._color = color
        self._waiting: list[Record] = []
        self._widths: list[int] = []
        self._days_only = False

    def row(self, record: Record) -> None:
        """Take a row; it is written once the widths are settled."""
        if self._widths:
            self._write(record)
            return
        self._waiting.append(record)
        if len(self._waiting) >= MEASURED:
            self._settle()

    def end(self) -> None:
        """Write the rows that wait."""
        if not self._widths and self._waiting:
            self._settle()

    def _settle(self) -> None:
        room = self._width - len(_GAP) * (len(self._fields) - 1)
        widths = self._measured()
        if sum(widths) > room:
            self._days_only = True
            widths = self._measured()
        self._widths = fitted(widths, room, [field.whole or _is_figure(field.type) for field in self._fields])
        heading = [self._aligned(_heading(field).upper(), place) for place, field in enumerate(self._fields)]
        line = _GAP.join(heading).rstrip()
        output.write(f"{_BOLD}{line}{_PLAIN}\n" if self._color else f"{line}\n")
        for record in self._waiting:
            self._write(record)
        self._waiting = []

    def _measured(self) -> list[int]:
        return [
            max(
                _cells(_heading(field)),
                *(_cells(self._text(record.get(field.name))) for record in self._waiting),
            )
            for field in self._fields
        ]

    def _text(self, value: Cell) -> str:
        if isinstance(value, datetime):
            return value.astimezone(UTC).strftime("%Y-%m-%d" if self._days_only else "%Y-%m-%d %H:%M")
        return output.one_line(as_text(value))

    def _aligned(self, text: str, place: int) -> str:
        width = self._widths[place]
        text = clipped(text, width)
        blanks = " " * (width - _cells(text))
        return blanks + text if _is_figure(self._fields[place].type) else text + blanks

    def _write(self, record: Record) -> None:
        cells = []
        for place, field in enumerate(self._fields):
            text = self._text(record.get(field.name))
            cell = self._aligned(text, place)
            color = _COLORS.get(text, "") if self._color and field.name in _STATES else ""
            cells.append(f"{color}{cell}{_PLAIN}" if color else cell)
        output.write(_GAP.join(cells).rstrip() + "\n")


def _heading(field: Field[Any]) -> str:
    return field.heading or field.name.replace("_", " ")


def _is_figure(kind: FieldType) -> bool:
    return kind in (FieldType.NUMBER, FieldType.AMOUNT)


def _cells(text: str) -> int:
    return max(0, wcswidth(text))


def clipped(text: str, width: int) -> str:
    """Return a text in at most `width` cells; what was cut is marked."""
    if _cells(text) <= width:
        return text
    while text and _cells(text) > width - 1:
        text = text[:-1]
    return f"{text}…" if width > 0 else ""


def fitted(widths: Sequence[int], room: int, whole: Sequence[bool]) -> list[int]:
    """Return widths that have room together: the widest is cut first, never below 8, those that stay `whole` last."""
    found = list(widths)
    for may_cut in ([not one for one in whole], [True] * len(found)):
        while sum(found) > room:
            places = [place for place, may in enumerate(may_cut) if may and found[place] > _LEAST]
            if not places:
                break
            found[max(places, key=found.__getitem__)] -= 1
    return found
