"""ASCII in the place of every other character, for a terminal that takes no UTF-8: cell by cell, in as many cells.

What the program draws has a form in `SIGNS`: whoever draws with a new sign adds it there. Letters of the API's texts lose
their marks (`é` is `e`); what has no form in ASCII is a `?`.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from jpmanage_tui.ui.terminal.cells import plain, split_cells

SIGNS: Mapping[str, str] = MappingProxyType(
    {
        # marks of rows and of what they are
        **{"❯": ">", "▌": "=", "■": "#", "⌄": "v", "⌃": "^", "▾": "v", "▸": ">", "›": ">", "‹": "<"},
        **{"≡": "=", "└": "+", "↗": "/", "✓": "+", "✗": "x", "•": "*", "◦": "o", "●": "*", "○": "o"},
        # text
        **{"…": "~", "·": ".", "≈": "~", "×": "x", "÷": "/", "°": "o", "′": "'", "″": '"'},
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("‘’‚‛ʼ´`", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **{"←": "<", "→": ">", "↑": "^", "↓": "v", "↵": "<", "⏎": "<"},
        **{"€": "E", "£": "L", "¥": "Y", "©": "c", "®": "r", "™": "t", "№": "N"},
        # letters that are no others with a mark
        **{
            "ß": "s",
            "æ": "a",
            "œ": "o",
            "ø": "o",
            "ł": "l",
            "đ": "d",
            "ð": "d",
            "þ": "t",
            "ħ": "h",
            "ŧ": "t",
        },
        **{
            "ŋ": "n",
            "ı": "i",
            "ĸ": "k",
            "Æ": "A",
            "Œ": "O",
            "Ø": "O",
            "Ł": "L",
            "Đ": "D",
            "Ð": "D",
            "Þ": "T",
        },
        # bars, shades and the scroll bar
        **{"█": "#", "▒": ":", "░": ".", "▓": "#", "▀": "#", "▄": "#", "▐": "|"},
        **dict.fromkeys("▏▎▍", "-"),
        **dict.fromkeys("▋▊▉", "="),
        **dict.fromkeys("▁▂▃▅▆▇", "|"),
    }
)
_NONE = "?"
_HORIZONTAL, _VERTICAL = frozenset("─━┄┅┈┉╌╍═╴╶╸╺╼╾"), frozenset("│┃┆┇┊┋╎╏║╵╷╹╻╽╿")
_BOX_DRAWING = range(0x2500, 0x2580)


def _of_cell(cell: str) -> str:
    """Return the one ASCII character for a cell that is none."""
    first = cell[0]
    if first in SIGNS:
        return SIGNS[first]
    if first in _HORIZONTAL:
        return "-"
    if first in _VERTICAL:
        return "|"
    if ord(first) in _BOX_DRAWING:
        return "+"
    base = "".join(
        character
        for character in unicodedata.normalize("NFKD", first)
        if not unicodedata.category(character).startswith("M")
    )
    return base if len(base) == 1 and plain(base) else _NONE


@lru_cache(maxsize=4096)
def ascii_cells(text: str) -> tuple[str, ...]:
    """Split text into cells as `split_cells` does, each an ASCII character; a wide one without a form takes two `?`.

    >>> ascii_cells("é…漢")
    ('e', '~', '?', '?')
    """
    cells: list[str] = []
    for cell in split_cells(text):
        if not cell:
            cells.append(_NONE if cells[-1] == _NONE else " ")
        else:
            cells.append(cell if plain(cell) else _of_cell(cell))
    return tuple(cells)


def locale_is_ascii(env: Mapping[str, str]) -> bool:
    """Say whether the locale is one without UTF-8: it names another character set, or is that of POSIX.

    One that names none (`en_US`), or that is not set, says nothing: most terminals take UTF-8.
    """
    name, codeset = _locale(env)
    if codeset:
        return codeset.lower().replace("-", "") != "utf8"
    return name in ("C", "POSIX")


def input_encoding(env: Mapping[str, str]) -> str:
    """Return the name of the codec of what the keyboard sends: that of the locale's character set, else UTF-8.

    ASCII is read as UTF-8: no keyboard sends anything else in it that could be read.
    """
    _, codeset = _locale(env)
    try:
        name = codecs.lookup(codeset).name
    except LookupError:  # none is named, or one that Python does not know
        return "utf-8"
    return "utf-8" if name == "ascii" else name


def _locale(env: Mapping[str, str]) -> tuple[str, str]:
    """Return the name and the character set of the locale, "" where the environment does not say."""
    locale = next((env[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if env.get(name)), "")
    name, _, codeset = locale.partition("@")[0].partition(".")
    return name, codeset
