"""`python -m tests.snapshots [NAME...]` draws the screens (all, or those whose name begins so) into screenshots/."""

import asyncio
import sys

from tests.environment import settle
from tests.snapshots.draw import FOLDER, draw, path_of
from tests.snapshots.scene import USUAL_SIZES
from tests.snapshots.scenes import SCENES
from tests.snapshots.shell import SHELL, draw_shell


async def main(begin: tuple[str, ...]) -> None:
    """Draw the pictures; without names, also remove those that no scene takes any more."""
    FOLDER.mkdir(exist_ok=True)
    drawn = set()
    for scene in SCENES:
        if begin and not any(name.startswith(begin) for name in scene.names):
            continue
        for size in scene.sizes:
            for name, svg in (await draw(scene, size)).items():
                if begin and not name.startswith(begin):
                    continue
                path = path_of(name, size)
                path.write_text(svg, encoding="utf-8")
                drawn.add(path)
                sys.stdout.write(f"{path.name}\n")
    for name, commands in SHELL.items():
        if not begin or name.startswith(begin):
            for size in USUAL_SIZES:
                path = path_of(name, size)
                path.write_text(draw_shell(commands, size), encoding="utf-8")
                drawn.add(path)
                sys.stdout.write(f"{path.name}\n")
    if not begin:
        for path in set(FOLDER.glob("*.svg")) - drawn:
            path.unlink()


settle()
asyncio.run(main(tuple(sys.argv[1:])))
