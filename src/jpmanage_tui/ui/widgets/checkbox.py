"""A tick box on one line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual import events
from textual.reactive import reactive

from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.widgets.line import Line


class TickBox(Line, can_focus=True):
    """`[x] words`: space or enter turn it over. `locked` says why it cannot be turned."""

    COMPONENT_CLASSES = {"tick--focus", "tick--locked"}
    DEFAULT_CSS = """
    TickBox { & > .tick--focus { text-style: bold reverse; } & > .tick--locked { color: $text-muted; } }
    """

    class Changed(DataMessage):
        """The box was turned over."""

        box: TickBox
        ticked: bool

        @property
        def control(self) -> TickBox:
            """The box."""
            return self.box

    ticked: reactive[bool] = reactive(False)
    locked: reactive[str | None] = reactive(None)

    def __init__(self, words: str, ticked: bool, *, id: str) -> None:
        super().__init__(id=id)
        self._words = words
        self.set_reactive(TickBox.ticked, ticked)

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the box, its words and why it is locked."""
        style = self.rich_style
        if self.has_focus:
            style = self.style("tick--focus")
        box = "[x]" if self.ticked else "[ ]"
        parts = [(f"{box} {self._words}", style)]
        if self.locked:
            parts.append((f"  ({self.locked})", self.style("tick--locked")))
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
            if not self.locked:
                self.ticked = not self.ticked
                self.post_message(self.Changed(self, self.ticked))
