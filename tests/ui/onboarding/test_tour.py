"""The tour: offered once at the first start of the demo, done by pressing real keys, left at any moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from jpmanage_tui.ui.main_screen import MainScreen
from jpmanage_tui.ui.onboarding.tour import STEPS, Seen, TourStrip
from tests.ui.harness import Run, running

OFFER = "New here? F4 starts a tour of six steps; ? shows the keys."


def step(run: Run) -> int:
    tour = run.app.main.tour
    assert tour is not None
    assert tour.step is not None
    return STEPS.index(tour.step) + 1


async def test_every_step_is_done_by_its_keys() -> None:
    async with running(licenses=60) as run:
        await run.press("f4")
        await run.sees("Tour 1/6", "Press /, type part of a site or product")
        await run.press("/", *"scan", "enter")
        await run.until(lambda: step(run) == 2, "found")
        await run.press("enter")
        await run.until(lambda: step(run) == 3, "opened")
        await run.press("escape", "escape", "]")
        await run.sees("Unassigned")
        await run.until(lambda: "1/" in run.app.main.status._counter, "the unassigned ones")
        await run.press("a")
        await run.until(lambda: step(run) == 4, "asked for the site")
        await run.press("escape", "2")
        await run.until(lambda: step(run) == 5, "the bill")
        await run.press("i")
        await run.until(lambda: step(run) == 6, "issue")
        await run.press("?")
        await run.until(lambda: run.app.main.tour is None, "its end")
        await run.press("escape")
        assert not run.asked("POST", "/license")


async def test_beside_details_the_menu_of_a_row_is_the_second_step() -> None:
    async with running((200, 50), licenses=60) as run:
        await run.press("f4", "/", *"scan", "enter")
        await run.until(lambda: step(run) == 2, "found")
        await run.press("enter")
        await run.until(lambda: step(run) == 3, "its menu is open")


async def test_what_is_read_only_assigns_nothing_in_the_tour() -> None:
    async with running(licenses=60, read_only=True) as run:
        await run.press("f4", "/", *"scan", "enter")
        await run.until(lambda: step(run) == 2, "found")
        await run.press("enter")
        await run.until(lambda: step(run) == 4, "the bill is next")


async def test_it_can_be_left_by_its_key_by_esc_and_is_in_the_palette() -> None:
    async with running(licenses=20) as run:
        await run.press("f4", "f4")
        await run.until(lambda: run.app.main.tour is None, "left")
        await run.press("f4", "escape")
        await run.until(lambda: run.app.main.tour is None, "left")
        await run.sees("The tour is in the palette.")
        await run.press("ctrl+p", *"tour", "enter")
        await run.until(lambda: run.app.main.tour, "the tour")


def test_every_step_has_room_for_its_words_in_80_columns() -> None:
    assert max(cell_len(step.text()) for step in STEPS) <= 80 - 2


async def test_a_step_done_out_of_its_turn_is_done() -> None:
    strip = TourStrip()
    assert not strip.look(Seen("billing", None, None))
    assert strip.step is STEPS[0]
    assert [one.title for one in STEPS if one in strip._done] == ["See the bill"]


async def started(folder: Path) -> bool:
    """Start the demo; returns whether the tour is offered. A key takes the offer away."""
    async with running(licenses=20, demo_dir=folder, wait=False) as run:
        run.app.sessions.offers_tour = True
        await run.until(lambda: not run.app.sessions.offers_tour and run.app.session, "it was thought of")
        await run.until(lambda: run.app.main.section and run.app.main.section.counter(), "the rows")
        offered = OFFER in run.text()
        await run.press("j")
        await run.until(lambda: OFFER not in run.text(), "no offer")
        assert run.app.main.tour is None
        return offered


async def test_the_offer_leaves_an_answer_on_the_screen_and_is_made_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answered(main: MainScreen, seconds: float = 0) -> None:
        main.notify("The mouse works here.")

    monkeypatch.setattr(MainScreen, "wait_until_loaded", answered)
    async with running(licenses=20, demo_dir=tmp_path, wait=False) as run:
        run.app.sessions.offers_tour = True
        await run.until(lambda: not run.app.sessions.offers_tour and run.app.session, "it was thought of")
        assert run.app.main.message == "The mouse works here."
    monkeypatch.undo()
    assert await started(tmp_path)


async def test_it_is_offered_once_and_any_key_takes_the_offer_away(tmp_path: Path) -> None:
    assert await started(tmp_path)
    assert not await started(tmp_path)
