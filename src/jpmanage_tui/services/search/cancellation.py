"""Pauses in long work of a thread, so that the thread of the screen is not kept waiting."""

from __future__ import annotations

import time

WORK = 0.003
"""Seconds of work after which the thread pauses."""
PAUSE = 0.00005
"""Seconds of the pause; any real sleep hands the interpreter to who waits for it."""


class Superseded(Exception):
    """The work is of no use any more: something newer was asked for."""


class Cancellation:
    """Called between slices of work: pauses when enough was done, and raises `Superseded` once `stop` was called."""

    def __init__(self) -> None:
        self._since = time.perf_counter()
        self._stopped = False

    def stop(self) -> None:
        """Let the work break off at its next checkpoint (from any thread)."""
        self._stopped = True

    def __call__(self) -> None:
        """Pause where it is time. Raises Superseded."""
        if self._stopped:
            raise Superseded
        if time.perf_counter() - self._since > WORK:
            time.sleep(PAUSE)
            self._since = time.perf_counter()
