"""A button, and a row of buttons: one below the other where they do not fit beside each other."""

from __future__ import annotations

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.containers import Container
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip

from jpmanage_tui.ui.common.messages import Note
from jpmanage_tui.ui.widgets.line import Line, strip_of

GAP = 2
"""Cells between two buttons."""
BRACKETS = 4
"""Cells that the brackets around a button's words take, with their spaces."""

PRESSES = ("enter", "space")
"""The keys that press a button."""


class Button(Line, can_focus=True):
    """A button as wide as its words; enter or space press it. `disabled_reason` says why it cannot be pressed now.

    `changes`: what it does changes something that a paste must not change (`DecidingPart`).
    Words that are too long for the room there is go on in the next line: the names in them are what one presses it by.
    """

    COMPONENT_CLASSES = {"button--focus", "button--off", "button--danger"}
    DEFAULT_CSS = """
    Button {
        width: auto; height: auto; margin: 0 2 0 0;
        & > .button--focus { text-style: bold reverse; }
        & > .button--off { color: $text-muted; }
        & > .button--danger { color: $error; text-style: bold; }
    }
    """

    class Pressed(Note):
        """The button was pressed."""

        button: Button

        @property
        def control(self) -> Button:
            """The button."""
            return self.button

    label: reactive[str] = reactive("", layout=True)
    disabled_reason: reactive[str | None] = reactive(None)

    def __init__(self, words: str, *, id: str, danger: bool = False, changes: bool = False) -> None:
        super().__init__(id=id)
        self._changes = changes
        self.set_reactive(Button.label, words)
        self._danger = danger

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return the width of the words with their brackets, in cells, or that of the room there is."""
        return min(cell_len(self.label) + BRACKETS, max(BRACKETS + 1, container.width - GAP))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the words take."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[str]:
        room = max(1, width - BRACKETS)
        lines = [line.plain.rstrip() for line in Text(self.label).wrap(self.app.console, room)] or [""]
        indented = [f"  {line}" for line in lines]
        return [f"[ {lines[0]}", *indented[1:-1], f"{indented[-1]} ]"] if lines[1:] else [f"[ {lines[0]} ]"]

    def render_line(self, y: int) -> Strip:
        """Return the painted line (Textual's line API)."""
        width = self.content_size.width
        lines = self._lines(width)
        text = lines[y] if y < len(lines) else ""
        return strip_of([(text, self._style())], width, self.rich_style)

    def _style(self) -> Style:
        if self.has_focus:
            return self.style("button--focus")
        if self.disabled_reason:
            return self.style("button--off")
        return self.style("button--danger") if self._danger else self.rich_style

    def watch_label(self) -> None:
        """Tell the row that the button has another width."""
        if isinstance(self.parent, ButtonRow):
            self.parent.fit()

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


class ButtonRow(Container):
    """Buttons beside each other, or one below the other where there is no room for that."""

    DEFAULT_CSS = """
    ButtonRow {
        layout: horizontal; height: auto;
        &.-stacked { layout: vertical; }
    }
    """

    def __init__(self, *buttons: Button, width: int, classes: str | None = None) -> None:
        """`width` is about how many cells there will be: what is known before the first layout."""
        super().__init__(*buttons, classes=classes)
        self._buttons = buttons
        self._width = width
        self.fit()

    def on_resize(self, event: events.Resize) -> None:
        """Stand as the new width allows it."""
        self._width = event.size.width
        self.fit()

    def fit(self) -> None:
        """Stand beside each other if all that are shown fit."""
        needed = sum(cell_len(button.label) + BRACKETS + GAP for button in self._buttons if button.display)
        self.set_class(needed - GAP > self._width, "-stacked")
