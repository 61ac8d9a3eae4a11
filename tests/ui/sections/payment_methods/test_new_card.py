"""The form for a new card: every refusal under its field, 3-D Secure, the vendor's page, and the tick box."""

from __future__ import annotations

from functools import partial

import pytest

from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.sections.payment_methods.new_card import FIRST
from jpmanage_tui.ui.widgets.form import FormRow
from tests.ui.harness import LARGE, SMALL
from tests.ui.sections.payment_methods.keyboard import (
    CHALLENGED,
    GOOD,
    at_the_browser,
    delete_all_but,
    demo,
    form,
    opened,
    outcome,
    saved_cards,
    sent,
    turn,
    type_again,
    type_card,
)


async def test_an_empty_form_says_what_is_missing_under_every_field_and_sends_nothing() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        await run.press("f2")
        errors = {name: row.error for name, row in dialog.form.rows.items()}
        assert all(errors.values()), errors
        assert run.app.screen.focused is dialog.form.fields["name"].field, "the focus jumps to the first"
        assert not run.asked("GET", "/stripe/configuration"), (
            "no intent is opened for a form that cannot be sent"
        )


WRONG = [
    ("4242424242424241", "12/34", "123", "number", "not a card number"),
    ("424242424242", "12/34", "123", "number", "not complete"),
    (GOOD, "13/34", "123", "expiry", "MM/YY"),
    (GOOD, "12/20", "123", "expiry", "has expired"),
    (GOOD, "12/34", "12", "cvc", "3 digits"),
    ("378282246310005", "12/34", "123", "cvc", "4 digits"),
]


def _says(row: FormRow, words: str) -> bool:
    return words in row.error


@pytest.mark.slow
async def test_what_is_wrong_is_said_under_its_field_before_anything_is_sent() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        for number, expiry, cvc, field, words in WRONG:
            await type_again(run, dialog, number, expiry, cvc)
            row = dialog.form.rows[field]
            await run.until(partial(_says, row, words), words)
            assert [name for name, row in dialog.form.rows.items() if row.error] == [field]
        assert not run.asked("POST", "/v1/")
        assert not run.asked("GET", "/stripe/configuration")


REFUSED = [
    ("4000000000000127", "cvc", "security code is incorrect"),
    ("4000000000000069", "expiry", "has expired"),
    ("4000000000000002", None, "was declined"),
    ("4000000000009995", None, "insufficient funds"),
    ("4000000000009987", None, "was declined"),
    ("4000000000009979", None, "was declined"),
    ("4000000000000119", None, "error occurred while processing"),
    ("4111111111111111", None, "non test card"),
]


@pytest.mark.slow
async def test_what_the_bank_refuses_is_said_where_it_belongs_and_the_form_stays_as_it_was() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        for number, field, words in REFUSED:
            await type_again(run, dialog, number)
            await run.until(lambda: "refused" in outcome(dialog), f"the refusal of {number}")
            said = dialog.form.rows[field].error if field else outcome(dialog)
            assert words in said
            assert dialog.form.fields["name"].value == "Ada", "nothing typed is lost"
        assert not sent(run), "the API is not told of a card that Stripe refused"
        assert len(await saved_cards(run)) == 3


async def test_every_try_opens_an_intent_of_its_own_and_only_at_submit() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        await type_card(run, "4000000000000002")
        assert not run.asked("GET", "/stripe/configuration")
        for tries in (1, 2):
            await run.press("enter")
            await run.until(lambda: not dialog.busy and "declined" in outcome(dialog), "the refusal")
            assert len(run.asked("GET", "/stripe/configuration")) == tries
            dialog.say("")


@pytest.mark.slow
async def test_the_first_card_is_primary_and_the_box_is_locked_on() -> None:
    async with demo() as run:
        await delete_all_but(run, 0)
        session = run.app.session
        assert session is not None
        assert session.partner is not None
        session.partner = session.partner.model_copy(update={"has_valid_payment_method": False})
        view = await opened(run)
        await run.sees("No payment method yet", "New credit card")
        dialog = await form(run)
        assert dialog.tick.disabled_reason == FIRST
        dialog.tick.focus()
        await run.press("space")
        assert dialog.tick.value
        await type_card(run)
        await run.press("enter")
        await run.sees("is saved as the primary card")
        await run.until(
            lambda: session.partner is not None and session.partner.has_valid_payment_method,
            "the account knows that there is a valid payment method",
        )
        assert view.card_list.primary is not None


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
async def test_3_d_secure_is_handed_over_and_the_approval_is_noticed(size: tuple[int, int]) -> None:
    async with demo(size) as run:
        await opened(run)
        await form(run)
        await type_card(run, CHALLENGED)
        await run.press("enter")
        dialog = await at_the_browser(run)
        await run.sees(
            "Your bank asks (3-D Secure)", "demo: Approve", "demo: Decline", dialog.handover.url[:60]
        )
        await run.until(lambda: len(run.asked("GET", "/v1/setup_intents")) >= 3, "it looks by itself")
        await run.press("enter")
        await run.sees("✓ Visa …3184 is saved as the primary card.")
        confirm = run.asked("POST", "/confirm")
        assert len(confirm) == 1, "the card is sent once"
        assert "cloud.jetpack.com/partner-portal/payment-methods" in str(confirm[0]["body"])


