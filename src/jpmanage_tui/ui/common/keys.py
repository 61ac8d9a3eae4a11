"""The keys that sentences name: always those that start a command now, the user's `[keys]` included."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events

from jpmanage_tui.config.keymap import Keymap, key_label
from jpmanage_tui.ui.common.keymap import is_text, key_name

LINE_KEYS = 7
"""Cells for the keys at the beginning of a line that says what they do."""
_keymap = [Keymap()]
"""The one key map of this process: sentences are made far from the app, in functions that know no screen."""


def set_keymap(keymap: Keymap) -> None:
    """Let sentences name the keys of `keymap` from now on."""
    _keymap[0] = keymap


def key_for(name: str) -> str:
    """Return the key that starts the command `name`, as footer and help write it; '' where none does.

    Of a command that several sections have it is that of the section which is shown (`Keymap.scope`).

    Raises:
        KeyError: no command has this name.

    """
    return _keymap[0].shown(name)


def command_of(event: events.Key, commands: Iterable[str]) -> str | None:
    """Return which of the commands of these names a key press starts now, None where it starts none of them."""
    key = key_name(event)
    return next((name for name in commands if key in _keymap[0].keys_of(name)), None)


ANY_LETTER = ""
"""In the place of a key: whether a part takes text at all (`takes_text`)."""


def takes_text(key: str, character: str | None) -> bool:
    """Return whether a part in which one types takes a key, for its `check_consume_key`.

    Textual asks that of the keys that commands have as the program comes, and gives them those of `[keys]` after it: the
    letter of a command that has another key now must not take that one away from it (`refresh` on F5, in a field).
    """
    if character is None or not character.isprintable():
        return False
    return key == ANY_LETTER or character not in _keymap[0].freed


def key_line(words: str, *names: str) -> str:
    """Return a line of an empty list: the keys of the commands `names`, and in `words` what they do."""
    keys = " ".join(key_for(name) for name in names)
    return keys.ljust(LINE_KEYS - 1) + " " + words


def repaints(event: events.Key) -> bool:
    """Return whether a key is the one that repaints everything, where letters are text."""
    return not is_text(event) and key_label(key_name(event)) == key_for("repaint")
