"""What the command line takes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jpmanage_tui import __version__
from jpmanage_tui.cli.wanted import Wanted

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

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


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """Return what the command line says; what cannot be is told, and ends with 2."""
    top = parser()
    arguments = top.parse_args(argv)
    for option in ("demo_licenses", "demo_dir", "demo_now"):
        if getattr(arguments, option) is not None and not arguments.demo:
            top.error(f"--{option.replace('_', '-')} is for the demo: add --demo")
    return arguments


def wanted_by(arguments: argparse.Namespace) -> Wanted:
    """Return the options of the app that a command line without a command gives."""
    return Wanted(
        demo=arguments.demo,
        demo_licenses=Wanted().demo_licenses if arguments.demo_licenses is None else arguments.demo_licenses,
        demo_dir=arguments.demo_dir,
        demo_now=arguments.demo_now,
        profile=arguments.profile,
        read_only=arguments.read_only,
        log=arguments.log,
    )


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="jpmanage",
        description="Jetpack licensing in the terminal. Without a command it opens the app.",
        epilog="Tokens are never taken as arguments: use `jpmanage login`, JPMANAGE_TOKEN / JPMANAGE_USER_TOKEN, "
        "or token_command in config.toml.",
    )
    top.add_argument("--version", action="version", version=f"jpmanage {__version__}")
    top.add_argument("--demo", action="store_true", help="the app on the sandbox: no network, no account")
    top.add_argument("--demo-licenses", type=_count, metavar="N", help="how many licenses the demo has (250)")
    top.add_argument("--demo-dir", type=Path, metavar="DIR", help="keep the demo's data and journal there")
    top.add_argument("--demo-now", type=_time, metavar="ISO-TIME", help="fix the demo's clock")
    top.add_argument("--profile", metavar="NAME", help="the profile to use")
    top.add_argument("--read-only", action="store_true", help="refuse every change")
    top.add_argument("--log", type=Path, metavar="FILE", help="write a redacted log with request ids")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    _add_account_commands(commands)
    sandbox = commands.add_parser("sandbox", help="the sandbox over real HTTP, for tests and scripts")
    _add_sandbox_options(sandbox)
    return top


def _add_sandbox_options(sandbox: argparse.ArgumentParser) -> None:
    sandbox.description = (
        "An embedded copy of the API over real HTTP. When it listens it prints the variables that point "
        "jpmanage at it."
    )
    sandbox.epilog = (
        "A fault is 'METHOD PATH-GLOB KIND[=ARG] [xCOUNT] [+SKIP]', for example 'GET */licenses 500 x3' or "
        "'POST */license hang-after x1'. Kinds: latency=SECONDS, 429=SECONDS, 500, 502, 401, malformed, cut, "
        "reset-before, reset-after, hang-before, hang-after, search-ignores-page; before and after tell "
        "whether the change is made."
    )
    sandbox.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    sandbox.add_argument("--port", type=_port, default=8787, help="the port (8787); 0 picks one")
    sandbox.add_argument("--licenses", type=_count, default=250, metavar="N", help="how many licenses (250)")
    sandbox.add_argument("--seed", type=int, default=1, metavar="N", help="another number, other data (1)")
    sandbox.add_argument("--now", type=_time, metavar="ISO-TIME", help="fix its clock")
    sandbox.add_argument("--dir", type=Path, metavar="DIR", help="keep sandbox.sqlite there")
    sandbox.add_argument(
        "--fault", action="append", default=[], metavar="SPEC", help="fail on purpose; may be given again"
    )


def _add_account_commands(commands: Commands) -> None:
    login = commands.add_parser(
        "login", help="sign in with WordPress.com, or keep a token that is pasted hidden"
    )
    login.add_argument("--profile", dest="own_profile", metavar="NAME", help="keep it under this name")
    way = login.add_mutually_exclusive_group()
    way.add_argument(
        "--web", dest="way", action="store_const", const="web", help="with WordPress.com, without asking how"
    )
    way.add_argument(
        "--paste",
        dest="way",
        action="store_const",
        const="paste",
        help="read a line with the user token and a line with the partner key's token; one may be empty",
    )
    logout = commands.add_parser("logout", help="forget a profile, and revoke its sign-in")
    logout.add_argument("--profile", dest="own_profile", metavar="NAME", help="of this name")
    whoami = commands.add_parser("whoami", help="which account, which keys, and where each token came from")
    whoami.add_argument("--profile", dest="own_profile", metavar="NAME", help="of this name")
