"""The saved cards as far as they are known: pages that came by cursor, primary first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.payment_methods import Card, PaymentMethod
from jpmanage_tui.rules.cards import (
    Expiry,
    brand_name,
    card_name,
    expiry_of,
    expiry_words,
    primary_first,
    roles,
)


@dataclass(frozen=True)
class CardListState:
    """Cards in the order of the screen. `more`: the API has further ones. `answered_at` is None before it answered."""

    cards: tuple[PaymentMethod, ...] = ()
    more: bool = False
    unreadable: int = 0
    answered_at: datetime | None = None

    @classmethod
    def of(cls, cards: Sequence[PaymentMethod], more: bool, unreadable: int, now: datetime) -> CardListState:
        """Return what is known after pages came; `cards` are in the API's order."""
        return cls(primary_first(cards), more, unreadable, now)

    @property
    def known(self) -> bool:
        """Whether the API has said anything yet."""
        return self.answered_at is not None

    @property
    def empty(self) -> bool:
        """Whether it is sure that there is no card at all."""
        return self.known and not self.cards and not self.more and not self.unreadable

    @property
    def primary(self) -> PaymentMethod | None:
        """The primary card, None where it is not among the known ones."""
        return next((card for card in self.cards if card.is_default), None)

    @property
    def roles(self) -> tuple[str, ...]:
        """The role of each card."""
        return roles(self.cards)

    def find(self, method: PaymentMethodId) -> int | None:
        """Return the place of a card, None where it is not known."""
        return next((place for place, card in enumerate(self.cards) if card.id == method), None)


def card_label(method: PaymentMethod) -> str:
    """Return how sentences name a card: "Visa …4242"."""
    return card_name(brand_name(method.card.brand), method.card.last4)


def expiry_text(card: Card, today: date) -> str:
    """Return the expiry with the word that warns of it: "3/26 expires soon"."""
    state = expiry_of(card, today)
    words = expiry_words(card)
    return f"{words} {state.value}" if state in (Expiry.SOON, Expiry.PAST) else words
