"""Text as terminal cells: which text takes how many, and of which terminals do not agree."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from rich.cells import split_graphemes

# C0 and C1 controls, and the marks that turn the direction of text: never sent, whoever wrote them.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
# Where ranges begin and where they have ended, in turn: a regex takes 3 ms to compile classes of that size.
# One cell in every terminal: Latin, Greek, Cyrillic, punctuation, arrows, technical, boxes and blocks.
_NARROW = (
    0x20, 0x7F, 0xA1, 0xAD, 0xAE, 0x300, 0x391, 0x452, 0x2010, 0x2028, 0x2030, 0x205F, 0x20A0, 0x20C0,
    0x2190, 0x231A, 0x231C, 0x2329, 0x232B, 0x23E9, 0x2500, 0x25F8,
)  # fmt: skip
# Two cells in every terminal: CJK, Hangul, kana, full-width forms.
_WIDE = (
    0x1100, 0x1160, 0x2E80, 0x303F, 0x3041, 0xA4D0, 0xAC00, 0xD7A4, 0xF900, 0xFB00, 0xFF01, 0xFF61,
    0x20000, 0x3FFFE,
)  # fmt: skip


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
def sure(cell: str) -> bool:
    """Say whether every terminal advances by the same number of cells for this one.

    Joined emoji, flags, characters with combining marks and those that Unicode widened late are not sure:
    after one of them the cursor's column counts as not known.
    """
    return _all_in(cell, _NARROW) or (len(cell) == 1 and _all_in(cell, _WIDE))
