"""Writing to the terminal: it never blocks the app, and survives a terminal that went away."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import Callable


class LineWriter:
    """Writes text to a file descriptor, in order: at once what the terminal takes, the rest in a thread of its own.

    A slow line blocks that thread only. A thread takes its turn after the app's own, a few milliseconds later: so the
    terminal is opened once more, for this program alone, in a way that takes what it can and never blocks. Where that
    is not possible everything goes through the thread. When the terminal is gone (EIO after a hang-up) what comes later
    is dropped and `on_gone` is called once, from whichever thread.
    """

    def __init__(self, fileno: int, on_gone: Callable[[], None]) -> None:
        self._fileno = fileno
        self._on_gone = on_gone
        self._own = _opened_again(fileno)
        self._texts: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._writing = False
        self._ending = False
        self._gone = False
        self._drained: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._run, name="terminal-output", daemon=True)
        self._thread.start()

    @property
    def behind(self) -> bool:
        """Whether something written has not gone out yet."""
        return self._writing or bool(self._texts)

    def write(self, text: str) -> None:
        """Write or queue text; it is dropped where the terminal is gone or the writer has been closed."""
        data = text.encode("utf-8", "replace")
        lost = False
        with self._changed:
            if self._gone or self._ending:
                return
            if self._own is not None and not self.behind:
                try:
                    data = data[os.write(self._own, data) :]
                except BlockingIOError:
                    pass
                except OSError:
                    lost = True
            if data and not lost:
                self._texts.append(data)
                self._changed.notify()
        if lost:
            self._lose()

    def when_drained(self, callback: Callable[[], None]) -> None:
        """Call `callback` once, from the thread, when nothing is left; at once where nothing is."""
        with self._changed:
            if self.behind:
                self._drained = callback
                return
        callback()

    def close(self, seconds: float) -> None:
        """End the thread after what is queued; a terminal that does not read is waited for no longer."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join(seconds)
        if self._own is not None:
            os.close(self._own)
            self._own = None

    def _run(self) -> None:
        while (data := self._next()) is not None:
            try:
                self._send(data)
            except OSError:
                self._lose()
                return

    def _next(self) -> bytes | None:
        """Wait for text and return all there is, or None at the end."""
        with self._changed:
            self._writing = False
            if not self._texts and self._drained is not None:
                drained, self._drained = self._drained, None
                drained()
            while not self._texts and not self._ending:
                self._changed.wait()
            if not self._texts:
                return None
            data = b"".join(self._texts)
            self._texts.clear()
            self._writing = True
        return data

    def _send(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._fileno, rest) :]
            except BlockingIOError:  # the descriptor is shared with a program that made it non-blocking
                select.select([], [self._fileno], [], 1.0)

    def _lose(self) -> None:
        with self._changed:
            told, self._gone = self._gone, True
            self._writing = False
            self._texts.clear()
        if not told:
            self._on_gone()


def _opened_again(fileno: int) -> int | None:
    """Return a descriptor of the same terminal that never blocks, None where there is none to be had.

    Making the given one non-blocking would change it for the shell and for every other program on the terminal.
    """
    try:
        return os.open(os.ttyname(fileno), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
