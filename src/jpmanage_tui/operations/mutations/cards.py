"""Mutations of cards: the three steps of adding one, make one primary, delete one; how each is sent and verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.paging import CursorPaginator
from jpmanage_tui.api.payment_methods import PaymentMethod, PaymentMethodPage
from jpmanage_tui.api.stripe import (
    CardSaved,
    Declined,
    NeedsBrowser,
    NeedsSdk,
    RawCardsRefused,
    SetupOutcome,
    StripeConfiguration,
)
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.operations.mutation import CheckResult, Mutation, Secrets, Snapshot, Verification
from jpmanage_tui.operations.ports import ClientPort

DECLINED = "declined"
"""Stands in the journal's sentence about a card that bank or Stripe declined, and about no other refusal."""


@dataclass(frozen=True)
class _OfOneCard(Mutation[None]):
    payment_method_id: PaymentMethodId

    @property
    def conflict_key(self) -> str:
        """The card."""
        return f"card:{self.payment_method_id}"


@dataclass(frozen=True)
class CreateSetupIntent(Mutation[StripeConfiguration], kind="create_setup_intent"):
    """Have the vendor open a Stripe setup intent; each call opens another, so it is asked once, at submit.

    One whose answer is lost charges nothing and can be neither found nor used (contract: account 1.7). ``card`` names
    the card that is to be added for the user, by what may be kept of it (``Visa …4242``); journals of the first
    release have it not.
    """

    token: ClassVar[TokenKind] = TokenKind.USER
    card: str = ""

    @property
    def conflict_key(self) -> str:
        """Nothing to guard."""
        return ""

    def summary(self) -> str:
        """Return what it does."""
        return _add(self.card)

    async def send(self, client: ClientPort, secrets: Secrets) -> StripeConfiguration:
        """Send it."""
        return await client.stripe.configuration(needs_intent=True)


@dataclass(frozen=True)
class ConfirmCard(Mutation[SetupOutcome], kind="confirm_card"):
    """Hand the card to Stripe. What became of it is read from Stripe with the intent's secret, which the
    journal has not: after a lost answer the caller retrieves the intent, or lists the cards. ``card`` as for
    :class:`CreateSetupIntent`.
    """

    token: ClassVar[TokenKind] = TokenKind.NONE
    card: str = ""

    @property
    def conflict_key(self) -> str:
        """Nothing to guard: an intent takes one card once."""
        return ""

    def summary(self) -> str:
        """Return what it does."""
        return _add(self.card)

    def refused_by(self, result: SetupOutcome) -> bool:
        """Return whether Stripe refused the card."""
        return isinstance(result, Declined | RawCardsRefused)

    def remark_on(self, result: SetupOutcome) -> str:
        """Return how it stands with the card, which is not saved yet in any case."""
        match result:
            case CardSaved():
                return "Stripe has the card."
            case NeedsBrowser() | NeedsSdk():
                return "The bank asked the cardholder to confirm this card."
            case Declined():
                told = DECLINED in result.message.lower()
                return result.message if told else f"The card was {DECLINED}: {result.message}"
            case RawCardsRefused():
                return "Stripe takes no card numbers from programs on this account."
            case _:
                return "Stripe was still working on the card."

    async def send(self, client: ClientPort, secrets: Secrets) -> SetupOutcome:
        """Send it.

        Raises:
            ValueError: the caller gave no configuration, card or return address.

        """
        if secrets.configuration is None or secrets.card is None or secrets.return_url is None:
            raise ValueError("ConfirmCard needs Secrets(configuration=…, card=…, return_url=…)")
        return await client.stripe.confirm(secrets.configuration, secrets.card, secrets.return_url)


