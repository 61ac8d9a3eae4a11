"""Text as terminal cells: which text takes how many, and of which terminals do not agree."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import split_graphemes

# C0 and C1 controls, and the marks that turn the direction of text: never sent, whoever wrote them.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
# One cell in every terminal: Latin, Greek, Cyrillic, punctuation, arrows, technical, boxes and blocks.
_NARROW = re.compile(
    "[ -~\xa1-\xac\xae-\u02ff\u0391-\u0451\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    "\u2190-\u22ff\u2300-\u2319\u231c-\u2328\u232b-\u23e8\u2500-\u25f7]*"
)
# Two cells in every terminal: CJK, Hangul, kana, full-width forms.
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60\U00020000-\U0003fffd]"
)


@lru_cache(maxsize=4096)
def split_cells(text: str) -> tuple[str, ...]:
    """Split text into cells, measured as Textual measures it.

    A wide character is followed by an empty cell; what has no width joins the character before it, or is
    dropped where there is none. Control characters are removed.
    """
    text = _UNSAFE.sub("", text)
    if _NARROW.fullmatch(text):
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
    return bool(_NARROW.fullmatch(cell) or _WIDE.fullmatch(cell))
