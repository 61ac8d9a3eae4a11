"""A checkbox on one line."""

from __future__ import annotations

from typing import ClassVar, Self

from textual import events, widgets
from textual.content import Content
from textual.reactive import reactive


class Checkbox(widgets.Checkbox, inherit_css=False):
    """Textual's checkbox as `[x] label`: space or enter turn it over.

    `disabled_reason` says why it cannot be turned now. It stands beside the label; the focus may go there all the same,
    which Textual's `disabled` would take away.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"checkbox--focus", "checkbox--reason"}
    DEFAULT_CSS = """
    Checkbox {
        height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis;
        & > .checkbox--focus { text-style: bold reverse; }
        & > .checkbox--reason { color: $text-muted; text-style: $muted-style; }
    }
    """

    disabled_reason: reactive[str | None] = reactive(None)

    def __init__(self, label: str, value: bool, *, id: str) -> None:
        super().__init__(Content(label), value, id=id)

    def render(self) -> Content:
        """Return the box, its label and why it cannot be turned."""
        label = f"{'[x]' if self.value else '[ ]'} {self.label}"
        reason = f"  ({self.disabled_reason})" if self.disabled_reason else ""
        content = Content(label + reason)
        content = content.pad_right(max(0, self.content_size.width - content.cell_length))
        if self.has_focus:
            content = content.stylize(self.get_visual_style("checkbox--focus"), 0, len(label))
        if reason:
            end = len(label) + len(reason)
            content = content.stylize(self.get_visual_style("checkbox--reason"), len(label), end)
        return content

    def toggle(self) -> Self:
        """Turn it over, unless it cannot be turned now."""
        return self if self.disabled_reason else super().toggle()

    def on_key(self, event: events.Key) -> None:
        """Turn it over at once, before what is around it could take the key."""
        if event.key in ("space", "enter"):
            event.stop()
            event.prevent_default()
            self.toggle()
