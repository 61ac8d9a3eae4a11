"""The saved cards of a partner key: reading them, their order, and what changing one of them means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.api.errors import ServerError
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.operations.mutations.cards import DeleteCard, MakeCardPrimary
from jpmanage_tui.rules.cards import (
    Expiry,
    brand_name,
    card_name,
    expiry_of,
    may_take_over,
    primary_first,
    roles,
)

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

NOT_ALL_READ = (
    "Some saved cards could not be read: which one would be charged is not known. Nothing was deleted."
)
NO_CARD = "No payment method yet. Without one new licenses cannot be issued."


def card_label(method: PaymentMethod) -> str:
    """Return how sentences name a card: "Visa …4242"."""
    return card_name(brand_name(method.card.brand), method.card.last4)


def cards_today(client: LicensingClient) -> date:
    """Return the day by the server's clock, in the user's time zone: by it a card expires."""
    return (client.server_now() or datetime.now(UTC)).astimezone().date()


# -- reading ---------------------------------------------------------------------------------


class SavedCards(NamedTuple):
    """The saved cards as the API lists them, and what could not be read, as `rules.text.lacking` takes it."""

    cards: tuple[PaymentMethod, ...]
    left_out: int = 0
    cut_short: bool = False

    @property
    def complete(self) -> bool:
        """Whether these are surely all."""
        return not self.left_out and not self.cut_short

    @property
    def primary(self) -> PaymentMethod | None:
        """The primary card, None where it is not among them."""
        return next((card for card in self.cards if card.is_default), None)


async def read_cards(client: LicensingClient) -> SavedCards:
    """Return every saved card that can be read.

    Raises ApiError, also where there are cards and none of them can be read: that is no empty list.
    """
    listed = client.payment_methods.list_all()
    cards = tuple([card async for card in listed])
    if not cards and not listed.complete:
        raise ServerError("The server's answer could not be read: none of its cards is one.")
    return SavedCards(cards, listed.left_out, listed.cut_short)


@dataclass(frozen=True)
class CardRow:
    """A card with its role ("Secondary Card 2"), and how its expiry stands."""

    card: PaymentMethod
    role: str
    expiry: Expiry


def card_rows(cards: Sequence[PaymentMethod], today: date) -> list[CardRow]:
    """Return cards as the screen lists them, the primary one first (contract: account 4)."""
    ordered = primary_first(cards)
    return [
        CardRow(card, role, expiry_of(card.card, today))
        for card, role in zip(ordered, roles(ordered), strict=True)
    ]


def cards_meant(cards: Sequence[PaymentMethod], word: str) -> list[PaymentMethod]:
    """Return the cards that a word can mean: the one with this id, else those that end with these four digits."""
    return [card for card in cards if card.id == word] or [card for card in cards if card.card.last4 == word]


def expiry_warnings(rows: Sequence[CardRow]) -> list[str]:
    """Return which cards are expired or will be soon, a sentence each."""
    words = {Expiry.PAST: "is expired", Expiry.SOON: "expires soon"}
    return [f"! {card_label(row.card)} {words[row.expiry]}." for row in rows if row.expiry in words]


# -- what a change means, in sentences -------------------------------------------------------


def _expired_warning(card: PaymentMethod, today: date) -> str:
    expired = expiry_of(card.card, today) is Expiry.PAST
    return f"! {card_label(card)} is expired: charging it will fail." if expired else ""


def becomes_secondary(present: PaymentMethod | None) -> str:
    """Return what becomes of the card that is primary now, None where that is unknown."""
    if present is None:
        return "Which card is charged now could not be read; it becomes a secondary card."
    return f"{card_label(present)} becomes a secondary card."


def primary_sentences(card: PaymentMethod, present: PaymentMethod | None, today: date) -> list[str]:
    """Return what it means that a card becomes the primary one; `present` is primary now, None where unknown."""
    label = card_label(card)
    alike = present is not None and card_label(present) == label
    becomes = f"The other {label} becomes a secondary card." if alike else becomes_secondary(present)
    sentences = [
        f"{label} is charged each month from now on. {becomes}",
        _expired_warning(card, today),
    ]
    return [sentence for sentence in sentences if sentence]


def delete_sentences(
    card: PaymentMethod, successor: PaymentMethod | None, last: bool, today: date
) -> list[str]:
    """Return what it means that a card is deleted; `successor` becomes primary, `last`: no card is left then."""
    if last:
        return [
            "It is the last card. Then new licenses cannot be issued until a primary payment method is added, "
            "and the licenses there are will be revoked when their terms end."
        ]
    if successor is not None:
        sentences = [
            f"It is the primary card. {card_label(successor)} becomes the primary card in its place."
        ]
        warning = _expired_warning(successor, today)
        return [*sentences, f"{warning} A new card can be added first."] if warning else sentences
    if card.is_default:
        return ["It is the primary card."]
    return ["It is a secondary card: the primary card stays the primary one."]


# -- changes ---------------------------------------------------------------------------------


def primary_change(card: PaymentMethod) -> MakeCardPrimary:
    """Return the change that makes a card the primary one."""
    return MakeCardPrimary(card.id, card_label(card))


def cannot_be_deleted_safely(saved: SavedCards, card: PaymentMethod | None) -> bool:
    """Return whether too little is known of the cards to delete one of them: it may be the last, or not be there.

    `card` is None where it is not listed.
    """
    return not saved.complete and (card is None or len(saved.cards) == 1)


def successors_of(saved: SavedCards, card: PaymentMethod) -> tuple[PaymentMethod, ...]:
    """Return the cards of which one has to become primary when `card` goes; none where nothing changes hands."""
    return may_take_over(saved.cards, card.id)


def delete_change(card: PaymentMethod, saved: SavedCards, successor: PaymentMethod | None) -> DeleteCard:
    """Return the change that deletes a card; `successor` becomes primary in its place.

    A secondary card goes with the present primary's id: naming another would move it (contract: account 4).
    """
    primary = successor or next((one for one in saved.cards if one.is_default and one.id != card.id), None)
    return DeleteCard(card.id, card_label(card), primary.id if primary is not None else None)
