"""Parsing the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from jpmanage_tui.cli.arguments import DEMO_OPTIONS
from jpmanage_tui.cli.registry import parser

if TYPE_CHECKING:
    from jpmanage_tui.cli.command import Command
    from jpmanage_tui.cli.parser import Parser


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return what the command line says; what cannot be is told, and ends with 2.

    `command` in it is the `Command`, None for the app; `parser` the parser of that command.
    """
    arguments, rest = parser().parse_known_args(argv)
    own: Parser = arguments.parser
    command: Command | None = getattr(arguments, "command", None)
    arguments.command = command
    if rest:
        own.refuse(rest, own.prog.removeprefix("jpmanage").strip())
    if command is None and own.commands and own.prog != "jpmanage":
        own.error(f"a command is missing; there are {', '.join(own.commands)}")
    if command is not None:
        for option, reason in command.refused.items():
            if getattr(arguments, _name(option)):
                own.error(f"{option} does not go with {own.prog.removeprefix('jpmanage ')}: {reason}")
    for option in DEMO_OPTIONS[1:]:
        if getattr(arguments, _name(option)) is not None and not arguments.demo:
            own.error(f"{option} is for the demo: add --demo")
    if arguments.agency is not None:
        own.error("--agency is for accounts of Automattic for Agencies, which this version does not open")
    if arguments.demo and arguments.profile is not None:
        own.error("--profile does not go with --demo: the demo uses no profile")
    return arguments


def _name(option: str) -> str:
    return option.lstrip("-").replace("-", "_")
