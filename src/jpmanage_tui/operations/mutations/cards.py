"""The changes around money: cards and invoices."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from jpmanage_tui.api.ids import InvoiceId, PaymentMethodId
from jpmanage_tui.api.models.invoice import Invoice, InvoiceStatus
from jpmanage_tui.api.models.stripe import (
    CardSaved,
    Declined,
    NeedsBrowser,
    NeedsSdk,
    RawCardsRefused,
    SetupOutcome,
    StripeConfiguration,
)
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.operations.mutation import AmbiguousResponse, Mutation, MutationType, Secrets
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.rules.prices import money

DECLINED = "declined"
"""Stands in the journal's sentence about a card that bank or Stripe declined, and about no other refusal."""


def _add(card: str) -> str:
    """Return what each step of adding a card is for."""
    return f"Add card {card}" if card else "Add a card"


@dataclass(frozen=True)
class CreateSetupIntent(Mutation[StripeConfiguration]):
    """Have the vendor open a Stripe setup intent; each call opens another, so it is asked once, at submit.

    One whose answer is lost charges nothing and can be neither found nor used (contract: account 1.7). ``card`` names
    the card that is to be added for the user, by what may be kept of it (``Visa …4242``); journals of the first
    release have it not.
    """

    kind: ClassVar[MutationType] = MutationType.CREATE_SETUP_INTENT
    token: ClassVar[TokenKind] = TokenKind.USER
    card: str = ""

    @property
    def target(self) -> str:
        """Nothing to guard."""
        return ""

    def sentence(self) -> str:
        """Return what it does."""
        return _add(self.card)

    async def send(self, client: ClientPort, secrets: Secrets) -> StripeConfiguration:
        """Send it."""
        return await client.stripe.configuration(needs_intent=True)


@dataclass(frozen=True)
class ConfirmCard(Mutation[SetupOutcome]):
    """Hand the card to Stripe. What became of it is read from Stripe with the intent's secret, which the
    journal has not: after a lost answer the caller retrieves the intent, or lists the cards. ``card`` as for
    :class:`CreateSetupIntent`.
    """

    kind: ClassVar[MutationType] = MutationType.CONFIRM_CARD
    token: ClassVar[TokenKind] = TokenKind.NONE
    card: str = ""

    @property
    def target(self) -> str:
        """Nothing to guard: an intent takes one card once."""
        return ""

    def sentence(self) -> str:
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
class _OfOneCard(Mutation[None]):
    payment_method_id: PaymentMethodId

    @property
    def target(self) -> str:
        """The card."""
        return f"card:{self.payment_method_id}"


@dataclass(frozen=True)
class SaveCard(_OfOneCard):
    """Save a card that Stripe has taken; ``primary``: it is charged from now on (contract: account 2.1,
    step 8). ``card`` as for :class:`CreateSetupIntent`.
    """

    kind: ClassVar[MutationType] = MutationType.SAVE_CARD
    primary: bool
    card: str = ""

    def sentence(self) -> str:
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


@dataclass(frozen=True)
class MakeCardPrimary(_OfOneCard):
    """Make a saved card the one that is charged; ``card`` names it for the user (``Visa …4242``)."""

    kind: ClassVar[MutationType] = MutationType.MAKE_CARD_PRIMARY
    card: str

    def sentence(self) -> str:
        """Return what it does."""
        return f"Set {self.card} as primary card"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Send it."""
        await client.payment_methods.make_primary(self.payment_method_id)


@dataclass(frozen=True)
class DeleteCard(Mutation[PaymentMethodId | None]):
    """Delete a card; ``new_primary`` takes over. The answer is the primary card afterwards, None without
    any.
    """

    kind: ClassVar[MutationType] = MutationType.DELETE_CARD
    payment_method_id: PaymentMethodId
    card: str
    new_primary: PaymentMethodId | None = None

    @property
    def target(self) -> str:
        """The card."""
        return f"card:{self.payment_method_id}"

    def sentence(self) -> str:
        """Return what it does."""
        return f"Delete payment method {self.card}"

    async def send(self, client: ClientPort, secrets: Secrets) -> PaymentMethodId | None:
        """Send it (contract: account 1.4)."""
        return await client.payment_methods.delete(self.payment_method_id, self.new_primary)


@dataclass(frozen=True)
class PayInvoice(Mutation[Invoice]):
    """Pay an open invoice with the primary card. ``total`` is in major units of ``currency`` (contract:
    account 1.5).
    """

    kind: ClassVar[MutationType] = MutationType.PAY_INVOICE
    invoice_id: InvoiceId
    number: str
    total: Decimal | None
    currency: str

    @property
    def target(self) -> str:
        """The invoice."""
        return f"invoice:{self.invoice_id}"

    def sentence(self) -> str:
        """Return what it does."""
        amount = f" of {money(self.total, self.currency)}" if self.total is not None else ""
        return f"Pay invoice {self.number or self.invoice_id}{amount}"

    async def send(self, client: ClientPort, secrets: Secrets) -> Invoice:
        """Send it; only an answer that says "paid" counts, any other 2xx is looked into."""
        invoice = await client.invoices.pay(self.invoice_id)
        if invoice.status is not InvoiceStatus.PAID:
            word = invoice.status_word or "no status"
            raise AmbiguousResponse(f"The server accepted the payment, yet the invoice's status is {word}.")
        return invoice
