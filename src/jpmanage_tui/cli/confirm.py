"""Questions before something is changed: asked on the terminal of the command, whatever it is piped to."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.cli.terminal import Terminal

TTY = "/dev/tty"
NO_TERMINAL = (
    "There is no terminal to ask on: add --yes to do it without a question, or --dry-run to look at it first."
)


@asynccontextmanager
async def controlling_terminal() -> AsyncIterator[Terminal]:
    """Give the terminal that the command was started on. Raises CommandError where there is none."""
    try:
        descriptor = os.open(TTY, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise CommandError(NO_TERMINAL) from None
    try:
        yield Terminal(descriptor, lambda text: _write(descriptor, text))
    finally:
        os.close(descriptor)


def _write(descriptor: int, text: str) -> None:
    os.write(descriptor, text.encode("utf-8", "replace"))


async def confirm(lines: Sequence[str], *, number: int | None = None) -> bool:
    """Show what would be done and ask whether to do it; "no" is the answer where none is given.

    `number`: it must be typed, since what is done cannot be undone. Raises CommandError without a terminal.
    """
    async with controlling_terminal() as terminal:
        for line in lines:
            terminal.write_line(line)
        terminal.forget_typed()
        if number is not None:
            answer = await terminal.ask(f"This cannot be undone. Type {number} to go on: ")
            return answer is not None and answer.strip().replace(",", "") == str(number)
        answer = await terminal.ask("Go on? [y/N] ")
        return answer is not None and answer.strip().lower() in ("y", "yes")
