"""The actions of the Payment Methods screen: ask, submit to the queue, say how it ended."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from typing import Any

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError, ServerError
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.partner import Partner
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.api.stripe import NeedsBrowser, SetupOutcome
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.cards import DeleteCard, MakeCardPrimary
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.rules.cards import may_take_over
from jpmanage_tui.services.card_adding import (
    CardAdder,
    Elsewhere,
    Failed,
    Result,
    Saved,
    StillSaving,
    interrupted_card_note,
)
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.text import error_text, only_key_token
from jpmanage_tui.ui.dialogs.browser import HandoverDialog, ReturnListener, within_reach
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.payment_methods import browser, text
from jpmanage_tui.ui.sections.payment_methods.data import CardListState, card_label
from jpmanage_tui.ui.sections.payment_methods.list import CardList
from jpmanage_tui.ui.sections.payment_methods.new_card import CardSaver, NewCardDialog
from jpmanage_tui.ui.widgets.status_line import Severity

READ_ONLY = "The program was started with --read-only."
NO_CARD = "No card is selected."
NOT_ALL_READ = (
    "Some saved cards could not be read: which one would be charged is not known. Nothing was deleted."
)


def no_user(origin: str) -> str:
    """Return why a card cannot be typed in here with a key token alone, which came from `origin`."""
    return (
        f"A card's number can be typed in here only with the account's user token. {only_key_token(origin)} "
        "`jpmanage login` adds the other one. On the vendor's page it works without."
    )


def _primary_of(cards: Sequence[PaymentMethod]) -> PaymentMethod | None:
    return next((card for card in cards if card.is_default), None)


class CardsChanged(DataMessage):
    """The cards were changed, or may have been: they must be asked for again. `show` is the one to go to."""

    show: PaymentMethodId | None = None


class CardBusy(DataMessage):
    """Something is being done to a card: the words for it, None when it has ended."""

    method: PaymentMethodId
    words: str | None


class PartnerLoaded(DataMessage):
    """The partner record was asked for again after a change."""

    partner: Partner


class PaymentMethodsActions(Section):
    """What the commands of the Payment Methods screen do, and why one cannot be done now."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.saved_cards = CardListState()
        self.busy: dict[PaymentMethodId, str] = {}
        """What is being done to a card, in words."""
        self.opened_at = datetime.now(UTC)

    @property
    def card_list(self) -> CardList:
        """The list."""
        return self.query_one(CardList)

    @property
    def current(self) -> PaymentMethod | None:
        """The card under the cursor."""
        return self.card_list.current if self.is_mounted else None

    def today(self) -> date:
        """Return the day by the server's clock, in the user's time zone: by it a card expires."""
        return (self.session.client.server_now() or datetime.now(UTC)).astimezone().date()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run what an action does beside the screen; nothing cancels it."""
        self.run_worker(work, group="cards-flow", exclusive=False, exit_on_error=False)

    # -- the actions ---------------------------------------------------------------------

    def action_new_card(self) -> None:
        """Add a card."""
        self._start(self._new_card())

    def new_card_disabled_reason(self) -> str | None:
        """Return why no card can be added."""
        return READ_ONLY if self.session.read_only else None

    def action_add_in_browser(self) -> None:
        """Add a card on the vendor's own page."""
        self._start(self._add_in_browser(""))

    def add_in_browser_disabled_reason(self) -> str | None:
        """Return why no card can be added."""
        return self.new_card_disabled_reason()

    def action_card_menu(self) -> None:
        """Let the user choose what to do with the card under the cursor."""
        self._start(self._choose_action())

    def card_menu_disabled_reason(self) -> str | None:
        """Return that there is no card under the cursor."""
        return None if self.current is not None else NO_CARD

    def action_make_primary(self) -> None:
        """Make the card under the cursor the primary one."""
        if self.current is not None:
            self._start(self._make_primary(self.current))

    def make_primary_disabled_reason(self) -> str | None:
        """Return why the card under the cursor cannot be made primary now (contract: account 4)."""
        reason = self.delete_card_disabled_reason()
        if reason is None and self.current is not None and self.current.is_default:
            return "It is the primary card."
        return reason

    def action_delete_card(self) -> None:
        """Delete the card under the cursor."""
        if self.current is not None:
            self._start(self._delete(self.current))

    def delete_card_disabled_reason(self) -> str | None:
        """Return why the card under the cursor cannot be changed now."""
        if self.session.read_only:
            return READ_ONLY
        card = self.current
        if card is None:
            return NO_CARD
        return "A change of this card is on its way." if card.id in self.busy else None

    # -- asking --------------------------------------------------------------------------

    def _say(self, words: str, severity: Severity = "information", *, outcome: bool = False) -> None:
        self.notify(words, severity=severity, outcome=outcome)

    async def _ask(self, question: Confirmation) -> bool:
        return await self.app.push_screen_wait(ConfirmDialog(question)) is not None

    async def all_cards(self) -> list[PaymentMethod]:
        """Return every saved card that can be read, as the API lists them now.

        Raises ApiError, also where there are cards and none of them can be read: that is no empty list.
        """
        return (await self._listed())[0]

    async def _listed(self) -> tuple[list[PaymentMethod], bool]:
        """Return the saved cards as `all_cards` does, and whether these are surely all."""
        listed = self.session.client.payment_methods.list_all()
        cards = [card async for card in listed]
        if not cards and not listed.complete:
            raise ServerError("The server's answer could not be read: none of its cards is one.")
        return cards, listed.complete

    # -- adding --------------------------------------------------------------------------

    async def _new_card(self) -> None:
        """Ask for a new card and save it; where only a browser can do that, hand over to one."""
        session = self.session
        if not session.has_user:
            await self._add_in_browser(no_user(session.origin))
            return
        note = await interrupted_card_note(session.queue, self.opened_at)
        async with AsyncExitStack() as stack:
            loopback = await self._loopback(stack)
            adder, dialog = self._form(loopback, note)
            result = await self.app.push_screen_wait(dialog)
        if isinstance(result, Elsewhere):
            await self._add_in_browser(result.sentence)
            return
        ended: Result | StillSaving | None = result
        if isinstance(result, StillSaving):
            self._say(
                f"The card is still being saved. How it ends is said here, and in the log ({key_for('log')})."
            )
            ended = await adder.saved()
        if isinstance(ended, Saved):
            await self._saved(ended.method, found=ended.found)
        elif isinstance(ended, Failed):
            self._say(text.failed_text(ended), "error")
            self.post_message(CardsChanged())

    async def _loopback(self, stack: AsyncExitStack) -> ReturnListener | None:
        """Return a listener for the way back from the bank, None where no browser can reach it."""
        if self.session.demo or not within_reach():
            return None
        try:
            return await stack.enter_async_context(ReturnListener())
        except OSError:
            return None  # the bank's page then leads back to the vendor's, and the looks find it out

    def _form(self, loopback: ReturnListener | None, note: str) -> tuple[CardAdder, NewCardDialog]:
        session = self.session

        async def bank(need: NeedsBrowser, look: browser.CheckSetup) -> SetupOutcome | None:
            handover = browser.bank_handover(need, look, session)
            if loopback is not None:
                loopback.came = handover.nudge
            return await self.app.push_screen_wait(HandoverDialog(handover))

        back = loopback.address if loopback is not None else browser.PAGE

        def tell(words: str) -> None:
            dialog.post_message(NewCardDialog.StepStarted(words))

        adder = CardAdder(session.client, session.queue, back, bank, tell)
        saver = CardSaver(adder.add, adder.changed, self.all_cards, lambda: adder.saving)
        dialog = NewCardDialog(saver, note)
        return adder, dialog

    async def _add_in_browser(self, why: str) -> None:
        """Hand over to the vendor's page, wait for a new card, and offer to make it the primary one."""
        session = self.session
        cards = browser.NewCardWatch(session)
        try:
            await cards.look()
        except ApiError as error:
            self._say(error_text(error, "Listing the cards"), "error")
            return
        handover = browser.vendor_handover(cards, why)
        card = await self.app.push_screen_wait(HandoverDialog(handover))
        if card is None:
            self._say(
                "No new card was seen. When one was added in the browser after all, "
                f"{key_for('refresh')} shows it."
            )
            self.post_message(CardsChanged())
            return
        await self._saved(card.id)
        if not card.is_default and await self._ask(
            text.new_card_question(card, await self._present_primary())
        ):
            await self._send_make_primary(card)

    async def _present_primary(self) -> PaymentMethod | None:
        """Return the primary card as the API lists it now, None where that cannot be read."""
        try:
            return _primary_of(await self.all_cards())
        except ApiError:
            return None

    async def _saved(self, method: PaymentMethodId, *, found: bool = False) -> None:
        """Say that a card is saved, as the list shows it, and show it there."""
        try:
            cards = await self.all_cards()
        except ApiError:
            card = None  # the list itself says that it could not be read
        else:
            card = next((one for one in cards if one.id == method), None)
        waiting = bool(self.jpmanage.issue_selection)
        self._say(text.saved_text(card, found, issuing_waits=waiting), "success", outcome=True)
        self.post_message(CardsChanged(method))
        await self._renew_partner(has_card=True)

    # -- the menu ------------------------------------------------------------------------

    async def _choose_action(self) -> None:
        """Let the user choose what to do with the card under the cursor."""
        card = self.current
        if card is None:
            return
        reason, key = self.delete_card_disabled_reason(), key_for("delete-card")
        choices = [Choice("delete-card", "Delete", "", reason, key)]
        if len(self.saved_cards.cards) > 1:
            reason, key = self.make_primary_disabled_reason(), key_for("make-primary")
            choices.insert(0, Choice("make-primary", "Set as primary card", "", reason, key))
        chosen = await self.app.push_screen_wait(ChoiceDialog(card_label(card), choices))
        if chosen == "make-primary":
            await self._make_primary(card)
        elif chosen == "delete-card":
            await self._delete(card)

    async def _make_primary(self, card: PaymentMethod) -> None:
        """Ask, and make a card the primary one."""
        try:
            cards = await self.all_cards()
        except ApiError:
            # what the list shows; with its age, where it could not be refreshed
            present = self.saved_cards.primary
        else:
            if card.id not in {one.id for one in cards}:
                self._gone(card)
                return
            present = _primary_of(cards)
            if present is not None and present.id == card.id:
                self._say(
                    f"{card_label(card)} is the primary card already; the list is asked for again.", "warning"
                )
                self.post_message(CardsChanged())
                return
        if await self._ask(text.primary_question(card, present, self.today())):
            await self._send_make_primary(card)

    def _gone(self, card: PaymentMethod) -> None:
        self._say(text.gone_text(card), "warning")
        self.post_message(CardsChanged())

    async def _send_make_primary(self, card: PaymentMethod) -> None:
        outcome = await self._send(MakeCardPrimary(card.id, card_label(card)), card, "becoming primary…")
        self._say_outcome(outcome)

    async def _delete(self, card: PaymentMethod) -> None:
        """Ask which card takes over where that is needed, ask, and delete a card."""
        try:
            cards, complete = await self._listed()
        except ApiError as error:
            self._say(error_text(error, "Listing the cards before one is deleted"), "error")
            return
        card = next((one for one in cards if one.id == card.id), card)
        if not complete and (card not in cards or len(cards) == 1):
            self._say(NOT_ALL_READ, "error")
            return
        if card not in cards:
            self._gone(card)
            return
        others = may_take_over(cards, card.id)
        successor = await self._successor(card, others) if others else None
        if others and successor is None:
            return
        if await self._ask(text.delete_question(card, successor, len(cards) == 1, self.today())):
            await self._send_delete(card, cards, successor)

    async def _successor(
        self, card: PaymentMethod, others: tuple[PaymentMethod, ...]
    ) -> PaymentMethod | None:
        """Let the user choose which card becomes primary; the cursor is on the first that can be charged for long."""
        today = self.today()
        dialog = ChoiceDialog(
            f"Which card becomes primary when {card_label(card)} goes?",
            text.successors(others, today),
            start=text.best_successor(others, today).id,
        )
        chosen = await self.app.push_screen_wait(dialog)
        return next((one for one in others if one.id == chosen), None)

    async def _send_delete(
        self, card: PaymentMethod, cards: list[PaymentMethod], successor: PaymentMethod | None
    ) -> None:
        # A secondary goes with the present primary's id: naming another would move it (contract: account 4).
        primary = successor or next((one for one in cards if one.is_default and one.id != card.id), None)
        change = DeleteCard(card.id, card_label(card), primary.id if primary is not None else None)
        outcome = await self._send(change, card, "being deleted…")
        # what was asked for is not what happened: the answer names the card that is primary now
        took_over = next((one for one in cards if one.id == outcome.result and one.id != card.id), None)
        self._say_outcome(
            outcome, card_label(took_over) if successor is not None and took_over is not None else ""
        )

    # -- sending -------------------------------------------------------------------------

    async def _send(self, change: Mutation[Any], card: PaymentMethod, words: str) -> Outcome[Any]:
        self._say(f"{change.summary()}…")
        self.post_message(CardBusy(card.id, words))
        outcome = await self.session.queue.submit(change).outcome()
        self.post_message(CardBusy(card.id, None))
        return outcome

    def _say_outcome(self, outcome: Outcome[Any], successor: str = "") -> None:
        self._say(
            text.card_outcome_text(outcome, successor),
            "success" if outcome.happened else "error",
            outcome=True,
        )
        show = outcome.change.payment_method_id if isinstance(outcome.change, MakeCardPrimary) else None
        self.post_message(CardsChanged(show))
        if not outcome.nothing_done:
            has_card = None
            if isinstance(outcome.change, DeleteCard) and outcome.state is EntryState.DONE:
                has_card = outcome.result is not None
            self._start(self._renew_partner(has_card=has_card))

    async def _renew_partner(self, has_card: bool | None) -> None:
        """Ask for the partner again: whether it has a valid payment method follows from the cards.

        `has_card` is what the change's own answer says of that, where it says anything: it holds when the partner
        cannot be asked.
        """
        session = self.session
        if session.partner is None:
            return
        try:
            partner = await session.client.partner.get()
        except ApiError as error:
            self._say(error_text(error, "Asking for the account after the change"), "warning")
            if has_card is None:
                return
            partner = session.partner.model_copy(update={"has_valid_payment_method": has_card})
        self.post_message(PartnerLoaded(partner))
