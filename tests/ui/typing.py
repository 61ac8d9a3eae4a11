"""Keys as they come from a real keyboard or out of a paste: each at a time of its own, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual import events

from jpmanage_tui.ui.terminal.keyboard import Keyboard
from tests.ui.harness import Run, key_event, running

PERSON = 0.5
"""Seconds that a person takes before a key that decides something."""
NAMES = {"\t": "tab", "\r": "enter", "\n": "ctrl+j", " ": "space", "\x1b": "escape"}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Typist:
    """Lets keys come to an app that tells a person's keys from a paste's by `clock`."""

    def __init__(self, run: Run, clock: Clock) -> None:
        self.run = run
        self.clock = clock

    def _come(self, event: events.Key | events.Paste | events.CursorPosition, after: float) -> None:
        self.clock.now += after
        event.time = self.clock.now
        self.run.app.post_message(event)

    async def press(self, *keys: str, after: float = PERSON) -> None:
        """Press keys by Textual's names, each so many seconds after the one before."""
        for key in keys:
            self._come(key_event(key), after)
            await self.run.settled()

    async def raw(self, text: str, between: float = 0.0) -> None:
        """Paste a text without brackets: all of it at once, or each character so many seconds after the one before."""
        for character in text:
            event = key_event(character)
            self._come(events.Key(NAMES.get(character, event.key), character), between)
            if between:
                await self.run.settled()
        await self.run.settled()

    async def paste(self, text: str, after: float = PERSON) -> None:
        """Paste a text in brackets."""
        self._come(events.Paste(text), after)
        await self.run.settled()

    async def answer(self, after: float = 0.01) -> None:
        """Let the terminal answer what it was asked last."""
        self._come(events.CursorPosition(0, 0), after)
        await self.run.settled()


@asynccontextmanager
async def typing(**options: Any) -> AsyncIterator[tuple[Run, Typist]]:
    """Run the demo with the program's own rule for keys that decide something, on a clock that stands still."""
    clock = Clock()
    async with running(keyboard=Keyboard(clock), **options) as run:
        yield run, Typist(run, clock)
