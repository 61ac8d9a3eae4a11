"""Text as terminal cells: which text takes how many, and of which terminals do not agree."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, east_asian_width

from rich.cells import split_graphemes

# C0 and C1 controls, and the marks that turn the direction of text: never sent, whoever wrote them.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
# Where ranges begin and where they have ended, in turn: a regex takes 3 ms to compile classes of that size.
# One cell in every terminal: Latin, Greek, Cyrillic, punctuation, arrows, technical, boxes and blocks, ✓ ✗ ❯.
_NARROW = (
    0x20, 0x7F, 0xA1, 0xAD, 0xAE, 0x300, 0x391, 0x483, 0x48A, 0x530, 0x1E00, 0x1F00, 0x2010, 0x2028, 0x2030,
    0x205F, 0x20A0, 0x20C0, 0x2190, 0x231A, 0x231C, 0x2329, 0x232B, 0x23E9, 0x2500, 0x25F8, 0x2713, 0x2714,
    0x2717, 0x2718, 0x276E, 0x2770,
)  # fmt: skip
# Two cells in every terminal: CJK, Hangul, kana, full-width forms; without marks that join the character before
# them and without what became wide, or was added, in late versions of Unicode.
_WIDE = (
    0x1100, 0x1160, 0x2E80, 0x2FFC, 0x3000, 0x302A, 0x3030, 0x303F, 0x3041, 0x3099, 0x309B, 0x31E4, 0x31F0,
    0x3248, 0x3250, 0x4DC0, 0x4E00, 0xA4D0, 0xAC00, 0xD7A4, 0xF900, 0xFB00, 0xFF01, 0xFF61, 0xFFE0, 0xFFE7,
    0x20000, 0x3FFFE,
)  # fmt: skip
_FIRST_OF_RIGHT_TO_LEFT_AND_INDIC = 0x590
_REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)
_BOX_DRAWING = range(0x2500, 0x2580)


def _all_in(text: str, ranges: tuple[int, ...]) -> bool:
    """Say whether every character of the text lies in one of the ranges."""
    return all(bisect_right(ranges, ord(character)) % 2 for character in text)


@lru_cache(maxsize=4096)
def split_cells(text: str) -> tuple[str, ...]:
    """Split text into cells, measured as Textual measures it.

    A wide character is followed by an empty cell; what has no width joins the character before it, or is
    dropped where there is none. Control characters are removed.
    """
    text = _UNSAFE.sub("", text)
    if _all_in(text, _NARROW):
        return tuple(text)
    cells: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        if width:
            cells.append(text[start:end])
            cells.extend([""] * (width - 1))
    return tuple(cells)


def plain(text: str) -> bool:
    """Say whether each character of the text is one printable ASCII cell (the common case, decided in C)."""
    return text.isascii() and text.isprintable()


@lru_cache(maxsize=4096)
def sure(cell: str, ambiguous_is_wide: bool = False) -> bool:
    """Say whether every terminal advances by the same number of cells for this one.

    Joined emoji, flags, characters with combining marks and those that Unicode widened late are not sure:
    after one of them the cursor's column counts as not known. `ambiguous_is_wide` is for a terminal that shows the
    characters of ambiguous width (UAX #11: `─`, `…`, `é`) in two cells: there these are not sure either.
    """
    if ambiguous_is_wide and any(east_asian_width(character) == "A" for character in cell):
        return False
    return _all_in(cell, _NARROW) or (len(cell) == 1 and _all_in(cell, _WIDE))


class UnsureSpan(NamedTuple):
    """Cells `start` to `end` (not in it) of a row that must be written without a cursor move in between.

    How far the cursor is after them depends on the terminal. None shows them in a cell at or after `reach`. What
    `flows` is text, which may go on over the blanks after it; of anything else `end` is where it is cut off.
    """

    start: int
    end: int
    reach: int
    flows: bool = False


def unsure_spans(chars: Sequence[str], ambiguous_is_wide: bool = False) -> list[UnsureSpan]:
    """Return the spans of a row of cells whose width is not sure, from left to right.

    An emoji sequence, a keycap or a pair of regional indicators (a flag) is a span by itself. Text of a script whose
    letters join or stack (Arabic, Hebrew, Indic, Thai, ...) is one together with what follows it up to a gap of two
    blanks or a line of a box: where a terminal needs more cells than counted, a cursor move inside would cut it off.
    """
    if all(sure(cell, ambiguous_is_wide) for cell in set(chars) if cell):
        return []
    spans: list[UnsureSpan] = []
    column, width = 0, len(chars)
    while column < width:
        cell = chars[column]
        if not cell or sure(cell, ambiguous_is_wide):
            column += 1
            continue
        flows, end = _joins_what_follows(cell[0]), _end_of_span(chars, column)
        more = sum(
            max(0, _most_cells(one) - 1 - (chars[at + 1 : at + 2] == [""]))
            for at, one in enumerate(chars[column:end], column)
            if one and not sure(one, ambiguous_is_wide)
        )
        spans.append(UnsureSpan(column, end, min(end + more, width), flows))
        column = end
    return spans


def _end_of_span(chars: Sequence[str], start: int) -> int:
    """Return the column after the span that begins with the unsure cell at `start`."""
    first = chars[start][0]
    ends: Callable[[Sequence[str], int], bool]
    if _is_box(first):
        ends = _is_no_box
    elif _joins_what_follows(first):
        ends = _is_gap
    elif ord(first) in _REGIONAL_INDICATORS:
        ends = _is_no_flag
    else:
        ends = _is_cell
    end, width = start + 1, len(chars)
    while end < width and (not chars[end] or not ends(chars, end)):
        end += 1
    return end


def _joins_what_follows(first: str) -> bool:
    """Say whether a cell that begins with this character is text of a script that is written whole.

    So is a character of ambiguous width: where it is wide, the next one would erase it by overwriting its second half.
    """
    if _all_in(first, _NARROW):
        return east_asian_width(first) == "A"
    letter = first.isalpha() or first.isdecimal()
    return letter and ord(first) >= _FIRST_OF_RIGHT_TO_LEFT_AND_INDIC and not _all_in(first, _WIDE)


def _is_cell(_chars: Sequence[str], _column: int) -> bool:
    return True


def _is_gap(chars: Sequence[str], column: int) -> bool:
    """Say whether a span of text ends before this column: at two blanks, or at a line of a box."""
    if chars[column] == " ":
        following = chars[column + 1 : column + 2]
        return following in ([], [" "]) or _is_box(following[0])
    return _is_box(chars[column])


def _is_no_box(chars: Sequence[str], column: int) -> bool:
    return not _is_box(chars[column])


def _is_no_flag(chars: Sequence[str], column: int) -> bool:
    return ord(chars[column][0]) not in _REGIONAL_INDICATORS


def _is_box(cell: str) -> bool:
    return len(cell) == 1 and ord(cell) in _BOX_DRAWING


def cut_at_edge(cell: str, column: int, width: int) -> tuple[str, int]:
    """Return what of a cell's text is written at a column at which a terminal may be at most, and that column after it.

    Where a character may be wide and may not fit, it and the rest are left out: GNU screen puts it into the next row.
    """
    for index, character in enumerate(cell):
        cells = _most_cells(character)
        if cells == 2 and column + 2 > width:
            return cell[:index], width
        column += cells
    return cell, column


@lru_cache(maxsize=4096)
def _most_cells(text: str) -> int:
    """Return how many cells a terminal takes at most that knows nothing of marks, joiners and sequences."""
    return sum(map(_most_cells, text)) if len(text) > 1 else 2 if _may_be_wide(text) else 1


def _may_be_wide(character: str) -> bool:
    if east_asian_width(character) == "A":
        return True
    emoji_or_new = ord(character) >= 0x2000 or 0x1100 <= ord(character) < 0x1160
    return emoji_or_new and category(character) not in ("Mn", "Me", "Cf") and not _all_in(character, _NARROW)
