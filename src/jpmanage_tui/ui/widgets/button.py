"""A button, and a row of buttons: one below the other where they do not fit beside each other."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual import events, widgets
from textual.containers import Container
from textual.content import Content, ContentText
from textual.geometry import Size
from textual.reactive import reactive
from textual.widgets.button import ButtonVariant

from jpmanage_tui.ui.common.keys import takes_text
from jpmanage_tui.ui.widgets.line import pad

GAP = 2
"""Cells between two buttons."""
BRACKETS = 4
"""Cells that the brackets around a button's words take, with their spaces."""

PRESSES = ("enter", "space")
"""The keys that press a button."""


class Button(widgets.Button, inherit_css=False):
    """Textual's button as `[ label ]`; enter or space press it.

    `disabled_reason` says why it cannot be pressed now. It can be pressed all the same, so that whoever hears of it can
    say that; Textual's `disabled` would take the focus from it. `changes`: what it does changes something that a paste
    must not change (`DecidingPart`). A label that is too long for the room there is goes on in the next line: the names
    in it are what one presses it by.
    """

    DEFAULT_CSS = """
    Button {
        width: auto; height: auto; margin: 0 2 0 0; text-wrap: nowrap;
        &.-error { color: $error; text-style: bold; }
        &.-off { color: $text-muted; text-style: $muted-style; }
        &:focus { color: $foreground; text-style: bold reverse; }
    }
    """

    disabled_reason: reactive[str | None] = reactive(None)

    def __init__(
        self, label: str, variant: ButtonVariant = "default", *, id: str, changes: bool = False
    ) -> None:
        super().__init__(Content(label), variant, id=id, compact=True)
        self._changes = changes
        self.active_effect_duration = 0  # a press repaints nothing by itself

    def validate_label(self, label: ContentText) -> Content:
        """Return a label in which nothing is read as markup."""
        return label if isinstance(label, Content) else Content(str(label))

    def watch_label(self) -> None:
        """Take the room that the label needs now."""
        self.refresh(layout=True)
        if isinstance(self.parent, ButtonRow):
            self.parent.fit()

    def watch_disabled_reason(self, reason: str | None) -> None:
        """Show whether it can be pressed."""
        self.set_class(bool(reason), "-off")

    @property
    def needed_width(self) -> int:
        """Cells that it takes on one line."""
        return cell_len(str(self.label)) + BRACKETS

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return the width of the label with its brackets, in cells, or that of the room there is."""
        return min(self.needed_width, max(BRACKETS + 1, container.width - GAP))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the label takes."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[str]:
        room = max(1, width - BRACKETS)
        lines = [line.plain.rstrip() for line in Text(str(self.label)).wrap(self.app.console, room)] or [""]
        indented = [f"  {line}" for line in lines]
        return [f"[ {lines[0]}", *indented[1:-1], f"{indented[-1]} ]"] if lines[1:] else [f"[ {lines[0]} ]"]

    def render(self) -> Content:
        """Return the label in brackets."""
        width = self.content_size.width
        return Content("\n".join(pad(line, width) for line in self._lines(width)))

    def decides(self, event: events.Key) -> bool:
        """Return whether a key presses the button, where that changes something."""
        return self._changes and event.key in PRESSES

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether a key is text: a button stands in a form or a dialog, where no letter is a command."""
        return takes_text(key, character)

    def on_key(self, event: events.Key) -> None:
        """Press at once, before what is around the button could take the key."""
        if event.key in PRESSES:
            event.stop()
            event.prevent_default()
            self.press()


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
        needed = sum(button.needed_width + GAP for button in self._buttons if button.display)
        self.set_class(needed - GAP > self._width, "-stacked")
