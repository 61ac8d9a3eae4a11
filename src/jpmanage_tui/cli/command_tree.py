"""What the parser of the command line takes, as data: completion and man pages are made from it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jpmanage_tui.cli.formats import field_names

if TYPE_CHECKING:
    from jpmanage_tui.cli.command import Command
    from jpmanage_tui.cli.parser import Parser
    from jpmanage_tui.services.fields.field import AnyFields


class Values(StrEnum):
    """What kind of value an option or a word takes."""

    NONE = ""
    """None: it is a flag."""
    ANY = "any"
    CHOICE = "choice"
    LIST = "list"
    """Several of the choices, with commas between them."""
    PROFILE = "profile"
    FILE = "file"
    DIRECTORY = "directory"


@dataclass(frozen=True)
class Taken:
    """An option or a word that a command takes; `names` are those of an option, empty for a word.

    `label` stands for its value in the help, "" for a flag. `many`: any number of words. `group` is the title under
    which the help has it.
    """

    names: tuple[str, ...]
    label: str
    help: str
    values: Values
    choices: tuple[str, ...] = ()
    many: bool = False
    optional: bool = False
    group: str = ""


@dataclass(frozen=True)
class CommandNode:
    """A command, or a group of them: `path` is how it is called, without "jpmanage"; that itself has an empty one."""

    path: str
    help: str
    description: str
    options: tuple[Taken, ...]
    words: tuple[Taken, ...]
    commands: tuple[CommandNode, ...]
    command: Command | None
    fields: AnyFields
    epilog: str = ""

    @property
    def name(self) -> str:
        """The last word of its path."""
        return self.path.rpartition(" ")[2]

    def __iter__(self) -> Iterator[CommandNode]:
        """Yield it and all that is below it."""
        yield self
        for command in self.commands:
            yield from command


def command_tree(parser: Parser, help: str = "") -> CommandNode:
    """Return what a parser and those of its commands take, all of them loaded."""
    parser.load()
    command: Command | None = parser.get_default("command")
    fields = command.fields() if command is not None and command.fields is not None else ()
    options: list[Taken] = []
    words: list[Taken] = []
    commands: list[CommandNode] = []
    for group in parser._action_groups:
        for action in group._group_actions:
            if isinstance(action, argparse._SubParsersAction):
                commands += [
                    command_tree(parser.commands[one.dest], one.help or "") for one in action._choices_actions
                ]
            elif action.help != argparse.SUPPRESS:
                taken = _taken(action, fields, parser.prog, group.title or "")
                (options if action.option_strings else words).append(taken)
    return CommandNode(
        path=parser.prog.partition(" ")[2],
        help=help,
        description=parser.description or "",
        options=tuple(options),
        words=tuple(words),
        commands=tuple(commands),
        command=command,
        fields=fields,
        epilog="" if command is not None else parser.epilog or "",
    )


def _taken(action: argparse.Action, fields: AnyFields, prog: str, group: str) -> Taken:
    choices = tuple(str(one) for one in action.choices or ())
    flag = action.nargs == 0
    label = action.metavar or ("{" + ",".join(choices) + "}" if choices else action.dest.upper())
    if isinstance(label, tuple):
        label = " ".join(label)
    if flag:
        values = Values.NONE
    elif choices:
        values = Values.CHOICE
    elif action.type is field_names:
        values, choices = Values.LIST, tuple(field.name for field in fields)
    elif action.dest == "profile" or (label == "NAME" and prog.startswith("jpmanage profiles ")):
        values = Values.PROFILE
    elif label == "FIELD":
        values, choices = Values.CHOICE, tuple(field.name for field in fields)
    else:
        values = {"FILE": Values.FILE, "DIR": Values.DIRECTORY}.get(label, Values.ANY)
    return Taken(
        names=tuple(sorted(action.option_strings, key=len)),
        label="" if flag else label,
        help=(action.help or "") % {**vars(action), "prog": prog},
        values=values,
        choices=choices,
        many=action.nargs in ("*", "+"),
        optional=action.nargs in ("*", "?"),
        group=group,
    )
