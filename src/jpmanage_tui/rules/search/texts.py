"""Short texts that differ from row to row, packed in blocks: a string object a row would cost more than the text."""

from __future__ import annotations

from collections.abc import Iterator

from jpmanage_tui.rules.search.fold import fold

BLOCK = 512
"""Rows a block; a block is searched in a few microseconds."""
BREAK = "\n"


class Texts:
    """One text a row, as given and folded; they are added and never changed."""

    def __init__(self) -> None:
        self._raw: list[str] = []
        self._folded: list[str] = []
        self._open: list[str] = []

    def add(self, text: str) -> None:
        """Add the text of the next row; a line break in it becomes a space."""
        self._open.append(text.replace(BREAK, " "))
        if len(self._open) == BLOCK:
            block = BREAK.join(self._open)
            self._raw.append(block)
            self._folded.append(_folded(block, self._open))
            self._open = []

    def get(self, row: int) -> str:
        """Return the text of a row."""
        block, place = divmod(row, BLOCK)
        return self._open[place] if block == len(self._raw) else self._raw[block].split(BREAK)[place]

    def folded_blocks(self) -> Iterator[tuple[int, str]]:
        """Yield (first row, folded texts with a line break between) block by block."""
        for number, block in enumerate(self._folded):
            yield number * BLOCK, block
        if self._open:
            yield len(self._raw) * BLOCK, _folded(BREAK.join(self._open), self._open)


def _folded(block: str, texts: list[str]) -> str:
    return block.lower() if block.isascii() else BREAK.join(fold(text) for text in texts)
