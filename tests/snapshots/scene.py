"""What a scene is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from tests.ui.harness import Run, running

USUAL_SIZES = ("80x24", "120x36")
Take = Callable[[str], Awaitable[None]]
"""Takes the picture of this name, of the screen as it is now."""


@dataclass(frozen=True)
class Scene:
    """Pictures that one run of the app takes: their names, the steps to them, and how the app is started.

    A picture's name is that of its file without size and ending. `start` is given to `opened`, after the size. `sizes`
    are those of the terminal, by their names in `draw.SIZES`.
    """

    names: tuple[str, ...]
    steps: Callable[[Run, Take], Awaitable[None]]
    start: dict[str, Any] = field(default_factory=dict)
    opened: Callable[..., AbstractAsyncContextManager[Run]] = running
    sizes: tuple[str, ...] = USUAL_SIZES


def single(name: str, steps: Callable[[Run], Awaitable[None]], **start: Any) -> Scene:
    """Return the scene of one picture, which is taken when the steps are done."""

    async def whole(run: Run, take: Take) -> None:
        await steps(run)
        await take(name)

    return Scene((name,), whole, start)
