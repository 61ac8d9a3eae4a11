"""A clean end whatever ends the program: a signal, a closed terminal, or ctrl+c twice.

Exit codes are those of a shell: 128 and the number of the signal.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from typing import TypeVar

from textual import events
from textual.app import App

ReturnType = TypeVar("ReturnType")


class Twice:
    """Tells a second press that follows the first within some seconds."""

    def __init__(self, seconds: float = 2.0) -> None:
        self._seconds = seconds
        self._last: float | None = None

    def pressed(self, now: float | None = None) -> bool:
        """Note a press at `now` (seconds, monotonic; None: now) and say whether it is the second one."""
        now = time.monotonic() if now is None else now
        second = self._last is not None and now - self._last <= self._seconds
        self._last = None if second else now
        return second


class SignalExits(App[ReturnType]):
    """An App that ends cleanly when its driver says so: by SIGHUP, SIGTERM, SIGINT, or without terminal.

    Override `before_end` to close what must be closed. The app then has `return_code` 129, 143 or 130.
    """

    END_SECONDS = 5.0
    """How long `before_end` may take before the app ends without it; a subclass that closes more may take longer."""
    HUNG_SECONDS = 5.0
    """How much later the process leaves although the event loop does not run."""

    _ending = False
    _guard: threading.Timer | None = None

    async def before_end(self, code: int) -> None:
        """Close what must be closed before the app ends with this exit code; nothing here."""

    def end_with(self, code: int) -> None:
        """Begin to end the app with an exit code; only the first call counts.

        Should the event loop no longer run, the process leaves all the same, after `END_SECONDS` and `HUNG_SECONDS`.
        """
        if self._ending:
            return
        self._ending = True
        self._guard = threading.Timer(self.END_SECONDS + self.HUNG_SECONDS, self._leave, (code,))
        self._guard.daemon = True
        self._guard.start()
        self._end_task = asyncio.create_task(self._end(code), name="end")

    async def _end(self, code: int) -> None:
        try:
            async with asyncio.timeout(self.END_SECONDS):
                await self.before_end(code)
        except TimeoutError:
            self.log.error("what had to be closed was not in time")
        finally:
            self.exit(return_code=code)

    def _leave(self, code: int) -> None:
        """Leave although the event loop hangs, the terminal restored as far as possible."""
        if self._driver is not None:
            self._driver.stop_application_mode()
            self._driver.close()
        os._exit(code)

    def _on_unmount(self, event: events.Unmount) -> None:
        if self._guard is not None:
            self._guard.cancel()
