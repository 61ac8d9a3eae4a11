"""The sentences of the vendor's help page about payment methods, each done by keyboard in the demo."""

from __future__ import annotations

import pytest

from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from tests.ui.harness import LARGE, SMALL
from tests.ui.sections.payment_methods.keyboard import GOOD, demo, form, opened, saved_cards, sent, type_card

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])


@SIZES
async def test_payment_methods_is_where_you_see_the_payment_methods_on_file(size: tuple[int, int]) -> None:
    async with demo(size) as run:
        view = await opened(run)
        assert [card.card.last4 for card in view.card_list.loaded_items] == ["4242", "4444", "0005"], (
            "primary first"
        )
        lines = run.lines(run.app.main)
        rows = [line for line in lines if "4242" in line or "4444" in line or "0005" in line]
        assert "Visa" in rows[0]
        assert "Nordlicht Digital" in rows[0]
        assert "Primary Card" in rows[0]
        assert "Secondary Card 1" in rows[1]
        assert "João Pires" in rows[1]
        assert "expired" in rows[2]


@SIZES
async def test_click_new_credit_card_to_add_a_new_credit_or_debit_card(size: tuple[int, int]) -> None:
    async with demo(size) as run:
        await opened(run)
        assert "n New credit card" in run.footer
        await form(run)
        await run.sees("New credit card", "Name on card", "Card number", "Set as primary payment method")


@SIZES
async def test_enter_your_payment_details_and_click_save_payment_method(size: tuple[int, int]) -> None:
    async with demo(size) as run:
        view = await opened(run)
        dialog = await form(run)
        await type_card(run)
        assert run.app.screen.focused is dialog.query_one("#save"), (
            "enter in the last field sends nothing by itself"
        )
        await run.press("enter")
        await run.sees("✓ Mastercard …4444 is saved as the primary card.")
        await run.until(
            lambda: len(view.card_list.items) == 4 and view.current is view.card_list.loaded_items[0],
            "the new card",
        )
        assert view.current is not None
        assert view.current.name == "Ada"
        assert (await saved_cards(run))[-1] == ("4444", True)


@SIZES
async def test_to_add_one_without_making_it_primary_uncheck_set_as_primary_payment_method(
    size: tuple[int, int],
) -> None:
    async with demo(size) as run:
        view = await opened(run)
        dialog = await form(run)
        await type_card(run, "378282246310005", cvc="7391")
        assert dialog.tick.value, "ticked at first"
        await run.press("shift+tab", "space")
        await run.until(lambda: not dialog.tick.value, "unticked")
        await run.press("f2")
        await run.sees("✓ American Express …0005 is saved as a secondary card.")
        assert view.card_list.primary is not None
        assert view.card_list.primary.card.last4 == "4242", "the primary card stays"
        assert sent(run)[-1]["use_as_primary_payment_method"] is False


@SIZES
async def test_click_the_three_dot_menu_to_delete_a_payment_method(size: tuple[int, int]) -> None:
    async with demo(size) as run:
        view = await opened(run)
        await run.press("G", "full_stop")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the menu")
        await run.sees("American Express …0005", "Set as primary card", "Delete")
        await run.press("down", "enter")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.sees("Delete payment method?", "It is a secondary card")
        await run.press("enter")
        await run.until(lambda: run.app.screen is run.app.main, "cancel is the default")
        assert not sent(run, "DELETE")
        await run.press("full_stop", "down", "enter")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.press("right", "enter")
        await run.sees("✓ American Express …0005 is deleted.")
        await run.until(lambda: len(view.card_list.items) == 2, "two cards left")
        assert [last4 for last4, _ in await saved_cards(run)] == ["4242", "4444"]


@SIZES
async def test_with_more_than_one_the_three_dot_menu_selects_your_primary_payment_method(
    size: tuple[int, int],
) -> None:
    async with demo(size) as run:
        view = await opened(run)
        await run.press("j", "full_stop", "enter")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.sees("Mastercard …4444 is charged each month from now on")
        await run.press("right", "enter")
        await run.sees("✓ Mastercard …4444 is the primary card.")
        await run.until(
            lambda: view.card_list.primary and view.card_list.primary.card.last4 == "4444", "the list"
        )
        assert view.card_list.loaded_items[0].card.last4 == "4444", "primary first"
        assert view.current is view.card_list.loaded_items[0], "the cursor stays with the card"
        assert dict(await saved_cards(run)) == {"0005": False, "4242": False, "4444": True}
        assert list(sent(run)[-1]) == ["payment_method_id", "use_as_primary_payment_method"]


async def test_a_typed_card_number_is_grouped_and_its_brand_is_recognized() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        await run.press("enter")
        await run.write("3782")
        await run.sees("American Express")
        await run.write("82246310005")
        assert dialog.form.fields["number"].field.value == "3782 822463 10005"
        await run.press("enter")
        await run.sees("…0005 American Express")
        assert "3782" not in run.text(), "masked when it is not being typed"
        assert GOOD not in run.text()
