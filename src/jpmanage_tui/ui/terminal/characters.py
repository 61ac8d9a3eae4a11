"""Which characters a terminal gets: all of them, those that are worth reading aloud, or those of ASCII."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from jpmanage_tui.ui.terminal.ascii import ascii_cells
from jpmanage_tui.ui.terminal.cells import plain, split_cells

SplitCells = Callable[[str], tuple[str, ...]]
_LINES_AND_BLOCKS = range(0x2500, 0x25A0)
_SILENT = {
    **dict.fromkeys(_LINES_AND_BLOCKS, " "),
    **dict.fromkeys(map(ord, "❯■▾▸›‹≡↗⌄⌃✓✗◦●○"), " "),
}
"""What a screen reader would read as "box drawings light horizontal" or pass over: lines, bars, and signs beside which
a word says the same in the accessible mode."""

_WAITING, _WAITING_WORD = "· · ·", "wait…"
"""What stands in the place of what is on its way, and what is read aloud there; it has as many cells."""


def _spoken(text: str) -> str:
    return text.translate(_SILENT).replace(_WAITING, _WAITING_WORD)


@lru_cache(maxsize=4096)
def spoken_cells(text: str) -> tuple[str, ...]:
    """Split text into cells; what says nothing when it is read aloud is blank."""
    return split_cells(_spoken(text))


def spoken_ascii_cells(text: str) -> tuple[str, ...]:
    """Do the same in ASCII alone."""
    return ascii_cells(_spoken(text))


def splitter(*, ascii_only: bool, accessible: bool) -> SplitCells:
    """Return the function that makes cells of a text that is not plain ASCII."""
    if accessible:
        return spoken_ascii_cells if ascii_only else spoken_cells
    return ascii_cells if ascii_only else split_cells


class CharacterFilter(LineFilter):
    """Does the same where stock Textual renders."""

    def __init__(self, split: SplitCells) -> None:
        super().__init__()
        self._split = split

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return segments in as many cells."""
        del background
        return [
            segment
            if segment.control or plain(segment.text)
            else Segment("".join(self._split(segment.text)), segment.style)
            for segment in segments
        ]
