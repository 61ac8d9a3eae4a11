"""What a changing command is about: words of the command line, and what comes from a file or standard input."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Thread

from jpmanage_tui.cli.errors import CommandError

STDIN = "-"
MOST_BYTES = 20_000_000
"""No list is larger: 10,000 lines are read of it (`rules.site_list`)."""


@dataclass(frozen=True)
class Inputs:
    """`words` are those of the command line; `data` is what `--from FILE` or `-` gave, None where neither was there."""

    words: tuple[str, ...] = ()
    data: bytes | None = None


async def read_inputs(arguments: argparse.Namespace, *, words: str | None) -> Inputs:
    """Return what the command line and its files say; `words` is the name under which the arguments stand, None for none.

    Raises CommandError where something cannot be read.
    """
    given: list[str] = list(getattr(arguments, words)) if words is not None else []
    source: str | None = getattr(arguments, "source", None)
    if STDIN in given:
        if source is not None:
            raise CommandError("- and --from are both given: one list at a time.")
        source = STDIN
        given = [word for word in given if word != STDIN]
    if source is None:
        return Inputs(tuple(given))
    return Inputs(tuple(given), await _in_a_thread(lambda: _read(source)))


async def _in_a_thread(read: Callable[[], bytes]) -> bytes:
    """Return what `read` returns, and raise what it raises.

    The program waits for its thread no longer than this is waited for: a signal ends it, though a pipe has neither data
    nor an end.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[bytes] = loop.create_future()

    def settle(data: bytes, error: Exception | None) -> None:
        if found.done():  # nobody waits any more
            return
        if error is not None:
            found.set_exception(error)
        else:
            found.set_result(data)

    def work() -> None:
        data, failed = b"", None
        try:
            data = read()
        except Exception as error:  # noqa: BLE001 - who waits raises it
            failed = error
        with suppress(RuntimeError):  # the loop is closed by now
            loop.call_soon_threadsafe(settle, data, failed)

    Thread(target=work, name="reading a list", daemon=True).start()
    return await found


def _read(source: str) -> bytes:
    try:
        if source == STDIN:
            if os.isatty(0):
                raise CommandError("- reads standard input, which is the terminal: pipe a list into it.")
            with open(0, "rb", closefd=False) as file:
                data = file.read(MOST_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as error:
        name = "standard input" if source == STDIN else source
        raise CommandError(f"{name} cannot be read: {error.strerror or error}.") from None
    if len(data) > MOST_BYTES:
        raise CommandError(f"The list is larger than {MOST_BYTES // 1_000_000} MB.")
    return data


_NOT_THE_REQUEST = frozenset(
    {
        "parser",
        "command",
        "yes",
        "dry_run",
        "wait",
        "format",
        "excel",
        "fields",
        "log",
        "read_only",
        "max_cost",
        "skip_problems",
    }
    | {"source", "profile", "key", "demo", "demo_dir", "demo_licenses", "demo_now", "run_name"}
)
"""What two commands need not have in common that ask for the same."""


def request_digest(arguments: argparse.Namespace, inputs: Inputs) -> str:
    """Return what two commands have in common that ask for the same, however far the first has come.

    An option counts unless it is listed as one that does not; the order of words does not.
    """
    values = {name: value for name, value in vars(arguments).items() if name not in _NOT_THE_REQUEST}
    many: str | None = arguments.parser.many
    if many is not None:
        values[many] = sorted(word for word in values[many] if word != STDIN)
    text = sha256(arguments.parser.prog.encode())
    for name in sorted(values):
        text.update(f"\0{name}={values[name]!r}".encode())
    text.update(b"\0" + (inputs.data or b""))
    return text.hexdigest()[:32]
