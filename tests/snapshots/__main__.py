"""`python -m tests.snapshots [NAME...]` draws the screens (all, or those whose name begins so) into screenshots/."""

import asyncio
import sys

from tests.environment import settle
from tests.snapshots.draw import FOLDER, SIZES, draw, path_of
from tests.snapshots.scenes import SCENES


async def main(names: list[str]) -> None:
    """Draw the scenes; without names, also remove pictures of scenes that are no more."""
    FOLDER.mkdir(exist_ok=True)
    drawn = set()
    for scene in SCENES:
        if names and not any(scene.name.startswith(name) for name in names):
            continue
        for size in SIZES:
            path = path_of(scene, size)
            path.write_text(await draw(scene, size), encoding="utf-8")
            drawn.add(path)
            sys.stdout.write(f"{path.name}\n")
    if not names:
        for path in set(FOLDER.glob("*.svg")) - drawn:
            path.unlink()


settle()
asyncio.run(main(sys.argv[1:]))
