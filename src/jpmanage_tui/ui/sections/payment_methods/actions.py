"""What the commands of the Payment Methods screen do: ask, submit to the queue, tell how it ended."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api.errors import ApiError, ServerError
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.models.partner import Partner
from jpmanage_tui.api.models.payment import PaymentMethod
from jpmanage_tui.api.models.stripe import NeedsBrowser, SetupOutcome
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.operations.registry import DeleteCard, MakeCardPrimary
from jpmanage_tui.rules.cards import may_take_over
from jpmanage_tui.services.card_adding import CardAdder, Elsewhere, Failed, Result, Saved, StillSaving
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.messages import Note
from jpmanage_tui.ui.common.text import error_text, only_key_token
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog
from jpmanage_tui.ui.dialogs.handover import HandoverDialog
from jpmanage_tui.ui.dialogs.handover_return import Return, within_reach
from jpmanage_tui.ui.sections.payment_methods import browser
from jpmanage_tui.ui.sections.payment_methods import text as questions
from jpmanage_tui.ui.sections.payment_methods.broken_off import broken_off_note
from jpmanage_tui.ui.sections.payment_methods.commands import can_be_primary, can_delete
from jpmanage_tui.ui.sections.payment_methods.data import named
from jpmanage_tui.ui.sections.payment_methods.new_card import NewCardDialog, Steps

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.payment_methods.section import PaymentMethodsSection

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


class CardsChanged(Note):
    """The cards were changed, or may have been: they must be asked for again. `show` is the one to go to."""

    show: PaymentMethodId | None = None


class Busy(Note):
    """Something is being done to a card: the words for it, None when it has ended."""

    method: PaymentMethodId
    words: str | None


class PartnerCame(Note):
    """The partner record was asked for again after a change."""

    partner: Partner


class Flows:
    """The flows of the screen. Each is a coroutine that `start` runs beside it."""

    def __init__(self, view: PaymentMethodsSection) -> None:
        self._view = view

    def start(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run a flow beside the screen; nothing cancels it."""
        self._view.run_worker(flow, group="cards-flow", exclusive=False, exit_on_error=False)

    def _say(self, words: str, tone: str = "info", *, outcome: bool = False) -> None:
        self._view.jpmanage.say(words, tone, outcome=outcome)

    async def _ask(self, question: Confirmation) -> bool:
        return await self._view.jpmanage.push_screen_wait(ConfirmDialog(question)) is not None

    async def all_cards(self) -> list[PaymentMethod]:
        """Return every saved card that can be read, as the API lists them now.

        Raises ApiError, also where there are cards and none of them can be read: that is no empty list.
        """
        return (await self._listed())[0]

    async def _listed(self) -> tuple[list[PaymentMethod], bool]:
        """Return the saved cards as `all_cards` does, and whether these are surely all."""
        listed = self._view.session.client.payment_methods.iterate()
        cards = [card async for card in listed]
        if not cards and not listed.complete:
            raise ServerError("The server's answer could not be read: none of its cards is one.")
        return cards, listed.complete

    # -- adding --------------------------------------------------------------------------

    async def new_card(self) -> None:
        """Ask for a new card and save it; where only a browser can do that, hand over to one."""
        session = self._view.session
        if not session.has_user:
            await self.add_in_browser(no_user(session.origin))
            return
        note = await broken_off_note(session.queue, self._view.opened_at)
        async with AsyncExitStack() as stack:
            loopback = await self._loopback(stack)
            adder, dialog = self._form(loopback, note)
            result = await self._view.jpmanage.push_screen_wait(dialog)
        if isinstance(result, Elsewhere):
            await self.add_in_browser(result.sentence)
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
            self._say(ended.sentence, "error")
            self._view.post_message(CardsChanged())

    async def _loopback(self, stack: AsyncExitStack) -> Return | None:
        """Return a listener for the way back from the bank, None where no browser can reach it."""
        if self._view.session.demo or not within_reach():
            return None
        try:
            return await stack.enter_async_context(Return())
        except OSError:
            return None  # the bank's page then leads back to the vendor's, and the looks find it out

    def _form(self, loopback: Return | None, note: str) -> tuple[CardAdder, NewCardDialog]:
        session, app = self._view.session, self._view.jpmanage

        async def bank(need: NeedsBrowser, look: browser.Look) -> SetupOutcome | None:
            handover = browser.of_the_bank(need, look, session)
            if loopback is not None:
                loopback.came = handover.nudge
            return await app.push_screen_wait(HandoverDialog(handover))

        back = loopback.address if loopback is not None else browser.PAGE

        def tell(words: str) -> None:
            dialog.post_message(NewCardDialog.Told(words))

        adder = CardAdder(session.client, session.queue, back, bank, tell)
        steps = Steps(adder.add, adder.changed, self.all_cards, lambda: adder.saving)
        dialog = NewCardDialog(steps, note)
        return adder, dialog

    async def add_in_browser(self, why: str) -> None:
        """Hand over to the vendor's page, wait for a new card, and offer to make it the primary one."""
        session = self._view.session
        cards = browser.NewCards(session)
        try:
            await cards.look()
        except ApiError as error:
            self._say(error_text(error, "Listing the cards"), "error")
            return
        handover = browser.of_the_vendor(cards, why)
        card = await self._view.jpmanage.push_screen_wait(HandoverDialog(handover))
        if card is None:
            self._say(
                "No new card was seen. When one was added in the browser after all, "
                f"{key_for('refresh')} shows it."
            )
            self._view.post_message(CardsChanged())
            return
        await self._saved(card.id)
        if not card.is_default and await self._ask(questions.new_card_primary(card, await self._present())):
            await self._make_primary(card)

    async def _present(self) -> PaymentMethod | None:
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
        waiting = bool(self._view.jpmanage.kept_selection)
        self._say(questions.saved(card, found, issuing_waits=waiting), "good", outcome=True)
        self._view.post_message(CardsChanged(method))
        await self._renew_partner(has_card=True)

    # -- the menu ------------------------------------------------------------------------

    async def menu(self) -> None:
        """Let the user choose what to do with the card under the cursor."""
        view = self._view
        card = view.current
        if card is None:
            return
        choices = [Choice("delete-card", "Delete", "", can_delete(view), key_for("delete-card"))]
        if len(view.wallet.cards) > 1:
            primary = Choice(
                "make-primary", "Set as primary card", "", can_be_primary(view), key_for("make-primary")
            )
            choices.insert(0, primary)
        chosen = await view.jpmanage.push_screen_wait(ChoiceDialog(named(card), choices))
        if chosen == "make-primary":
            await self.make_primary(card)
        elif chosen == "delete-card":
            await self.delete(card)

    async def make_primary(self, card: PaymentMethod | None = None) -> None:
        """Ask, and make a card (the one under the cursor) the primary one."""
        card = card or self._view.current
        if card is None:
            return
        try:
            cards = await self.all_cards()
        except ApiError:
            present = (
                self._view.wallet.primary
            )  # what the list shows; with its age, where it could not be refreshed
        else:
            if card.id not in {one.id for one in cards}:
                self._gone(card)
                return
            present = _primary_of(cards)
            if present is not None and present.id == card.id:
                self._say(
                    f"{named(card)} is the primary card already; the list is asked for again.", "warning"
                )
                self._view.post_message(CardsChanged())
                return
        if await self._ask(questions.primary(card, present, self._view.today())):
            await self._make_primary(card)

    def _gone(self, card: PaymentMethod) -> None:
        self._say(questions.gone(card), "warning")
        self._view.post_message(CardsChanged())

    async def _make_primary(self, card: PaymentMethod) -> None:
        outcome = await self._send(MakeCardPrimary(card.id, named(card)), card, "becoming primary…")
        self._tell(outcome)

    async def delete(self, card: PaymentMethod | None = None) -> None:
        """Ask which card takes over where that is needed, ask, and delete a card (the one under the cursor)."""
        card = card or self._view.current
        if card is None:
            return
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
        if await self._ask(questions.delete(card, successor, len(cards) == 1, self._view.today())):
            await self._delete(card, cards, successor)

    async def _successor(
        self, card: PaymentMethod, others: tuple[PaymentMethod, ...]
    ) -> PaymentMethod | None:
        """Let the user choose which card becomes primary; the cursor is on the first that can be charged for long."""
        today = self._view.today()
        dialog = ChoiceDialog(
            f"Which card becomes primary when {named(card)} goes?",
            questions.successors(others, today),
            start=questions.best_successor(others, today).id,
        )
        chosen = await self._view.jpmanage.push_screen_wait(dialog)
        return next((one for one in others if one.id == chosen), None)

    async def _delete(
        self, card: PaymentMethod, cards: list[PaymentMethod], successor: PaymentMethod | None
    ) -> None:
        # A secondary goes with the present primary's id: naming another would move it (contract: account 4).
        primary = successor or next((one for one in cards if one.is_default and one.id != card.id), None)
        change = DeleteCard(card.id, named(card), primary.id if primary is not None else None)
        outcome = await self._send(change, card, "being deleted…")
        # what was asked for is not what happened: the answer names the card that is primary now
        took_over = next((one for one in cards if one.id == outcome.result and one.id != card.id), None)
        self._tell(outcome, named(took_over) if successor is not None and took_over is not None else "")

    # -- sending -------------------------------------------------------------------------

    async def _send(self, change: Mutation[Any], card: PaymentMethod, words: str) -> Outcome[Any]:
        self._say(f"{change.sentence()}…")
        self._view.post_message(Busy(card.id, words))
        outcome = await self._view.session.queue.submit(change).outcome()
        self._view.post_message(Busy(card.id, None))
        return outcome

    def _tell(self, outcome: Outcome[Any], successor: str = "") -> None:
        self._say(questions.told(outcome, successor), "good" if outcome.happened else "error", outcome=True)
        show = outcome.change.payment_method_id if isinstance(outcome.change, MakeCardPrimary) else None
        self._view.post_message(CardsChanged(show))
        if not outcome.nothing_done:
            has_card = None
            if isinstance(outcome.change, DeleteCard) and outcome.state is EntryState.DONE:
                has_card = outcome.result is not None
            self.start(self._renew_partner(has_card=has_card))

    async def _renew_partner(self, has_card: bool | None) -> None:
        """Ask for the partner again: whether it has a valid payment method follows from the cards.

        `has_card` is what the change's own answer says of that, where it says anything: it holds when the partner
        cannot be asked.
        """
        session = self._view.session
        if session.partner is None:
            return
        try:
            partner = await session.client.partner.get()
        except ApiError as error:
            self._say(error_text(error, "Asking for the account after the change"), "warning")
            if has_card is None:
                return
            partner = session.partner.model_copy(update={"has_valid_payment_method": has_card})
        self._view.post_message(PartnerCame(partner))
