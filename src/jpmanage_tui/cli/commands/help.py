"""`jpmanage help`: the help of a command."""

from __future__ import annotations

from jpmanage_tui.cli.command import Command, Example, Invocation
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.parser import Parser, nearest


async def _help(invocation: Invocation) -> int:
    from jpmanage_tui.cli.registry import parser

    shown = parser()
    for word in invocation.arguments.words:
        shown.load()
        if word not in shown.commands:
            of = shown.prog.removeprefix("jpmanage").strip()
            shown.error(
                f"there is no command {f'{of} {word}'.strip()!r}{nearest(word, shown.commands)}"
                if shown.commands
                else f"{of} has no commands of its own"
            )
        shown = shown.commands[word]
    shown.print_help()
    return ExitCode.OK


def _arguments(parser: Parser) -> None:
    parser.words("words", metavar="COMMAND", help="the command, such as licenses list")


COMMAND = Command(
    "help",
    "the help of a command",
    _help,
    arguments=_arguments,
    examples=(
        Example("jpmanage help licenses", "The commands about licenses."),
        Example("jpmanage help licenses issue", "What issuing takes, with examples."),
    ),
)
