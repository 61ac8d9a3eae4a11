"""A button on one line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.reactive import reactive

from jpmanage_tui.ui.note import Note
from jpmanage_tui.ui.widgets.line import Line

PRESSES = ("enter", "space")
"""The keys that press a button."""


class PushButton(Line, can_focus=True):
    """A button as wide as its words; enter or space press it. `off` says why it cannot be pressed now.

    `changes`: what it does changes something that a paste must not change (`DecidingPart`).
    """

    COMPONENT_CLASSES = {"button--focus", "button--off", "button--danger"}
    DEFAULT_CSS = """
    PushButton {
        width: auto; margin: 0 2 0 0;
        & > .button--focus { text-style: bold reverse; }
        & > .button--off { color: $text-muted; }
        & > .button--danger { color: $error; text-style: bold; }
    }
    """

    class Pressed(Note):
        """The button was pressed."""

        button: PushButton

        @property
        def control(self) -> PushButton:
            """The button."""
            return self.button

    words: reactive[str] = reactive("", layout=True)
    off: reactive[str | None] = reactive(None)

    def __init__(self, words: str, *, id: str, danger: bool = False, changes: bool = False) -> None:
        super().__init__(id=id)
        self._changes = changes
        self.set_reactive(PushButton.words, words)
        self._danger = danger

    def get_content_width(self, container: object, viewport: object) -> int:
        """Return the width of the words with their brackets, in cells."""
        return cell_len(self.words) + 4

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the words in brackets."""
        if self.has_focus:
            style = self.style("button--focus")
        elif self.off:
            style = self.style("button--off")
        else:
            style = self.style("button--danger") if self._danger else self.rich_style
        return [(f"[ {self.words} ]", style)]

    def on_focus(self) -> None:
        """Show the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that the focus went."""
        self.refresh()

    def decides(self, event: events.Key) -> bool:
        """Return whether a key presses the button, where that changes something."""
        return self._changes and event.key in PRESSES

    def on_key(self, event: events.Key) -> None:
        """Press on enter and space."""
        if event.key in PRESSES:
            event.stop()
            self.post_message(self.Pressed(self))

    def on_click(self) -> None:
        """Press with the mouse, where the user has switched it on."""
        self.post_message(self.Pressed(self))
