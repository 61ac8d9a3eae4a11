"""Trouble on Payment Methods: lists that fail, many pages, lost answers while a card is added, a key token alone."""

from __future__ import annotations

import asyncio

import pytest

from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.services.card_adding import STRIPE_UNKNOWN
from jpmanage_tui.ui.dialogs.browser import HandoverDialog
from jpmanage_tui.ui.sections.payment_methods.section import PaymentMethodsSection
from tests.sandbox.harness import NOW, running_sandbox
from tests.ui.harness import Run, on_server
from tests.ui.sections.payment_methods.keyboard import (
    demo,
    form,
    look_quickly,
    opened,
    outcome,
    saved_cards,
    sent,
    type_card,
)


@pytest.mark.slow
async def test_a_list_that_cannot_be_read_says_so_and_r_gets_it_back() -> None:
    async with demo(faults=["GET */payment-methods 500"]) as run:
        await run.press("3")
        await run.sees("Loading the payment methods:", "the server failed (500)")
        run.sandbox.faults.replace(())
        await run.press("r")
        await run.sees("The API answers again.", "Visa …4242")


@pytest.mark.slow
async def test_cards_that_are_there_stay_when_the_line_drops_and_say_how_old_they_are() -> None:
    async with demo() as run:
        view = await opened(run)
        run.sandbox.faults.replace(["GET */payment-methods reset-before"])
        await run.press("r")
        await run.until(lambda: view.loader.error is not None, "the error")
        await run.press("escape")
        await run.sees("3 cards — as of", "could not be refreshed", "Visa …4242")
        await run.press("x")
        await run.sees("Listing the cards before one is deleted")


@pytest.mark.slow
async def test_it_recovers_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.common.retry.PAUSES", (0.05,))
    async with demo(faults=["GET */payment-methods 502 x5"]) as run:
        await opened(run)
        await run.sees("Visa …4242")


async def test_a_primary_card_on_the_last_page_still_stands_first() -> None:
    with running_sandbox(SandboxOptions(licenses=20, now=NOW)) as url:
        env = {"JPMANAGE_API_URL": url, "JPMANAGE_STRIPE_URL": url, "JPMANAGE_TOKEN": "sandbox-key-2"}
        async with on_server(env) as run:
            view = await _opened(run)
            await run.until(lambda: len(view.card_list.items) == 12, "both pages")
            assert view.card_list.loaded_items[0].is_default
            assert [card.name for card in view.card_list.loaded_items].count(None) == 1, (
                "a card without holder is listed"
            )
            await run.press("G")
            await run.sees("12/12")


async def _opened(run: Run) -> PaymentMethodsSection:
    await run.until(lambda: run.app.main.section is not None, "the first screen")
    return await opened(run)


async def test_with_a_key_token_alone_a_card_is_added_on_the_vendors_page() -> None:
    with running_sandbox(SandboxOptions(licenses=20, now=NOW)) as url:
        env = {"JPMANAGE_API_URL": url, "JPMANAGE_STRIPE_URL": url, "JPMANAGE_TOKEN": "sandbox-key"}
        async with on_server(env) as run:
            await _opened(run)
            await run.press("n")
            await run.until(lambda: isinstance(run.app.screen, HandoverDialog), "the handover")
            dialog: HandoverDialog[object] = run.app.screen  # type: ignore[assignment]
            assert "jpmanage login" in dialog.handover.text[0]
            assert not dialog.handover.demo, "a real account has no demo entries"
            assert "demo:" not in run.text()


@pytest.mark.slow
async def test_a_lost_answer_of_stripe_is_looked_up_and_the_card_is_sent_once() -> None:
    async with demo() as run:
        await opened(run)
        await form(run)
        run.sandbox.faults.replace(["POST /v1/setup_intents/*/confirm reset-after x1"])
        await type_card(run)
        await run.press("enter")
        await run.sees("Mastercard …4444 is saved as the primary card.")
        assert len(run.asked("POST", "/confirm")) == 1


async def test_a_card_that_never_reached_stripe_is_said_so_only_after_looking() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        run.sandbox.faults.replace(["POST /v1/setup_intents/*/confirm reset-before x1"])
        await type_card(run)
        await run.press("enter")
        await run.until(lambda: "Stripe did not get the card" in outcome(dialog), "the sentence")
        assert len(run.asked("GET", "/v1/setup_intents")) == 3, "only the last look may say so"
        await run.press("enter")
        await run.sees("is saved as the primary card")


