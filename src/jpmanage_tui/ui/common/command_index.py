"""Every command of the program as palette, help and command line list it: here first, then what other sections have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from jpmanage_tui.config.keymap import Keymap, key_label
from jpmanage_tui.ui.common.commands import ActiveCommands, Command, CommandSet, reason_text

SAME_AS: Mapping[str, str] = MappingProxyType(
    {
        "search-sites": "search",
        "issue-search": "search",
        "site-list-search": "search",
        "copy-address": "copy",
        "issue-copy": "copy",
        "site-menu": "menu",
        "card-menu": "menu",
        "assign-here": "assign",
        "view-this-site": "view-site",
        "debug-this-site": "debug-site",
    }
)
"""Commands of other sections that do what one of Licenses does there, with the name of that."""


@dataclass(frozen=True)
class CommandEntry:
    """A command with where it works.

    `label` is what it would do now, `keys` are those that start it, as footer and help write them, `reason` says why it
    cannot run now, `place` is the title of its commands. `active` has what it works on; where that is None, the section
    of the name `section` is to be opened first.
    """

    command: Command
    label: str
    keys: tuple[str, ...]
    reason: str | None
    place: str
    active: ActiveCommands | None = None
    section: str = ""

    @property
    def reason_text(self) -> str:
        """The reason as the user is told it, "" where it can run."""
        return reason_text(self.label, self.reason) if self.reason is not None else ""

    @property
    def key(self) -> str:
        """The first of its keys, "" where it has none."""
        return self.keys[0] if self.keys else ""

    @property
    def id(self) -> str:
        """By what it is told from the others: its name, after the section's title where that is another section."""
        return self.command.name if self.active is not None else f"{self.place}: {self.command.name}"

    @property
    def names(self) -> tuple[str, ...]:
        """What one types to run it in the command line; the first is the one that is completed.

        Where it works it also has the name that Licenses has for the like: `copy` copies what the cursor is on.
        """
        name = self.command.name
        if name.startswith("open-"):
            return name.removeprefix("open-"), name
        return (name, SAME_AS[name]) if self.active is not None and name in SAME_AS else (name,)

    @property
    def texts(self) -> tuple[str, ...]:
        """What it is found by."""
        section = () if self.active is not None else (f"{self.place} {self.label}",)
        return (self.label, self.command.name, *section)

    @property
    def values(self) -> Sequence[str] | None:
        """What may follow it in the command line: None for nothing, () for any text."""
        return self.active.values(self.command) if self.active is not None else None


def entries_here(chain: Iterable[ActiveCommands], keymap: Keymap) -> Iterator[CommandEntry]:
    """Yield the commands that work where the user is, those of the nearest place first."""
    for bound in chain:
        title, scope = bound.commands.title, bound.commands.scope
        for command in bound.commands:
            keys = tuple(map(key_label, keymap.keys_of(command.name, scope)))
            yield CommandEntry(command, bound.label(command), keys, bound.reason(command), title, bound)


def entries_of_section(
    name: str, commands: CommandSet, keymap: Keymap, reason: str | None
) -> Iterator[CommandEntry]:
    """Yield the commands of a section that is not shown; `reason` says why none can be shown."""
    for command in commands:
        keys = tuple(map(key_label, keymap.keys_of(command.name, commands.scope)))
        yield CommandEntry(command, command.label, keys, reason, commands.title, section=name)
