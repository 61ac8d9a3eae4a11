"""Rows as a table that fits a terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from wcwidth import wcswidth, wcwidth

from jpmanage_tui.cli import output
from jpmanage_tui.cli.details import DetailWriter
from jpmanage_tui.rules.prices import digits_of
from jpmanage_tui.services.exports import Cell, Record, as_text
from jpmanage_tui.services.fields.field import AnyFields, Field, FieldType

MEASURED = 200
"""So many rows are read before the widths are settled; later cells that are wider are cut."""
PATIENCE = 0.5
"""Seconds after the first row when the next one settles them: what is slow is not waited for."""
_GAP = "  "
_JOINER = "\u200d"
KEPT = 5
"""Characters of an end that is kept: they tell two license codes of one product apart."""
_LEAST = 8
_DIM, _BOLD, _YELLOW, _RED, _PLAIN = "\x1b[2m", "\x1b[1m", "\x1b[33m", "\x1b[31m", "\x1b[0m"
_COLORS = {
    "unassigned": _YELLOW,
    "revoked": _DIM,
    "open": _YELLOW,
    "past due": _RED,
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
    """Writes rows in columns with a heading; the widths are those of the first rows, cut to the terminal's.

    Where not all fit, the last columns are left out; of fields that were asked for none is, and each row is written as a
    block then, a field a line.
    """

    def __init__(
        self,
        fields: AnyFields,
        width: int,
        *,
        color: bool,
        asked_for: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`width` is that of the terminal, in cells; `asked_for`: the user has named the fields."""
        self._asked_for = asked_for
        self._fields = fields
        self._width = width
        self._color = color
        self._clock = clock
        self._until = 0.0
        self._waiting: list[Record] = []
        self._widths: list[int] = []
        self._days_only = False
        self._blocks: DetailWriter | None = None

    def row(self, record: Record) -> None:
        """Take a row; it is written once the widths are settled."""
        if self._blocks is not None:
            self._blocks.row(record)
            return
        if self._widths:
            self._write(record)
            return
        if not self._waiting:
            self._until = self._clock() + PATIENCE
        self._waiting.append(record)
        if len(self._waiting) >= MEASURED or self._clock() >= self._until:
            self._settle()

    def end(self) -> None:
        """Write the rows that wait."""
        if self._waiting:
            self._settle()

    def _drop_what_has_no_room(self, records: Sequence[Record]) -> None:
        """Leave the last columns out where the terminal is too narrow for those that stay whole beside them."""
        while len(self._fields) > 1:
            least = sum(
                width if field.whole else min(width, _LEAST)
                for width, field in zip(self._measured(records), self._fields, strict=True)
            )
            places = [place for place, field in enumerate(self._fields) if not field.whole]
            if least + len(_GAP) * (len(self._fields) - 1) <= self._width or len(places) < 3:
                return
            self._fields = [field for place, field in enumerate(self._fields) if place != places[-1]]

    def _settle(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not self._asked_for:
            self._drop_what_has_no_room(waiting)
        room = self._width - len(_GAP) * (len(self._fields) - 1)
        widths = self._measured(waiting)
        if sum(widths) > room:
            self._days_only = True
            widths = self._measured(waiting)
        self._widths = fitted(widths, room, [field.whole or _is_figure(field.type) for field in self._fields])
        cut = [place for place, width in enumerate(self._widths) if width < widths[place]]
        if sum(self._widths) > room or (self._asked_for and any(self._fields[one].whole for one in cut)):
            self._blocks = DetailWriter(self._fields)
            for record in waiting:
                self._blocks.row(record)
            return
        heading = [
            self._aligned(clipped(_heading(field).upper(), self._widths[place]), place)
            for place, field in enumerate(self._fields)
        ]
        line = _GAP.join(heading).rstrip()
        output.write(f"{_BOLD}{line}{_PLAIN}\n" if self._color else f"{line}\n")
        for record in waiting:
            self._write(record)

    def _measured(self, records: Sequence[Record]) -> list[int]:
        return [
            max(
                _cells(_heading(field)),
                *(_cells(self._text(record, field)) for record in records),
            )
            for field in self._fields
        ]

    def _text(self, record: Record, field: Field[Any]) -> str:
        value = record.get(field.name)
        if isinstance(value, Decimal) and field.type is FieldType.AMOUNT:
            return _amount(value, record.get("currency"))
        if isinstance(value, datetime):
            return value.astimezone(UTC).strftime("%Y-%m-%d" if self._days_only else "%Y-%m-%d %H:%M")
        text = output.one_line(as_text(value))
        return field.words.get(text, text) if field.words is not None else text

    def _aligned(self, text: str, place: int) -> str:
        width = self._widths[place]
        text = clipped(text, width, keep=KEPT if self._fields[place].keep_end else 0)
        blanks = " " * (width - _cells(text))
        return blanks + text if _is_figure(self._fields[place].type) else text + blanks

    def _write(self, record: Record) -> None:
        cells = []
        for place, field in enumerate(self._fields):
            text = self._text(record, field)
            cell = self._aligned(text, place)
            color = _COLORS.get(text, "") if self._color and field.name in _STATES else ""
            cells.append(f"{color}{cell}{_PLAIN}" if color else cell)
        output.write(_GAP.join(cells).rstrip() + "\n")


def _heading(field: Field[Any]) -> str:
    return field.heading or field.name.replace("_", " ")


def _amount(value: Decimal, currency: Cell) -> str:
    """Return an amount with the digits of its currency at least: nothing is rounded."""
    exponent = value.as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) else 0
    return f"{value:.{max(digits, digits_of(currency))}f}" if isinstance(currency, str) else as_text(value)


def _is_figure(kind: FieldType) -> bool:
    return kind in (FieldType.NUMBER, FieldType.AMOUNT)


def _cells(text: str) -> int:
    return max(0, wcswidth(text))


def clipped(text: str, width: int, *, keep: int = 0) -> str:
    """Return a text in at most `width` cells; what was cut is marked. Its last `keep` characters stay."""
    if _cells(text) <= width:
        return text
    if 0 < keep < width - 2 and text[-keep:].isascii():
        return clipped(text[:-keep], width - keep) + text[-keep:]
    if width <= 0:
        return ""
    length = cells = 0
    for sign in text:
        cells += max(0, wcwidth(sign))
        if cells >= width:
            break
        length += 1
    kept = text[:length]
    # a sequence may be wider than its first sign
    while kept and (kept[-1] == _JOINER or _cells(kept) >= width):
        kept = kept[:-1]
    return f"{kept}…"


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
