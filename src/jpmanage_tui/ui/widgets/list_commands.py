"""The commands of every list: moving the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from textual import events
from textual.scroll_view import ScrollView

from jpmanage_tui.ui.common.commands import ActiveCommands, Command, CommandSet
from jpmanage_tui.ui.common.keymap import is_text, key_name


def _moving(name: str, label: str, help: str, action: str) -> Command:
    return Command(name, label, help, footer=False, palette=False, action=action)


MOVING: CommandSet = CommandSet(
    "In every list",
    (
        _moving("down", "Down", "One row down.", "move(1)"),
        _moving("up", "Up", "One row up.", "move(-1)"),
        _moving("first", "First", "The first row.", "first"),
        _moving("last", "Last", "The last row.", "last"),
        _moving("half-page-down", "Half a page down", "Half a page down.", "page(0.5)"),
        _moving("half-page-up", "Half a page up", "Half a page up.", "page(-0.5)"),
        _moving("page-down", "Page down", "A page down.", "page(1)"),
        _moving("page-up", "Page up", "A page up.", "page(-1)"),
    ),
)

MOVES: Mapping[str, Command] = MappingProxyType({key: command for command in MOVING for key in command.keys})
"""Which command each of these keys is."""


def move(shown: ScrollView, event: events.Key, *, typing: bool = False) -> bool:
    """Move in a list of a dialog as in every list; returns whether the key was one that moves.

    `typing`: a field has the focus, in which letters are text and some other keys move the text's own cursor.
    """
    command = MOVES.get(key_name(event))
    if command is None or (typing and is_text(event)):
        return False
    event.stop()
    ActiveCommands(MOVING, shown).run(command)
    return True
