"""`jpmanage completion`: a script by which a shell completes commands, options and their values."""

from __future__ import annotations

from jpmanage_tui.cli import output
from jpmanage_tui.cli.command import Command, Example, Invocation
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.parser import Parser


async def _completion(invocation: Invocation) -> int:
    from jpmanage_tui.cli.command_tree import command_tree
    from jpmanage_tui.cli.registry import parser
    from jpmanage_tui.cli.shell_completion import completion

    output.write(completion(invocation.arguments.shell, command_tree(parser())))
    return ExitCode.OK


def _arguments(parser: Parser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="SHELL", help="bash, zsh or fish")


COMMAND = Command(
    "completion",
    "completion for bash, zsh and fish",
    _completion,
    arguments=_arguments,
    examples=(
        Example(
            "jpmanage completion bash > ~/.local/share/bash-completion/completions/jpmanage",
            "For bash with bash-completion, from its next start on.",
        ),
        Example(
            "jpmanage completion zsh > ~/.zfunc/_jpmanage",
            "For zsh, where ~/.zfunc is in $fpath before compinit runs.",
        ),
        Example("jpmanage completion fish > ~/.config/fish/completions/jpmanage.fish", "For fish."),
    ),
)
