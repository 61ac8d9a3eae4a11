"""A program that ended between Stripe and the API: the next one says so, and lists the cards before a new try."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.sections.payment_methods.keyboard import (
    CHALLENGED,
    at_the_browser,
    demo,
    form,
    opened,
    saved_cards,
    type_card,
)


@pytest.mark.slow
async def test_the_next_run_tells_of_a_card_that_was_handed_to_stripe_and_not_saved(tmp_path: Path) -> None:
    async with demo(demo_dir=tmp_path) as run:
        await opened(run)
        await form(run)
        await type_card(run, CHALLENGED)
        await run.press("enter")
        await at_the_browser(run)
    async with demo(demo_dir=tmp_path) as run:
        await opened(run)
        before = len(run.asked("GET", "/payment-methods"))
        await form(run)
        await run.sees("Visa …3184 was handed to Stripe on", "That charges nothing twice.")
        assert len(run.asked("GET", "/payment-methods")) > before, "listed anew before a new try"
        await type_card(run)
        await run.press("enter")
        await run.sees("Mastercard …4444 is saved as the primary card.")
        assert len(await saved_cards(run)) == 4
        await form(run)
        assert "handed to Stripe" not in run.text(), "a card was saved since"
