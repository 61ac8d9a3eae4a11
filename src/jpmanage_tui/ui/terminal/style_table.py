"""Pens: the looks of a cell, numbered, and the shortest code that changes one into another.

A pen is what a terminal keeps between two characters: attributes, two colors and a hyperlink. Pens are small
numbers, so that rows of them compare at the speed of lists.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from rich.color import Color, ColorType
from rich.style import Style

from jpmanage_tui.ui.terminal.colors import ColorDepth

_ON = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53")
_OFF = ("22", "22", "23", "24", "25", "25", "27", "28", "29", "24", "54", "54", "55")
_REVERSE = 1 << 6
# They show on a blank: underline, reverse, conceal, strike, double underline, frame, encircle, overline.
_SHOWS_ON_BLANK = sum(1 << bit for bit in (3, 6, 7, 8, 9, 10, 11, 12))
PLAIN = 0
"""The pen of a terminal that was just reset."""
UNKNOWN = -1
"""No pen: of a cell of which it is not known what the terminal shows in it."""


class _Pen(NamedTuple):
    attributes: int
    foreground: str
    background: str
    link: str


class StyleTable:
    """Numbers the pens of one terminal and knows the codes between them.

    `only_reset` says that the terminal can only switch all attributes off together (a VT100). Erasing is used
    for the terminal's own background, and for others where it fills with them (`erases_with_background`).
    """

    def __init__(
        self, depth: ColorDepth, *, only_reset: bool = False, erases_with_background: bool = False
    ) -> None:
        self.depth = depth
        self._only_reset = only_reset
        self._pens: list[_Pen] = []
        self._numbers: dict[_Pen, int] = {}
        self._by_style: dict[tuple[int, Color | None, Color | None, str | None], int] = {}
        self._changes: dict[tuple[int, int], str] = {}
        self._bce = erases_with_background
        self.blank: list[int] = []
        """For each pen, the pen that a blank written with it looks like."""
        self.erasable: list[bool] = []
        """For each pen, whether erasing gives the same blank as writing a space with it."""
        self._number(_Pen(0, "", "", ""))

    def of(self, style: Style | None) -> int:
        """Return the number of the pen for a Rich style."""
        if style is None:
            return PLAIN
        key = (style._attributes & style._set_attributes, style._color, style._bgcolor, style._link)
        number = self._by_style.get(key)
        if number is None:
            number = self._by_style[key] = self._number(self._pen(*key))
        return number

    def change(self, old: int, new: int) -> str:
        """Return the shortest escape sequence that turns pen `old` into `new` ("" where they are equal)."""
        if old == new:
            return ""
        code = self._changes.get((old, new))
        if code is None:
            code = self._changes[old, new] = self._code(self._pens[old], self._pens[new])
        return code

    def nearest_blank(self, old: int, blank: int) -> int:
        """Return the pen to which `old` is changed in the fewest bytes, of those that write blanks as `blank` does.

        Only attributes that show on a blank must go, and the background must come: other colors may stay as they are.
        """
        pen, wanted = self._pens[old], self._pens[blank]
        if wanted.attributes or wanted.link or wanted.foreground:
            return blank
        kept = self._number(_Pen(pen.attributes & ~_SHOWS_ON_BLANK, pen.foreground, wanted.background, ""))
        return min(blank, kept, key=lambda number: len(self.change(old, number)))

    def _pen(
        self, attributes: int, foreground: Color | None, background: Color | None, link: str | None
    ) -> _Pen:
        if self.depth is ColorDepth.NONE:
            # A color behind the text is how a cursor or a selection shows; without colors reverse says it.
            if background is not None and not background.is_default:
                attributes |= _REVERSE
            return _Pen(attributes, "", "", _link(link))
        return _Pen(attributes, self._codes(foreground, True), self._codes(background, False), _link(link))

    def _codes(self, color: Color | None, foreground: bool) -> str:
        system = self.depth.rich
        if color is None or system is None or color.type is ColorType.DEFAULT:
            return ""
        return ";".join(color.downgrade(system).get_ansi_codes(foreground))

    def _number(self, pen: _Pen) -> int:
        number = self._numbers.get(pen)
        if number is None:
            number = self._numbers[pen] = len(self._pens)
            self._pens.append(pen)
            self.erasable.append(False)
            self.blank.append(number)
            if pen.attributes & _SHOWS_ON_BLANK == 0 and not pen.link:
                self.blank[number] = self._number(_Pen(0, "", pen.background, ""))
                self.erasable[number] = self._bce or not pen.background
        return number

    def _code(self, old: _Pen, new: _Pen) -> str:
        link = "" if old.link == new.link else f"\x1b]8;;{new.link}\x1b\\"
        if old[:3] == new[:3]:
            return link
        on = [_ON[bit] for bit in _bits(new.attributes)]
        fresh = [*on, *filter(None, (new.foreground, new.background))]
        reset = "\x1b[" + "".join(f";{code}" for code in fresh) + "m"
        if self._only_reset:
            return link + reset
        return link + min(reset, f"\x1b[{';'.join(_difference(old, new))}m", key=len)


def _difference(old: _Pen, new: _Pen) -> list[str]:
    codes: list[str] = []
    kept = old.attributes & new.attributes
    for bit in _bits(old.attributes & ~new.attributes):
        if _OFF[bit] not in codes:
            codes.append(_OFF[bit])
        for other, off in enumerate(_OFF):  # one code switches two attributes off: the other comes on again
            if off == _OFF[bit]:
                kept &= ~(1 << other)
    codes += [_ON[bit] for bit in _bits(new.attributes & ~kept)]
    if old.foreground != new.foreground:
        codes.append(new.foreground or "39")
    if old.background != new.background:
        codes.append(new.background or "49")
    return codes


def _bits(attributes: int) -> list[int]:
    return [bit for bit in range(len(_ON)) if attributes & (1 << bit)]


def _link(url: str | None) -> str:
    """Keep of a URL only what cannot end the escape sequence that carries it, in ASCII, as OSC 8 asks for it."""
    return (
        ""
        if not url
        else "".join(char if char.isascii() else quote(char) for char in url if char.isprintable())
    )
