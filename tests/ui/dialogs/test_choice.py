"""Choosing from a list in an app of its own: what matches, what a source gives, what a key chooses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, ChoiceList, FoundChoices

FRUIT = [
    Choice("apple", "Apple"),
    Choice("pear", "Pear", reason="None is left.", key="p"),
    Choice("fig", "Fig", key="f"),
    Choice("pineapple", "Pineapple", changes=True),
]


@asynccontextmanager
async def opened(dialog: ChoiceDialog) -> AsyncIterator[tuple[Pilot[None], list[str | None]]]:
    app: App[None] = App()
    answers: list[str | None] = []
    async with app.run_test() as pilot:
        app.push_screen(dialog, answers.append)
        await pilot.pause()
        yield pilot, answers


async def until(pilot: Pilot[None], reached: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not reached():
            await pilot.pause(0.01)


def listed(dialog: ChoiceDialog) -> list[str]:
    return [choice.name for choice in dialog.query_one(ChoiceList).choices]


def about(dialog: ChoiceDialog) -> str:
    return str(dialog.query_one("#about", Static).content)


async def test_the_cursor_begins_on_the_present_choice_and_enter_takes_it() -> None:
    dialog = ChoiceDialog("Fruit", FRUIT, start="fig")
    async with opened(dialog) as (pilot, answers):
        assert not dialog.query_one("#about").display, "the line takes no room before something is said"
        await pilot.press("enter")
        assert answers == ["fig"]


async def test_a_choice_that_cannot_be_taken_says_why_and_the_dialog_stays() -> None:
    dialog = ChoiceDialog("Fruit", FRUIT)
    async with opened(dialog) as (pilot, answers):
        await pilot.press("p")
        assert (answers, about(dialog)) == ([], "None is left.")
        assert dialog.query_one("#about").display
        await pilot.press("f")
        assert answers == ["fig"]


async def test_what_is_typed_narrows_the_choices_and_the_arrows_move_meanwhile() -> None:
    dialog = ChoiceDialog("Fruit", FRUIT, search=True, typed="app")
    async with opened(dialog) as (pilot, answers):
        assert listed(dialog) == ["apple", "pineapple"], "what was typed before counts"
        await pilot.press("down", "up", "backspace", "l", "down")
        assert listed(dialog) == [], "apl"
        await pilot.press("backspace", "down", "enter")
        assert answers == ["pineapple"]


@pytest.mark.parametrize("growing", [False, True])
async def test_a_source_is_asked_for_what_is_typed_and_again_while_it_grows(
    growing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.dialogs.choice.LOOK_AGAIN", 0.01)
    asked: list[str] = []

    async def source(text: str) -> FoundChoices:
        asked.append(text)
        found: Sequence[Choice] = [one for one in FRUIT if text in one.name]
        return FoundChoices(found, f"of {len(FRUIT)}", growing and len(asked) < 5)

    dialog = ChoiceDialog("Fruit", source=source, placeholder="which fruit")
    async with opened(dialog) as (pilot, answers):
        await until(pilot, lambda: listed(dialog) == [one.name for one in FRUIT])
        assert about(dialog) == "of 4"
        if growing:
            await until(pilot, lambda: len(asked) >= 5)
        await pilot.press("f", "i")
        await until(pilot, lambda: listed(dialog) == ["fig"])
        assert asked[-1] == "fi"
        await pilot.press("enter")
        assert answers == ["fig"]


async def test_the_cursor_keeps_its_choice_when_a_source_has_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.dialogs.choice.LOOK_AGAIN", 0.01)
    there = [FRUIT[2]]

    async def source(_text: str) -> FoundChoices:
        return FoundChoices(tuple(there), "", growing=True)

    dialog = ChoiceDialog("Fruit", source=source)
    async with opened(dialog) as (pilot, _):
        await until(pilot, lambda: listed(dialog) == ["fig"])
        there.insert(0, FRUIT[0])
        await until(pilot, lambda: listed(dialog) == ["apple", "fig"])
        current = dialog.query_one(ChoiceList).current
        assert current is not None
        assert current.name == "fig"
