"""The sidebar: the sections of the program."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from jpmanage_tui.ui.common.accessibility import is_accessible
from jpmanage_tui.ui.common.commands import Command, CommandSet, CommandTarget
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.widgets.line import pad, strip_of

CURRENT = "▌"
"""The sign of the section that is shown: another one than the mark of a list's row."""
WIDE = 20
STRIP = 4
WIDE_FROM = 100
"""Columns of the terminal from which the sidebar is always open; below, it is a strip until it is focused."""

SIDEBAR_COMMANDS: CommandSet = CommandSet(
    "In the sidebar",
    (
        Command("sidebar-down", "Down", "The next section.", palette=False, footer=False, action="move(1)"),
        Command("sidebar-up", "Up", "The section before.", palette=False, footer=False, action="move(-1)"),
        Command("sidebar-open", "Open", "Open the section.", palette=False, action="choose"),
    ),
)


def short_title(key: str, title: str) -> tuple[str, str]:
    """Return the key of a section and what of its title stands behind it in the strip: `2` `Bil`, `S` `ite`.

    Where one is needs no key: the mark stands in its place, `▌` `Sit`.
    """
    return key, title[1:STRIP] if title[:1] == key else title[: STRIP - cell_len(key)]


class Sidebar(CommandTarget, Widget, can_focus=True):
    """The sections, one a line. In a narrow terminal it is a strip of keys and short names that opens when focused.

    In the accessible mode there is nothing of it beside the lines of a section until it is focused.
    """

    COMMAND_SET = SIDEBAR_COMMANDS
    FOCUS_ON_CLICK = False
    """A click opens a section, which takes the focus: a strip does not open for that."""
    COMPONENT_CLASSES = {"sidebar--current", "sidebar--key", "sidebar--cursor"}
    DEFAULT_CSS = """
    Sidebar {
        width: 20; height: 1fr; background: $surface; color: $foreground;
        & > .sidebar--current { text-style: bold; color: $primary; }
        & > .sidebar--cursor { text-style: bold reverse; }
        & > .sidebar--key { color: $text-muted; text-style: $muted-style; }
        &.-strip { width: 4; }
        &.-strip:focus { width: 20; }
        &.-apart { width: 0; }
        &.-apart:focus { width: 100%; }
    }
    """

    class Chosen(DataMessage):
        """The user chose a section."""

        name: str

    current: reactive[str] = reactive("")

    def __init__(self, titles: Mapping[str, str]) -> None:
        """`titles` are those of the sections, by name; a key of each opens it from anywhere (`open-<name>`)."""
        super().__init__()
        self._sections = tuple(titles.items())
        self.cursor = 0
        self.set_reactive(Sidebar.current, self._sections[0][0])

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's cursor stands while the sidebar has the focus: at the first cell of the section's line."""
        return self.content_region.offset + Offset(0, self.cursor - self._top)

    @property
    def _top(self) -> int:
        """The first section in view: in a terminal with few rows that of the cursor is the last one."""
        return max(0, self.cursor - max(1, self.size.height) + 1)

    def on_mount(self) -> None:
        """Leave the lines of a section to themselves in the accessible mode."""
        self.set_class(is_accessible(self), "-apart")

    def watch_current(self, name: str) -> None:
        """Put the cursor on the section that is shown."""
        self.cursor = next((line for line, (one, _) in enumerate(self._sections) if one == name), 0)

    def repaint_focus(self) -> None:
        """Repaint the cursor, which shows only while the sidebar has the focus and no dialog lies over it."""
        self.refresh()

    def on_focus(self) -> None:
        """Repaint the cursor."""
        self.repaint_focus()

    def on_blur(self) -> None:
        """Repaint the cursor."""
        self.repaint_focus()

    def action_move(self, step: int) -> None:
        """Move the cursor up (-1) or down (1)."""
        before, top = self.cursor, self._top
        self.cursor = max(0, min(self.cursor + step, len(self._sections) - 1))
        if self._top != top:
            self.refresh()
            return
        for line in {before, self.cursor}:
            self.refresh(Region(0, line - top, self.size.width, 1))

    def action_choose(self) -> None:
        """Open the section under the cursor."""
        self.post_message(self.Chosen(self._sections[self.cursor][0]))

    def on_click(self, event: events.Click) -> None:
        """Open the section under the mouse."""
        row = event.y + self._top
        if row < len(self._sections):
            self.post_message(self.Chosen(self._sections[row][0]))

    def render_line(self, y: int) -> Strip:
        """Return the painted line (Textual's line API)."""
        width = self.size.width
        row = y + self._top
        if row >= len(self._sections):
            return Strip.blank(width, self.visual_style.rich_style)
        name, title = self._sections[row]
        current = name == self.current
        style: Style = self.get_component_rich_style("sidebar--current") if current else self.rich_style
        key_style = style if current else self.get_component_rich_style("sidebar--key")
        if self.has_focus and self.screen.is_active and row == self.cursor:
            style = key_style = self.get_component_rich_style("sidebar--cursor")
        if is_accessible(self):
            title += ", shown" if current else ""
        if width > STRIP:
            key, words = f"{CURRENT if current else ' '}{key_for(f'open-{name}')} ", title
        else:
            key, words = short_title(CURRENT if current else key_for(f"open-{name}"), title)
        parts = [(key, key_style), (pad(words, width - cell_len(key)), style)]
        return strip_of(parts, width, self.rich_style)
