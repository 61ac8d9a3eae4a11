"""A QR code where it fits, else what room it needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from jpmanage_tui.services.browser import QrCode, is_web_url, qr

REVERSED = Style(reverse=True)
BESIDE = 30
"""Cells that text beside a code needs at the least."""


@dataclass(frozen=True)
class Placed:
    """What to show of a code, and where: `text` is the code itself (`code`), or words about why there is none.

    `beside`: it stands beside the text, not below it. `tight`: it needs the blank row above as well.
    """

    text: Text
    code: bool = False
    beside: bool = False
    tight: bool = False


def place(
    url: str, size: tuple[int, int], above: int, text_rows: int, *, blocks: bool = True, light: bool = True
) -> Placed:
    """Return where the code of an address stands in a terminal of `size` (columns, rows), or why there is none.

    `above` rows and a blank one are taken above both; the text takes `text_rows` where the code stands below it.
    Without `blocks` (ASCII) the code is of reversed blanks, twice as wide and as high. `light`: a filled cell is brighter
    than an empty one.
    """
    if not is_web_url(url):
        return Placed(Text(""))
    try:
        code = qr(url, blocks=blocks)
    except ValueError:
        return Placed(
            Text(
                f"This address of {len(url):,} characters is too long for a QR code: open it as a link, or copy it."
            )
        )
    columns, rows = size
    room = rows - above - 1
    picture = _of_blocks(code, light) if blocks else _of_blanks(code, light)
    if columns - code.columns >= BESIDE and code.rows <= room + 1:
        return Placed(picture, code=True, beside=True, tight=code.rows > room)
    if code.columns <= columns and code.rows + text_rows <= room:
        return Placed(picture, code=True)
    return Placed(Text(_needs(code, size, above, text_rows)))


def _of_blocks(code: QrCode, light: bool) -> Text:
    return Text("\n".join(code.lines), style="" if light else REVERSED, no_wrap=True)


def _of_blanks(code: QrCode, light: bool) -> Text:
    """Return the lines in blanks, those of the light modules (or of the dark ones) reversed: each is a full square."""
    drawn = "\n".join(code.lines)
    picture = Text(drawn.replace("#", " "), no_wrap=True)
    for run in re.finditer("#+" if light else " +", drawn):
        picture.stylize(REVERSED, *run.span())
    return picture


def _needs(code: QrCode, size: tuple[int, int], above: int, text_rows: int) -> str:
    """Return how big the terminal must be: higher, or wider so that the code stands beside the text."""
    columns, rows = size
    below = max(rows, above + 1 + text_rows + code.rows), max(columns, code.columns)
    beside = max(rows, above + code.rows), max(columns, code.columns + BESIDE)
    needed = min(below, beside, key=lambda one: (one[0] - rows) + (one[1] - columns))
    return (
        f"A QR code of this address needs {needed[0]} rows and {needed[1]} columns; "
        f"the terminal has {rows} and {columns}."
    )