@pytest.mark.slow
async def test_while_stripe_cannot_be_asked_nothing_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.services.card_adding.CHECK_PAUSES", (0.0,))
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        run.sandbox.faults.replace(
            ["POST /v1/setup_intents/*/confirm reset-after x1", "GET /v1/setup_intents/* reset-before"]
        )
        await type_card(run)
        await run.press("enter")
        await run.until(lambda: STRIPE_UNKNOWN in outcome(dialog), "nobody knows")
        await run.press("enter")
        await run.until(lambda: not dialog.busy and STRIPE_UNKNOWN in outcome(dialog), "still nobody knows")
        run.sandbox.faults.replace(())
        await run.press("enter")
        await run.sees("is saved as the primary card")
        assert len(run.asked("POST", "/confirm")) == 1, "Save looked first, each time"
        assert len(run.asked("GET", "/stripe/configuration")) == 1


async def test_a_lost_answer_to_saving_is_looked_up_in_the_list() -> None:
    async with demo(faults=["POST */stripe/payment-method reset-after x1"]) as run:
        look_quickly(run)
        await opened(run)
        await form(run)
        await type_card(run)
        await run.press("enter")
        await run.sees("is saved as the primary card (the answer was lost; confirmed by checking).")
        assert len(sent(run)) == 1


@pytest.mark.slow
async def test_saving_that_failed_after_stripe_took_the_card_goes_on_there_and_asks_the_list_first() -> None:
    async with demo(faults=["POST */stripe/payment-method reset-before x1"]) as run:
        look_quickly(run)
        await opened(run)
        dialog = await form(run)
        await type_card(run)
        await run.press("enter")
        await run.until(
            lambda: "Stripe has the card, but it is not saved yet" in outcome(dialog), "the sentence"
        )
        looked = len(run.asked("GET", "/payment-methods"))
        await run.press("enter")
        await run.sees("is saved as the primary card")
        again = int(str(run.asked("POST", "/stripe/payment-method")[1]["number"]))
        before = [one for one in run.asked("GET", "/payment-methods") if int(str(one["number"])) < again]
        assert len(before) == looked + 1, "the list was asked for before it was sent again"
        assert len(run.asked("POST", "/confirm")) == 1, "the card itself is sent once"
        assert [last4 for last4, _ in await saved_cards(run)].count("4444") == 2, (
            "the new one, and one of before"
        )


@pytest.mark.slow
async def test_another_card_typed_after_a_failure_begins_anew() -> None:
    async with demo(faults=["POST */stripe/payment-method reset-before x1"]) as run:
        look_quickly(run)
        await opened(run)
        dialog = await form(run)
        await type_card(run)
        await run.press("enter")
        await run.until(lambda: "not saved yet" in outcome(dialog), "the sentence")
        await type_card(run, "6011111111111117")
        await run.press("enter")
        await run.sees("Discover …1117 is saved")
        assert len(run.asked("POST", "/confirm")) == 2


@pytest.mark.slow
async def test_no_intent_no_card_sent() -> None:
    async with demo(faults=["GET */stripe/configuration 500 x1"]) as run:
        await opened(run)
        dialog = await form(run)
        await type_card(run)
        await run.press("enter")
        await run.until(lambda: "The card was not sent to Stripe" in outcome(dialog), "the sentence")
        assert not run.asked("POST", "/confirm")


async def test_a_save_without_answer_may_be_left_and_how_it_ended_is_said_later() -> None:
    async with demo(faults=["POST */stripe/payment-method reset-after x1"]) as run:
        assert run.app.session is not None
        queue = run.app.session.queue
        released = asyncio.Event()

        async def wait(_seconds: float) -> None:
            await released.wait()

        queue.policy = queue._reconciler.policy = Policy(check_pauses=(0.0, 1.0), sleep=wait)
        view = await opened(run)
        dialog = await form(run)
        await type_card(run)
        await run.press("enter")
        await run.until(lambda: dialog._saver.saving(), "the last step")
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.app.main, "the list")
        await run.press("1")
        released.set()
        await run.sees(
            "Mastercard …4444 is saved as the primary card (the answer was lost; confirmed by checking)."
        )
        await run.press("3")
        await run.until(lambda: len(view.card_list.items) == 4, "the new card")
        assert len(sent(run)) == 1


@pytest.mark.slow
async def test_a_card_on_its_way_to_stripe_cannot_be_left() -> None:
    async with demo(faults=["POST /v1/setup_intents/*/confirm latency=2 x1"]) as run:
        await opened(run)
        dialog = await form(run)
        await type_card(run)
        await run.press("enter")
        await run.until(lambda: "Handing the card" in outcome(dialog), "at Stripe")
        await run.press("escape")
        await run.until(lambda: "cannot be stopped" in outcome(dialog), "the sentence")
        assert run.app.screen is dialog
        await run.sees("is saved as the primary card")
