"""From what the terminal shows to what it shall show, in few bytes."""

from __future__ import annotations

from collections.abc import Iterable

from jpmanage_tui.ui.terminal.cells import sure
from jpmanage_tui.ui.terminal.grid import Grid, Row
from jpmanage_tui.ui.terminal.moves import move
from jpmanage_tui.ui.terminal.pens import PLAIN, PenBook
from jpmanage_tui.ui.terminal.scroll import Scroll, find_scroll
from jpmanage_tui.ui.terminal.sideways import find_shift

# What could garble the rest is put right first: character set, scroll region, wrap, cursor, pen.
_CLEAR = "\x0f\x1b(B\x1b[r\x1b[?7l\x1b[?25l\x1b[m\x1b[2J"
_FILL = 5  # a hop over so few cells may be shorter by writing them again
_ERASE_FROM = 9  # so many blanks are longer than ECH and the hop that follows it
_WIPE_FROM = 16  # so many changes in a row make it worth to try an erased row as well

_FEW_ROWS = (
    6  # a frame of more rows is not looked through for text that moved sideways: it would take too long
)


class Writer:
    """Collects the bytes of a frame and knows where the cursor stands and which pen is in it."""

    __slots__ = ("book", "column", "erases_cells", "parts", "pen", "row")

    def __init__(self, book: PenBook, erases_cells: bool = True) -> None:
        self.book = book
        self.erases_cells = erases_cells
        self.row: int | None = None
        self.column: int | None = None
        self.pen = PLAIN
        self.parts: list[str] = []

    def fork(self) -> Writer:
        """Return a writer that starts where this one stands, with nothing collected."""
        other = Writer(self.book, self.erases_cells)
        other.row, other.column, other.pen = self.row, self.column, self.pen
        return other

    def join(self, other: Writer) -> None:
        """Take over what a fork collected, and where it stands."""
        self.parts += other.parts
        self.row, self.column, self.pen = other.row, other.column, other.pen

    def size(self) -> int:
        """Return the bytes collected."""
        return len("".join(self.parts).encode())

    def goto(self, row: int, column: int, line: Row | None = None) -> None:
        """Bring the cursor to a cell; over few cells of `line`, shown already, by writing them again."""
        if self.row == row and self.column == column:
            return
        way = move(self.row, self.column, row, column)
        here = self.column
        if line is not None and self.row == row and here is not None and 0 < column - here <= _FILL:
            again = self._again(line, here, column)
            if again is not None and len(again.encode()) <= len(way):
                way = again
        self.parts.append(way)
        self.row, self.column = row, column

    def _again(self, line: Row, start: int, end: int) -> str | None:
        cells = line.chars[start:end]
        blank = self.book.blank[self.pen]
        for cell, pen in zip(cells, line.pens[start:end], strict=True):
            if not (pen == self.pen or (cell == " " and pen == blank)) or not cell or not sure(cell):
                return None
        return "".join(cells)

    def use(self, pen: int, *, for_blank: bool = False) -> None:
        """Change the pen, unless the one in use draws the same blank."""
        if pen != self.pen and not (for_blank and self.book.blank[self.pen] == pen):
            self.parts.append(self.book.change(self.pen, pen))
            self.pen = pen

    def write(self, line: Row, row: int, start: int, end: int) -> None:
        """Write the cells from `start` to `end` of a line; they share one pen."""
        cells = line.chars[start:end]
        text = "".join(cells)
        self.goto(row, start, line)
        self.use(line.pens[start], for_blank=text.isspace())
        if text.isascii() or all(map(sure, filter(None, cells))):
            self._text(text, end, len(line.chars))
            return
        for column, cell in enumerate(cells, start):
            if cell:  # one by one: after a character of unsure width the column is given anew
                self.goto(row, column)
                wide = line.chars[column + 1 : column + 2] == [""]
                self._text(cell, column + 1 + wide, len(line.chars))
                self.column = self.column if sure(cell) else None

    def _text(self, text: str, end: int, width: int) -> None:
        self.parts.append(text)
        self.column = end if end < width else None

    def erase_tail(self, line: Row, row: int, start: int) -> None:
        """Erase from a column to the end of the row with the pen of the line there."""
        self.goto(row, start, line)
        self.use(line.pens[start], for_blank=True)
        self.parts.append("\x1b[K")

    def scroll(self, scroll: Scroll) -> None:
        """Let the terminal move rows itself."""
        self.use(PLAIN, for_blank=True)  # the row that comes in has this background
        self.parts.append(scroll.sequence())
        self.row = self.column = None

    def erase_cells(self, line: Row, row: int, start: int, end: int) -> None:
        """Erase some cells; the cursor stays at the first of them."""
        self.goto(row, start, line)
        self.use(line.pens[start], for_blank=True)
        self.parts.append(f"\x1b[{end - start}X")


def _changes(old: Row, new: Row) -> list[int]:
    pairs = zip(old.chars, new.chars, old.pens, new.pens, strict=True)
    return [x for x, (a, b, c, d) in enumerate(pairs) if a != b or c != d]


