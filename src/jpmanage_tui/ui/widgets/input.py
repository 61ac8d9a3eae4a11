"""A one-line text field that costs few bytes and leaves the program's keys alone."""

from __future__ import annotations

import re
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events, widgets
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.strip import Strip

from jpmanage_tui.ui.common.guarded_screen import PasteRefused
from jpmanage_tui.ui.common.keys import takes_text
from jpmanage_tui.ui.terminal.differ import CellDiffer

_KEPT = (
    ("left", "cursor_left"),
    ("right", "cursor_right"),
    ("shift+left", "cursor_left(True)"),
    ("shift+right", "cursor_right(True)"),
    ("home", "home"),
    ("end", "end"),
    ("backspace", "delete_left"),
    ("delete", "delete_right"),
    ("ctrl+u", "delete_left_all"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
SEVERAL_LINES = "This field takes one line: nothing was pasted."


class Input(widgets.Input, inherit_bindings=False):
    """Textual's input on one line: no blinking cursor, no key that the program or tmux needs.

    A paste is taken without the spaces and line ends around it, one of several lines not at all.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding(key, action, show=False) for key, action in _KEPT]

    DEFAULT_CSS = """
    Input {
        height: 1; border: none; padding: 0; background: $field; color: $foreground; text-style: $field-style;
        &:focus { border: none; background: $field; }
        & > .input--placeholder { color: $text-muted; text-style: $muted-style; }
    }
    """

    def __init__(
        self, value: str = "", *, placeholder: str = "", password: bool = False, id: str | None = None
    ) -> None:
        super().__init__(
            value, placeholder=placeholder, password=password, id=id, select_on_focus=False, compact=True
        )
        self.cursor_blink = False

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the text cursor is on the screen: at the end of the text one cell before where Textual says it is."""
        before = self.value[: self.cursor_position]
        cells = len(before) if self.password else cell_len(before)
        return self.content_region.offset + Offset(cells - self.scroll_offset.x, 0)

    def get_component_rich_style(
        self, *names: str, partial: bool = False, default: Style | None = None
    ) -> Style:
        """Return the style of a part; the cursor has none of its own where the terminal shows its cursor there."""
        if names == ("input--cursor",) and isinstance(self.app, CellDiffer) and self.app.shows_cursor:
            return Style.null()
        return super().get_component_rich_style(*names, partial=partial, default=default)

    def render_line(self, y: int) -> Strip:
        """Return the painted line: an empty field shows how wide it is also where it has the focus."""
        return super().render_line(y).extend_cell_length(self.content_size.width, self.rich_style)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether a key is text."""
        return takes_text(key, character)

    async def _on_key(self, event: events.Key) -> None:
        """Submit on enter at once, before a dialog could take the key for a button."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            await self.action_submit()

    def _on_paste(self, event: events.Paste) -> None:
        """Take a paste of one line, without its control characters, which nobody would see in the field."""
        event.stop()
        event.prevent_default()
        lines = [line for line in map(str.strip, event.text.replace("\t", " ").splitlines()) if line]
        if len(lines) > 1:
            self.post_message(PasteRefused(SEVERAL_LINES))
        elif lines:
            super()._on_paste(events.Paste(_CONTROL.sub("", lines[0])))
