"""The text of the Payment Methods screen: questions, and how changes ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.payment_methods import Card, PaymentMethod
from jpmanage_tui.operations.mutations.cards import DeleteCard, MakeCardPrimary
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.cards import Expiry, expiry_of, expiry_words
from jpmanage_tui.services.card_adding import Failed
from jpmanage_tui.services.saved_cards import (
    NO_CARD,
    becomes_secondary,
    card_label,
    delete_sentences,
    primary_sentences,
)
from jpmanage_tui.ui.common.keys import key_for, key_line
from jpmanage_tui.ui.common.text import ANSWER_LOST, Where, error_text, only_key_token, outcome_text
from jpmanage_tui.ui.dialogs.choice import Choice
from jpmanage_tui.ui.dialogs.confirm import Confirmation

ABOUT = "The primary card is charged each month; a secondary one only if it fails."


def expiry_text(card: Card, today: date) -> str:
    """Return the expiry with the word that warns of it: "3/26 expires soon"."""
    state = expiry_of(card, today)
    words = expiry_words(card)
    return f"{words} {state.value}" if state in (Expiry.SOON, Expiry.PAST) else words


def user_token_needed(origin: str) -> str:
    """Return why a card cannot be typed in here with a key token alone, which came from `origin`."""
    return (
        f"A card's number can be typed in here only with the account's user token. {only_key_token(origin)} "
        "`jpmanage login` adds the other one. On the vendor's page it works without."
    )


def no_card_lines() -> list[str]:
    """Return the lines that stand in place of cards while there is none."""
    return [
        NO_CARD,
        "",
        "  " + key_line("New credit card", "new-card"),
        "  " + key_line("Add a card on the vendor's page, in a browser", "add-in-browser"),
        "",
        "Only active licenses are paid for: the total is worked out daily and charged on the 1st of the next month. "
        "Licenses can be canceled at any time. Cards are kept by Stripe (PCI service provider level 1).",
    ]


def primary_question(card: PaymentMethod, present: PaymentMethod | None, today: date) -> Confirmation:
    """Return the question before a card becomes the primary one; `present` is primary now, None where unknown."""
    text = primary_sentences(card, present, today)
    return Confirmation("Set as primary card?", text, f"Set {card_label(card)} as primary card")


def new_card_question(card: PaymentMethod, present: PaymentMethod | None) -> Confirmation:
    """Return the question after a card was added in the browser: whether it becomes the primary one."""
    becomes = f" {becomes_secondary(present)}" if present is not None else ""
    return Confirmation(
        "Card added",
        [
            f"{card_label(card)} is saved as a secondary card.",
            f"Shall it be charged each month from now on?{becomes} Cancel leaves it a secondary card.",
        ],
        f"Set {card_label(card)} as primary card",
    )


def successors(cards: Sequence[PaymentMethod], today: date) -> list[Choice]:
    """Return the cards that can take over, as choices; the vendor's own choice comes first."""
    hints = [", ".join(part for part in (card.name, expiry_text(card.card, today)) if part) for card in cards]
    return [Choice(card.id, card_label(card), hint) for card, hint in zip(cards, hints, strict=True)]


def best_successor(cards: Sequence[PaymentMethod], today: date) -> PaymentMethod:
    """Return the first card that does not expire soon, else the first that is not expired, else the first."""
    for fine in ((Expiry.VALID,), (Expiry.VALID, Expiry.UNKNOWN), (Expiry.SOON,)):
        for card in cards:
            if expiry_of(card.card, today) in fine:
                return card
    return cards[0]


def delete_question(
    card: PaymentMethod, successor: PaymentMethod | None, last: bool, today: date
) -> Confirmation:
    """Return the question before a card is deleted; `successor` becomes primary, `last`: no card is left then."""
    text = [
        f"{card_label(card)}{f', {card.name}' if card.name else ''}",
        *delete_sentences(card, successor, last, today),
    ]
    return Confirmation("Delete payment method?", text, f"Delete {card_label(card)}", danger=True)


def card_outcome_text(outcome: Outcome[Any], successor: str = "") -> str:
    """Return how a change of a card ended. `successor` names the card that took over.

    That it took over is said only where the API's own answer says so.
    """
    change = outcome.change
    match change:
        case MakeCardPrimary():
            done, asked = f"{change.card} is the primary card", "set as primary card"
        case DeleteCard():
            took_over = f"; {successor} is the primary card now" if successor else ""
            done, asked = f"{change.card} is deleted{took_over}", "deleted"
        case _:
            return str(outcome.sentence)
    return outcome_text(outcome, done, change.card, asked, reason_text(outcome.error, outcome.detail))


def reason_text(error: Exception | None, detail: str) -> str:
    """Return why something was not done: the API's error in words, else `detail`, the program's own sentence.

    No key is advised: none of them sends a change again.
    """
    if isinstance(error, ApiError):
        return error_text(error, "the API", again="", where=Where.DIALOG).removeprefix("the API: ")
    return detail


def failed_text(failed: Failed) -> str:
    """Return what is said of a card that was not added: what is known, why, and what can be done."""
    why, reason = failed.reason, ""
    if why is not None and why.doing and isinstance(why.error, ApiError):
        reason = error_text(why.error, why.doing, where=Where.DIALOG)
    elif why is not None:
        reason = reason_text(why.error, why.detail)
        reason = reason[:1].upper() + reason[1:]
    return " ".join(part for part in (failed.sentence, reason, failed.advice) if part)


def saved_text(card: PaymentMethod | None, found: bool, *, issuing_waits: bool = False) -> str:
    """Return that a new card is saved; `card` is as the list shows it, None where it could not be listed.

    `issuing_waits`: licenses were picked before, and are to be issued.
    """
    name = card_label(card) if card is not None else "The card"
    role = ""
    if card is not None:
        role = " as the primary card" if card.is_default else " as a secondary card"
    looked = f" {ANSWER_LOST}" if found else ""
    onward = f" Press {key_for('issue')} to go on issuing." if issuing_waits else ""
    return f"{name} is saved{role}{looked}.{onward}"


def gone_text(card: PaymentMethod) -> str:
    """Return that a card is not there any more."""
    return f"{card_label(card)} is not among the cards any more; the list is asked for again."