@dataclass(frozen=True)
class SaveCard(_OfOneCard, kind="save_card"):
    """Save a card that Stripe has taken; ``primary``: it is charged from now on (contract: account 2.1,
    step 8). ``card`` as for :class:`CreateSetupIntent`.
    """

    primary: bool
    card: str = ""

    def summary(self) -> str:
        """Return what it does."""
        return _add(self.card) + (" as primary" if self.primary else "")

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Send it.

        Raises:
            ValueError: the caller gave no setup intent.

        """
        if secrets.setup_intent is None:
            raise ValueError("SaveCard needs Secrets(setup_intent=…)")
        await client.payment_methods.save(self.payment_method_id, self.primary, secrets.setup_intent)

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check whether the card is among the saved ones, and primary if that was asked."""
        cards, complete = await _cards(client)
        card = next((card for card in cards if card.id == self.payment_method_id), None)
        if card is not None:
            not_primary = self.primary and not card.is_default
            return Verification(
                CheckResult.DONE,
                "The card is saved" + (", but it is not the primary one." if not_primary else "."),
            )
        return Verification(CheckResult.NOT_YET, "The card is not saved.") if complete else _cards_hidden()


@dataclass(frozen=True)
class MakeCardPrimary(_OfOneCard, kind="make_card_primary"):
    """Make a saved card the one that is charged; ``card`` names it for the user (``Visa …4242``)."""

    card: str

    def summary(self) -> str:
        """Return what it does."""
        return f"Set {self.card} as primary card"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Send it."""
        await client.payment_methods.make_primary(self.payment_method_id)

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check which card is the primary one."""
        cards, complete = await _cards(client)
        card = next((card for card in cards if card.id == self.payment_method_id), None)
        if card is None and not complete:
            return _cards_hidden()
        if card is not None and card.is_default:
            return Verification(CheckResult.DONE, f"{self.card} is the primary card.")
        return Verification(CheckResult.NOT_YET, f"{self.card} is not the primary card.")


@dataclass(frozen=True)
class DeleteCard(Mutation[PaymentMethodId | None], kind="delete_card"):
    """Delete a card; ``new_primary`` takes over. The answer is the primary card afterwards, None without
    any.
    """

    payment_method_id: PaymentMethodId
    card: str
    new_primary: PaymentMethodId | None = None

    @property
    def conflict_key(self) -> str:
        """The card."""
        return f"card:{self.payment_method_id}"

    def summary(self) -> str:
        """Return what it does."""
        return f"Delete payment method {self.card}"

    async def send(self, client: ClientPort, secrets: Secrets) -> PaymentMethodId | None:
        """Send it (contract: account 1.4)."""
        return await client.payment_methods.delete(self.payment_method_id, self.new_primary)

    async def outdated(self, client: ClientPort) -> str:
        """Return that another card is the primary one by now: naming one moves that (contract: account 4)."""
        cards, complete = await _cards(client)
        primary = next((card.id for card in cards if card.is_default), None)
        others = any(card.id != self.payment_method_id for card in cards)
        as_it_was = others is (self.new_primary is not None)
        if primary in (None, self.payment_method_id, self.new_primary) and as_it_was:
            return "" if complete else "Not all saved cards could be read."
        return "The saved cards have changed since this was confirmed; another one might be charged."

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check whether the card is gone."""
        cards, complete = await _cards(client)
        if any(card.id == self.payment_method_id for card in cards):
            return Verification(CheckResult.NOT_YET, f"{self.card} is still there.")
        return Verification(CheckResult.DONE, f"{self.card} is deleted.") if complete else _cards_hidden()


def _add(card: str) -> str:
    """Return what each step of adding a card is for."""
    return f"Add card {card}" if card else "Add a card"


async def _cards(client: ClientPort) -> tuple[list[PaymentMethod], bool]:
    """Return the saved cards and whether these are surely all."""

    async def fetch(after: str | None) -> PaymentMethodPage:
        return await client.payment_methods.list(starting_after=PaymentMethodId(after) if after else None)

    listed = CursorPaginator(fetch, lambda card: card.id)
    cards = [card async for card in listed]
    return cards, listed.complete


def _cards_hidden() -> Verification:
    return Verification(CheckResult.BLIND, "The list of cards could not be read completely.")
