"""What the command line takes."""

from __future__ import annotations

import argparse
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from jpmanage_tui.cli import output
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.version import __version__

if TYPE_CHECKING:
    from jpmanage_tui.account.runtime import AppOptions

MOST_LICENSES = 1_000_000


def _time(text: str) -> datetime:
    """Return an ISO time as an aware one; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no ISO time, such as 2026-03-01T09:00:00Z") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) > MOST_LICENSES:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to {MOST_LICENSES}")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 0 to 65535")
    return int(text)


class _Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations and names what is nearest to a word that it does not know."""

    def __init__(self, **about: Any) -> None:
        super().__init__(allow_abbrev=False, **about)
        self.names = ["--help"]
        """The options and commands that it shows."""

    def option(self, *names: str, to: argparse._ActionsContainer | None = None, **about: Any) -> None:
        """Take an option, shown in the help; `to` is a group of them."""
        self.names += names
        (self if to is None else to).add_argument(*names, **about)

    def error(self, message: str) -> NoReturn:
        """End with 2 and a sentence."""
        unknown = re.search(r"invalid choice: '(.*?)' \(choose from ", message)
        if unknown is not None:
            commands = [name for name in self.names if not name.startswith("-")]
            message = f"there is no command {unknown[1]!r}{_nearest(unknown[1], commands)}"
        output.write_error(f"{self.format_usage()}{self.prog}: error: {message}")
        raise SystemExit(ExitCode.USAGE)

    def print_help(self, file: Any = None) -> None:
        """Write the help to standard output."""
        del file
        output.write(self.format_help())

    def refuse(self, words: Sequence[str], command: str | None) -> NoReturn:
        """End with 2 for words that nobody took."""
        unknown = next((word for word in words if word.startswith("-")), None)
        of = f" of {command}" if command else ""
        if unknown is None:
            self.error(f"too many words: {' '.join(words)}{_nearest(words[0], self.names)}")
        name = unknown.partition("=")[0]
        options = [one for one in self.names if one.startswith("-")]
        self.error(f"there is no option {name}{of}{_nearest(name, options)}")


