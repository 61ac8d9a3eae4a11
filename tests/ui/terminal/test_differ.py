from __future__ import annotations

import random

import pytest

from jpmanage_tui.ui.terminal.colours import ColourDepth
from tests.ui.terminal.apps.gallery import Gallery
from tests.ui.terminal.harness import CapturingDriver, Mirror, resize

KEYS = (
    "down", "up", "pagedown", "pageup", "tab", "shift+tab", "enter", "escape", "a", "漢", "é", "left",
    "right", "backspace", "home", "end", "ctrl+d", "ctrl+t", "ctrl+l", "space",
)  # fmt: skip


class MirroredGallery(Mirror, Gallery):
    pass


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("theme", ["textual-dark", "ansi-dark"])
async def test_after_every_frame_of_random_keys_and_resizes_both_terminals_show_the_same(
    seed: int, theme: str
) -> None:
    chance = random.Random(seed)
    app = MirroredGallery(driver_class=CapturingDriver, colours=ColourDepth.TRUECOLOR)
    app.theme = theme
    async with app.run_test(headless=False, size=(100, 30)) as pilot:
        for _ in range(40):
            if chance.random() < 0.1:
                await resize(pilot, chance.randint(20, 120), chance.randint(5, 40))
            else:
                await pilot.press(chance.choice(KEYS))
        app.compare()
        assert app.frames > 20
        assert app.differed_bytes < app.stock_bytes / 3
