"""The commands of every list: moving the cursor."""

from __future__ import annotations

from textual import events
from textual.scroll_view import ScrollView

from jpmanage_tui.ui.common.commands import ActiveCommands, Command, CommandSet
from jpmanage_tui.ui.common.keymap import is_text
from jpmanage_tui.ui.common.keys import command_of


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
        _moving("screen-top", "Top of the screen", "The first row in view.", "screen_row(0)"),
        _moving(
            "screen-middle", "Middle of the screen", "The row in the middle of the view.", "screen_row(0.5)"
        ),
        _moving("screen-bottom", "Bottom of the screen", "The last row in view.", "screen_row(1)"),
    ),
)

_NAMES = tuple(command.name for command in MOVING)


def moving_command(event: events.Key) -> Command | None:
    """Return which command of every list a key is now, None where it is none of them."""
    name = command_of(event, _NAMES)
    return MOVING.named(name) if name is not None else None


def move(shown: ScrollView, event: events.Key, *, typing: bool = False) -> bool:
    """Move in a list of a dialog as in every list; returns whether the key was one that moves.

    `typing`: a field has the focus, in which letters are text and some other keys move the text's own cursor.
    """
    command = moving_command(event)
    if command is None or (typing and is_text(event)):
        return False
    event.stop()
    ActiveCommands(MOVING, shown).run(command)
    return True