def _nearest(word: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return what the command line says; what cannot be is told, and ends with 2."""
    top = parser()
    arguments, rest = top.parse_known_args(argv)
    command: str | None = arguments.command
    own = top if command is None else top.commands[command]
    if rest:
        own.refuse(rest, command)
    for option, reason in _REFUSED.get(command, {}).items():
        if getattr(arguments, _name(option)):
            own.error(f"{option} does not go with {command}: {reason}")
    for option in ("--demo-licenses", "--demo-dir", "--demo-now"):
        if getattr(arguments, _name(option)) is not None and not arguments.demo:
            own.error(f"{option} is for the demo: add --demo")
    if arguments.demo and arguments.profile is not None:
        own.error("--profile does not go with --demo: the demo uses no profile")
    return arguments


def _name(option: str) -> str:
    return option.lstrip("-").replace("-", "_")


def options_from(arguments: argparse.Namespace) -> AppOptions:
    """Return the options of the app that a command line without a command gives."""
    from jpmanage_tui.account.runtime import AppOptions

    return AppOptions(
        demo=arguments.demo,
        demo_licenses=AppOptions().demo_licenses
        if arguments.demo_licenses is None
        else arguments.demo_licenses,
        demo_dir=arguments.demo_dir,
        demo_now=arguments.demo_now,
        profile=arguments.profile,
        read_only=arguments.read_only,
        log=arguments.log,
    )


class _TopParser(_Parser):
    """The parser of the whole command line, and those of its commands by name."""

    def __init__(self, **about: Any) -> None:
        super().__init__(**about)
        self.commands: dict[str, _Parser] = {}
        self._commands = self.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    def command(self, name: str, words: str) -> _Parser:
        """Take a command. The options that stand before it may stand after it too; what it refuses is not shown."""
        own: _Parser = self._commands.add_parser(name, help=words)
        self.commands[name] = own
        self.names.append(name)
        _add_common_options(own, _REFUSED[name])
        return own


_NO_CHANGE = "it changes what is kept on this machine"
_NO_DEMO = "the demo uses no token and no profile"
_SERVER = "the sandbox is a server of its own"
_DEMO = ("--demo", "--demo-licenses", "--demo-dir", "--demo-now")
_REFUSED: Mapping[str | None, Mapping[str, str]] = {
    "login": {**dict.fromkeys(_DEMO, _NO_DEMO), "--read-only": _NO_CHANGE},
    "logout": {**dict.fromkeys(_DEMO, _NO_DEMO), "--read-only": _NO_CHANGE},
    "whoami": {},
    "sandbox": dict.fromkeys((*_DEMO, "--profile", "--read-only", "--log"), _SERVER),
}
"""The options of the app that a command cannot follow, and why."""


def parser() -> _TopParser:
    """Return the parser of the whole command line."""
    top = _TopParser(
        prog="jpmanage",
        description="Jetpack licensing in the terminal. Without a command it opens the app.",
        epilog="Tokens are never taken as arguments: use `jpmanage login`, JPMANAGE_TOKEN / JPMANAGE_USER_TOKEN, "
        "or token_command in config.toml.",
    )
    top.option("--version", action="version", version=f"jpmanage {__version__}")
    _add_common_options(top)
    _add_account_commands(top)
    _add_sandbox_options(top.command("sandbox", "the sandbox over real HTTP, for tests and scripts"))
    return top


def _add_common_options(to: _Parser, refused: Collection[str] = ()) -> None:
    """Add the options of the app; those that are `refused` are taken, so that they can be refused by name."""
    options: tuple[tuple[str, dict[str, Any]], ...] = (
        ("--demo", {"action": "store_true", "help": "the app on the sandbox: no network, no account"}),
        ("--demo-licenses", {"type": _count, "metavar": "N", "help": "how many licenses the demo has (250)"}),
        ("--demo-dir", {"type": Path, "metavar": "DIR", "help": "keep the demo's data and journal there"}),
        ("--demo-now", {"type": _time, "metavar": "ISO-TIME", "help": "fix the demo's clock"}),
        ("--profile", {"metavar": "NAME", "help": "the profile to use"}),
        ("--read-only", {"action": "store_true", "help": "refuse every change"}),
        ("--log", {"type": Path, "metavar": "FILE", "help": "write a redacted log with request ids"}),
    )
    default = None if isinstance(to, _TopParser) else argparse.SUPPRESS  # what stands before a command stays
    for name, about in options:
        if default is not None or "action" not in about:
            about["default"] = default
        if name in refused:
            to.add_argument(name, **{**about, "help": argparse.SUPPRESS})
        else:
            to.option(name, **about)


def _add_sandbox_options(sandbox: _Parser) -> None:
    sandbox.description = (
        "An embedded copy of the API over real HTTP. When it listens it prints the variables that point "
        "jpmanage at it."
    )
    sandbox.epilog = (
        "A fault is 'METHOD PATH-GLOB KIND[=ARG] [xCOUNT] [+SKIP] [%PERCENT]', for example 'GET */licenses 500 x3', "
        "'POST */license hang-after x1', or '* * 429 %5' for five requests in a hundred. "
        "Kinds: latency=SECONDS, 429=SECONDS, 500, 502, 401, malformed, cut, reset-before, reset-after, "
        "hang-before, hang-after, search-ignores-page; before and after tell whether the change is made."
    )
    sandbox.option("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    sandbox.option("--port", type=_port, default=8787, help="the port (8787); 0 picks one")
    sandbox.option("--licenses", type=_count, default=250, metavar="N", help="how many licenses (250)")
    sandbox.option("--seed", type=int, default=1, metavar="N", help="another number, other data (1)")
    sandbox.option("--now", type=_time, metavar="ISO-TIME", help="fix its clock")
    sandbox.option("--dir", type=Path, metavar="DIR", help="keep sandbox.sqlite there")
    sandbox.option(
        "--fault", action="append", default=[], metavar="SPEC", help="fail on purpose; may be given again"
    )


def _add_account_commands(top: _TopParser) -> None:
    login = top.command("login", "sign in with WordPress.com, or keep a token that is pasted hidden")
    method = login.add_mutually_exclusive_group()
    login.option(
        "--web",
        to=method,
        dest="method",
        action="store_const",
        const="web",
        help="with WordPress.com, without asking how",
    )
    login.option(
        "--paste",
        to=method,
        dest="method",
        action="store_const",
        const="paste",
        help="read a line with the user token and a line with the partner key's token; one may be empty",
    )
    top.command("logout", "forget a profile, and revoke its sign-in")
    top.command("whoami", "which account, which keys, and where each token came from")
