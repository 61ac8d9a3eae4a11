"""A command: one action of the user, with its name, its label, its help, and the action of its target that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from textual.actions import parse

from jpmanage_tui.ui.common.default_keys import DEFAULT_KEYS, FIXED


@dataclass(frozen=True)
class Command:
    """One action of the user, as data.

    `name` is the key in the user's `[keys]` table, and in `DEFAULT_KEYS`; `label` stands in the footer, the palette and
    the help; `help` is one sentence for help and README. `action` is the Textual action that does it: the method
    `action_<action>` of what the command works on, which starts a worker for anything that waits; by default it is the
    name. It may have arguments, as with Textual: `open_section('sites')`. That target says more in methods of its own,
    where it has them: `<action>_disabled_reason()` returns why the command cannot run now, as a sentence for the user,
    or None when it can; `<action>_label()` returns the label where it depends on what the command would work on. Both
    take the action's arguments. `footer` says whether the footer has room for it (a movement key has
    not). `changes`: it changes something without asking first, so that a key which comes with others, as in a paste,
    must not start it.
    """

    name: str
    label: str
    help: str
    footer: bool = True
    palette: bool = True
    changes: bool = False
    action: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that start it as the program comes."""
        return DEFAULT_KEYS[self.name]

    @property
    def remappable(self) -> bool:
        """Whether the user's `[keys]` may give it another key."""
        return self.name not in FIXED

    @property
    def action_name(self) -> str:
        """The action of its target that does it."""
        return self._parsed[0]

    @property
    def action_arguments(self) -> tuple[Any, ...]:
        """What that action is called with."""
        return self._parsed[1]

    @property
    def _parsed(self) -> tuple[str, tuple[Any, ...]]:
        _, name, arguments = parse(self.action or self.name.replace("-", "_"))
        return name, arguments

    @property
    def help_line(self) -> str:
        """The line of help and README: the command's label first, where the sentence does not have it anyway."""
        if self.label.lower() in self.help.lower():
            return self.help
        return f"{self.label}: {self.help[0].lower()}{self.help[1:]}"


@dataclass(frozen=True)
class CommandSet:
    """The commands of one place, under the title that help and README print above them."""

    title: str
    commands: tuple[Command, ...] = field(default=())

    def __iter__(self) -> Iterator[Command]:
        return iter(self.commands)

    def named(self, name: str) -> Command:
        """Return the command of this name. Raises KeyError when there is none."""
        for command in self.commands:
            if command.name == name:
                return command
        raise KeyError(name)


class ActiveCommand(NamedTuple):
    """A command set together with what it works on now."""

    commands: CommandSet
    target: Any

    def reason(self, command: Command) -> str | None:
        """Return why `command` cannot run now, or None when it can."""
        reason: Callable[..., str | None] | None = getattr(
            self.target, f"{command.action_name}_disabled_reason", None
        )
        return reason(*command.action_arguments) if reason is not None else None

    def label(self, command: Command) -> str:
        """Return the label of `command` as it would work now."""
        label: Callable[..., str] | None = getattr(self.target, f"{command.action_name}_label", None)
        return label(*command.action_arguments) if label is not None else command.label

    def run(self, command: Command) -> None:
        """Do it."""
        getattr(self.target, f"action_{command.action_name}")(*command.action_arguments)
