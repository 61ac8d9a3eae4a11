"""The thread that writes to the terminal: it never blocks the app, and survives a terminal that went away."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import Callable


class LineWriter:
    """Writes text to a file descriptor, in order, in a thread of its own.

    A slow line blocks that thread only. When the terminal is gone (EIO after a hang-up) what comes later is
    dropped and `on_gone` is called once, from the thread.
    """

    def __init__(self, fileno: int, on_gone: Callable[[], None]) -> None:
        self._fileno = fileno
        self._on_gone = on_gone
        self._texts: deque[str] = deque()
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
        """Queue text; it is dropped where the terminal is gone or the writer has been closed."""
        with self._changed:
            if not (self._gone or self._ending):
                self._texts.append(text)
                self._changed.notify()

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
            text = "".join(self._texts)
            self._texts.clear()
            self._writing = True
        return text.encode("utf-8", "replace")

    def _send(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._fileno, rest) :]
            except BlockingIOError:  # the descriptor is shared with a program that made it non-blocking
                select.select([], [self._fileno], [], 1.0)

    def _lose(self) -> None:
        with self._changed:
            self._gone = True
            self._writing = False
            self._texts.clear()
        self._on_gone()
