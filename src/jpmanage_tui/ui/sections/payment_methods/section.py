"""The Payment Methods screen: the saved cards, primary first; add one, make one primary, delete one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import READ_ONLY
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.cards import DeleteCard, MakeCardPrimary
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.card_adding import Failed, Saved, VendorPageNeeded
from jpmanage_tui.services.saved_cards import (
    NOT_ALL_READ,
    SavedCards,
    cannot_be_deleted_safely,
    card_label,
    cards_today,
    delete_change,
    primary_change,
    read_cards,
    successors_of,
)
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.dialogs.browser import HandoverDialog
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog
from jpmanage_tui.ui.sections.base import PartnerUpdated
from jpmanage_tui.ui.sections.list_section import ListSection
from jpmanage_tui.ui.sections.payment_methods import text
from jpmanage_tui.ui.sections.payment_methods.add_card import NewCardWatch, add_in_form, vendor_handover
from jpmanage_tui.ui.sections.payment_methods.list import CardList
from jpmanage_tui.ui.widgets.item_list import ColumnHeadings

PAYMENT_METHODS: CommandSet = CommandSet(
    "Payment Methods",
    (
        Command("new-card", "New credit card", "Add a credit or debit card."),
        Command(
            "card-menu",
            "Menu",
            "Show what can be done with the card: Set as primary card, Delete.",
            action="row_menu",
        ),
        Command("make-primary", "Set as primary card", "Charge this card each month from now on."),
        Command(
            "delete-card",
            "Delete",
            "Delete this payment method; asks which card takes over where it is the primary one.",
        ),
        Command(
            "add-in-browser",
            "Add in a browser",
            "Add a card on the vendor's own page; the new card is noticed here.",
        ),
    ),
)
"""Every command of this screen."""


class PaymentMethodsSection(ListSection[PaymentMethod]):
    """The cards of the partner key."""

    COMMAND_SET = PAYMENT_METHODS
    NOUN = "card"
    LOADING = "Loading the payment methods"
    NO_ROW = "No card is selected."
    PLACEHOLDER = "    · · ·"
    PLACEHOLDER_ROWS = 3
    DEFAULT_CSS = """
    PaymentMethodsSection {
        & #cards-about { color: $text-muted; text-style: $muted-style; height: auto; padding: 0 0 0 2; margin: 0 0 1 0; }
        & ColumnHeadings { padding: 0 0 0 2; }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.opened_at = datetime.now(UTC)
        self._show_next: PaymentMethodId | None = None
        """The card to which the cursor goes when the list has it."""

    def make_list(self) -> CardList:
        """Return the list."""
        self.card_list = CardList(self.today, self.load)
        return self.card_list

    def compose_lead(self) -> Iterable[Widget]:
        """Compose a sentence."""
        yield Static(text.ABOUT, markup=False, id="cards-about")

    def today(self) -> date:
        """Return the day by the server's clock, in the user's time zone: by it a card expires."""
        return cards_today(self.session.client)

    # -- reading -------------------------------------------------------------------------

    @property
    def loader(self) -> Loader[str]:
        """The loader of the pages."""
        return self.card_list.loader

    @property
    def unreadable(self) -> int:
        """How many cards could not be read."""
        return self.card_list.unreadable

    @property
    def has_no_card(self) -> bool:
        """Whether it is sure that there is no card at all."""
        return self.card_list.is_empty

    def query_changed(self) -> None:
        """Ask for the cards."""
        self.card_list.ask(self.session.client.payment_methods.list_all)
        self.show_placeholder()

    def load(self) -> None:
        """Ask for as many cards as are shown; those that are there stay until then."""
        self.card_list.reload(len(self.card_list.items))

    async def read_view(self) -> Callable[[], bool] | None:
        """Read the cards once more."""
        return await self.card_list.read_view(self.quiet_client.payment_methods.list_all())

    def answered(self) -> None:
        """Go to the card that was added or made primary, when it is there."""
        super().answered()
        if self._show_next is not None and not self.loader.busy:
            cards, method = self.card_list.loaded_items, self._show_next
            self._show_next = None
            place = next((place for place, card in enumerate(cards) if card.id == method), None)
            if place is not None:
                self.card_list.move_cursor(place)

    def reload_and_show(self, method: PaymentMethodId | None = None) -> None:
        """Ask for the cards again, which were changed, or may have been; the cursor goes to this one."""
        self._show_next = method
        self.reload()

    def show_placeholder(self) -> None:
        """Take the headings away too where there are no rows."""
        self.query_one(ColumnHeadings).visible = bool(self.card_list.items)
        super().show_placeholder()

    def empty_lines(self) -> list[str]:
        """Return why no card is listed."""
        return text.no_card_lines() if self.has_no_card else ["No payment method could be read."]

    async def all_cards(self) -> list[PaymentMethod]:
        """Return every saved card that can be read, as the API lists them now.

        Raises ApiError, also where there are cards and none of them can be read: that is no empty list.
        """
        return list((await read_cards(self.session.client)).cards)

    # -- adding --------------------------------------------------------------------------

    async def _ask(self, question: Confirmation) -> bool:
        return await self.app.push_screen_wait(ConfirmDialog(question)) is not None

    def action_new_card(self) -> None:
        """Add a card."""
        self.start_action(self._new_card())

    def new_card_disabled_reason(self) -> str | None:
        """Return why no card can be added."""
        return READ_ONLY if self.session.read_only else None

    def action_add_in_browser(self) -> None:
        """Add a card on the vendor's own page."""
        self.start_action(self._add_in_browser(""))

    add_in_browser_disabled_reason = new_card_disabled_reason

    async def _new_card(self) -> None:
        """Ask for a new card and save it; where only a browser can do that, hand over to one."""
        if not self.session.has_user:
            await self._add_in_browser(text.user_token_needed(self.session.origin))
            return
        result = await add_in_form(self, self.all_cards, self.opened_at)
        if isinstance(result, VendorPageNeeded):
            await self._add_in_browser(result.sentence)
        elif isinstance(result, Saved):
            await self._show_saved(result.method, found=result.found)
        elif isinstance(result, Failed):
            self.notify(text.failed_text(result), severity="error")
            self.reload_and_show()

    async def _add_in_browser(self, why: str) -> None:
        """Hand over to the vendor's page, wait for a new card, and offer to make it the primary one."""
        watch = NewCardWatch(self.session)
        try:
            await watch.look()
        except ApiError as error:
            self.notify(error_text(error, "Listing the cards"), severity="error")
            return
        card = await self.app.push_screen_wait(HandoverDialog(vendor_handover(watch, why)))
        if card is None:
            self.notify(
                "No new card was seen. When one was added in the browser after all, "
                f"{key_for('refresh')} shows it."
            )
            self.reload_and_show()
            return
        await self._show_saved(card.id)
        if card.is_default:
            return
        try:
            primary = (await read_cards(self.session.client)).primary
        except ApiError:
            primary = None  # the question then names none
        if await self._ask(text.new_card_question(card, primary)):
            await self._send_make_primary(card)

    async def _show_saved(self, method: PaymentMethodId, *, found: bool = False) -> None:
        """Say that a card is saved, as the list shows it, and show it there."""
        try:
            cards = await self.all_cards()
        except ApiError:
            card = None  # the list itself says that it could not be read
        else:
            card = next((one for one in cards if one.id == method), None)
        waiting = bool(self.jpmanage.issue_selection)
        words = text.saved_text(card, found, issuing_waits=waiting)
        self.notify(words, severity="success", outcome=True)
        self.reload_and_show(method)
        await self._reload_partner(has_card=True)

    # -- the menu of a card --------------------------------------------------------------

    @property
    def row_actions(self) -> Sequence[str]:
        """The commands of a card: there is nothing to choose where it is the only one."""
        return ("make-primary", "delete-card") if len(self.card_list.items) > 1 else ("delete-card",)

    def row_title(self, item: PaymentMethod) -> str:
        """Return how sentences name the card."""
        return card_label(item)

    # -- the primary card ----------------------------------------------------------------

    def action_make_primary(self) -> None:
        """Make the card under the cursor the primary one."""
        if self.current is not None:
            self.start_action(self._make_primary(self.current))

    def make_primary_disabled_reason(self) -> str | None:
        """Return why the card under the cursor cannot be made primary now (contract: account 4)."""
        reason = self.delete_card_disabled_reason()
        if reason is None and self.current is not None and self.current.is_default:
            return "It is the primary card."
        return reason

    async def _make_primary(self, card: PaymentMethod) -> None:
        """Ask, and make a card the primary one."""
        try:
            saved = await read_cards(self.session.client)
        except ApiError:
            # what the list shows; with its age, where it could not be refreshed
            primary = self.card_list.primary
        else:
            if card.id not in {one.id for one in saved.cards}:
                self._say_gone(card)
                return
            primary = saved.primary
            if primary is not None and primary.id == card.id:
                self.notify(
                    f"{card_label(card)} is the primary card already; the list is asked for again.",
                    severity="warning",
                )
                self.reload_and_show()
                return
        if await self._ask(text.primary_question(card, primary, self.today())):
            await self._send_make_primary(card)

    def _say_gone(self, card: PaymentMethod) -> None:
        self.notify(text.gone_text(card), severity="warning")
        self.reload_and_show()

    async def _send_make_primary(self, card: PaymentMethod) -> None:
        outcome = await self._send(primary_change(card), card, "becoming primary…")
        self._say_outcome(outcome)

    # -- deleting ------------------------------------------------------------------------

    def action_delete_card(self) -> None:
        """Delete the card under the cursor."""
        if self.current is not None:
            self.start_action(self._delete(self.current))

    def delete_card_disabled_reason(self) -> str | None:
        """Return why the card under the cursor cannot be changed now."""
        if self.session.read_only:
            return READ_ONLY
        card = self.current
        if card is None:
            return self.NO_ROW
        return "A change of this card is on its way." if card.id in self.card_list.busy else None

    async def _delete(self, card: PaymentMethod) -> None:
        """Ask which card takes over where that is needed, ask, and delete a card."""
        try:
            saved = await read_cards(self.session.client)
        except ApiError as error:
            self.notify(error_text(error, "Listing the cards before one is deleted"), severity="error")
            return
        listed = next((one for one in saved.cards if one.id == card.id), None)
        if cannot_be_deleted_safely(saved, listed):
            self.notify(NOT_ALL_READ, severity="error")
            return
        if listed is None:
            self._say_gone(card)
            return
        others = successors_of(saved, listed)
        successor = await self._choose_successor(listed, others) if others else None
        if others and successor is None:
            return
        last = len(saved.cards) == 1
        if await self._ask(text.delete_question(listed, successor, last, self.today())):
            await self._send_delete(listed, saved, successor)

    async def _choose_successor(
        self, card: PaymentMethod, others: Sequence[PaymentMethod]
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
        self, card: PaymentMethod, saved: SavedCards, successor: PaymentMethod | None
    ) -> None:
        outcome = await self._send(delete_change(card, saved, successor), card, "being deleted…")
        # what was asked for is not what happened: the answer names the card that is primary now
        took_over = next((one for one in saved.cards if one.id == outcome.result and one.id != card.id), None)
        self._say_outcome(
            outcome, card_label(took_over) if successor is not None and took_over is not None else ""
        )

    # -- sending -------------------------------------------------------------------------

    async def _send(self, change: Mutation[Any], card: PaymentMethod, words: str) -> Outcome[Any]:
        self.notify(f"{change.summary()}…")
        self.card_list.show_busy(card, words)
        outcome = await self.session.queue.submit(change).outcome()
        self.card_list.show_busy(card, None)
        return outcome

    def _say_outcome(self, outcome: Outcome[Any], successor: str = "") -> None:
        words = text.card_outcome_text(outcome, successor)
        self.notify(words, severity="success" if outcome.happened else "error", outcome=True)
        change = outcome.change
        self.reload_and_show(change.payment_method_id if isinstance(change, MakeCardPrimary) else None)
        if not outcome.nothing_done:
            has_card = None
            if isinstance(change, DeleteCard) and outcome.state is EntryState.DONE:
                has_card = outcome.result is not None
            self.start_action(self._reload_partner(has_card=has_card))

    async def _reload_partner(self, has_card: bool | None) -> None:
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
            self.notify(error_text(error, "Asking for the account after the change"), severity="warning")
            if has_card is None:
                return
            partner = session.partner.model_copy(update={"has_valid_payment_method": has_card})
        self.post_message(PartnerUpdated(self.session, partner))

    # -- status --------------------------------------------------------------------------

    def count_text(self) -> str:
        """Return how many cards there are, as far as it is known."""
        shown = self.card_list
        more = " and more" if shown.has_more or shown.cut_short else ""
        return pluralize(len(shown.items), "card") + more

    def summary(self) -> str:
        """Return how many cards there are, nothing where that stands in the place of the rows."""
        return "" if self.has_no_card else super().summary()

    def progress(self) -> str | None:
        """Return that the cards are being loaded, where nothing of them is known yet."""
        return "Loading payment methods…" if super().progress() else None
