"""A terminal that runs a program and measures what it sends: how much, and when the first and last byte came."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyte

Size = tuple[int, int]
"""Columns and rows."""

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "tab": "\t",
    "enter": "\r",
    "escape": "\x1b",
    "ctrl+o": "\x0f",
    "ctrl+p": "\x10",
}
"""What a terminal sends for keys that are not a character."""

_CURSOR_KEYS = re.compile(rb"\x1b\[\?(?:\d+;)*1(?:;\d+)*([hl])")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;?<>=$]*)?$")
_NOT_FOR_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*(?:\$p|u)|\x1b\[[0-9;]*t")
_SYNCHRONIZED = re.compile(rb"\x1b\[\?2026[hl]")
_REPEAT = re.compile(rb"([\x20-\x7e])\x1b\[(\d+)b")
_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronized output: known, and off
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",  # resizes in band: not known
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62c",
}
_END_SECONDS = 5.0


@dataclass(frozen=True)
class Cost:
    """What a program sent after a key: bytes (synchronized output apart), seconds to the first and the last."""

    count: int
    first: float | None
    last: float | None
    synchronized: int
    raw: bytes


class Terminal:
    """Runs `argv` in a pseudo-terminal of `size`. Emulation waits while bytes come, so that it delays no reading."""

    def __init__(self, argv: Sequence[str], size: Size, env: Mapping[str, str]) -> None:
        self.size = size
        self.raw = bytearray()
        self.taken = bytearray()
        """What of it the emulator has taken: the state that a condition is asked about."""
        self.application_cursor_keys = False
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._pending: deque[tuple[float, bytes]] = deque()
        self._rest = b""
        self._ended = False
        self.began = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            self._become(argv, env)
        self._tell_size(size)

    def _become(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        try:
            self._tell_size(self.size, 0)
            os.execvpe(argv[0], list(argv), dict(env))  # noqa: S606  # the very program that is measured
        finally:
            os._exit(127)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.end()

    # -- reading -------------------------------------------------------------------------

    def _read(self, seconds: float) -> bool:
        """Read what comes within some seconds, and say whether something came."""
        if self._ended or not select.select([self._fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._fd, 1 << 20)
        except OSError:
            data = b""
        if not data:
            self._ended = True
            return False
        self._pending.append((time.monotonic(), data))
        self.raw += data
        for query, answer in _ANSWERS.items():
            for _ in range(data.count(query)):
                os.write(self._fd, answer)
        for match in _CURSOR_KEYS.finditer(data):
            self.application_cursor_keys = match[1] == b"h"
        return True

    def _feed(self, data: bytes) -> None:
        self.taken += data
        data = self._rest + data
        unfinished = _UNFINISHED.search(data)
        self._rest = unfinished[0] if unfinished else b""
        if unfinished:
            data = data[: unfinished.start()]
        data = _REPEAT.sub(lambda match: match[1] * (1 + int(match[2])), data)
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", data))

    def catch_up(self) -> None:
        """Let the emulator take all that has come."""
        while self._pending:
            self._feed(self._pending.popleft()[1])

    def settle(self, quiet: float, limit: float = 30.0) -> None:
        """Wait until nothing has come for `quiet` seconds, at most `limit` seconds."""
        end = time.monotonic() + limit
        while self._read(quiet) and time.monotonic() < end:
            pass
        self.catch_up()

    def spend(self, seconds: float) -> int:
        """Wait so many seconds and return how many bytes came in them."""
        before, end = len(self.raw), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._ended:
            self._read(left)
        self.catch_up()
        return len(self.raw) - before

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self._screen.display)

    def line(self, number: int) -> str:
        """One line of the screen; -1 is the last."""
        return self._screen.display[number]

    # -- measuring -----------------------------------------------------------------------

    def times_of(
        self, conditions: Mapping[str, Callable[[Terminal], bool]], limit: float
    ) -> dict[str, float]:
        """Wait until every condition has held once; return after how many seconds since the start each did.

        Raises TimeoutError, with the screen, when one did not come true in `limit` seconds.
        """
        found: dict[str, float] = {}
        while len(found) < len(conditions):
            if time.monotonic() - self.began > limit or (self._ended and not self._pending):
                missing = ", ".join(conditions.keys() - found.keys())
                raise TimeoutError(f"never came true: {missing}; the screen shows:\n{self.text}")
            if self._read(0.02):
                continue
            while self._pending:
                came, data = self._pending.popleft()
                self._feed(data)
                for name, holds in conditions.items():
                    if name not in found and holds(self):
                        found[name] = came - self.began
        return found

    def press(self, key: str, quiet: float = 0.25) -> Cost:
        """Press one key and return what came until it was quiet again."""
        return self._cost(lambda: self.send(key), quiet)

    def resize(self, size: Size, quiet: float = 0.6) -> Cost:
        """Change the terminal's size and return what came."""

        def change() -> None:
            self._screen.resize(size[1], size[0])
            self.size = size
            self._tell_size(size)

        return self._cost(change, quiet)

    def _cost(self, act: Callable[[], None], quiet: float) -> Cost:
        self.settle(min(quiet, 0.1))
        before = len(self.raw)
        began = time.monotonic()
        act()
        first = last = None
        end = began + 30
        while self._read(quiet) and time.monotonic() < end:
            last = self._pending[-1][0] - began
            first = last if first is None else first
        self.catch_up()
        sent = bytes(self.raw[before:])
        synchronized = sum(len(match[0]) for match in _SYNCHRONIZED.finditer(sent))
        return Cost(len(sent) - synchronized, first, last, synchronized, sent)

    def send(self, key: str) -> None:
        """Press a key, named or a character, as a terminal in the program's own cursor-key mode sends it."""
        data = KEYS.get(key, key)
        if self.application_cursor_keys and re.fullmatch(r"\x1b\[[A-DHF]", data):
            data = "\x1bO" + data[-1]
        os.write(self._fd, data.encode())

    def peak_memory(self) -> float | None:
        """The most memory the program has had resident, in MB (10^6 bytes), None where the system does not tell."""
        status = Path(f"/proc/{self.pid}/status")
        if not status.exists():
            return None
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        return int(found[1]) * 1024 / 1e6 if found else None

    # -- the end -------------------------------------------------------------------------

    def end(self) -> None:
        """End the program: politely, then not."""
        if self._fd < 0:
            return
        os.kill(self.pid, signal.SIGTERM)
        end = time.monotonic() + _END_SECONDS
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                break
            if not self._read(0.02):
                time.sleep(0.005)
        os.close(self._fd)
        self._fd = -1

    def _tell_size(self, size: Size, fd: int | None = None) -> None:
        rows = struct.pack("HHHH", size[1], size[0], 0, 0)
        fcntl.ioctl(self._fd if fd is None else fd, termios.TIOCSWINSZ, rows)
