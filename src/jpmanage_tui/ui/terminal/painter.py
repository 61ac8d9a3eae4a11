"""From what the terminal shows to what it shall show, in few bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import itemgetter

from jpmanage_tui.ui.terminal.cells import UnsureSpan, cut_at_edge, unsure_spans
from jpmanage_tui.ui.terminal.cursor_moves import move
from jpmanage_tui.ui.terminal.insert_delete import Shift, find_shift
from jpmanage_tui.ui.terminal.screen_buffer import Row, ScreenBuffer
from jpmanage_tui.ui.terminal.scrolling import Scroll, find_scroll
from jpmanage_tui.ui.terminal.style_table import PLAIN, UNKNOWN, StyleTable

# What could garble the rest is put right first: character set, scroll region, wrap, cursor, pen.
_CLEAR = "\x0f\x1b(B\x1b[r\x1b[?7l\x1b[?25l\x1b[m\x1b[2J"
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_SAVE_CURSOR, _RESTORE_CURSOR = "\x1b7", "\x1b8"
_BACK_BY_RESTORING = 13
"""From so many bytes on, for the way back to where a frame began and to its pen, the terminal saves and restores both:
that takes four, and what the next frame writes first seldom has that very pen."""
ATOMIC, _UNSEEN = 64, 160
"""A frame of so few bytes arrives in one piece: nobody sees half of it; in so few nobody sees the cursor on its way."""
_FILL = 5  # a hop over so few cells may be shorter by writing them again
_ERASE_FROM = 9  # so many blanks are longer than ECH and the hop that follows it
_WIPE_FROM = 16  # so many changes in a row make it worth to try an erased row as well

_FEWEST_TURNS = 4  # so many changes of the pen in a row make it worth to try pen by pen
_APART = 6  # what moved once more begins behind so many cells that are right already
_FEW_ROWS = (
    6  # a frame of more rows is not looked through for text that moved sideways: it would take too long
)


class Writer:
    """Collects the bytes of a frame and knows where the cursor stands and which pen is in it.

    `writes_again` says whether a hop over a few cells may be made by writing them again: not in a row with cells of
    unsure width, where what the terminal shows in them is not what the row says. `by_pens` says whether it is tried to
    write all that a row has in one pen before the rest: that takes time.
    """

    __slots__ = ("book", "by_pens", "column", "erases_cells", "parts", "pen", "row", "writes_again")

    def __init__(self, book: StyleTable, erases_cells: bool = True) -> None:
        self.book = book
        self.erases_cells = erases_cells
        self.row: int | None = None
        self.column: int | None = None
        self.pen = PLAIN
        self.parts: list[str] = []
        self.writes_again = True
        self.by_pens = False

    def fork(self) -> Writer:
        """Return a writer that starts where this one stands, with nothing collected."""
        other = Writer(self.book, self.erases_cells)
        other.row, other.column, other.pen = self.row, self.column, self.pen
        other.by_pens = self.by_pens
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
        if self.writes_again and line is not None and self.row == row and here is not None:
            again = self._again(line, here, column) if 0 < column - here <= _FILL else None
            if again is not None and len(again.encode()) <= len(way):
                way = again
        self.parts.append(way)
        self.row, self.column = row, column

    def _again(self, line: Row, start: int, end: int) -> str | None:
        cells = line.chars[start:end]
        blank = self.book.blank[self.pen]
        for cell, pen in zip(cells, line.pens[start:end], strict=True):
            if not (pen == self.pen or (cell == " " and pen == blank)) or not cell:
                return None
        return "".join(cells)

    def use(self, pen: int, *, for_blank: bool = False) -> None:
        """Change the pen; for a blank to the nearest that draws it, which may be the one in use."""
        if pen == self.pen or (for_blank and self.book.blank[self.pen] == pen):
            return
        if for_blank:
            pen = self.book.nearest_blank(self.pen, pen)
        self.parts.append(self.book.change(self.pen, pen))
        self.pen = pen

    def write(self, line: Row, row: int, start: int, end: int) -> None:
        """Write the cells from `start` to `end` of a line; they share one pen, and their widths are sure."""
        text = "".join(line.chars[start:end])
        self.goto(row, start, line)
        self.use(line.pens[start], for_blank=text.isspace())
        self.parts.append(text)
        self.column = end if end < len(line.chars) else None

    def write_whole(self, line: Row, row: int, span: UnsureSpan) -> None:
        """Write the cells of a span without a cursor move in between; after it the column is not known."""
        self.goto(row, span.start)
        most = span.start
        for column in range(span.start, span.end):
            cell, most = cut_at_edge(line.chars[column], most, len(line.chars))
            if cell:
                self.use(line.pens[column], for_blank=cell == " ")
                self.parts.append(cell)
        self.column = None

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


def _tail(line: Row, book: StyleTable) -> int:
    """Return the column from which on the line is one blank that erasing makes."""
    column = len(line.chars)
    pen = line.pens[-1] if column else PLAIN
    if not column or not book.erasable[pen]:
        return column
    while column and line.chars[column - 1] == " " and line.pens[column - 1] == pen:
        column -= 1
    return column


def _draw(writer: Writer, row: int, new: Row, changed: list[int]) -> None:
    """Write the changed columns of one row: left to right, or pen by pen where that is shorter."""
    groups = _by_pens(writer.book, new, changed) if writer.by_pens and writer.writes_again else []
    if len(groups) < 2:
        _draw_in_line(writer, row, new, changed)
        return
    ways: list[Writer] = []
    for order in ([changed], groups, groups[::-1]):
        way = writer.fork()
        for group in order:
            _draw_in_line(way, row, new, group)
        ways.append(way)
    writer.join(min(ways, key=Writer.size))


def _by_pens(book: StyleTable, new: Row, changed: list[int]) -> list[list[int]]:
    """Return the changed columns by their pens; none where few pens take turns. Blanks go with the text before them."""
    groups: dict[int, list[int]] = {}
    current, turns = UNKNOWN, 0
    for column in changed:
        pen = new.pens[column]
        if not (new.chars[column] == " " and current != UNKNOWN and book.blank[current] == pen):
            turns += pen != current
            current = pen
        groups.setdefault(current, []).append(column)
    return list(groups.values()) if turns >= _FEWEST_TURNS and turns > len(groups) else []


def _draw_in_line(writer: Writer, row: int, new: Row, changed: list[int]) -> None:
    """Write the changed columns of one row, left to right."""
    tail = _tail(new, writer.book)
    last = changed[-1]
    index, count = 0, len(changed)
    while index < count:
        start = changed[index]
        if start >= tail and last - start >= 3:
            here = writer.column if writer.row == row else None
            writer.erase_tail(new, row, here if here is not None and tail <= here < start else start)
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
    """Return the column after the run of neighboring changes in one pen that begins at a change."""
    end = changed[index] + 1
    pen, width = new.pens[end - 1], len(new.chars)
    index += 1
    while index < len(changed) and changed[index] == end and new.pens[end] == pen and new.chars[end] != " ":
        end += 1
        index += 1
    while end < width and new.chars[end] == "":
        end += 1
    return end


def draw_row(
    writer: Writer,
    row: int,
    old: Row,
    new: Row,
    *,
    sideways: bool = False,
    ambiguous_is_wide: bool = False,
    whole: bool = False,
) -> None:
    """Write what turns row `old` into `new` in the shortest way, or the `whole` row if anything of it changes.

    That is the changes alone, or on an erased row, or, where `sideways` allows it, after the terminal moved a part.
    """
    changed = _changes(old, new)
    if not changed:
        return
    writer.by_pens = sideways and not whole
    if whole:
        changed = list(range(len(new.chars)))
    before, after = unsure_spans(old.chars, ambiguous_is_wide), unsure_spans(new.chars, ambiguous_is_wide)
    if before or after:
        _draw_unsure(writer, row, old, new, changed, before, after)
        return
    fill = new.pens[-1]
    if whole or len(changed) < _WIPE_FROM or not writer.book.erasable[fill]:
        _draw(writer, row, new, changed)
        return
    plain_way = writer.fork()
    _draw(plain_way, row, new, changed)
    start, width = changed[0], len(new.chars)
    blank = Row.blank(width, fill)
    wiped = Row(new.chars[:start] + blank.chars[start:], new.pens[:start] + blank.pens[start:])
    ways = [plain_way, _after(writer, row, "\x1b[K", wiped, new, start)]
    if sideways and writer.erases_cells and (shift := find_shift(old, new, start)):
        ways.append(_shifted(writer, row, shift, old, new))
    writer.join(min(ways, key=Writer.size))


def _draw_unsure(
    writer: Writer, row: int, old: Row, new: Row, changed: list[int],
    before: Sequence[UnsureSpan], after: Sequence[UnsureSpan],
) -> None:  # fmt: skip
    """Write what turns `old` into `new` where one has spans of unsure width, so that no cell shows what stood there.

    What a terminal shows from the start of such a span to its reach depends on all that is written there, and in which
    order. So where something of it changes, all of it is blanked and written again, as a repaint of the row does.
    """
    redrawn = set(changed)
    reaches = {_around(span, line) for line, spans in ((old, before), (new, after)) for span in spans}
    touched: set[range] = set()
    while more := [one for one in reaches - touched if not redrawn.isdisjoint(one)]:
        touched.update(more)
        redrawn.update(*more)
    unknown = {column for span in before for column in _around(span, old)}
    writer.writes_again = False
    for start, end in _stretches(redrawn, new):
        if not any(one.start < end and start < one.stop for one in touched):
            _draw(writer, row, new, [column for column in changed if start <= column < end])
            continue
        pens = [writer.book.blank[pen] for pen in new.pens[start:end]]
        blank = Row(
            new.chars[:start] + [" "] * (end - start) + new.chars[end:],
            new.pens[:start] + pens + new.pens[end:],
        )
        not_blank = [
            column
            for column in range(start, end)
            if column in unknown or (old.chars[column], old.pens[column]) != (" ", blank.pens[column])
        ]
        if not_blank:
            _draw(writer, row, blank, not_blank)
        at = start
        spans = [span for span in after if start <= span.start < end]
        for span in (*spans, UnsureSpan(end, end, end)):
            text = [
                column
                for column in range(at, span.start)
                if (new.chars[column], new.pens[column]) != (" ", blank.pens[column])
            ]
            if text:
                _draw(writer, row, new, text)
            if span.end > span.start:
                writer.write_whole(new, row, span)
                if not span.flows and span.reach > span.end:
                    _draw(writer, row, blank, list(range(span.end, span.reach)))
            at = span.end
    writer.writes_again = True


def _around(span: UnsureSpan, line: Row) -> range:
    """Return the columns of a span, with the character before it: a terminal may join to that what it begins with."""
    start = max(0, span.start - 1)
    if start and not line.chars[start]:
        start -= 1
    return range(start, span.reach)


def _stretches(columns: set[int], line: Row) -> list[tuple[int, int]]:
    """Return the stretches of neighboring columns as (start, end); no wide character of the line is cut in two."""
    stretches: list[tuple[int, int]] = []
    for column in sorted(columns):
        start = column - 1 if column and not line.chars[column] else column
        end = column + 2 if line.chars[column + 1 : column + 2] == [""] else column + 1
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return stretches


def _after(
    writer: Writer, row: int, code: str, made: Row, new: Row, start: int, until: Row | None = None
) -> Writer:
    """Return a fork that sends a code at column `start`, which makes a row of blanks or moved text, and the rest.

    `until` is the row that it ends with where another move is to follow.
    """
    way = writer.fork()
    way.goto(row, start, new)
    way.use(new.pens[-1], for_blank=True)
    way.parts.append(code)
    rest = _changes(made, until or new)
    if rest:
        _draw(way, row, until or new, rest)
    return way


def _shifted(writer: Writer, row: int, shift: Shift, old: Row, new: Row) -> Writer:
    """Return a fork in which the terminal moves a part of the row, without text that it would push over the edge."""
    way = writer.fork()
    width, fill = len(new.chars), new.pens[-1]
    if shift.pushes_out(old):
        way.goto(row, width - shift.cells)
        way.use(fill, for_blank=True)
        way.parts.append("\x1b[K")
    comes_in = (
        PLAIN if writer.book.blank[fill] == PLAIN else UNKNOWN
    )  # not every terminal fills it with the color
    made = shift.applied(old, comes_in)
    once = _after(way, row, shift.sequence(), made, new, shift.start)
    ahead, further = _further_shift(made, new)
    if further is not None:
        twice = _after(way, row, shift.sequence(), made, new, shift.start, ahead)
        twice.join(_shifted(twice, row, further, ahead, new))
        once = min(once, twice, key=Writer.size)
    way.join(once)
    return way


def _further_shift(made: Row, new: Row) -> tuple[Row, Shift | None]:
    """Return what of the rest of a row moved too, as of another entry in the footer, and the row before that: with all
    changes to the left of it made.
    """
    changed = _changes(made, new)
    for before, column in pairwise(changed):
        if column - before > _APART and (shift := find_shift(made, new, column)):
            return Row(
                new.chars[:column] + made.chars[column:], new.pens[:column] + made.pens[column:]
            ), shift
    return made, None


class Painter:
    """Keeps what the terminal shows and turns it into what it shall show.

    It takes the pens of this terminal, its columns and rows, whether it knows ECH (a VT100 does not), and whether
    it shows characters of ambiguous width in two cells. With `whole_rows` a row of which anything changes is written
    anew from its beginning.
    """

    def __init__(
        self,
        book: StyleTable,
        width: int,
        height: int,
        *,
        erases_cells: bool = True,
        ambiguous_is_wide: bool = False,
        whole_rows: bool = False,
    ) -> None:
        self.shown = ScreenBuffer(width, height)
        self._ambiguous_is_wide = ambiguous_is_wide
        self._whole_rows = whole_rows
        self._writer = Writer(book, erases_cells)
        self._cleared = False
        self._cursor_is_shown = False

    def paint(
        self,
        target: ScreenBuffer,
        rows: Iterable[int],
        cursor: tuple[int, int] | None,
        *,
        synchronized: bool = False,
    ) -> str:
        """Return the sequence that brings the given rows of the terminal to those of `target`, of equal size.

        The cursor is shown at `cursor` (row, column), and hidden where that is None. A frame of more than a few bytes
        hides it while it is painted, unless the terminal shows the frame as a whole (`synchronized`).
        """
        writer = self._writer
        writer.parts = [] if self._cleared else [_CLEAR]
        start = (writer.row, writer.column, writer.pen)
        rows = sorted(rows)
        if (
            self._cleared
            and not self._whole_rows
            and (scroll := find_scroll(self.shown.rows, target.rows, rows))
        ):
            writer.scroll(scroll)
            scroll.apply(self.shown.rows)
            rows = sorted({*rows, *range(scroll.top, scroll.bottom + 1)})
        self._cleared = True
        if cursor is not None and cursor[0] in rows:
            rows.remove(cursor[0])
            rows.append(cursor[0])  # the last one painted, it is the shortest way to where the cursor ends
        self._draw(target, rows, cursor)
        for row in rows:
            self.shown.rows[row] = target.rows[row].copy()
        if cursor is not None and not self._goes_back(cursor, start):
            writer.goto(*cursor)
        data = "".join(writer.parts)
        was_shown, self._cursor_is_shown = self._cursor_is_shown, cursor is not None
        hidden = was_shown and (cursor is None or (len(data) > _UNSEEN and not synchronized))
        shows = cursor is not None and (hidden or not was_shown)
        return f"{_HIDE_CURSOR if hidden else ''}{data}{_SHOW_CURSOR if shows else ''}"

    def _draw(self, target: ScreenBuffer, rows: list[int], cursor: tuple[int, int] | None) -> None:
        """Write the rows; of two, as an arrow key changes them, that one first which makes it shorter."""
        writer = self._writer
        if cursor is None or len(rows) != 2:
            self._draw_in_order(writer, target, rows)
            return
        ways: list[tuple[int, Writer]] = []
        for order in (rows, rows[::-1]):
            way = writer.fork()
            self._draw_in_order(way, target, order)
            ways.append((way.size() + len(move(way.row, way.column, *cursor)), way))
        writer.join(min(ways, key=itemgetter(0))[1])

    def _draw_in_order(self, writer: Writer, target: ScreenBuffer, rows: list[int]) -> None:
        for row in rows:
            draw_row(
                writer, row, self.shown.rows[row], target.rows[row],
                sideways=len(rows) <= _FEW_ROWS, ambiguous_is_wide=self._ambiguous_is_wide, whole=self._whole_rows,
            )  # fmt: skip

    def _goes_back(self, cursor: tuple[int, int], start: tuple[int | None, int | None, int]) -> bool:
        """Let the terminal go back to the cell where the frame began and to its pen (DECSC, DECRC), if that is shorter.

        Returns whether it does. Not all terminals save the link of a pen.
        """
        writer = self._writer
        row, column, pen = start
        if cursor != (row, column) or cursor == (writer.row, writer.column):
            return False
        back = writer.book.change(writer.pen, pen)
        way = move(writer.row, writer.column, *cursor)
        if len(way) + len(back) < _BACK_BY_RESTORING or back.startswith("\x1b]"):
            return False
        writer.parts = [_SAVE_CURSOR, *writer.parts, _RESTORE_CURSOR]
        writer.row, writer.column, writer.pen = start
        return True

    def rest(self) -> str:
        """Return the sequence that puts the pen down, for when another shall write to the terminal."""
        code = self._writer.book.change(self._writer.pen, PLAIN)
        self._writer.pen = PLAIN
        return code
