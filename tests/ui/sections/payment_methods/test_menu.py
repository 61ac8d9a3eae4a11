"""Deleting and changing the primary card: who takes over, what the last one means, what the API is asked."""

from __future__ import annotations

import sqlite3

import pytest

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from tests.ui.harness import Run, running
from tests.ui.sections.payment_methods.keyboard import (
    delete_all_but,
    demo,
    look_quickly,
    opened,
    saved_cards,
    sent,
)

MINE = "key_id = (SELECT min(key_id) FROM cards)"


async def question(run: Run) -> None:
    await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")


async def test_deleting_the_primary_card_asks_which_card_takes_over_and_offers_the_first_other() -> None:
    async with demo() as run:
        view = await opened(run)
        primary, first_other, second_other = view.card_list.loaded_items
        await run.press("x")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the choice")
        await run.sees("Which card becomes primary when Visa …4242 goes?", "❯ Mastercard …4444")
        await run.press("down", "enter")
        await question(run)
        await run.sees("American Express …0005 becomes the primary card in its place.")
        await run.press("right", "enter")
        await run.sees("✓ Visa …4242 is deleted; American Express …0005 is the primary card now.")
        await run.until(lambda: len(view.card_list.items) == 2 and view.card_list.primary, "two cards")
        assert view.card_list.primary is not None
        assert view.card_list.primary.id == second_other.id
        assert sent(run, "DELETE") == [
            {"payment_method_id": primary.id, "primary_payment_method_id": second_other.id}
        ]
        assert first_other.id != second_other.id


async def test_stepping_back_from_the_choice_deletes_nothing() -> None:
    async with demo() as run:
        await opened(run)
        await run.press("x")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the choice")
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.app.main, "the list")
        assert len(await saved_cards(run)) == 3
        assert not sent(run, "DELETE")


async def test_deleting_a_secondary_card_never_moves_the_primary() -> None:
    async with demo() as run:
        view = await opened(run)
        primary, secondary, _ = view.card_list.loaded_items
        await run.press("j", "x")
        await question(run)
        await run.press("right", "enter")
        await run.sees("Mastercard …4444 is deleted.")
        assert sent(run, "DELETE") == [
            {"payment_method_id": secondary.id, "primary_payment_method_id": primary.id}
        ]
        assert dict(await saved_cards(run)) == {"0005": False, "4242": True}


async def test_deleting_the_last_card_says_what_follows_and_the_account_knows_it_at_once() -> None:
    async with demo() as run:
        await delete_all_but(run, 1)
        view = await opened(run)
        await run.press("full_stop")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the menu")
        assert "Set as primary card" not in run.text(), "from two cards on only"
        await run.press("enter")
        await question(run)
        await run.sees("new licenses cannot be issued until", "revoked when their terms end")
        await run.press("right", "enter")
        await run.sees("is deleted.")
        await run.sees("No payment method yet")
        session = run.app.session
        assert session is not None
        await run.until(
            lambda: session.partner is not None and not session.partner.has_valid_payment_method,
            "the partner",
        )
        assert view.has_no_card


async def test_the_list_is_asked_for_before_deleting_so_that_a_card_gone_elsewhere_is_said_to_be_gone() -> (
    None
):
    async with demo() as run:
        view = await opened(run)
        await delete_all_but(run, 1)
        await run.press("j", "x")
        await run.sees("is not among the cards any more")
        await run.until(lambda: len(view.card_list.items) == 1, "the list as it is now")
        assert not sent(run, "DELETE")


async def test_the_primary_card_cannot_be_made_primary_again_and_says_why() -> None:
    async with demo() as run:
        await opened(run)
        await run.press("m")
        await run.sees("Set as primary card: It is the primary card.")
        await run.press("j")
        assert "m Set as primary card" in run.footer


async def test_the_question_names_the_card_that_becomes_secondary_as_the_api_lists_it_now() -> None:
    async with demo() as run:
        await opened(run)
        await run.press("j", "m")
        await question(run)
        await run.sees(
            "Mastercard …4444 is charged each month from now on.", "Visa …4242 becomes a secondary card."
        )
        await run.press("escape")
        await move_primary(run, "0005")
        await run.press("m")
        await question(run)
        await run.sees("American Express …0005 becomes a secondary card.")
        await run.press("escape")
        await move_primary(run, "4444")
        await run.press("m")
        await run.sees("Mastercard …4444 is the primary card already")
        assert not sent(run, "POST")


