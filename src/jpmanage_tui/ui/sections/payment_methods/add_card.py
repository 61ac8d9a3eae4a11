"""Adding a card: in the form, where the bank may ask in a browser, or on the vendor's own page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.api.stripe import NeedsBrowser, SetupOutcome
from jpmanage_tui.rules.vendor_pages import ADD_CARD_PAGE, CARDS_PAGE
from jpmanage_tui.services.card_adding import CardAdder, Result, StillSaving, interrupted_card_note
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.dialogs.browser import DemoEntry, Handover, HandoverDialog, ReturnListener, within_reach
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.payment_methods.new_card import CardSaver, ListCards, NewCardDialog

CheckSetup = Callable[[], Awaitable[SetupOutcome | None]]


def bank_handover(need: NeedsBrowser, look: CheckSetup, session: Session) -> Handover[SetupOutcome]:
    """Return the handover to the bank's page (3-D Secure; contract: account 2.2)."""
    demo: tuple[DemoEntry, ...] = ()
    browser = session.demo_browser
    if browser is not None:
        demo = (
            DemoEntry("Approve", lambda: browser.answer(need.url, approve=True)),
            DemoEntry("Decline", lambda: browser.answer(need.url, approve=False)),
        )
    return Handover(
        title="Your bank asks (3-D Secure)",
        text=(
            "Your bank asks the cardholder to confirm this card. Answer on its page; the result is noticed here.",
            "Cancel gives up waiting: the card is not saved then.",
        ),
        url=need.url,
        look=look,
        doing="Asking Stripe",
        demo=demo,
    )


async def add_in_form(view: Section, list_cards: ListCards, opened_at: datetime) -> Result | None:
    """Show the form for a new card until the card is saved, in a worker of `view`; None: the user gave up.

    `list_cards` returns the saved cards and raises ApiError; `opened_at` (aware UTC) is when this run of the program
    began: what an earlier one left at Stripe is told.
    """
    session = view.session
    note = await interrupted_card_note(session.queue, opened_at)
    async with AsyncExitStack() as stack:
        bank_return = await _listen_for_return(view, stack)

        async def ask_bank(need: NeedsBrowser, look: CheckSetup) -> SetupOutcome | None:
            handover = bank_handover(need, look, session)
            if bank_return is not None:
                bank_return.came = handover.nudge
            return await view.app.push_screen_wait(HandoverDialog(handover))

        def report(words: str) -> None:
            dialog.post_message(NewCardDialog.StepStarted(words))

        return_url = bank_return.address if bank_return is not None else CARDS_PAGE
        adder = CardAdder(session.client, session.queue, return_url, ask_bank, report)
        dialog = NewCardDialog(CardSaver(adder.add, adder.reset, list_cards, lambda: adder.saving), note)
        result: Result | StillSaving | None = await view.app.push_screen_wait(dialog)
    if not isinstance(result, StillSaving):
        return result
    view.notify(
        f"The card is still being saved. How it ends is said here, and in Operations ({key_for('open-operations')})."
    )
    return await adder.wait_until_saved()


async def _listen_for_return(view: Section, stack: AsyncExitStack) -> ReturnListener | None:
    """Return a listener for the way back from the bank, None where no browser can reach it."""
    if view.session.demo or not within_reach():
        return None
    try:
        return await stack.enter_async_context(ReturnListener())
    except OSError:
        return None  # the bank's page then leads back to the vendor's, and the looks find it out


@dataclass
class NewCardWatch:
    """Looks for a card that was not there before. `before` is None until the cards were listed once."""

    session: Session
    before: frozenset[PaymentMethodId] | None = None

    async def look(self) -> PaymentMethod | None:
        """List the cards, and return the first that is new. Raises ApiError."""
        cards = [card async for card in self.session.client.payment_methods.list_all()]
        if self.before is None:
            self.before = frozenset(card.id for card in cards)
            return None
        return next((card for card in cards if card.id not in self.before), None)


def vendor_handover(watch: NewCardWatch, why: str) -> Handover[PaymentMethod]:
    """Return the handover to the vendor's page on which a card is added; `why` says what leads there."""
    session = watch.session
    browser = session.demo_browser
    demo: tuple[DemoEntry, ...] = ()
    if browser is not None:
        demo = (DemoEntry("Add a card in the browser", lambda: browser.add_card(session.key_id)),)
    account = f" (partner key {session.key_name})" if session.key_name else ""
    return Handover(
        title="Add a card in a browser",
        text=(
            *((why,) if why else ()),
            f"Sign in there as {session.account}{account} and add the card. This program notices it by itself.",
        ),
        url=ADD_CARD_PAGE,
        look=watch.look,
        doing="Listing the cards",
        demo=demo,
    )
