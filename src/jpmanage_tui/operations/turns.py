"""Which changes may be on their way together: a few, in order where they touch the same; fewer after a 429."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 4
"""Changing requests that are on their way at the same time."""
_FASTER_AFTER = 8
"""Changes that have to succeed before one more is sent at the same time again."""


class Turns:
    """Lets changes go ahead: at most ``at_once`` together, and those that share a key one after another, in the order in
    which they came. After a 429 nothing is sent while it is waited out, then one at a time, then slowly more.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._most = at_once
        self._limit = at_once
        self._succeeded = 0
        self._running = 0
        self._held: set[str] = set()
        self._waiting: deque[tuple[frozenset[str], asyncio.Future[None]]] = deque()
        self._pauses = 0
        self._open = asyncio.Event()
        self._open.set()

    @property
    def at_once(self) -> int:
        """How many may be on their way at the same time now."""
        return self._limit

    @asynccontextmanager
    async def turn(self, keys: frozenset[str]) -> AsyncIterator[None]:
        """Wait for the turn of a change that touches what ``keys`` name, and hold it while the block runs."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((keys, future))
        self._admit()
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._leave(keys)
            else:
                self._waiting = deque(one for one in self._waiting if one[1] is not future)
                self._admit()
            raise
        try:
            yield
        finally:
            self._leave(keys)

    def _leave(self, keys: frozenset[str]) -> None:
        self._running -= 1
        self._held -= keys
        self._admit()

    def _admit(self) -> None:
        blocked = set(self._held)
        stay: deque[tuple[frozenset[str], asyncio.Future[None]]] = deque()
        for keys, future in self._waiting:
            if self._running < self._limit and not keys & blocked and not future.done():
                self._running += 1
                self._held |= keys
                future.set_result(None)
            elif not future.done():
                stay.append((keys, future))
            blocked |= keys
        self._waiting = stay

    # -- when the API asks to wait -----------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether no 429 is being waited out."""
        return self._open.is_set()

    async def wait_until_open(self) -> None:
        """Wait as long as a 429 is being waited out."""
        await self._open.wait()

    @asynccontextmanager
    async def pause(self) -> AsyncIterator[None]:
        """Keep everything back while the block waits out a 429; after it one is sent at a time."""
        self._limit, self._succeeded = 1, 0
        self._pauses += 1
        self._open.clear()
        try:
            yield
        finally:
            self._pauses -= 1
            if not self._pauses:
                self._open.set()

    def succeeded(self) -> None:
        """Take over that one was answered: after some of these one more is sent at the same time."""
        if self._limit == self._most:
            return
        self._succeeded += 1
        if self._succeeded >= _FASTER_AFTER:
            self._limit, self._succeeded = self._limit + 1, 0
            self._admit()
