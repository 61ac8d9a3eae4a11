"""The Payment Methods screen while it loads, and in an account without a card."""

from tests.ui.sections.payment_methods.keyboard import demo
from tests.ui.states import loads, newcomer


async def test_placeholders_stand_until_the_cards_come() -> None:
    async with demo() as run:
        await loads(run, "3", "Loading payment methods…", "Primary Card")


async def test_a_new_account_has_no_card_and_says_what_that_means() -> None:
    async with newcomer() as run:
        await run.press("3")
        await run.sees("No payment method yet. Without one new licenses cannot be issued.", "New credit card")
        assert run.status == ""
