"""Closing something once, whoever asks for it and however often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class CloseOnce:
    """Runs a closing coroutine function once.

    Whoever calls it again waits for the same run, and a caller that is canceled while it waits breaks nothing off:
    what is closed in the middle of its work would leave a change cut off or a file that is still written to.
    """

    def __init__(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """`work` does the closing; it is called at the first call."""
        self._work = work
        self._task: asyncio.Task[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether it was asked for."""
        return self._task is not None

    async def __call__(self) -> None:
        """Close, or wait until it is closed. Raises what the work raises, to every caller."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work(), name="close")
        await asyncio.shield(self._task)
