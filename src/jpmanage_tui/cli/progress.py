"""How far a command is, on the error output of a terminal: what takes over a second says so, and goes when it ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from jpmanage_tui.cli import output

AFTER = 1.0
"""Seconds before anything is said."""
EVERY = 0.25
"""Seconds between two changes of the line."""


class Progress:
    """One line that is written anew. Without a terminal, or on one that cannot clear a line, it says nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._from = clock() + AFTER
        self._shown = False
        self._quiet = not sys.stderr.isatty() or os.environ.get("TERM", "dumb") in ("", "dumb")

    def __call__(self, words: str) -> None:
        """Say how far it is, in a few words."""
        now = self._clock()
        if self._quiet or now < self._from:
            return
        self._from = now + EVERY
        self._shown = True
        output.write_progress(f"\r\x1b[K{words}")

    def clear(self) -> None:
        """Take the line away: something else is written."""
        if self._shown:
            self._shown = False
            output.write_progress("\r\x1b[K")
