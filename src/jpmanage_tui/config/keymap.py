"""Which key starts which command: the keys as the program comes, and the user's `[keys]` over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jpmanage_tui.config.command_keys import DEFAULT_KEYS, FIXED, FOLLOWS, LATER_KEYS, RENAMED, STAYING_KEYS
from jpmanage_tui.config.command_scopes import EVERYWHERE, LISTS, SCOPES, SIDEBAR, sections
from jpmanage_tui.config.errors import ConfigError

KeyNames = str | Sequence[str]
"""The key of a command in `[keys]`, or several."""
KeyTable = Mapping[str, KeyNames]
"""Keys by the commands' names."""
KeyChanges = Mapping[str, KeyNames | KeyTable]
"""`[keys]` as it stands in the file: keys by the commands' names, and a table for each section that has its own."""

_WORDS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
}


class KeymapError(ConfigError):
    """The user's `[keys]` cannot be used; `sentence` says which entries and why, a line each."""


def key_label(key: str) -> str:
    """Return how footer, help and README write a key name (`escape` -> `esc`)."""
    return _WORDS.get(key, key)


def key_of_label(label: str) -> str:
    """Return the key name that `key_label` writes so."""
    return next((key for key, words in _WORDS.items() if words == label), label)


class Keymap:
    """The keys of all commands, with the user's `changes`.

    `scope` is the section that is shown, "" where none is: a command that several sections have is the one of that
    section, where nobody says which.
    """

    def __init__(self, changes: KeyChanges | None = None) -> None:
        self.changes: dict[str, tuple[str, ...]] = {}
        """The keys of commands wherever they work, by the commands' names."""
        self.section_changes: dict[str, dict[str, tuple[str, ...]]] = {}
        """Those of a section's commands there, by the sections' names."""
        self.scope = ""
        for name, value in (changes or {}).items():
            if isinstance(value, Mapping):
                self.section_changes[name] = {
                    RENAMED.get(command, command): _keys(keys) for command, keys in value.items()
                }
            else:
                self.changes[RENAMED.get(name, name)] = _keys(value)
        tables = (self.changes, *self.section_changes.values())
        self._own_keys = frozenset(key for table in tables for keys in table.values() for key in keys)
        """The keys that the user has given to commands: a command whose key came later goes without it."""

    # -- the keys of a command -------------------------------------------------------------

    def keys_of(self, name: str, scope: str = "") -> tuple[str, ...]:
        """Return the keys of the command `name` in a scope; the first is the one that is shown.

        "" is the section that is shown, or the first one that has such a command. A command of the palette may have no
        key. Raises KeyError when there is no command of this name.
        """
        default = DEFAULT_KEYS[name]
        given = self._given(name, scope or self._scope_of(name))
        if given is None:
            gone = self._own_keys.intersection(LATER_KEYS.get(name, ()))
            return tuple(key for key in default if key not in gone) if gone else default
        return (*given, *(key for key in default if key in STAYING_KEYS and key not in given))

    def _given(self, name: str, scope: str) -> tuple[str, ...] | None:
        if name in FIXED:
            return None
        own = self.section_changes.get(scope, {}).get(name)
        if own is None:
            own = self.changes.get(name)
        return own if own is not None or name not in FOLLOWS else self.changes.get(FOLLOWS[name])

    def _scope_of(self, name: str) -> str:
        here = SCOPES.get(self.scope)
        if here is not None and name in here.commands:
            return self.scope
        return next((scope for scope, place in SCOPES.items() if name in place.commands), "")

    def shown(self, name: str, scope: str = "") -> str:
        """Return the key that starts a command, as footer and palette write it; '' where none does."""
        return key_label(next(iter(self.keys_of(name, scope)), ""))

    def sections_with(self, key: str) -> list[str]:
        """Return the names of the sections of whose own commands a key starts one."""
        return [
            scope
            for scope, place in sections().items()
            if any(key in self.keys_of(name, scope) for name in place.commands)
        ]

    @property
    def freed(self) -> frozenset[str]:
        """The keys, as the program comes, of commands that have others now."""
        moved = {*self.changes, *(name for table in self.section_changes.values() for name in table)}
        return frozenset(key for name in moved if name not in FIXED for key in DEFAULT_KEYS.get(name, ()))

    def by_binding(self) -> dict[str, str]:
        """Return the changes as Textual's keymap: keys by the ids of the bindings (`binding_id`)."""
        names = {",": "comma"}  # Textual takes a comma for what stands between two keys
        return {
            binding_id(name, scope): ",".join(names.get(key, key) for key in self.keys_of(name, scope))
            or f"no_key_{name}"
            for scope, place in SCOPES.items()
            for name in place.commands
            if self._given(name, scope) is not None or self.keys_of(name, scope) != DEFAULT_KEYS[name]
        }

    # -- what cannot be used ---------------------------------------------------------------

    def check(self) -> None:
        """Raise `KeymapError` for what names no command or section, and for keys that two commands of one place share."""
        problems = [*self._unknown(), *dict.fromkeys(self._doubles())]
        if problems:
            raise KeymapError("\n".join(problems))

    def _unknown(self) -> Iterator[str]:
        known = {name for place in SCOPES.values() for name in place.commands}
        for name in self.changes:
            yield from _unknown_command(name, known, "[keys]")
        for section, table in self.section_changes.items():
            if section not in sections():
                yield f"[keys.{section}] names no section.{_hint(section, sections())}"
                continue
            for name in table:
                there = sections()[section]
                if name in known and name not in FIXED and name not in there.commands:
                    yield (
                        f"[keys.{section}] has {name!r}, which is no command of {there.title} alone; "
                        "its key stands in [keys]."
                    )
                else:
                    yield from _unknown_command(name, there.commands, f"[keys.{section}]")

    def _doubles(self) -> Iterator[str]:
        for place in ((SIDEBAR, EVERYWHERE), *((name, LISTS, EVERYWHERE) for name in sections())):
            taken: dict[str, tuple[str, str]] = {}
            for scope in place:
                for name in SCOPES[scope].commands:
                    for key in self.keys_of(name, scope):
                        other, title = taken.setdefault(key, (name, SCOPES[scope].title))
                        if other != name:
                            yield (
                                f"[keys] gives {key_label(key)!r} to both {other!r} ({title}) and {name!r} "
                                f"({SCOPES[scope].title}); choose another key for one of them."
                            )


