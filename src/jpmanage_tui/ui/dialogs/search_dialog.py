"""What every dialog with a field over a list has: the list moves while one types, and a pause in typing searches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Input, Static

from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.input import Field
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

Answer = TypeVar("Answer")
PAUSE = 0.35
"""Seconds without a key press before the API is asked."""


class SearchDialog(Dialog[Answer]):
    """A field, a list below it, and a line about what is shown.

    A subclass makes the list (`listed`), asks for what matches a text (`search`) and says what enter does (`choose`).
    """

    first_focus: ClassVar[str | None] = "#search"
    enter_words = "Choose"
    esc_words = "Close"
    placeholder = "type to search"
    pause = PAUSE
    """Seconds without a key press before `search`; 0 where nobody is asked who could be asked too often."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._typing: Timer | None = None

    def body(self) -> ComposeResult:
        """Compose the field, the list and the line."""
        yield Field(placeholder=self.placeholder, id="search")
        yield self.make_list()
        yield self.text("", muted=True, id="about")

    def make_list(self) -> VirtualList:
        """Return a new list."""
        raise NotImplementedError

    def search(self, text: str) -> None:
        """Show what matches `text`, which has no spaces around it; '' is everything."""
        raise NotImplementedError

    def choose(self) -> None:
        """Take what is under the cursor (enter)."""
        raise NotImplementedError

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """Enter chooses from wherever the focus is."""
        return [("enter", self.enter_words), ("esc", self.esc_words)]

    @property
    def typed(self) -> str:
        """What stands in the field, without the spaces around it."""
        return self.query_one("#search", Field).value.strip()

    def about(self, words: str) -> None:
        """Say what is shown."""
        self.query_one("#about", Static).update(words)

    def on_mount(self) -> None:
        """Show everything."""
        self.search("")

    def look(self) -> None:
        """Search now for what is typed, without waiting for the next key."""
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        self.search(self.typed)

    @on(Input.Changed, "#search")
    def _typed(self) -> None:
        if self._typing is not None:
            self._typing.stop()
        if self.pause:
            self._typing = self.set_timer(self.pause, self.look)
        else:
            self.look()

    @on(Input.Submitted, "#search")
    def _submitted(self) -> None:
        self.choose()

    def press(self, event: events.Key) -> None:
        """Enter chooses, wherever the focus is."""
        if event.key == "enter":
            event.stop()
            self.choose()
        else:
            super().press(event)
