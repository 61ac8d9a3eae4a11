"""What is composed narrowly is what stock Textual composes."""

from __future__ import annotations

import random

import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual.widget import Widget

from jpmanage_tui.ui.terminal.dirty_region import NarrowCompositor
from tests.ui.terminal.apps.gallery import Gallery, Rows
from tests.ui.terminal.harness import CapturingDriver
from tests.ui.terminal.test_differ import press_at_random


class Compared:
    """How many updates were compared, and the widgets away from every changed line that each way rendered."""

    def __init__(self, app: Gallery) -> None:
        self.app = app
        self.updates = 0
        self.narrow: list[Widget] = []
        self.stock: list[Widget] = []


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Compared:
    """Compose each partial update in both ways, and compare all that is shown of it."""
    told = Compared(Gallery(driver_class=CapturingDriver))
    both, stock = NarrowCompositor.render_partial_update, Compositor.render_partial_update
    rendered = Widget.render_lines
    calls: list[Widget] = []

    def render_lines(self: Widget, crop: object) -> object:
        calls.append(self)
        return rendered(self, crop)  # type: ignore[arg-type]

    def render(self: NarrowCompositor) -> ChopsUpdate | None:
        dirty = set(self._dirty_regions)
        changed = {y for region in dirty for y in region.line_range}
        calls.clear()
        narrow = both(self)
        told.narrow += [one for one in calls if changed.isdisjoint(one.region.line_range)]
        self._dirty_regions = set(dirty)
        calls.clear()
        whole = stock(self)
        told.stock += [one for one in calls if changed.isdisjoint(one.region.line_range)]
        assert (narrow is None) == (whole is None)
        if narrow is not None and whole is not None:
            told.updates += 1
            console = told.app.console
            assert narrow.render_segments(console) == whole.render_segments(console)
        return narrow

    monkeypatch.setattr(Widget, "render_lines", render_lines)
    monkeypatch.setattr(NarrowCompositor, "render_partial_update", render)
    return told


@pytest.mark.slow
async def test_every_partial_update_of_random_keys_and_resizes_is_as_stock_composes_it(
    compared: Compared,
) -> None:
    app = compared.app
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await press_at_random(pilot, random.Random(4), 40)
        await pilot.press("ctrl+d", "x", "tab", "escape", "down")
    assert compared.updates > 20


async def test_a_cursor_that_moves_does_not_render_what_stands_between_its_row_and_the_status(
    compared: Compared,
) -> None:
    app = compared.app
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.query_one(Rows).focus()
        await pilot.press("down")
        await pilot.press("down", "up")
    assert compared.stock, "there is something between"
    assert compared.narrow == []
