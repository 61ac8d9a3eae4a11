"""Asking and telling on a plain terminal, or on pipes: every question can be canceled and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from jpmanage_tui.cli import output

_CHUNK = 65536


class Terminal:
    """Reads lines of standard input on the event loop and writes lines to standard output.

    `interactive` says whether a person sits there; without one, questions are not printed.
    """

    def __init__(self, source: int = 0, write: Callable[[str], None] = output.write) -> None:
        """`source` is the descriptor to read from, `write` writes what is told and asked."""
        self.interactive = os.isatty(source)
        self._source = source
        self._write = write
        self._buffer = b""
        self._ended = False

    @property
    def width(self) -> int:
        """How many cells it has, 80 where that is not known."""
        try:
            return os.get_terminal_size(self._source).columns or 80
        except OSError:
            return 80

    def write_line(self, line: str = "") -> None:
        """Write a line. Raises SystemExit with 1 where it cannot be written."""
        self._write(f"{line}\n")

    async def ask(self, question: str, *, hidden: bool = False) -> str | None:
        """Return the next line without its end, None when there is no more; `hidden` shows nothing of it."""
        if not self.interactive:
            return await self._line()
        self._write(question)
        if not hidden:
            return await self._line()
        with self._quiet():
            line = await self._line()
        self.write_line()
        return line

    def forget_typed(self) -> None:
        """Forget what was typed until now: it is no answer to a question that comes after it."""
        self._buffer = b""
        if self.interactive:
            termios.tcflush(self._source, termios.TCIFLUSH)

    async def _line(self) -> str | None:
        while b"\n" not in self._buffer and not self._ended:
            data = await self._read()
            self._buffer += data
            self._ended = not data
        line, newline, self._buffer = self._buffer.partition(b"\n")
        self._ended = self._ended and not self.interactive  # ctrl+d ends one answer only
        if not line and not newline:
            return None
        return line.decode("utf-8", errors="replace").rstrip("\r")

    async def _read(self) -> bytes:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        try:
            loop.add_reader(self._source, ready.set)
        except PermissionError:  # a plain file: it never lets one wait
            pass
        else:
            try:
                await ready.wait()
            finally:
                loop.remove_reader(self._source)
        try:
            return os.read(self._source, _CHUNK)
        except OSError:  # the terminal is gone, or standard input was closed before the start
            return b""

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Show nothing of what is typed; as it was afterwards, whatever happens."""
        before = termios.tcgetattr(self._source)
        silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
        termios.tcsetattr(self._source, termios.TCSADRAIN, silent)
        try:
            yield
        finally:
            termios.tcsetattr(self._source, termios.TCSADRAIN, before)
