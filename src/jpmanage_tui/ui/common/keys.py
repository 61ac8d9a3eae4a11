"""The keys that sentences name: always those that start a command now, the user's `[keys]` included."""

from __future__ import annotations

import sys
from functools import cache

from jpmanage_tui.ui.common.app_commands import EVERYWHERE
from jpmanage_tui.ui.common.keymap import Keymap, key_words
from jpmanage_tui.ui.sections.registry import ISSUE, SECTIONS, SectionInfo

LINE_KEYS = 7
"""Cells for the keys at the beginning of a line that says what they do."""
_in_force = [Keymap()]
"""The one key map of this process: sentences are made far from the app, in functions that know no screen."""


def use(keymap: Keymap) -> None:
    """Let sentences name the keys of `keymap` from now on."""
    _in_force[0] = keymap


def key_of(name: str) -> str:
    """Return the key that starts a command of a section, or one of everywhere, as footer and help write it.

    Raises:
        KeyError: no command has this name.

    """
    return key_words(_in_force[0].keys_of(name, _defaults(name))[0])


def key_line(words: str, *names: str) -> str:
    """Return a line of an empty list: the keys of the commands `names`, and in `words` what they do."""
    keys = " ".join(key_of(name) for name in names)
    return keys.ljust(LINE_KEYS - 1) + " " + words


@cache
def _defaults(name: str) -> tuple[tuple[str, ...], bool]:
    """Return the keys that come with the program and whether they can be moved.

    Commands of one name have the same keys wherever they are. Views that are loaded are looked at first.
    """
    for command in EVERYWHERE:
        if command.name == name:
            return command.keys, command.remappable
    for section in sorted((*SECTIONS, ISSUE), key=_not_loaded):
        for command in section.load().COMMANDS:
            if command.name == name:
                return command.keys, command.remappable
    raise KeyError(name)


def _not_loaded(section: SectionInfo) -> bool:
    return section.view.partition(":")[0] not in sys.modules
