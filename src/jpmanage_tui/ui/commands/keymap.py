"""Which key starts which command: the defaults, and the user's `[keys]` over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from textual import events

from jpmanage_tui.ui.commands.command import Bound, Command, CommandSet

_WORDS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "f2": "F2",
}


class KeymapError(ValueError):
    """The user's `[keys]` table cannot be used; the sentence says which entry and why."""


def key_name(event: events.Key) -> str:
    """Return the name under which a key press is looked up: the character itself where it prints, else Textual's name."""
    character = event.character
    if character is not None and character.isprintable() and character != " ":
        return character
    return event.key


def key_words(key: str) -> str:
    """Return how footer, help and README write a key name (`escape` -> `esc`)."""
    return _WORDS.get(key, key)


class Keymap:
    """The keys of all commands, with the user's changes: `changes` maps a command's name to the one key it shall have."""

    def __init__(self, changes: Mapping[str, str] | None = None) -> None:
        self.changes = dict(changes or {})

    def check(self, sets: Iterable[CommandSet[Any]]) -> None:
        """Raise `KeymapError` for a changed name that is no command, and for a key that two commands of one place share.

        It needs every command of the program, so it runs after the first frame.
        """
        sets = tuple(sets)
        known = {command.name: command for command_set in sets for command in command_set}
        for name in self.changes:
            if name not in known:
                nearest = get_close_matches(name, known, n=1)
                hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
                raise KeymapError(f"[keys] names no command called {name!r}.{hint}")
            if not known[name].remappable:
                raise KeymapError(f"[keys] cannot move {name!r}: that key is part of how every list works.")
        for command_set in sets:
            self._refuse_doubles(command_set)

    def _refuse_doubles(self, command_set: CommandSet[Any]) -> None:
        taken: dict[str, str] = {}
        for command in command_set:
            for key in self.keys(command):
                if key in taken:
                    raise KeymapError(
                        f"[keys] gives {key_words(key)!r} to both {taken[key]!r} and {command.name!r}; "
                        "choose another key for one of them."
                    )
                taken[key] = command.name

    def keys(self, command: Command[Any]) -> tuple[str, ...]:
        """Return the keys that start this command now; the first is the one that footer and palette show."""
        return self.keys_of(command.name, (command.keys, command.remappable))

    def keys_of(self, name: str, defaults: tuple[tuple[str, ...], bool]) -> tuple[str, ...]:
        """Return the keys of the command `name`, of which `defaults` says its own ones and whether they can be moved."""
        keys, remappable = defaults
        changed = self.changes.get(name)
        return (changed,) if changed is not None and remappable else keys

    def find(self, chain: Iterable[Bound], key: str) -> tuple[Command[Any], Bound] | None:
        """Return the first command of the chain that this key starts, nearest place first, or None."""
        for bound in chain:
            for command in bound.commands:
                if key in self.keys(command):
                    return command, bound
        return None