async def test_a_card_gone_elsewhere_is_not_made_primary() -> None:
    async with demo() as run:
        view = await opened(run)
        await delete_all_but(run, 1)
        await run.press("j", "m")
        await run.sees("is not among the cards any more")
        await run.until(lambda: len(view.card_list.items) == 1, "the list as it is now")
        assert not sent(run, "POST")


async def test_which_card_took_over_is_told_by_the_answer_and_not_by_what_was_asked() -> None:
    async with demo() as run:
        view = await opened(run)
        primary, first_other, _second = view.card_list.loaded_items
        session = run.app.session
        assert session is not None
        area = session.client.payment_methods

        async def delete(
            method: PaymentMethodId, new_primary: PaymentMethodId | None = None
        ) -> PaymentMethodId | None:
            """Answer that another card took over than the one that was asked for."""
            del method, new_primary
            return first_other.id

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(area), "delete", lambda _area, *given, **named: delete(*given, **named))
            await run.press("x")
            await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the choice")
            await run.press("down", "enter")
            await question(run)
            await run.sees("American Express …0005 becomes the primary card in its place.")
            await run.press("right", "enter")
            await run.sees("✓ Visa …4242 is deleted; Mastercard …4444 is the primary card now.")
        assert primary.is_default


async def move_primary(run: Run, last4: str) -> None:
    """Make another card the primary one, as somebody elsewhere did."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE cards SET is_default = (last4 = ?)", (last4,))

    await run.sandbox.store.run(work)


async def test_a_lost_answer_to_a_deletion_is_looked_up_and_not_sent_again() -> None:
    async with demo(faults=["DELETE */stripe/payment-method reset-after x1"]) as run:
        look_quickly(run)
        view = await opened(run)
        await run.press("G", "x")
        await question(run)
        await run.press("right", "enter")
        await run.sees("✓ American Express …0005 is deleted (the answer was lost; confirmed by checking).")
        await run.until(lambda: len(view.card_list.items) == 2, "the list")
        assert len(sent(run, "DELETE")) == 1


async def test_a_lost_request_to_make_a_card_primary_is_found_not_done() -> None:
    async with demo(faults=["POST */stripe/payment-method reset-before x1"]) as run:
        look_quickly(run)
        view = await opened(run)
        await run.press("j", "m")
        await question(run)
        await run.press("right", "enter")
        await run.sees(
            "Mastercard …4444 was not set as primary card (the answer was lost; confirmed by checking)."
        )
        await run.until(lambda: not view.card_list.busy, "the row")
        assert dict(await saved_cards(run))["4242"]


async def test_a_refusal_is_told_in_the_vendors_words_and_the_card_stays() -> None:
    async with demo() as run:
        view = await opened(run)
        await run.press("j", "x")
        await question(run)
        await delete_all_but(run, 1)
        await run.press("right", "enter")
        await run.sees(
            "Mastercard …4444 was not deleted", "The payment method was not found", "Nothing was changed."
        )
        await run.until(lambda: len(view.card_list.items) == 1, "the list as it is now")


async def test_read_only_refuses_every_change_with_a_reason_before_any_request() -> None:
    async with running(licenses=20, read_only=True) as run:
        await opened(run)
        for key, words in {
            "n": "New credit card",
            "b": "Add in a browser",
            "x": "Delete",
            "m": "Set as primary",
        }.items():
            await run.press(key)
            await run.sees(words, "jpmanage is read-only: --read-only, or read_only in config.toml.")
            assert run.app.screen is run.app.main
        assert not sent(run)
        assert not sent(run, "DELETE")


async def test_where_other_cards_cannot_be_read_the_only_readable_one_is_not_taken_for_the_last() -> None:
    async with demo() as run:
        view = await opened(run)

        def spoil(connection: sqlite3.Connection) -> None:
            for number, last4 in enumerate(("4444", "0005"), 1):
                connection.execute(
                    f"UPDATE cards SET payment_method_id = ? WHERE last4 = ? AND {MINE}",
                    (" " * number, last4),
                )

        await run.sandbox.read(spoil)
        await run.press("r")
        await run.until(lambda: len(view.card_list.items) == 1 and view.unreadable == 2, "one card")
        await run.sees("1 card (2 could not be read)")
        await run.press("x")
        await run.sees("Some saved cards could not be read", "Nothing was deleted.")
        assert not sent(run, "DELETE")
        await run.sandbox.read(
            lambda connection: connection.execute(
                f"UPDATE cards SET payment_method_id = '   ' WHERE last4 = '4242' AND {MINE}"
            )
        )
        await run.press("x")
        await run.sees("none of its cards is one")
        assert not sent(run, "DELETE")
        await run.press("r")
        await run.sees("No payment method could be read.")
        assert not view.has_no_card, "cards came that could not be read"
