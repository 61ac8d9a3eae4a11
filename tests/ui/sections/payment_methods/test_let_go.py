"""After a card was typed in and did not come about, nothing that the app holds leads to its number or its code."""

from __future__ import annotations

import gc

import pytest

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.operations.mutation import Secrets
from jpmanage_tui.operations.mutations.cards import ConfirmCard
from jpmanage_tui.ui.sections.payment_methods.new_card import BROKE_OFF
from tests.cases import cases
from tests.ui.harness import Run
from tests.ui.reachable import reachable
from tests.ui.sections.payment_methods.keyboard import (
    CVC,
    demo,
    form,
    look_quickly,
    opened,
    outcome,
    type_card,
)

DECLINED = "4000000000000002"


def held(run: Run) -> list[str]:
    """Return the ways from the app to the card, each from the value up."""
    gc.collect()
    found = []
    for thing, way in reachable(run.app):
        text = thing.decode("latin-1") if isinstance(thing, bytes) else thing
        if isinstance(text, str) and (DECLINED in text.replace(" ", "") or text.strip() == CVC):
            found.append(" < ".join(reversed(way)))
    return found


async def breaks(_change: ConfirmCard, _client: LicensingClient, secrets: Secrets) -> None:
    """Break as a defect would, with the card in the frame."""
    assert secrets.card is not None
    number = secrets.card.number.get_secret_value()
    raise ZeroDivisionError(f"with {number}")


ENDS = {
    "declined": ("", "The card was refused."),
    "lost after": ("POST */confirm reset-after x1", "The card was refused."),
    "lost before": ("POST */confirm reset-before x1", "Stripe did not get the card."),
    "server error": ("POST */confirm 500", "Stripe did not get the card."),
    "not sent": ("GET */configuration 500", "The card was not sent to Stripe"),
    "defect": ("defect", BROKE_OFF),
}


@pytest.mark.parametrize(("fault", "words"), cases(ENDS.items(), "declined", "lost after", "defect"))
@pytest.mark.sample(1)
async def test_a_card_that_did_not_come_about_is_held_by_nothing(
    fault: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jpmanage_tui.services.card_adding.CHECK_PAUSES", (0.0, 0.01))
    async with demo() as run:
        await opened(run)
        look_quickly(run)
        dialog = await form(run)
        if fault == "defect":
            monkeypatch.setattr(ConfirmCard, "send", breaks)
        elif fault:
            run.sandbox.faults.replace([fault])
        await type_card(run, DECLINED, cvc=CVC)
        assert held(run), "while it is typed in, the form holds it"
        await run.press("enter")
        await run.until(lambda: outcome(dialog).startswith("✗"), "the end of the try")
        assert words in outcome(dialog)
        await run.press("escape")
        await run.sees("Your entries will be discarded.")
        await run.press("tab", "enter")
        await run.until(lambda: len(run.app.screen_stack) == 2, "left")
        await run.press("j")
        assert held(run) == []
        if fault == "defect":
            assert [one.kind for one in run.app.unhandled_errors.errors] == ["ZeroDivisionError"]
            assert "breaks:" in run.app.unhandled_errors.errors[0].place
            run.app.unhandled_errors.errors.clear()
