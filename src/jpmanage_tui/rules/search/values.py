"""Texts that many rows share, each kept once."""

from __future__ import annotations

from collections.abc import Callable


class Values:
    """The different values of one column, numbered in the order they came; 0 is the empty text.

    `raw` holds them as the API gave them, `folded` as they are compared.
    """

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._numbers: dict[str, int] = {"": 0}
        self.raw: list[str] = [""]
        self.folded: list[str] = [""]

    def __len__(self) -> int:
        return len(self.raw)

    def number(self, text: str) -> int:
        """Return the number of `text`, a new one when it was not known."""
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self.raw)
            self.raw.append(text)
            folded = self._fold(text)
            self.folded.append(text if folded == text else folded)
        return number

    def find(self, text: str) -> int | None:
        """Return the number of `text`, None when no row ever had it."""
        return self._numbers.get(text)
