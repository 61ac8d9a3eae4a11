"""The commands of every list: moving the cursor."""

from __future__ import annotations

from collections.abc import Callable

from jpmanage_tui.ui.commands.command import Command, CommandSet
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


def _moving(
    name: str, keys: tuple[str, ...], words: str, says: str, run: Callable[[VirtualList], None]
) -> Command[VirtualList]:
    return Command(name, keys, words, says, run, footer=False, palette=False, remappable=False)


MOVING: CommandSet[VirtualList] = CommandSet(
    "In every list",
    (
        _moving("down", ("j", "down"), "Down", "One row down.", lambda t: t.move(1)),
        _moving("up", ("k", "up"), "Up", "One row up.", lambda t: t.move(-1)),
        _moving("first", ("g", "home"), "First", "The first row.", lambda t: t.first()),
        _moving("last", ("G", "end"), "Last", "The last row.", lambda t: t.last()),
        _moving(
            "half-page-down", ("ctrl+d",), "Half a page down", "Half a page down.", lambda t: t.page(0.5)
        ),
        _moving("half-page-up", ("ctrl+u",), "Half a page up", "Half a page up.", lambda t: t.page(-0.5)),
        _moving("page-down", ("pagedown",), "Page down", "A page down.", lambda t: t.page(1)),
        _moving("page-up", ("pageup",), "Page up", "A page up.", lambda t: t.page(-1)),
    ),
)
