"""What the command line says: the options of the app, which every command takes, and the kinds of their values."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jpmanage_tui.account.runtime import AppOptions
    from jpmanage_tui.cli.parser import Parser

MOST_LICENSES = 1_000_000


def iso_time(text: str) -> datetime:
    """Return an ISO time as an aware one; without a zone it is UTC.

    Raises ArgumentTypeError for anything else, and for a year in which the demo has no months before or after it.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an ISO time, such as 2026-03-01T09:00:00Z"
        ) from None
    if not 1970 <= moment.year <= 9000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time from 1970 to 9000")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def count(text: str) -> int:
    """Return a number from 0 to a million. Raises ArgumentTypeError for anything else."""
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_LICENSES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {MOST_LICENSES}")
    return int(text)


def number(text: str) -> int:
    """Return a number by which the API knows something; they have up to 18 digits.

    Raises ArgumentTypeError for anything else.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise argparse.ArgumentTypeError(f"{text!r} is not an id: ids are numbers")
    return int(text)


def port(text: str) -> int:
    """Return a port; 0 is any that is free. Raises ArgumentTypeError for anything else."""
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


DEMO_OPTIONS = ("--demo", "--demo-licenses", "--demo-dir", "--demo-now")
_APP_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--demo", {"action": "store_true", "help": "use the sandbox: no network, no account"}),
    ("--demo-licenses", {"type": count, "metavar": "N", "help": "how many licenses the demo has (250)"}),
    ("--demo-dir", {"type": Path, "metavar": "DIR", "help": "keep the demo's data and journal there"}),
    ("--demo-now", {"type": iso_time, "metavar": "ISO-TIME", "help": "fix the demo's clock"}),
    ("--profile", {"metavar": "NAME", "help": "the profile to use"}),
    ("--key", {"type": int, "metavar": "ID", "help": "the partner key to use, by its id; whoami lists them"}),
    ("--agency", {"metavar": "ID", "help": argparse.SUPPRESS}),
    ("--read-only", {"action": "store_true", "help": "refuse every change"}),
    ("--log", {"type": Path, "metavar": "FILE", "help": "write a redacted log with request ids"}),
)


def add_app_options(to: Parser, refused: Mapping[str, str] | None = None, *, top: bool = False) -> None:
    """Add the options of the app. Those that are `refused` are taken, so that they can be refused by name.

    `top`: to the parser of the whole command line. What stands before a command counts for it.
    """
    group = to.add_argument_group("options of every command") if not top else to
    for name, about in _APP_OPTIONS:
        values = dict(about)
        if not top:
            values["default"] = argparse.SUPPRESS
        if refused is not None and name in refused:
            group.add_argument(name, **{**values, "help": argparse.SUPPRESS})
        elif values["help"] is argparse.SUPPRESS:
            group.add_argument(name, **values)
        else:
            to.option(name, to=group, **values)


def options_from(arguments: argparse.Namespace) -> AppOptions:
    """Return the options of the app that a command line gives."""
    from jpmanage_tui.account.runtime import AppOptions

    options = AppOptions(
        demo=arguments.demo,
        demo_dir=arguments.demo_dir,
        demo_now=arguments.demo_now,
        profile=arguments.profile,
        key_id=arguments.key,
        read_only=arguments.read_only,
        log=arguments.log,
    )
    if arguments.demo_licenses is not None:
        options = options._replace(demo_licenses=arguments.demo_licenses)
    return options