def _tail(line: Row, book: PenBook) -> int:
    """Return the column from which on the line is one blank that erasing makes."""
    column = len(line.chars)
    pen = line.pens[-1] if column else PLAIN
    if not column or not book.erasable[pen]:
        return column
    while column and line.chars[column - 1] == " " and line.pens[column - 1] == pen:
        column -= 1
    return column


def _draw(writer: Writer, row: int, new: Row, changed: list[int]) -> None:
    """Write the changed columns of one row, left to right."""
    tail = _tail(new, writer.book)
    last = changed[-1]
    index, count = 0, len(changed)
    while index < count:
        start = changed[index]
        if start >= tail and last - start >= 3:
            writer.erase_tail(new, row, start)
            return
        end = _blank_end(new, changed, index) if new.chars[start] == " " else _text_end(new, changed, index)
        if (
            writer.erases_cells
            and end - start >= _ERASE_FROM
            and new.chars[start] == " "
            and writer.book.erasable[new.pens[start]]
        ):
            writer.erase_cells(new, row, start, end)
        elif new.chars[start]:  # the second half of a wide character came with its first
            writer.write(new, row, start, end)
        while index < count and changed[index] < end:
            index += 1


def _blank_end(new: Row, changed: list[int], index: int) -> int:
    """Return the column after the last change of the stretch of equal blanks that begins at a change."""
    column = changed[index]
    pen, width = new.pens[column], len(new.chars)
    while column < width and new.chars[column] == " " and new.pens[column] == pen:
        column += 1
    end = changed[index] + 1
    for changed_column in changed[index:]:
        if changed_column >= column:
            break
        end = changed_column + 1
    return end


def _text_end(new: Row, changed: list[int], index: int) -> int:
    """Return the column after the run of neighbouring changes in one pen that begins at a change."""
    end = changed[index] + 1
    pen, width = new.pens[end - 1], len(new.chars)
    index += 1
    while index < len(changed) and changed[index] == end and new.pens[end] == pen and new.chars[end] != " ":
        end += 1
        index += 1
    while end < width and new.chars[end] == "":
        end += 1
    return end


def draw_row(writer: Writer, row: int, old: Row, new: Row, *, sideways: bool = False) -> None:
    """Write what turns row `old` into `new` in the shortest way.

    That is the changes alone, or on an erased row, or, where `sideways` allows it, after the terminal moved a part.
    """
    changed = _changes(old, new)
    if not changed:
        return
    fill = new.pens[-1]
    if len(changed) < _WIPE_FROM or not writer.book.erasable[fill]:
        _draw(writer, row, new, changed)
        return
    plain_way = writer.fork()
    _draw(plain_way, row, new, changed)
    start, width = changed[0], len(new.chars)
    blank = Row.blank(width, fill)
    wiped = Row(new.chars[:start] + blank.chars[start:], new.pens[:start] + blank.pens[start:])
    ways = [plain_way, _after(writer, row, "\x1b[K", wiped, new, start)]
    if sideways and writer.erases_cells and (shift := find_shift(old, new, start)):
        ways.append(_after(writer, row, shift.sequence(), shift.applied(old, fill), new, start))
    writer.join(min(ways, key=Writer.size))


def _after(writer: Writer, row: int, code: str, made: Row, new: Row, start: int) -> Writer:
    """Return a fork that sends a code at column `start`, which makes a row of blanks or moved text, and the rest."""
    way = writer.fork()
    way.goto(row, start, new)
    way.use(new.pens[-1], for_blank=True)
    way.parts.append(code)
    rest = _changes(made, new)
    if rest:
        _draw(way, row, new, rest)
    return way


class Painter:
    """Keeps what the terminal shows and turns it into what it shall show.

    It takes the pens of this terminal, its columns and rows, and whether it knows ECH (a VT100 does not).
    """

    def __init__(self, book: PenBook, width: int, height: int, *, erases_cells: bool = True) -> None:
        self.shown = Grid(width, height)
        self._writer = Writer(book, erases_cells)
        self._cleared = False

    def paint(self, target: Grid, rows: Iterable[int], cursor: tuple[int, int] | None) -> str:
        """Return the sequence that brings the given rows of the terminal to those of `target`, of equal size.

        The cursor ends at `cursor` (row, column), or anywhere where that is None.
        """
        writer = self._writer
        writer.parts = [] if self._cleared else [_CLEAR]
        rows = sorted(rows)
        if self._cleared and (scroll := find_scroll(self.shown.rows, target.rows, rows)):
            writer.scroll(scroll)
            scroll.apply(self.shown.rows)
            rows = sorted({*rows, *range(scroll.top, scroll.bottom + 1)})
        self._cleared = True
        for row in rows:
            few = len(rows) <= _FEW_ROWS
            draw_row(writer, row, self.shown.rows[row], target.rows[row], sideways=few)
            self.shown.rows[row] = target.rows[row].copy()
        if cursor is not None:
            writer.goto(*cursor)
        return "".join(writer.parts)

    def rest(self) -> str:
        """Return the sequence that puts the pen down, for when another shall write to the terminal."""
        code = self._writer.book.change(self._writer.pen, PLAIN)
        self._writer.pen = PLAIN
        return code
