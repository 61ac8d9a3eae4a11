"""A QR code where it fits, else what room it needs."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from jpmanage_tui.ui.terminal.links import is_web_url, qr

BESIDE = 30
"""Cells that text beside a code needs at the least."""


@dataclass(frozen=True)
class Drawn:
    """What to show: the code or words about the room it needs; `beside`: it stands beside the text, not below."""

    text: Text
    beside: bool = False


def draw(
    url: str, size: tuple[int, int], above: int, text_rows: int, *, may_stand_beside: bool = True
) -> Drawn:
    """Return the code of an address for a terminal of `size` (columns, rows), or how big it must be.

    `above` rows are taken above both; the text besides takes `text_rows` where the code stands below it.
    """
    if not is_web_url(url):
        return Drawn(Text(""))
    code, (width, height) = qr(url), size
    picture = Text("\n".join(code.lines), no_wrap=True)
    if may_stand_beside and width - code.columns >= BESIDE and code.rows <= height - above:
        return Drawn(picture, beside=True)
    if code.columns <= width and code.rows <= height - above - text_rows:
        return Drawn(picture)
    rows, columns = code.rows + above, code.columns + BESIDE
    if not may_stand_beside:
        rows, columns = rows + text_rows, code.columns
    return Drawn(
        Text(
            f"A QR code of this address needs {max(rows, height)} rows and {max(columns, width)} columns; "
            f"the terminal has {height} and {width}."
        )
    )
