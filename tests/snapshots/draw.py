"""Draws one scene as SVG."""

from __future__ import annotations

import re
from pathlib import Path

from tests.snapshots.scenes import Scene
from tests.ui.harness import LARGE, SMALL, running

FOLDER = Path(__file__).parents[2] / "screenshots"
SIZES = {"80x24": SMALL, "120x36": LARGE}
_FONTS = re.compile(r"\s*@font-face\s*\{.*?\}\n?", re.DOTALL)
_FAMILY = re.compile(r"font-family: Fira Code, ?monospace")


def path_of(scene: Scene, size: str) -> Path:
    """Return where a scene's picture of a size lies."""
    return FOLDER / f"{scene.name}-{size}.svg"


async def draw(scene: Scene, size: str) -> str:
    """Run the scene and return its picture, which refers to no font of another host."""
    async with running(SIZES[size], **scene.start) as run:
        await scene.steps(run)
        await run.pilot.pause()
        svg = run.app.export_screenshot(title="jpmanage")
    svg = _FAMILY.sub("font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace", _FONTS.sub("", svg))
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)  # some viewers trim the spaces before a word
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)
