"""Which key starts which command: the defaults, and the user's `[keys]` over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from textual import events

from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.default_keys import DEFAULT_KEYS, FIXED

_WORDS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    **{f"f{number}": f"F{number}" for number in range(1, 11)},
}


class KeymapError(ValueError):
    """The user's `[keys]` table cannot be used; the sentence says which entry and why."""


def key_name(event: events.Key) -> str:
    """Return the name under which a key press is looked up: the character itself where it prints, else Textual's name."""
    character = event.character
    if character is not None and character.isprintable() and character != " ":
        return character
    return event.key


FIELD_KEYS = frozenset(
    {"left", "right", "shift+left", "shift+right", "home", "end", "backspace", "delete", "ctrl+u"}
)
"""Keys that edit the text of a field or move the cursor in it."""


def is_text(event: events.Key) -> bool:
    """Return whether a key is text where a field has the focus: a character, or one that edits what stands there."""
    return (event.character is not None and event.character.isprintable()) or event.key in FIELD_KEYS


def key_label(key: str) -> str:
    """Return how footer, help and README write a key name (`escape` -> `esc`)."""
    return _WORDS.get(key, key)


RENAMED: Mapping[str, str] = {"log": "open-operations"}
"""Names of earlier releases that the user's `[keys]` may still have, and the command they mean now."""


class Keymap:
    """The keys of all commands, with the user's changes: `changes` maps a command's name to the one key it shall have."""

    def __init__(self, changes: Mapping[str, str] | None = None) -> None:
        self.changes = {RENAMED.get(name, name): key for name, key in (changes or {}).items()}

    def check(self, places: Iterable[Sequence[CommandSet]]) -> None:
        """Raise `KeymapError` for a changed name that is no command, and for a key that two commands of one place share.

        A place is given by the command sets whose keys work there together.
        """
        places = tuple(places)
        known = {command.name: command for place in places for commands in place for command in commands}
        for name in self.changes:
            if name not in known:
                nearest = get_close_matches(name, known, n=1)
                hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
                raise KeymapError(f"[keys] names no command called {name!r}.{hint}")
            if not known[name].remappable:
                raise KeymapError(f"[keys] cannot move {name!r}: that key is part of how every list works.")
        for place in places:
            self._refuse_doubles(place)

    def _refuse_doubles(self, place: Sequence[CommandSet]) -> None:
        taken: dict[str, tuple[str, str]] = {}
        for commands in place:
            for command in commands:
                for key in self.keys(command):
                    name, title = taken.setdefault(key, (command.name, commands.title))
                    if name != command.name:
                        raise KeymapError(
                            f"[keys] gives {key_label(key)!r} to both {name!r} ({title}) and {command.name!r} "
                            f"({commands.title}); choose another key for one of them."
                        )

    def keys(self, command: Command) -> tuple[str, ...]:
        """Return the keys that start this command now; the first is the one that footer and palette show.

        A command of the palette may have none.
        """
        return self.keys_of(command.name)

    def keys_of(self, name: str) -> tuple[str, ...]:
        """Return the keys of the command `name`. Raises KeyError when there is none of this name."""
        changed = self.changes.get(name)
        return (changed,) if changed is not None and name not in FIXED else DEFAULT_KEYS[name]

    def shown(self, command: Command) -> str:
        """Return the key that starts this command, as the palette writes it; '' where none does."""
        return key_label(next(iter(self.keys(command)), ""))

    @property
    def freed(self) -> frozenset[str]:
        """The keys that commands had as the program comes, and that the changes have taken from them."""
        return frozenset(
            key for name in self.changes if name not in FIXED for key in DEFAULT_KEYS.get(name, ())
        )

    def by_binding(self) -> dict[str, str]:
        """Return the changes as Textual's keymap: a key by the id of its binding, which is the command's name."""
        names = {",": "comma"}  # Textual takes a comma for what stands between two keys
        return {name: names.get(key, key) for name, key in self.changes.items() if name not in FIXED}
