"""A QR code where it fits, else what room it needs."""

from __future__ import annotations

from rich.text import Text

from jpmanage_tui.ui.terminal.links import is_web_url, qr


def code_or_need(url: str, rows: int, columns: int, size: tuple[int, int]) -> Text:
    """Return the code of an address for so many rows and columns, else how big the terminal must be for it.

    `size` is the terminal's width and height in cells.
    """
    if not is_web_url(url):
        return Text("")
    code = qr(url)
    if code.rows <= rows and code.columns <= columns:
        return Text("\n".join(code.lines), no_wrap=True)
    width, height = size
    need_rows, need_columns = code.rows + height - rows, code.columns + width - columns
    return Text(
        f"A QR code of this address needs {max(need_rows, height)} rows and {max(need_columns, width)} columns; "
        f"the terminal has {height} and {width}."
    )


def code_columns(url: str) -> int:
    """Return how many columns the code of an address takes, 0 where it has none."""
    return qr(url).columns if is_web_url(url) else 0
