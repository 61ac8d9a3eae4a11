"""A program in a pseudo-terminal, driven as a person at the keyboard does."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import pyte

_PRIVATE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9;]*\$p")
_SYNC_QUERY, _SYNC_ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_POSITION_QUERY, _POSITION_ANSWER = b"\x1b[6n", b"\x1b[1;1R"


class PtySession:
    """Runs `python -m MODULE ARGS` in a pty that a pyte screen reads; waits for conditions."""

    def __init__(
        self,
        argv: list[str],
        *,
        size: tuple[int, int] = (100, 30),
        env: dict[str, str] | None = None,
        synchronized: bool = False,
        answers: bool = True,
        prelude: Callable[[], object] | None = None,
    ) -> None:
        self.screen = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self._synchronized = synchronized
        self._answers = answers
        self._answered = 0
        self._status: int | None = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            for number in (signal.SIGINT, signal.SIGHUP):  # a run in the background may have them ignored
                signal.signal(number, signal.SIG_DFL)
            if prelude is not None:
                prelude()
            environment = {**os.environ, "TERM": "xterm-256color", **(env or {})}
            for name in ("COLORTERM", "NO_COLOR", "COLUMNS", "LINES"):
                if not env or name not in env:
                    environment.pop(name, None)
            os.execvpe(sys.executable, [sys.executable, "-m", *argv], environment)
        self.resize(*size)

    def __enter__(self) -> PtySession:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.fd >= 0:
            os.close(self.fd)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def resize(self, width: int, height: int) -> None:
        self.screen.resize(height, width)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def pump(self, seconds: float) -> bool:
        """Read what comes within some seconds; say whether something came."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.raw += data
        if self._synchronized and _SYNC_QUERY in data:
            os.write(self.fd, _SYNC_ANSWER)
        if self._answers:
            self._answer_queries()
        self.stream.feed(_PRIVATE.sub(b"", data))
        return bool(data)

    def _answer_queries(self) -> None:
        """Say where the cursor stands as often as it was asked, as every terminal does."""
        asked = self.raw.count(_POSITION_QUERY)
        for _ in range(asked - self._answered):
            os.write(self.fd, _POSITION_ANSWER)
        self._answered = asked

    def forget(self) -> None:
        """Drop what has been read, which `raw` would keep; but not the beginning of a query that may still come."""
        del self.raw[: -(len(_POSITION_QUERY) - 1)]
        self._answered = 0

    def until(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not in time; the screen shows:\n{self.text}"
            self.pump(0.05)

    def shows(self, text: str) -> None:
        self.until(lambda: text in self.text)

    def quiet(self, seconds: float = 0.3) -> None:
        """Wait until nothing has come for some time, in which the program had nothing to do.

        One that waits for a processor says nothing either: what it used and waited for is at most half of that time.
        After 20 seconds without a byte it is taken for quiet.
        """
        silent_since = time.monotonic()
        while True:
            before = self._processor_seconds()
            if self.pump(seconds):
                silent_since = time.monotonic()
            elif self._processor_seconds() - before <= seconds / 2 or time.monotonic() - silent_since > 20:
                return

    def _processor_seconds(self) -> float:
        """Return how long its threads have run or have waited to run, 0 where the system does not tell."""
        total = 0
        for path in Path(f"/proc/{self.pid}/task").glob("*/schedstat"):
            with suppress(OSError):  # a thread that has ended meanwhile
                ran, waited, _ = path.read_text().split()
                total += int(ran) + int(waited)
        return total / 1e9

    def send(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def press(self, key: str, condition: Callable[[], bool]) -> None:
        """Press a key that decides something as a person does, after a pause, until it has done what it is for.

        A key that the program took for a pasted one, since the machine was slow, is pressed again, as it says.
        """
        while not condition():
            self.quiet(0.5)
            self.send(key)
            self.until(lambda: condition() or "that key came too soon" in self.text)

    def cost(self, keys: str) -> int:
        """Press keys and return the bytes of the answer."""
        self.quiet()
        before = len(self.raw)
        self.send(keys)
        self.quiet()
        return len(self.raw) - before

    def hang_up(self) -> None:
        os.close(self.fd)
        self.fd = -1

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def stopped(self) -> bool:
        """Whether the program has been stopped (SIGSTOP, SIGTSTP)."""
        pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
        return pid == self.pid and os.WIFSTOPPED(status)

    def ended(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def exit_code(self, seconds: float = 20.0) -> int:
        """Wait for the end; return the exit code, or minus the signal that killed the program."""
        end = time.monotonic() + seconds
        while not self.ended():
            assert time.monotonic() < end, f"the program does not end:\n{self.text}"
            if self.fd < 0 or not self.pump(0.05):
                time.sleep(0.01)
        while self.fd >= 0 and self.pump(0.05):
            pass
        assert self._status is not None
        return os.waitstatus_to_exitcode(self._status)

    def leave(self) -> None:
        """Press ctrl+c twice and wait for the end: 130, or 0 where the first one had ended the app before the second."""
        self.send("\x03\x03")
        assert self.exit_code() in (0, 130)

    def local_flags(self) -> int:
        """Return the line discipline's local flags (raw mode has no ECHO and no ICANON)."""
        flags = termios.tcgetattr(self.fd)[3]
        assert isinstance(flags, int)
        return flags
