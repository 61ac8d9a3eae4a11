"""Operations about cards: one line for each that was to be added, named, with its true end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.mutation import Mutation, mutation_from_json
from jpmanage_tui.operations.mutations.cards import ConfirmCard, CreateSetupIntent, MakeCardPrimary, SaveCard
from jpmanage_tui.services.operation_text import can_be_settled, end_words, one_a_card
from tests.ui.harness import Run
from tests.ui.sections.payment_methods.keyboard import (
    CHALLENGED,
    at_the_browser,
    demo,
    form,
    opened,
    outcome,
    turn,
    type_again,
    type_card,
)
from tests.ui.sections.payment_methods.test_units import NOW

VISA, OTHER = "Visa …4242", "Mastercard …4444"
PM, PM_2 = PaymentMethodId("pm_1"), PaymentMethodId("pm_2")
DONE, UNKNOWN, REFUSED = EntryState.DONE, EntryState.UNKNOWN, EntryState.REFUSED
NOT_SENT, SENT = EntryState.NOT_SENT, EntryState.SENT


def entries(*steps: tuple[Mutation[Any], EntryState], account: str = "a", first: int = 1) -> list[Entry]:
    """Entries of the journal, oldest first."""
    return [
        Entry(
            number,
            account,
            change,
            state,
            NOW + timedelta(minutes=number),
            None,
            None,
            None,
            (),
            None,
            "",
            (),
            "",
        )
        for number, (change, state) in enumerate(steps, first)
    ]


def lines(*oldest_first: Entry) -> list[str]:
    """The lines of the log, newest first."""
    shown = one_a_card(list(reversed(oldest_first)))
    return [f"{end_words(entry)} {entry.change.summary()}" for entry in shown]


@pytest.mark.parametrize("card", [VISA, ""], ids=["named", "of the first release"])
@pytest.mark.parametrize(
    ("steps", "word"),
    [
        ([DONE, DONE, DONE], "✓ saved"),
        ([DONE, UNKNOWN, DONE], "✓ saved"),
        ([DONE, DONE, EntryState.CONFIRMED_DONE], "✓ saved (confirmed)"),
        ([DONE, DONE, REFUSED], "✗ not saved"),
        ([DONE, DONE, EntryState.CONFIRMED_NOT_DONE], "✗ not saved"),
        ([DONE, DONE, NOT_SENT], "✗ not saved"),
        ([DONE, DONE, SENT], "on its way"),
        ([DONE, DONE, UNKNOWN], "? unknown"),
        ([DONE, DONE], "✗ not saved"),
        ([DONE, UNKNOWN], "✗ not saved"),
        ([DONE, REFUSED], "✗ not saved"),
        ([DONE, NOT_SENT], "✗ not saved"),
        ([DONE, SENT], "on its way"),
        ([DONE], "✗ not saved"),
        ([UNKNOWN], "✗ not saved"),
        ([REFUSED], "✗ not saved"),
        ([NOT_SENT], "✗ not saved"),
        ([EntryState.QUEUED], "queued"),
    ],
)
def test_the_requests_that_add_a_card_are_one_line_that_says_whether_it_is_saved(
    steps: list[EntryState], word: str, card: str
) -> None:
    changes: list[Mutation[Any]] = [CreateSetupIntent(card), ConfirmCard(card), SaveCard(PM, True, card)]
    sentence = f"Add card {card}" if card else "Add a card"
    primary = " as primary" if len(steps) == 3 else ""
    assert lines(*entries(*zip(changes, steps, strict=False))) == [f"{word} {sentence}{primary}"]


def test_a_card_that_was_declined_says_so_and_the_next_try_is_a_line_of_its_own() -> None:
    first = entries((CreateSetupIntent(VISA), DONE), (ConfirmCard(VISA), REFUSED))
    first[1] = replace(first[1], message="Your card was declined.")
    again = entries(
        (CreateSetupIntent(VISA), DONE), (ConfirmCard(VISA), DONE), (SaveCard(PM, False, VISA), DONE), first=3
    )
    assert lines(*first, *again) == [f"✓ saved Add card {VISA}", f"✗ declined Add card {VISA}"]


@pytest.mark.parametrize(
    ("change", "state", "word"),
    [
        (ConfirmCard(VISA), REFUSED, "✗ declined"),
        (ConfirmCard(VISA), DONE, "✗ not saved"),
        (CreateSetupIntent(VISA), REFUSED, "✗ not saved"),
        (SaveCard(PM, True, VISA), REFUSED, "✗ not saved"),
        (MakeCardPrimary(PM, VISA), REFUSED, "✗ refused"),
    ],
)
def test_only_a_card_that_stripe_refused_is_called_declined(
    change: Mutation[Any], state: EntryState, word: str
) -> None:
    (entry,) = entries((change, state))
    assert end_words(replace(entry, message="Your card was declined.")) == word


def test_requests_whose_others_are_too_long_ago_to_be_listed_stand_for_themselves() -> None:
    assert lines(*entries((SaveCard(PM, True, VISA), DONE))) == [f"✓ saved Add card {VISA} as primary"]
    assert lines(*entries((ConfirmCard(VISA), DONE))) == [f"✗ not saved Add card {VISA}"]
    assert len(lines(*entries((ConfirmCard(VISA), REFUSED), (ConfirmCard(VISA), DONE)))) == 2
    assert len(lines(*entries((CreateSetupIntent(VISA), DONE), (SaveCard(PM, True, VISA), DONE)))) == 2


def test_cards_that_two_programs_add_at_once_are_not_mixed_up() -> None:
    mixed = entries(
        (CreateSetupIntent(VISA), DONE),
        (CreateSetupIntent(OTHER), DONE),
        (ConfirmCard(VISA), DONE),
        (ConfirmCard(OTHER), REFUSED),
        (SaveCard(PM, True, VISA), DONE),
    )
    assert lines(*mixed) == [f"✓ saved Add card {VISA} as primary", f"✗ not saved Add card {OTHER}"]
    of_two_keys = entries(
        (CreateSetupIntent(VISA), DONE),
        (CreateSetupIntent(VISA), DONE),
        (ConfirmCard(VISA), DONE),
        (ConfirmCard(VISA), DONE),
        (SaveCard(PM, True, VISA), DONE),
    )
    of_two_keys = [replace(entry, account="ab"[entry.id % 2]) for entry in of_two_keys]
    assert [line.split(" Add")[0] for line in lines(*of_two_keys)] == ["✓ saved", "✗ not saved"]


def test_a_saving_that_is_tried_again_is_of_the_same_card() -> None:
    tried = entries(
        (CreateSetupIntent(VISA), DONE),
        (ConfirmCard(VISA), DONE),
        (SaveCard(PM, True, VISA), REFUSED),
        (SaveCard(PM, True, VISA), DONE),
        (MakeCardPrimary(PM_2, OTHER), DONE),
    )
    assert lines(*tried) == [f"✓ done Set {OTHER} as primary card", f"✓ saved Add card {VISA} as primary"]


def test_a_saving_of_unknown_fate_stays_in_the_log_whatever_came_after_it() -> None:
    tried = entries(
        (ConfirmCard(VISA), DONE), (SaveCard(PM, True, VISA), UNKNOWN), (SaveCard(PM, True, VISA), NOT_SENT)
    )
    assert [word.partition(" Add")[0] for word in lines(*tried)] == ["✗ not saved", "? unknown"]


def test_only_what_keeps_the_like_from_being_sent_is_to_be_settled() -> None:
    kept = entries((CreateSetupIntent(), UNKNOWN), (ConfirmCard(), UNKNOWN), (SaveCard(PM, True), UNKNOWN))
    assert [can_be_settled(entry) for entry in kept] == [False, False, True]
    assert not any(can_be_settled(replace(entry, state=DONE)) for entry in kept)


@pytest.mark.parametrize(
    ("kind", "payload", "sentence"),
    [
        ("create_setup_intent", "{}", "Add a card"),
        ("confirm_card", "{}", "Add a card"),
        ("save_card", '{"payment_method_id": "pm_1", "primary": true}', "Add a card as primary"),
    ],
)
def test_what_the_first_release_wrote_is_read(kind: str, payload: str, sentence: str) -> None:
    change = mutation_from_json(kind, payload)
    assert change.summary() == sentence
    assert mutation_from_json(kind, change.to_json()) == change


# -- on the screen -------------------------------------------------------------------------


async def log(run: Run) -> str:
    """Leave the form, where it is open, and open the log."""
    if "New credit card" in run.text() and len(run.app.screen_stack) > 2:
        await run.press("escape")
    if "Leave the form?" in run.text():
        await run.press("tab", "enter")
    await run.until(lambda: len(run.app.screen_stack) == 2, "the screen itself")
    await run.press("0")
    await run.sees("Time (UTC)")
    await run.until(lambda: "Add card" in run.text(), "the lines")
    return run.text()


async def test_a_declined_card_and_one_that_is_saved_are_a_line_each() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        await type_again(run, dialog, "4000000000000002")
        await run.until(lambda: "refused" in outcome(dialog), "the refusal")
        await type_again(run, dialog, "5555555555554444")
        await run.sees("is saved as the primary card")
        text = await log(run)
        rows = [line for line in text.splitlines() if "Add card" in line]
        assert sum("✓ saved" in row and "Mastercard …4444 as primary" in row for row in rows) == 1
        assert sum("✗ declined" in row and "Visa …0002" in row for row in rows) == 1
        assert "Hand the" not in text
        assert "Prepare" not in text
        await run.press("down")
        await run.sees("✗ declined. Your card was declined.")
        assert "Request id: req_" in run.text()


async def test_a_card_that_the_bank_did_not_confirm_is_not_saved() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        await type_card(run, CHALLENGED)
        await run.press("enter")
        await at_the_browser(run)
        await run.press("down", "enter")
        await run.until(lambda: "unable to authenticate" in outcome(dialog), "the refusal")
        await log(run)
        await run.sees(
            "✗ not saved", "Add card Visa …3184", "The bank asked the cardholder to confirm this card."
        )


@pytest.mark.parametrize("lacks", ["no-key", "no-intent"])
async def test_where_the_configuration_of_stripe_is_empty_the_sentences_agree(lacks: str) -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        await turn(run, stripe_configuration=lacks)
        await type_card(run)
        await run.press("enter")
        await run.until(lambda: "was not sent" in outcome(dialog), "the sentence")
        said = outcome(dialog)
        assert "nothing was saved" in said
        assert "is missing" in said
        assert "may or may not" not in said
        assert not run.asked("POST", "/confirm")
        await log(run)
        await run.sees("✗ not saved", "Add card Mastercard …4444", "is missing")
        assert "d it was done" not in run.text(), "there is nothing that could be settled"


@pytest.mark.parametrize(
    "fault",
    [
        "GET */stripe/configuration 500",
        "POST /v1/setup_intents/*/confirm 401",
        "GET */stripe/configuration 401",
    ],
)
@pytest.mark.sample(1)
async def test_the_form_advises_no_key_that_does_nothing_in_it(
    monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr("jpmanage_tui.api.requestor.BACK_OFF", 0.0)
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        run.sandbox.faults.replace([fault])
        await type_card(run)
        await run.press("enter")
        await run.until(lambda: "nothing was saved" in outcome(dialog), "the sentence")
        assert "Press " not in outcome(dialog)
        assert "press " not in outcome(dialog)
