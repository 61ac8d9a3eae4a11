"""A line of words in a few tones, repainted only when they change."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from rich.style import Style

from jpmanage_tui.ui.widgets.line import Line


class Tone(Enum):
    """How words stand out."""

    PLAIN = "plain"
    STRONG = "words--strong"
    MUTED = "words--muted"
    CURRENT = "words--current"


Words = list[tuple[str, Tone]]
"""Words from left to right, each with its tone."""


class TextLine(Line):
    """One line; what does not fit is cut off at the right."""

    COMPONENT_CLASSES = {"words--strong", "words--muted", "words--current"}
    DEFAULT_CSS = """
    TextLine {
        padding: 0 1;
        & > .words--strong { text-style: bold; }
        & > .words--muted { color: $text-muted; }
        & > .words--current { text-style: bold reverse; color: $primary; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._words: Words = []

    def show_words(self, words: Words) -> None:
        """Show these words."""
        if words != self._words:
            self._words = list(words)
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the words in their styles."""
        return [
            (text, self.rich_style if tone is Tone.PLAIN else self.style(tone.value))
            for text, tone in self._words
        ]
