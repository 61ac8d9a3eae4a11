"""The commands by name. Their modules are loaded when they are meant."""

from __future__ import annotations

from functools import partial
from importlib import import_module

from jpmanage_tui.cli.arguments import add_app_options
from jpmanage_tui.cli.command import Command, CommandGroup
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.version import __version__

COMMANDS = {
    "licenses": "list, show, issue, assign, unassign, move, revoke and download licenses",
    "billing": "what this month will cost, and what is billed but unassigned",
    "payment-methods": "the cards of a partner key",
    "invoices": "list, show, download and pay invoices",
    "prices": "your prices per day and month",
    "company": "the company details on invoices",
    "sites": "the connected sites",
    "operations": "runs and single changes: look at them, go on, undo, settle",
    "profiles": "the stored sign-ins",
    "config": "the settings file",
    "completion": "completion for bash, zsh and fish",
    "login": "sign in with WordPress.com, or keep a token",
    "logout": "forget a profile, and revoke its sign-in",
    "whoami": "which account, which keys, and where each token came from",
    "sandbox": "the sandbox over real HTTP, for tests and scripts",
    "version": "the version of jpmanage and what it runs on",
    "help": "the help of a command",
}
"""Every command and group of commands, with a line about it; in `cli.commands` each has a module of its name."""


def parser() -> Parser:
    """Return the parser of the whole command line; `parser.load_all()` has all commands loaded."""
    top = Parser(
        prog="jpmanage",
        description="Jetpack licensing in the terminal. Without a command it opens the app.",
        epilog="Tokens are never taken as arguments: use `jpmanage login`, JPMANAGE_TOKEN /\n"
        "JPMANAGE_USER_TOKEN, or token_command in config.toml.",
    )
    top.option("--version", action="version", version=f"jpmanage {__version__}")
    add_app_options(top, top=True)
    for name, words in COMMANDS.items():
        top.command(name, words, partial(_load, name))
    return top


def _load(name: str, parser: Parser) -> None:
    module = import_module(f"jpmanage_tui.cli.commands.{name.replace('-', '_')}")
    command: Command | CommandGroup = module.COMMAND
    command.add_to(parser)
