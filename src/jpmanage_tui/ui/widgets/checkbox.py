"""A tick box on one line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual import events
from textual.reactive import reactive

from jpmanage_tui.ui.common.messages import Note
from jpmanage_tui.ui.widgets.line import Line


class Checkbox(Line, can_focus=True):
    """`[x] words`: space or enter turn it over. `disabled_reason` says why it cannot be turned."""

    COMPONENT_CLASSES = {"tick--focus", "tick--locked"}
    DEFAULT_CSS = """
    Checkbox { & > .tick--focus { text-style: bold reverse; } & > .tick--locked { color: $text-muted; } }
    """

    class Changed(Note):
        """The box was turned over."""

        box: Checkbox
        value: bool

        @property
        def control(self) -> Checkbox:
            """The box."""
            return self.box

    value: reactive[bool] = reactive(False)
    disabled_reason: reactive[str | None] = reactive(None)

    def __init__(self, words: str, value: bool, *, id: str) -> None:
        super().__init__(id=id)
        self._words = words
        self.set_reactive(Checkbox.value, value)

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the box, its words and why it cannot be turned."""
        style = self.rich_style
        if self.has_focus:
            style = self.style("tick--focus")
        box = "[x]" if self.value else "[ ]"
        parts = [(f"{box} {self._words}", style)]
        if self.disabled_reason:
            parts.append((f"  ({self.disabled_reason})", self.style("tick--locked")))
        return parts

    def on_focus(self) -> None:
        """Show the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that the focus went."""
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        """Turn the box over on space and enter."""
        if event.key in ("space", "enter"):
            event.stop()
            if not self.disabled_reason:
                self.value = not self.value
                self.post_message(self.Changed(self, self.value))
