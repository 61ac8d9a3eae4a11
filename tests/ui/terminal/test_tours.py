"""Long random tours: with marks, footers that change, and answers that come late, out of order or not at all.

What the terminal shows must be what painting every part anew would show, whatever was pressed before. `MirroredApp`
compares with stock Textual after each frame; here a part that told of less than had changed is found as well, for
which stock Textual would show the same wrong cell. pyte looks on: it is a terminal with ideas of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest
from textual import events

from tests.ui.harness import LARGE, SMALL, Run
from tests.ui.terminal.harness import resize
from tests.ui.terminal.test_real_screens import (
    CLIPBOARD,
    MONO,
    SIXTEEN,
    TRUECOLOR,
    MirroredApp,
    QuietDriver,
    mirrored,
    over_ssh,
    press,
)

__all__ = ["over_ssh"]
MARKING = ("space", "space", "j", "V", "asterisk", "k", "u", "x", "a", "escape", "escape")
MOVING = (
    "j",
    "k",
    "ctrl+u",
    "ctrl+d",
    "pageup",
    "pagedown",
    "g",
    "G",
    "home",
    "end",
    "up",
    "down",
    "equals_sign",
)
OTHER = (
    "enter", "enter", "right", "left", "right_square_bracket", "left_square_bracket", "slash", "b", "escape", "s",
    "full_stop", "question_mark", "0", "1", "2", "3", "4", "5", "tab", "r", "i", "e", "ctrl+p", "ctrl+l",
)  # fmt: skip
LATE = (
    "GET /wpcom/v2/jetpack-licensing/licenses latency=0.05 x4 +3",
    "GET /wpcom/v2/jetpack-licensing/licenses latency=0.3 x3 +9",
    "GET /wpcom/v2/jetpack-licensing/licenses 500 x2 +14",
    "GET /wpcom/v2/jetpack-licensing/licenses/* latency=0.2 x9",
    "GET /wpcom/v2/jetpack-licensing/* latency=0.1 x9 +20",
    "GET /wpcom/v2/jetpack-licensing/* malformed x2 +30",
)


class Watched(QuietDriver):
    """A driver whose bytes are seen by pyte as well."""

    def write(self, data: str) -> None:
        super().write(data)
        if not data.startswith(CLIPBOARD):
            self.stream.feed(data)
            for row in range(self.screen.lines):
                # pyte keeps no row that nothing was written to, and leaves what it shows where one is deleted over it
                self.screen.buffer[row]

    def watch(self, width: int, height: int) -> None:
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.Stream(self.screen)


class WatchedApp(MirroredApp):
    def get_driver_class(self) -> type[Watched]:
        return Watched

    def _on_resize(self, event: events.Resize) -> None:  # type: ignore[override]
        super()._on_resize(event)
        assert isinstance(self._driver, Watched)
        self._driver.watch(*event.size)

    def differs_from_a_repaint(self) -> str:
        """Compare what pyte shows as well."""
        driver, grid = self._driver, self._target
        assert isinstance(driver, Watched)
        assert grid is not None
        for number, (row, shown) in enumerate(zip(grid.rows, driver.screen.display, strict=True)):
            if "".join(row.chars) != shown:
                return f"pyte's row {number}:\n{shown}\n{''.join(row.chars)}"
        return super().differs_from_a_repaint()


async def check(run: Run, app: WatchedApp, told: str) -> None:
    """Wait until nothing is to be painted, and compare with a repaint of everything."""
    differs = ""

    def shows_all() -> bool:
        nonlocal differs
        differs = app.unsettled() or app.differs_from_a_repaint()
        return not differs

    try:
        await run.until(shows_all)
    except AssertionError as error:
        raise AssertionError(f"{told}:\n{differs}") from (app._exception or error)


async def tour(run: Run, app: WatchedApp, seed: int, keys: int) -> None:
    chance = random.Random(seed)
    pressed: list[str] = []
    for step in range(keys):
        if chance.random() < 0.03:
            size = chance.randint(40, 130), chance.randint(12, 40)
            pressed.append(f"resize{size}")
            await resize(run.pilot, *size)
        else:
            for _ in range(chance.randint(1, 3)):
                key = chance.choice(chance.choice((MARKING, MOVING, OTHER)))
                pressed.append(key)
                await press(run, key)
        if chance.random() < 0.3:
            await check(run, app, f"seed {seed}, step {step}, keys before: {pressed[-20:]}")
    await check(run, app, f"seed {seed}, keys before: {pressed[-20:]}")


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
async def test_a_tour_with_marks_and_late_answers_shows_what_a_repaint_shows(
    seed: int, over_ssh: Callable[[str], str], tmp_path: Path
) -> None:
    async with mirrored(SMALL, over_ssh(SIXTEEN), tmp_path, faults=LATE, app_class=WatchedApp) as (run, app):
        assert isinstance(app, WatchedApp)
        await tour(run, app, seed, 15)


@pytest.mark.long
@pytest.mark.parametrize("colors", [TRUECOLOR, SIXTEEN, MONO])
@pytest.mark.parametrize("seed", range(100, 108))
async def test_a_long_tour_on_many_licenses_shows_what_a_repaint_shows(
    seed: int, colors: str, over_ssh: Callable[[str], str], tmp_path: Path
) -> None:
    size = SMALL if seed % 2 else LARGE
    async with mirrored(
        size, over_ssh(colors), tmp_path, licenses=20_000, faults=LATE, app_class=WatchedApp
    ) as (run, app):
        assert isinstance(app, WatchedApp)
        await tour(run, app, seed, 150)
