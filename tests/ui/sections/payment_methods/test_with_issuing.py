"""Issuing leads here when a card is missing, and goes on with what was picked."""

from __future__ import annotations

import pytest

from tests.ui.sections.payment_methods.keyboard import demo, form, opened, type_card


@pytest.mark.slow
async def test_after_the_card_is_saved_the_way_back_to_issuing_is_said() -> None:
    async with demo() as run:
        run.app.issue_selection = "jetpack-scan:1"
        await opened(run)
        await form(run)
        await type_card(run)
        await run.press("enter")
        await run.sees("is saved as the primary card.", "Press i to go on issuing.")


async def test_the_view_asks_again_when_it_is_shown_after_a_change_elsewhere() -> None:
    async with demo() as run:
        view = await opened(run)
        await run.press("1")
        await run.until(lambda: run.app.main.section is not view, "another section")
        asked = len(run.asked("GET", "/payment-methods"))
        run.app.main.mark_outdated()
        await run.press("3")
        await run.until(lambda: len(run.asked("GET", "/payment-methods")) > asked, "asked again")
