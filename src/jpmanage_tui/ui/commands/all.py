"""Every command set of the program, in the order in which help and README print them."""

from __future__ import annotations

from typing import Any

from jpmanage_tui.ui.commands.command import CommandSet
from jpmanage_tui.ui.commands.everywhere import EVERYWHERE
from jpmanage_tui.ui.commands.moving import MOVING
from jpmanage_tui.ui.sections import ISSUE, SECTIONS
from jpmanage_tui.ui.widgets.sidebar import SIDEBAR_COMMANDS


def all_sets() -> list[CommandSet[Any]]:
    """Return every command set; imports every section's view."""
    return [
        EVERYWHERE,
        MOVING,
        SIDEBAR_COMMANDS,
        *(section.load().COMMANDS for section in (*SECTIONS, ISSUE)),
    ]
