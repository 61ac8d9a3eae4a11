"""What a command is: its name and help, what it takes, what it prints, and what it does."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from textwrap import fill
from typing import TYPE_CHECKING

from jpmanage_tui.cli.arguments import DEMO_OPTIONS, add_app_options, options_from
from jpmanage_tui.cli.parser import Parser

if TYPE_CHECKING:
    from jpmanage_tui.account.service import AccountService
    from jpmanage_tui.services.fields.field import AnyFields


@dataclass
class Invocation:
    """A command that is carried out, with what the command line says."""

    command: Command
    arguments: argparse.Namespace

    @cached_property
    def account_service(self) -> AccountService:
        """What opens accounts. Raises ConfigError when the settings cannot be used."""
        return self.service_for(None)

    def service_for(self, profile: str | None) -> AccountService:
        """Return what opens the account of a profile (None: of the command line); whoever asks closes it.

        Raises ConfigError when the settings cannot be used.
        """
        from jpmanage_tui.account.service import AccountService
        from jpmanage_tui.config.files import ensure_private_dir

        options = options_from(self.arguments)
        if profile is not None:
            options = options._replace(profile=profile)
        if options.demo_dir is not None:
            ensure_private_dir(options.demo_dir)
        service = AccountService.from_environment(options)
        service.prefetch_first_page = False
        return service

    async def close(self) -> None:
        """Close the account service, where it was used."""
        if "account_service" in self.__dict__:
            await self.account_service.close()


LOCAL_ONLY = {
    **dict.fromkeys(DEMO_OPTIONS, "the demo uses no token and no profile"),
    "--key": "it is about a profile, whatever its keys",
    "--read-only": "it changes what is kept on this machine",
}
"""The options of the app that a command cannot follow which changes a profile."""
WIDTH = 78
"""Of descriptions."""
Run = Callable[[Invocation], Awaitable[int]]
"""Carries a command out and returns the exit code. Raises what `cli.errors` has words for."""


@dataclass(frozen=True)
class Example:
    """A command line that does something useful, and what that is."""

    line: str
    does: str


@dataclass(frozen=True)
class Command:
    """A command, such as `list` of the group `licenses`.

    `help` is a line without a period, `description` more of it for its own help. `arguments` adds what it takes beside
    the options of the app; `fields` are those that it prints. `refused` are options of the app that it cannot follow,
    each with the reason.
    """

    name: str
    help: str
    run: Run | None = None
    arguments: Callable[[Parser], None] | None = None
    examples: tuple[Example, ...] = ()
    fields: Callable[[], AnyFields] | None = None
    description: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    serve: Callable[[argparse.Namespace], int] | None = None
    """In the place of `run`, for what has an event loop of its own."""

    def add_to(self, parser: Parser) -> None:
        """Have a parser take what the command takes, and explain it."""
        parser.set_defaults(command=self)
        description = self.description or f"{self.help[:1].upper()}{self.help[1:]}."
        parser.description = "\n\n".join(
            fill(paragraph, WIDTH, break_on_hyphens=False) for paragraph in description.split("\n\n")
        )
        if self.arguments is not None:
            self.arguments(parser)
        add_app_options(parser, self.refused)
        parser.epilog = self._epilog()

    def _epilog(self) -> str:
        parts = []
        if self.examples:
            lines = [f"  {one.line}\n{_indented(one.does, 6)}" for one in self.examples]
            parts.append("\n".join(("examples:", *lines)))
        fields = self.fields() if self.fields is not None else ()
        if fields:
            width = max(len(one.name) for one in fields) + 4
            lines = [
                f"  {one.name:{width - 2}}{_indented(f'{one.help} ({one.type.value})', width).lstrip()}"
                for one in fields
            ]
            parts.append("\n".join(("fields:", *lines)))
        return "\n\n".join(parts)


def _indented(text: str, blanks: int) -> str:
    return fill(text, WIDTH, initial_indent=" " * blanks, subsequent_indent=" " * blanks)


@dataclass(frozen=True)
class CommandGroup:
    """Commands about one kind of thing, such as `licenses`.

    `description` stands in its help. `elsewhere`: what is no command here, and the sentence that says where it is done.
    """

    name: str
    commands: Sequence[Command]
    description: str = ""
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def add_to(self, parser: Parser) -> None:
        """Have a parser take the commands."""
        parser.description = self.description or None
        parser.elsewhere = self.elsewhere
        for command in self.commands:
            parser.command(command.name, command.help, command.add_to)
