"""Buttons, checkboxes and fields by themselves: their keys, why they cannot be used, and what they cost on the line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import on
from textual.app import ComposeResult
from textual.pilot import Pilot

from jpmanage_tui.ui.common.themes import THEMES
from jpmanage_tui.ui.terminal.colors import ColorDepth
from jpmanage_tui.ui.widgets.button import Button, ButtonRow
from jpmanage_tui.ui.widgets.checkbox import Checkbox
from jpmanage_tui.ui.widgets.input import Input
from tests.ui.terminal.harness import CapturingDriver, Mirror

WIDTH = 60
LONG = "Assign Jetpack Security (10GB) to shop.mistral-garden-2.example again"


class Controls(Mirror):
    """A field, a checkbox and two buttons on a terminal, and what they said."""

    def __init__(self, theme: str) -> None:
        super().__init__(driver_class=CapturingDriver, colors=ColorDepth.TRUECOLOR)
        self.said: list[str] = []
        for one in THEMES:
            self.register_theme(one)
        self.theme = theme

    def compose(self) -> ComposeResult:
        yield Input(id="field")
        yield Checkbox("E-mail the customer [again]", True, id="check")
        yield ButtonRow(Button("Cancel", id="cancel"), Button("Revoke [all]", "error", id="go"), width=WIDTH)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.said.append(event.button.id or "")

    @on(Checkbox.Changed)
    def _changed(self, event: Checkbox.Changed) -> None:
        self.said.append(f"{event.checkbox.id} {event.value}")

    def shown(self) -> str:
        assert self.differed is not None
        return "\n".join(self.differed.display)


@asynccontextmanager
async def controls(theme: str = "terminal") -> AsyncIterator[tuple[Controls, Pilot[None]]]:
    app = Controls(theme)
    async with app.run_test(headless=False, size=(WIDTH, 10)) as pilot:
        await pilot.pause()
        yield app, pilot


async def cost(app: Controls, pilot: Pilot[None], *keys: str) -> int:
    """Return how many bytes a key takes on the line, at most."""
    most = 0
    for key in keys:
        before = app.differed_bytes
        await pilot.press(key)
        await pilot.pause()
        most = max(most, app.differed_bytes - before)
    return most


async def test_a_checkbox_is_turned_over_by_space_and_enter_and_says_so() -> None:
    async with controls() as (app, pilot):
        app.query_one(Checkbox).focus()
        await pilot.press("space")
        assert app.said == ["check False"]
        await pilot.pause()
        assert "[ ] E-mail the customer [again]" in app.shown(), "nothing in a label is markup"
        await pilot.press("enter")
        await pilot.pause()
        assert app.said == ["check False", "check True"]
        assert "[x] E-mail the customer [again]" in app.shown()


async def test_a_checkbox_that_cannot_be_turned_says_why_and_keeps_the_focus() -> None:
    async with controls() as (app, pilot):
        check = app.query_one(Checkbox)
        check.focus()
        check.disabled_reason = "the first card is primary"
        await pilot.press("space", "enter")
        await pilot.pause()
        assert (check.value, app.said, check.has_focus) == (True, [], True)
        assert "[x] E-mail the customer [again]  (the first card is primary)" in app.shown()


@pytest.mark.parametrize("key", ["space", "enter"])
async def test_a_button_is_pressed_by_space_and_enter_also_where_there_is_a_reason_why_not(key: str) -> None:
    async with controls() as (app, pilot):
        go = app.query_one("#go", Button)
        go.focus()
        await pilot.press(key)
        go.disabled_reason = "Type 25 first."
        await pilot.press(key)
        assert app.said == ["go", "go"], "who hears of it says why not"
        assert "[ Cancel ]  [ Revoke [all] ]" in app.shown()


async def test_a_label_that_is_too_long_goes_on_below_and_the_buttons_stand_below_each_other() -> None:
    async with controls() as (app, pilot):
        app.query_one("#go", Button).label = LONG
        await pilot.pause()
        lines = [line.rstrip() for line in app.shown().splitlines()]
        at = lines.index("[ Cancel ]")
        assert " ".join(" ".join(lines[at + 1 : at + 3]).split()) == f"[ {LONG} ]"
        assert lines[at + 2].startswith("  ")


@pytest.mark.parametrize(
    ("theme", "typing", "turning", "moving"), [("terminal", 8, 12, 56), ("dark", 38, 43, 106)]
)
async def test_controls_cost_few_bytes_a_key(theme: str, typing: int, turning: int, moving: int) -> None:
    async with controls(theme) as (app, pilot):
        app.query_one(Input).focus()
        await cost(app, pilot, "x")  # what the focus sent is counted with the frame after it
        assert await cost(app, pilot, *"abcdef") <= typing
        app.query_one(Checkbox).focus()
        await pilot.pause()
        assert await cost(app, pilot, "space", "space") <= turning
        app.query_one("#cancel").focus()
        await pilot.pause()
        assert await cost(app, pilot, "tab", "shift+tab", "tab") <= moving, "two buttons are repainted"
        assert await cost(app, pilot, "space", "enter") == 0, "a press is not shown by the button"
