"""What the command line takes."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from jpmanage_tui import __version__

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
    top.add_argument("--demo-licenses", type=_count, default=250, metavar="N", help="how many licenses (250)")
    top.add_argument("--demo-dir", type=Path, metavar="DIR", help="keep the demo's data and journal there")
    top.add_argument("--demo-now", type=_time, metavar="ISO-TIME", help="fix the demo's clock")
    top.add_argument("--profile", metavar="NAME", help="the profile to use")
    top.add_argument("--read-only", action="store_true", help="refuse every change")
    top.add_argument("--log", type=Path, metavar="FILE", help="write a redacted log with request ids")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    login = commands.add_parser("login", help="keep a token, pasted without being shown")
    login.add_argument(
        "--profile", dest="login_profile", metavar="NAME", default=None, help="under this name"
    )
    logout = commands.add_parser("logout", help="forget a profile's tokens")
    logout.add_argument("--profile", dest="login_profile", metavar="NAME", default=None, help="of this name")
    commands.add_parser("whoami", help="which account, which key, and where the token came from")
    sandbox = commands.add_parser("sandbox", help="the sandbox over real HTTP, for tests and scripts")
    sandbox.add_argument("--host", default="127.0.0.1")
    sandbox.add_argument("--port", type=_port, default=8787, help="0 picks one")
    sandbox.add_argument("--licenses", type=_count, default=250, metavar="N")
    sandbox.add_argument("--seed", type=int, default=1, metavar="N")
    sandbox.add_argument("--now", type=_time, metavar="ISO-TIME")
    sandbox.add_argument("--dir", type=Path, metavar="DIR", help="keep sandbox.sqlite there")
    sandbox.add_argument("--fault", action="append", default=[], metavar="SPEC")
    return top
