"""How far a command is, on the error output of a terminal: what takes over a second says so, and goes when it ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from jpmanage_tui.cli import output
from jpmanage_tui.config.load_settings import is_accessible_here

AFTER = 1.0
"""Seconds before anything is said."""
EVERY = 0.25
"""Seconds between two changes of the line."""
EVERY_LINE = 5.0
"""Seconds between two lines, where each is read aloud."""


class Progress:
    """One line that is written anew. Without a terminal, or on one that cannot clear a line, it says nothing.

    In the accessible mode each is a line of its own, and there are few: a screen reader reads them all.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._from = clock() + AFTER
        self._shown = False
        self._quiet = not sys.stderr.isatty() or os.environ.get("TERM", "dumb") in ("", "dumb")
        self._in_lines: bool | None = None  # asked for with the first words: most commands end before them

    def __call__(self, words: str) -> None:
        """Say how far it is, in a few words.

        Raises ConfigError where the settings, which have the accessible mode, cannot be used.
        """
        now = self._clock()
        if self._quiet or now < self._from:
            return
        if self._in_lines is None:
            self._in_lines = is_accessible_here(os.environ)
        if self._in_lines:
            self._from = now + EVERY_LINE
            output.write_progress(f"{words}\n")
            return
        self._from = now + EVERY
        self._shown = True
        output.write_progress(f"\r\x1b[K{words}")

    def clear(self) -> None:
        """Take the line away: something else is written."""
        if self._shown:
            self._shown = False
            output.write_progress("\r\x1b[K")
