"""Questions before something is changed: asked on the terminal of the command, whatever it is piped to."""

from __future__ import annotations

import os
import textwrap
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


def wrapped(line: str, width: int) -> str:
    """Return a line broken between words where it is wider than the terminal; what is indented stays so."""
    indent = line[: len(line) - len(line.lstrip())]
    broken = textwrap.wrap(
        line, max(width, 20), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(broken)


async def confirm(lines: Sequence[str], *, number: int | None = None) -> bool:
    """Show what would be done and ask whether to do it; "no" is the answer where none is given.

    `number`: it must be typed, since what is done cannot be undone. Raises CommandError without a terminal.
    """
    async with controlling_terminal() as terminal:
        for line in lines:
            terminal.write_line(wrapped(line, terminal.width))
        terminal.forget_typed()
        question = f"Type {number} to go on: " if number is not None else "Go on? [y/N] "
        answer = None
        try:
            answer = await terminal.ask(question)
        finally:
            if answer is None:  # ctrl+d or ctrl+c left the cursor behind the question
                terminal.write_line()
            terminal.forget_typed()  # the rest of a paste would be commands of the shell
    given = (answer or "").strip().lower()
    return given.replace(",", "") == str(number) if number is not None else given in ("y", "yes")
