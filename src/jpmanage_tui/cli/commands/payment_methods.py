"""`jpmanage payment-methods`: the saved cards. A card is added in the app or in a browser only."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from jpmanage_tui.cli import output
from jpmanage_tui.cli.change_command import change_command
from jpmanage_tui.cli.command import CommandGroup, Example
from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.inputs import Inputs
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.reading import Listing, each, read_command
from jpmanage_tui.rules.vendor_pages import ADD_CARD_PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.payment_methods import PaymentMethod
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.operations.mutations.cards import DeleteCard, MakeCardPrimary
    from jpmanage_tui.services.fields.field import Fields
    from jpmanage_tui.services.saved_cards import CardRow, SavedCards

ELSEWHERE = (
    "A card is added in the app (`jpmanage`, Payment Methods, New credit card), or on\n"
    f"{ADD_CARD_PAGE} in a browser;\n"
    "no command takes a card number."
)
MOST_NAMED = 5
"""So many cards are named in a sentence."""
LISTED = ("state", "summary", "message")
"""The fields of a change of a card that a table shows."""
READING = "Reading the saved cards…"


def _fields() -> Fields[CardRow]:
    from jpmanage_tui.services.fields.payment_methods import CARD_FIELDS

    return CARD_FIELDS


async def _list(session: Session, arguments: argparse.Namespace, progress: Progress) -> Listing[CardRow]:
    from jpmanage_tui.rules.text import lacking
    from jpmanage_tui.services.saved_cards import NO_CARD, card_rows, cards_today, expiry_warnings, read_cards

    del arguments
    progress(READING)
    saved = await read_cards(session.client)
    rows = card_rows(saved.cards, cards_today(session.client))
    return Listing(
        each(rows),
        lambda: lacking(saved, "card"),
        about=lambda: expiry_warnings(rows) if rows else (NO_CARD,),
    )


# -- changes ---------------------------------------------------------------------------------


def _card(parser: Parser) -> None:
    parser.add_argument(
        "card", metavar="CARD", help="the card's id, or its last four digits where one card alone has them"
    )


def _card_to_delete(parser: Parser) -> None:
    _card(parser)
    parser.option(
        "--new-primary",
        metavar="CARD",
        help="of the primary card: the card that is charged in its place; needed where there are several others",
    )


def _names(cards: Sequence[PaymentMethod]) -> str:
    from jpmanage_tui.services.saved_cards import card_label

    named = [
        f"{card.id} ({card_label(card)}{', ' + card.name if card.name else ''})"
        for card in cards[:MOST_NAMED]
    ]
    more = len(cards) - len(named)
    return ", ".join([*named, f"and {more} more (`jpmanage payment-methods list`)"] if more else named)


def _meant(saved: SavedCards, word: str, among: Sequence[PaymentMethod] | None = None) -> PaymentMethod:
    """Return the card that a word means, `among` these where they are given.

    Raises CommandError where it means none, or may mean several.
    """
    from jpmanage_tui.services.saved_cards import cards_meant

    known = saved.cards if among is None else among
    found = cards_meant(known, word)
    unread = "" if saved.complete else " Some saved cards could not be read."
    if not found:
        there = f"the cards are {_names(known)}" if known else "no card is saved"
        raise CommandError(f"There is no card {word!r}: {there}.{unread}")
    if len(found) > 1:
        raise CommandError(
            f"{len(found)} cards end with {word}: give the id of one, {_names(found)}.{unread}"
        )
    if not saved.complete and found[0].id != word:
        raise CommandError(f"Another card may end with {word}: give the id, {_names(found)}.{unread}")
    return found[0]


def _proposal(
    change: MakeCardPrimary | DeleteCard, card: PaymentMethod, sentences: Sequence[str]
) -> Proposal:
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.operations.run import PlannedItem, RunPlan
    from jpmanage_tui.rules.cards import expiry_words
    from jpmanage_tui.services.bulk_plans import BulkPlan

    expiry = f"expires {expiry_words(card.card)}" if card.card.exp_month and card.card.exp_year else ""
    which = f"The card: {', '.join(part for part in (card.id, card.name, expiry) if part)}."
    return Proposal(BulkPlan(RunPlan(change.summary(), (PlannedItem(change),))), (which, *sentences))


async def _set_primary(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.operations.run import RunPlan
    from jpmanage_tui.services.bulk_plans import BulkPlan
    from jpmanage_tui.services.saved_cards import (
        card_label,
        cards_today,
        primary_change,
        primary_sentences,
        read_cards,
    )

    del inputs
    progress(READING)
    saved = await read_cards(session.client)
    card = _meant(saved, arguments.card)
    change = primary_change(card)
    present = saved.primary
    if present is not None and present.id == card.id:
        progress.clear()
        output.write_error(f"{card_label(card)} is the primary card already.")
        return Proposal(BulkPlan(RunPlan(change.summary(), ())))
    return _proposal(change, card, primary_sentences(card, present, cards_today(session.client)))


async def _delete(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.services.saved_cards import (
        NOT_ALL_READ,
        cannot_be_deleted_safely,
        cards_meant,
        cards_today,
        delete_change,
        delete_sentences,
        read_cards,
    )

    del inputs
    progress(READING)
    saved = await read_cards(session.client)
    if cannot_be_deleted_safely(saved, next(iter(cards_meant(saved.cards, arguments.card)), None)):
        raise CommandError(NOT_ALL_READ, ExitCode.NO_ANSWER)
    card = _meant(saved, arguments.card)
    successor = _successor(saved, card, arguments.new_primary)
    last = len(saved.cards) == 1
    sentences = delete_sentences(card, successor, last, cards_today(session.client))
    return _proposal(delete_change(card, saved, successor), card, sentences)


def _successor(saved: SavedCards, card: PaymentMethod, word: str | None) -> PaymentMethod | None:
    """Return the card that becomes primary when one is deleted, None where nothing changes hands.

    Raises CommandError where it has to be named, or was named though nothing changes hands.
    """
    from jpmanage_tui.services.saved_cards import card_label, successors_of

    others = successors_of(saved, card)
    if word is not None:
        if not others:
            why = "the last card" if len(saved.cards) == 1 else "no primary card"
            raise CommandError(f"{card_label(card)} is {why}: drop --new-primary, no card takes over.")
        return _meant(saved, word, others)
    if len(others) > 1 or (others and not saved.complete):
        raise CommandError(
            f"{card_label(card)} is the primary card: name the card that is charged in its place with "
            f"--new-primary, one of {_names(others)}."
        )
    return others[0] if others else None


COMMAND = CommandGroup(
    "payment-methods",
    (
        read_command(
            "list",
            "list the saved cards, the primary one first",
            _list,
            _fields,
            examples=(
                Example(
                    "jpmanage payment-methods list", "Every card, the one that is charged each month first."
                ),
                Example(
                    "jpmanage payment-methods list --jsonl --all-keys", "Those of every partner key, as JSON."
                ),
            ),
            description="List the saved cards, the primary one first. Never more of a card than the API gives.",
        ),
        change_command(
            "set-primary",
            "charge this card each month from now on",
            _set_primary,
            arguments=_card,
            examples=(
                Example("jpmanage payment-methods set-primary 4444", "The card that ends with 4444."),
                Example("jpmanage payment-methods set-primary pm_1NxyzA --yes", "By its id, without asking."),
            ),
            listed=LISTED,
        ),
        change_command(
            "delete",
            "delete a saved card",
            _delete,
            arguments=_card_to_delete,
            examples=(
                Example(
                    "jpmanage payment-methods delete 0005 --dry-run", "What deleting that card would mean."
                ),
                Example(
                    "jpmanage payment-methods delete 4242 --new-primary 4444",
                    "Delete the primary card; another is charged in its place.",
                ),
            ),
            listed=LISTED,
        ),
    ),
    description=f"The saved cards of a partner key.\n{ELSEWHERE}",
    elsewhere=dict.fromkeys(("add", "new", "create"), ELSEWHERE.replace("\n", " ")),
)