def check_keys(changes: KeyChanges) -> None:
    """Raise `KeymapError` where `[keys]` of the settings cannot be used; its sentence names the file."""
    try:
        Keymap(changes).check()
    except KeymapError as error:
        lines = error.sentence.splitlines()
        raise KeymapError("\n".join(f"config.toml: {line}" for line in lines)) from None


def flat_keys(changes: KeyChanges) -> Iterator[tuple[str, str]]:
    """Yield every entry of `[keys]`: its name, that of a section before it (`licenses.assign`), and its keys."""
    for name, value in changes.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{command}", " ".join(_keys(keys))) for command, keys in value.items())
        else:
            yield name, " ".join(_keys(value))


def binding_id(name: str, scope: str) -> str:
    """Return the id of the binding of a command in a scope, by which Textual finds its keys."""
    return f"{scope}.{name}" if scope else name


def _keys(value: KeyNames) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(dict.fromkeys(value))


def _hint(name: str, known: Mapping[str, object] | Sequence[str] | set[str]) -> str:
    from difflib import get_close_matches  # only where something is wrong

    nearest = get_close_matches(name, list(known), n=1)
    return f" Did you mean {nearest[0]!r}?" if nearest else ""


def _unknown_command(name: str, known: set[str] | Sequence[str], table: str) -> Iterator[str]:
    if name in FIXED:
        yield f"{table} cannot move {name!r}: every form and dialog is left and walked through by that key."
    elif name not in known:
        yield f"{table} names no command called {name!r}.{_hint(name, known)}"
