"""Draws the pictures of one scene as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.rules import text
from tests.sandbox.harness import NOW
from tests.snapshots.scene import Scene
from tests.snapshots.svg import tidy
from tests.ui.harness import LARGE, SMALL, Run

FOLDER = Path(__file__).parents[2] / "screenshots"
SIZES = {"80x24": SMALL, "120x36": LARGE, "200x50": (200, 50)}
_AT_ONCE = {
    "jpmanage_tui.api.requestor.BACK_OFF": 0.0,
    "jpmanage_tui.services.search.index_builder.PERIOD": 0.0,
    "jpmanage_tui.ui.sections.licenses.search_controller.START_AFTER": 0.01,
    "jpmanage_tui.ui.dialogs.choice.LOOK_AGAIN": 0.02,
    "jpmanage_tui.ui.widgets.status_line.SEEN_SECONDS": 60.0,
}
"""Pauses that spare a server or a reader, so that the pictures do not depend on how fast a key comes."""


def path_of(name: str, size: str) -> Path:
    """Return where the picture of this name and size lies."""
    return FOLDER / f"{name}-{size}.svg"


async def draw(scene: Scene, size: str) -> dict[str, str]:
    """Run the scene and return its pictures by name; they refer to no font of another host."""
    drawn: dict[str, str] = {}
    with _still():
        async with scene.opened(SIZES[size], **scene.start) as run:

            async def take(name: str) -> None:
                await run.pilot.pause()
                drawn[name] = _picture(run)

            await scene.steps(run, take)
    if tuple(drawn) != scene.names:
        raise RuntimeError(f"the scene took {tuple(drawn)}, its names are {scene.names}")
    return drawn


@contextmanager
def _still() -> Iterator[None]:
    """Let this machine's clock stand still where it is shown, and nothing wait for the sake of a server."""
    with pytest.MonkeyPatch.context() as patch:
        # its code is replaced, so that every module that imported it shows the same time
        patch.setattr(text.format_time, "__code__", (lambda moment: "09:00").__code__)
        patch.setattr(Journal.__init__, "__defaults__", (lambda: NOW,))
        for name, value in _AT_ONCE.items():
            patch.setattr(name, value)
        yield


def _picture(run: Run) -> str:
    return tidy(run.app.export_screenshot(title="jpmanage", simplify=True))
