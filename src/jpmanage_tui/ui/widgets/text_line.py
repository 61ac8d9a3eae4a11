"""Lines of words in a few tones, repainted only when they change."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from jpmanage_tui.ui.common.accessibility import CURRENT, is_accessible
from jpmanage_tui.ui.widgets import states
from jpmanage_tui.ui.widgets.line import Line, strip_of


class Tone(Enum):
    """How words stand out."""

    PLAIN = "plain"
    STRONG = "words--strong"
    HEADLINE = "words--headline"
    MUTED = "words--muted"
    CURRENT = "words--current"
    BAR = "words--bar"
    GOOD = states.GOOD
    WARNING = states.WARNING
    BAD = states.BAD


def state_tone(words: str, otherwise: Tone) -> Tone:
    """Return the tone for a state's words, which begin with its sign; where the sign has none, `otherwise`."""
    style = states.state_style(words)
    return Tone(style) if style in (Tone.GOOD.value, Tone.WARNING.value, Tone.BAD.value) else otherwise


Words = list[tuple[str, Tone]]
"""Words from left to right, each with its tone."""


class TextLine(Line):
    """One line; what does not fit is cut off at the right."""

    COMPONENT_CLASSES = {
        "words--strong",
        "words--headline",
        "words--muted",
        "words--current",
        "words--bar",
        *states.STATE_CLASSES,
    }
    DEFAULT_CSS = f"""
    TextLine {{
        padding: 0 1;
        & > .words--strong {{ text-style: bold; }}
        & > .words--headline {{ text-style: bold; color: $primary; }}
        & > .words--muted {{ color: $text-muted; text-style: $muted-style; }}
        & > .words--current {{ text-style: bold reverse; color: $primary; }}
        & > .words--bar {{ color: $accent; }}
        {states.STATE_CSS}
    }}
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._words: Words = []

    def show_words(self, words: Words) -> None:
        """Show these words."""
        if words != self._words:
            self._words = list(words)
            self.refresh()

    def word_at(self, column: int) -> int | None:
        """Return which of the words stands in a column of the widget, None where none does."""
        end = self.styles.padding.left
        for index, (text, _) in enumerate(self._words):
            start, end = end, end + cell_len(text)
            if start <= column < end:
                return index
        return None

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the words in their styles."""
        return self.styled(self._words)

    def styled(self, words: Words) -> Sequence[tuple[str, Style]]:
        """Return words in their styles; the accessible mode says which are the present ones."""
        said = CURRENT if is_accessible(self) else ""
        return [
            (text.rstrip() + said + " " if said and tone is Tone.CURRENT else text,
             self.rich_style if tone is Tone.PLAIN else self.style(tone.value))
            for text, tone in words
        ]  # fmt: skip


class TextLines(TextLine):
    """Several lines of words, as high as they are; each is repainted only when it changes."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Words] = []

    def show_lines(self, lines: Sequence[Words]) -> None:
        """Show these lines."""
        before, self._lines = self._lines, [list(words) for words in lines]
        if len(before) != len(self._lines):
            self.styles.height = len(self._lines)
            self.refresh()
            return
        width = self.outer_size.width
        changed = [y for y, words in enumerate(self._lines) if words != before[y]]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """Return a painted line (Textual's line API)."""
        width = self.content_size.width
        return strip_of(self.styled(self._lines[y] if y < len(self._lines) else []), width, self.rich_style)
