"""A small, strict terminal: it knows what the program sends and refuses anything else.

Stricter than a general emulator: an unknown sequence is a failure, not ignored. It keeps what those lack
(dim, hyperlinks, double underline) and does with halves of wide characters what real terminals do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from rich.cells import cell_len

_TOKEN = re.compile(
    r"\x1b\]8;(?P<link>[^\x1b]*)\x1b\\"
    r"|\x1b\]22;[a-z]*\x07"  # the pointer of the mouse
    r"|\x1b\[(?P<private>[?<>]?)(?P<params>[0-9;]*)(?P<final>[@-~])"
    r"|\x1b\(B"
    r"|\x1b(?P<escape>[M78])"
    r"|(?P<control>[\x00-\x1f])"
    r"|(?P<text>[^\x00-\x1f]+)"
)
_ATTRIBUTES = {1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 51, 52, 53}
_OFF = {22: {1, 2}, 23: {3}, 24: {4, 21}, 25: {5, 6}, 27: {7}, 28: {8}, 29: {9}, 54: {51, 52}, 55: {53}}
_SHOWS_ON_BLANK = {4, 7, 8, 9, 21, 51, 52, 53}


class Pen(NamedTuple):
    attributes: frozenset[int] = frozenset()
    foreground: str = ""
    background: str = ""
    link: str = ""


class Cell(NamedTuple):
    text: str
    pen: Pen

    def seen(self) -> Cell:
        """What an eye sees of the cell: of a blank neither its text color nor its weight."""
        if self.text == " " and not self.pen.link and not self.pen.attributes & _SHOWS_ON_BLANK:
            return Cell(" ", Pen(background=self.pen.background))
        return self


class Emulator:
    def __init__(self, width: int, height: int) -> None:
        self.pen = Pen()
        self.row = self.column = 0
        self.shows_cursor = False
        self.saved = (0, 0, Pen())
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """A new size; what was shown is garbage, as after any reflow."""
        self.width, self.height = width, height
        self.cells = [[Cell("?", Pen()) for _ in range(width)] for _ in range(height)]
        self.row, self.column = min(self.row, height - 1), min(self.column, width - 1)
        self.top, self.bottom = 0, height - 1
        self.lost = False

    @property
    def display(self) -> list[str]:
        return ["".join(cell.text for cell in line) for line in self.cells]

    def seen(self) -> list[list[Cell]]:
        return [[cell.seen() for cell in line] for line in self.cells]

    def feed(self, data: str) -> None:
        end = 0
        for match in _TOKEN.finditer(data):
            assert match.start() == end, f"not understood: {data[end : end + 20]!r}"
            end = match.end()
            self._token(match)
        assert end == len(data), f"not understood: {data[end : end + 20]!r}"

    def _token(self, match: re.Match[str]) -> None:
        if self.lost:
            moves = match["escape"] in ("M", "7") or match["control"] or match["text"]
            assert not moves, "after the margins were set terminals disagree on where the cursor stands"
        if match["text"]:
            self._write(match["text"])
        elif match["link"] is not None:
            self.pen = self.pen._replace(link=match["link"].partition(";")[2])
        elif match["escape"] == "7":
            assert not self.pen.link, "not every terminal saves the link"
            self.saved = self.row, self.column, self.pen
        elif match["escape"] == "8":
            assert not self.pen.link, "not every terminal restores the link"
            self.lost = False
            self.row, self.column, self.pen = self.saved
        elif match["escape"]:
            assert self.row > 0, "would scroll down"
            self.row -= 1
        elif match["control"]:
            self._control(match["control"])
        elif match["final"]:
            self._csi(match["private"], match["params"], match["final"])

    def _control(self, char: str) -> None:
        if char == "\r":
            self.column = 0
        elif char == "\b":
            self.column = max(0, self.column - 1)
        elif char == "\v":
            assert self.row < self.height - 1, "would scroll up"
            self.row += 1
        elif char == "\n":  # the tty layer makes CR LF of it
            self.column, self.row = 0, min(self.row + 1, self.height - 1)
        else:
            assert char == "\x0f", f"control {char!r}"

    def _csi(self, private: str, params: str, final: str) -> None:
        numbers = [int(number or 0) for number in params.split(";")]
        first = numbers[0] or 1
        if private:
            assert final in "hlu", f"CSI {private}{params}{final}"
            if params == "25":
                self.shows_cursor = final == "h"
        elif final == "m":
            self._sgr(numbers)
        elif final == "H":
            self.lost = False
            self.row = min(first, self.height) - 1
            self.column = min((numbers[1:] or [1])[0] or 1, self.width) - 1
        elif final in "ABCD":
            self._step(final, first)
        elif final == "r":
            self.top, self.bottom = (first - 1, numbers[1] - 1) if numbers[1:] else (0, self.height - 1)
            self.lost = True
        elif self.lost and final != "J":
            raise AssertionError(f"CSI {params}{final} where terminals disagree on where the cursor stands")
        elif final in "LM":
            for _ in range(first):
                self._move_lines(final)
        else:
            self._clear(final, first)

    def _clear(self, final: str, first: int) -> None:
        if final == "K":
            self._erase(self.row, self.column, self.width)
        elif final == "X":
            self._erase(self.row, self.column, min(self.column + first, self.width))
        elif final in "@P":
            self._shift(final, min(first, self.width - self.column))
        else:
            assert (final, first) == ("J", 2), f"CSI {first}{final}"
            for row in range(self.height):
                self._erase(row, 0, self.width)

    def _shift(self, final: str, count: int) -> None:
        """Insert or delete cells at the cursor; what is pushed over the edge is gone."""
        self._split(self.row, self.column)
        self._split(self.row, self.column + count if final == "P" else self.width - count)
        line, blanks = self.cells[self.row], [Cell(" ", Pen(background=self.pen.background))] * count
        if final == "P":
            line[self.column :] = line[self.column + count :] + blanks
        else:
            line[self.column :] = blanks + line[self.column : self.width - count]

    def _move_lines(self, final: str) -> None:
        """Insert or delete the line of the cursor within the margins."""
        gone, comes = (self.row, self.bottom) if final == "M" else (self.bottom, self.row)
        del self.cells[gone]
        self.cells.insert(comes, [Cell(" ", Pen(background=self.pen.background))] * self.width)

    def _step(self, final: str, count: int) -> None:
        row, column = {"A": (-count, 0), "B": (count, 0), "C": (0, count), "D": (0, -count)}[final]
        self.row = max(0, min(self.height - 1, self.row + row))
        self.column = max(0, min(self.width - 1, self.column + column))

    def _sgr(self, numbers: list[int]) -> None:
        while numbers:
            code = numbers.pop(0)
            attributes = self.pen.attributes
            if code == 0:
                self.pen = Pen(link=self.pen.link)
            elif code in _ATTRIBUTES:
                self.pen = self.pen._replace(attributes=attributes | {code})
            elif code in _OFF:
                self.pen = self.pen._replace(attributes=attributes - _OFF[code])
            else:
                self._color(code, numbers)

    def _color(self, code: int, numbers: list[int]) -> None:
        foreground = code in range(30, 40) or code in range(90, 98)
        if code in (38, 48):
            count = 2 if numbers[0] == 5 else 4
            value = ";".join(map(str, numbers[:count]))
            del numbers[:count]
        else:
            assert code in range(30, 50) or code in range(90, 108), f"SGR {code}"
            value = "" if code in (39, 49) else str(code % 10 + (8 if code >= 90 else 0))
        pen = self.pen
        self.pen = pen._replace(foreground=value) if foreground else pen._replace(background=value)

    def _erase(self, row: int, start: int, end: int) -> None:
        self._split(row, start)
        self._split(row, end)
        self.cells[row][start:end] = [Cell(" ", Pen(background=self.pen.background))] * (end - start)

    def _split(self, row: int, column: int) -> None:
        """Blank both halves of a wide character that is about to be cut at a column."""
        line = self.cells[row]
        if 0 < column < self.width and line[column].text == "":
            line[column - 1] = line[column - 1]._replace(text=" ")
            line[column] = line[column]._replace(text=" ")

    def _write(self, text: str) -> None:
        line = self.cells[self.row]
        for char in text:
            width = cell_len(char)
            if width == 0 or (self.column and line[self.column - 1].text.endswith("\u200d")):
                at = self.column - 1 if line[self.column - 1].text else self.column - 2
                line[at] = line[at]._replace(text=line[at].text + char)
                continue
            self._split(self.row, self.column)
            self._split(self.row, min(self.column + width, self.width))
            line[self.column] = Cell(char, self.pen)
            if width == 2 and self.column + 1 < self.width:
                line[self.column + 1] = Cell("", self.pen)
            self.column = min(self.column + width, self.width - 1)


class WidthEmulator(Emulator):
    """A terminal with widths of its own: `width_of` says how many cells (0 to 2) it shows a character in.

    As a real one it knows nothing of how the program counted; what does not fit at the right edge is moved back into
    the row, since it does not wrap.
    """

    def __init__(self, width: int, height: int, width_of: Callable[[str], int]) -> None:
        super().__init__(width, height)
        self._width_of = width_of

    def _write(self, text: str) -> None:
        line = self.cells[self.row]
        for char in text:
            width = self._width_of(char)
            if width == 0:
                at = self.column - 1
                if at > 0 and not line[at].text:
                    at -= 1
                if at >= 0:
                    line[at] = line[at]._replace(text=line[at].text + char)
                continue
            self.column = min(self.column, self.width - width)
            self._split(self.row, self.column)
            self._split(self.row, self.column + width)
            line[self.column : self.column + width] = [
                Cell(char, self.pen),
                *[Cell("", self.pen)] * (width - 1),
            ]
            self.column = min(self.column + width, self.width - 1)
