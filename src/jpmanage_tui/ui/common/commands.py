"""A command: one action of the user, with its key, its words, its condition and what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

Target = TypeVar("Target")
"""What a command works on: the app, a list, a screen."""


def always(_target: object) -> str | None:
    """Return no reason against: the condition of a command that can always run."""
    return None


def _shown(_target: object) -> bool:
    return True


def _hidden(_target: object) -> bool:
    return False


@dataclass(frozen=True)
class Command(Generic[Target]):
    """One action of the user.

    `name` is the key in the user's `[keys]` table; `keys` are key names as `key_name` gives them; `words` stand in
    the footer, the palette and the help; `now` gives the footer's words where they depend on what it would work on;
    `says` is one sentence for help and README. `reason` returns why the command cannot run now, as a sentence for the
    user, or None when it can. `run` does it: it starts a worker for anything that waits. `footer` says whether the
    footer has room for it (a movement key has not). `changes`: it changes something without asking first, so that a key
    which comes with others, as in a paste, must not start it.
    """

    name: str
    keys: tuple[str, ...]
    words: str
    says: str
    run: Callable[[Target], None]
    reason: Callable[[Target], str | None] = always
    footer: bool = True
    palette: bool = True
    remappable: bool = True
    now: Callable[[Target], str] | None = None
    changes: bool = False

    @property
    def help(self) -> str:
        """The line of help and README: the command's name first, where the sentence does not have it anyway."""
        if self.words.lower() in self.says.lower():
            return self.says
        return f"{self.words}: {self.says[0].lower()}{self.says[1:]}"


@dataclass(frozen=True)
class CommandSet(Generic[Target]):
    """The commands of one place, under the title that help and README print above them.

    `covers` says whether the focus is where these keys work: help and footer speak only of those.
    """

    title: str
    commands: tuple[Command[Target], ...] = field(default=())

    def __iter__(self) -> Iterator[Command[Target]]:
        return iter(self.commands)

    def named(self, name: str) -> Command[Target]:
        """Return the command of this name. Raises KeyError when there is none."""
        for command in self.commands:
            if command.name == name:
                return command
        raise KeyError(name)


class ActiveCommand(NamedTuple):
    """A command set together with what it works on now."""

    commands: CommandSet[Any]
    target: Any

    def reason(self, command: Command[Any]) -> str | None:
        """Return why `command` cannot run now, or None when it can."""
        return command.reason(self.target)

    def words(self, command: Command[Any]) -> str:
        """Return the words of `command` as it would work now."""
        return command.now(self.target) if command.now is not None else command.words
