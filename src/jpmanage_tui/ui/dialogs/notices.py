"""The last messages of the status line, to be read again."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult

from jpmanage_tui.rules.text import format_time
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.states import state_style
from jpmanage_tui.ui.widgets.status_line import SIGNS, Notice
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH, VirtualList

TIME = 7
"""Cells of the time and the space behind it."""


class NoticeList(VirtualList):
    """Messages, the newest first, wrapped at the width that there is; each with its time and its sign."""

    DEFAULT_CSS = """
    NoticeList { height: auto; max-height: 60vh; background: $surface; scrollbar-size-horizontal: 0; }
    """

    def __init__(self, notices: Iterable[Notice]) -> None:
        super().__init__(id="notices")
        self._notices = list(notices)[::-1]
        self._wrapped: list[tuple[Notice, str, str]] = []
        """The lines: the message, its time where the line is the first of it, and the words."""
        self.placeholder = ["No messages yet."]

    def _lines_at(self, width: int) -> list[tuple[Notice, str, str]]:
        room = max(10, width - MARKER_WIDTH - TIME - 1)
        return [
            (notice, format_time(notice.time) if number == 0 else "", line)
            for notice in self._notices
            for number, line in enumerate(_lines(notice, room))
        ]

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return the lines at this width; what is painted is wrapped anew once the list has it (`resized`)."""
        return max(1, len(self._lines_at(width)))

    def resized(self) -> None:
        """Wrap for the new width."""
        self._wrapped = self._lines_at(self.content_size.width)
        super().resized()

    def line_count(self) -> int:
        """Return the number of lines."""
        return len(self._wrapped)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the time and the words of a line."""
        notice, time, words = self._wrapped[line]
        state = state_style(SIGNS[notice.severity])
        style = self.get_component_rich_style(state) if state else self.rich_style
        return [(time.ljust(TIME), self.get_component_rich_style("list--muted")), (words, style)]


def _lines(notice: Notice, room: int) -> list[str]:
    return wrap(
        SIGNS[notice.severity] + notice.words, room, subsequent_indent=" " * len(SIGNS[notice.severity])
    )


class NoticesDialog(Dialog[None]):
    """Shows messages, and closes."""

    DEFAULT_CSS = "NoticesDialog > .dialog--box { width: 100; }"
    first_focus: ClassVar[str | None] = "#notices"
    enter_words = ""
    esc_words = "Close"

    def __init__(self, notices: Iterable[Notice]) -> None:
        super().__init__("Notices, the newest first")
        self._notices = notices

    def body(self) -> ComposeResult:
        """Compose the messages."""
        yield NoticeList(self._notices)