async def test_a_declined_challenge_is_said_in_the_form_and_nothing_is_saved() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        await type_card(run, CHALLENGED)
        await run.press("enter")
        await at_the_browser(run)
        await run.press("down", "enter")
        await run.until(lambda: "unable to authenticate" in outcome(dialog), "the refusal")
        assert not sent(run)


@pytest.mark.slow
async def test_waiting_for_the_bank_can_be_cancelled_and_begun_anew() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        await type_card(run, CHALLENGED)
        await run.press("enter")
        await at_the_browser(run)
        await run.press("escape")
        await run.until(lambda: "Given up waiting" in outcome(dialog), "the form again")
        assert not sent(run)
        await run.press("enter")
        await at_the_browser(run)
        await run.press("enter")
        await run.sees("is saved as the primary card")


@pytest.mark.slow
async def test_waiting_for_the_bank_survives_a_lost_line() -> None:
    async with demo() as run:
        await opened(run)
        await form(run)
        await type_card(run, CHALLENGED)
        await run.press("enter")
        await at_the_browser(run)
        run.sandbox.faults.replace(["GET /v1/setup_intents/* reset-before x20"])
        await run.sees("Asking Stripe", "Checking again automatically.")
        run.sandbox.faults.replace(())
        await run.press("enter")
        await run.sees("is saved as the primary card")


@pytest.mark.slow
@pytest.mark.parametrize("refusal", ["surface", "unsafe"])
async def test_where_stripe_takes_no_raw_cards_the_vendors_page_takes_over_and_the_new_card_is_noticed(
    refusal: str,
) -> None:
    async with demo() as run:
        view = await opened(run)
        await turn(run, raw_cards=refusal)
        await form(run)
        await type_card(run)
        await run.press("enter")
        dialog = await at_the_browser(run)
        await run.sees(
            "Stripe takes no card numbers from",
            "https://cloud.jetpack.com/partner-portal/payment-methods/add",
        )
        assert dialog.handover.demo[0].words == "Add a card in the browser"
        assert len(await saved_cards(run)) == 3
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the offer")
        await run.sees("Card added", "Set Visa …4242 as primary card")
        await run.press("right", "enter")
        await run.sees("is the primary card")
        await run.until(lambda: len(view.card_list.items) == 4, "four cards")
        assert (await saved_cards(run))[-1] == ("4242", True)


async def test_b_adds_a_card_in_a_browser_without_typing_one_and_it_may_stay_secondary() -> None:
    async with demo() as run:
        view = await opened(run)
        await run.press("b")
        await at_the_browser(run)
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the offer")
        await run.press("enter")
        await run.until(lambda: len(view.card_list.items) == 4, "four cards")
        assert not sent(run)
        assert view.card_list.primary is not None
        assert view.card_list.primary.name == "Nordlicht Digital"


async def test_the_vendors_page_shows_its_address_as_a_qr_code_at_80_columns() -> None:
    async with demo() as run:
        await opened(run)
        await run.press("b")
        await at_the_browser(run)
        await run.sees("▄▄▄▄▄", "[ Cancel ]", "demo: Add a card in the browser ]")
        await run.press("escape")
        await run.sees("No new card was seen")


async def test_leaving_the_form_asks_when_something_was_typed_and_forgets_it() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        await run.press("enter")
        await run.write("4242")
        await run.press("escape")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.press("enter")
        await run.until(lambda: run.app.screen is dialog, "back in the form")
        assert dialog.form.fields["number"].value == "4242"
        number = dialog.form.fields["number"].field
        await run.press("escape", "right", "enter")
        await run.until(lambda: run.app.screen is run.app.main, "the list")
        assert not number.value


@pytest.mark.slow
async def test_tab_and_the_arrows_reach_every_part_of_the_form() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        seen = []
        for _ in range(9):
            focused = run.app.screen.focused
            assert focused is not None
            seen.append(focused.id or focused.parent.parent.name)  # type: ignore[union-attr]
            await run.press("tab")
        assert seen[:8] == ["name", "number", "expiry", "cvc", "primary", "save", "browser", "cancel"]
        first = dialog.form.fields["name"].field
        first.focus()
        await run.until(lambda: run.app.screen.focused is first, "the first field")
        await run.press("down", "down", "down", "down")
        assert run.app.screen.focused is dialog.tick


async def test_a_form_at_40_columns_still_shows_what_happened() -> None:
    async with demo((40, 20)) as run:
        await opened(run)
        dialog = await form(run)
        await type_card(run, "4000000000000002")
        await run.press("enter")
        await run.until(lambda: "declined" in outcome(dialog), "the refusal")
        await run.sees("The card was refused.")
