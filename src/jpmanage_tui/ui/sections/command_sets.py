"""Every command set of the program, in the order in which help and README print them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jpmanage_tui.ui.common.app_commands import EVERYWHERE
from jpmanage_tui.ui.common.commands import CommandSet
from jpmanage_tui.ui.common.keymap import Keymap
from jpmanage_tui.ui.sections.registry import ISSUE, SECTIONS, SectionInfo
from jpmanage_tui.ui.widgets.list_commands import MOVING
from jpmanage_tui.ui.widgets.sidebar import SIDEBAR_COMMANDS


def section_sets() -> dict[SectionInfo, CommandSet[Any]]:
    """Return the command set of every section; imports every section's view."""
    return {section: section.load().COMMANDS for section in (*SECTIONS, ISSUE)}


def all_sets() -> list[CommandSet[Any]]:
    """Return every command set; imports every section's view."""
    return [EVERYWHERE, MOVING, SIDEBAR_COMMANDS, *section_sets().values()]


def places() -> list[tuple[CommandSet[Any], ...]]:
    """Return, for every place of the program, the command sets whose keys work there together."""
    return [
        (SIDEBAR_COMMANDS, EVERYWHERE),
        *((commands, MOVING, EVERYWHERE) for commands in section_sets().values()),
    ]


def check_keys(changes: Mapping[str, str]) -> None:
    """Raise `KeymapError` where the user's `[keys]` cannot be used."""
    Keymap(changes).check(places())
