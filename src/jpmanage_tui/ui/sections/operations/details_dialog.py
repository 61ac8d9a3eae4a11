"""All that the journal has of a change, where the lines below the list do not show it."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult

from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH, VirtualList


class DetailList(VirtualList):
    """Sentences, wrapped at the width that there is."""

    DEFAULT_CSS = "DetailList { height: auto; max-height: 60vh; background: $surface; }"

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(id="details")
        self._sentences = sentences
        self._wrapped: list[str] = list(sentences)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return the lines at this width; what is painted is wrapped anew once the list has it (`resized`)."""
        return len(self._lines_at(width))

    def _lines_at(self, width: int) -> list[str]:
        room = max(10, width - MARKER_WIDTH - 1)
        return [line for sentence in self._sentences for line in (wrap(sentence, room) or [""])]

    def resized(self) -> None:
        """Wrap for the new width."""
        self._wrapped = self._lines_at(self.content_size.width)
        super().resized()

    def line_count(self) -> int:
        """Return the number of lines."""
        return len(self._wrapped)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return a line."""
        return [(self._wrapped[line], self.rich_style)]


class DetailsDialog(Dialog[None]):
    """Shows sentences, and closes."""

    DEFAULT_CSS = "DetailsDialog > .dialog--box { width: 100; }"
    first_focus: ClassVar[str | None] = "#details"
    enter_words = ""
    esc_words = "Close"

    def __init__(self, title: str, sentences: Sequence[str]) -> None:
        super().__init__(title)
        self._sentences = sentences

    def body(self) -> ComposeResult:
        """Compose the sentences."""
        yield DetailList(self._sentences)
