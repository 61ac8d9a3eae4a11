"""`jpmanage payment-methods`: the cards as the screen lists them, and changes with what the app asks before them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.payment_methods import Card, PaymentMethod
from jpmanage_tui.rules.cards import primary_first, roles
from jpmanage_tui.rules.text import lacking
from jpmanage_tui.services.fields.payment_methods import CARD_FIELDS
from jpmanage_tui.services.saved_cards import (
    SavedCards,
    cannot_be_deleted_safely,
    card_rows,
    cards_meant,
    delete_change,
    read_cards,
    successors_of,
)
from tests.cli.harness import KEY, SECOND_KEY, Cli
from tests.cli.screens import as_screen

SAVED = "/stripe/payment-method"


@pytest.fixture
def signed_in(cli: Cli) -> Cli:
    cli.env(TOKEN=KEY)
    return cli


def listed(cli: Cli) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(cli("payment-methods", "list", "--json").out)
    return rows


def changes(cli: Cli) -> list[str]:
    """Return what changed the cards, of what was asked since it was forgotten."""
    return [line for line in cli.asked() if f"{SAVED} " in line]


# -- list ------------------------------------------------------------------------------------


def test_the_list_has_the_rows_of_the_screen_the_primary_card_of_the_last_page_first(cli: Cli) -> None:
    cli.env(TOKEN=SECOND_KEY)
    saved = as_screen(cli.url, read_cards, SECOND_KEY)
    ordered = primary_first(saved.cards)
    rows = listed(cli)
    assert [row["id"] for row in rows] == [card.id for card in ordered]
    assert [row["role"] for row in rows] == list(roles(ordered))
    assert len(rows) == 12
    assert [row["primary"] for row in rows] == [True] + [False] * 11
    assert saved.cards[0].id != rows[0]["id"]
    assert any(row["name"] is None for row in rows)


def test_a_row_has_what_the_api_gives_of_a_card_and_no_more(signed_in: Cli) -> None:
    row = listed(signed_in)[0]
    year = datetime.now(UTC).year + 3
    assert row | {"id": "", "added_at": ""} == {
        "id": "",
        "brand": "Visa",
        "last4": "4242",
        "name": "Nordlicht Digital",
        "expires": f"{year}-11",
        "expiry": "valid",
        "role": "Primary Card",
        "primary": True,
        "added_at": "",
    }


def test_cards_that_expire_are_told_of(signed_in: Cli) -> None:
    ended = signed_in("payment-methods", "list")
    assert "! American Express …0005 is expired." in ended.err
    assert "Visa" not in ended.err


def test_what_is_not_known_of_a_card_is_null() -> None:
    row = card_rows([PaymentMethod(id=PaymentMethodId("pm_1"))], date(2026, 3, 1))[0]
    known = {field.name: field.value(row) for field in CARD_FIELDS}
    assert (known["last4"], known["name"], known["expires"], known["added_at"]) == (None, None, None, None)
    assert known["expiry"] == "unknown"


def test_without_a_card_it_says_so(cli: Cli) -> None:
    cli.env(TOKEN="sandbox-key-nocard")
    ended = cli("payment-methods", "list")
    assert (ended.code, ended.out) == (0, "")
    assert "No payment method yet" in ended.err
    assert cli("payment-methods", "list", "--json").out == "[]\n"


def test_a_card_is_added_elsewhere(signed_in: Cli) -> None:
    for word in ("add", "new"):
        ended = signed_in("payment-methods", word, "4242424242424242")
        assert ended.code == 2
        assert "A card is added in the app" in ended.err
        assert "/payment-methods/add in a browser; no command takes a card number." in ended.err
    assert "A card is added in the app" in signed_in("payment-methods", "--help").out


# -- changes ---------------------------------------------------------------------------------


def test_cards_are_made_primary_and_deleted_after_what_the_app_asks(signed_in: Cli) -> None:
    cli = signed_in
    ids = {row["last4"]: row["id"] for row in listed(cli)}
    cli.forget_requests()

    ended = cli("payment-methods", "set-primary", "4242", "--yes")
    assert (ended.code, ended.out) == (0, "")
    assert "Visa …4242 is the primary card already." in ended.err

    ended = cli("payment-methods", "set-primary", ids["0005"], "--dry-run")
    assert ended.code == 0
    assert "Visa …4242 becomes a secondary card." in ended.err
    assert "! American Express …0005 is expired: charging it will fail." in ended.err

    ended = cli("payment-methods", "delete", "4242", "--yes")
    assert ended.code == 2
    assert "name the card that is charged in its place with --new-primary" in ended.err
    assert ids["0005"] in ended.err

    ended = cli("payment-methods", "delete", "4444", "--new-primary", "0005", "--yes")
    assert ended.code == 2
    assert "is no primary card" in ended.err

    ended = cli("payment-methods", "delete", "4242", "--new-primary", "4242", "--yes")
    assert ended.code == 2
    assert "There is no card '4242'" in ended.err
    assert changes(cli) == []

    ended = cli("payment-methods", "set-primary", "4444", "--yes", "--json")
    assert ended.code == 0
    assert json.loads(ended.out)[0]["state"] == "done"
    assert listed(cli)[0]["last4"] == "4444"

    ended = cli("payment-methods", "delete", "4444", "--new-primary", "0005", "--yes")
    assert ended.code == 0
    assert ended.out == "done\tDelete payment method Mastercard …4444\t\n"
    assert [(row["last4"], row["primary"]) for row in listed(cli)] == [("0005", True), ("4242", False)]

    # one other card: nothing is to be chosen, and what takes over is said
    ended = cli("payment-methods", "delete", "0005", "--dry-run")
    assert "Visa …4242 becomes the primary card in its place." in ended.err
    assert cli("payment-methods", "delete", ids["4242"], "--yes").code == 0
    assert [(row["last4"], row["primary"]) for row in listed(cli)] == [("0005", True)]

    ended = cli("payment-methods", "delete", "0005", "--dry-run")
    assert "It is the last card. Then new licenses cannot be issued" in ended.err
    assert len(changes(cli)) == 3


def test_digits_that_several_cards_have_need_the_id(cli: Cli) -> None:
    cli.env(TOKEN=SECOND_KEY)
    ended = cli("payment-methods", "delete", "4242", "--yes")
    assert ended.code == 2
    assert "4 cards end with 4242: give the id of one" in ended.err


def test_an_unknown_card_names_some_that_are_there(cli: Cli) -> None:
    cli.env(TOKEN=SECOND_KEY)
    ended = cli("payment-methods", "set-primary", "9", "--yes", "--json")
    assert ended.code == 2
    assert "and 7 more (`jpmanage payment-methods list`)" in json.loads(ended.err)["message"]


def test_nothing_is_changed_without_a_yes_or_read_only(cli: Cli) -> None:
    cli.env(TOKEN=SECOND_KEY)
    card = listed(cli)[1]["id"]
    cli.forget_requests()
    assert cli("payment-methods", "set-primary", card, "--yes", "--read-only").code == 2
    assert cli("payment-methods", "delete", card, "--dry-run").code == 0
    assert changes(cli) == []


def test_a_lost_answer_is_looked_up_and_the_card_deleted_once(cli: Cli) -> None:
    cli.env(TOKEN=SECOND_KEY)
    card = listed(cli)[-1]["id"]
    cli.forget_requests()
    cli.faults(f"DELETE *{SAVED} reset-after x1")
    ended = cli("payment-methods", "delete", card, "--yes")
    assert ended.code == 0
    assert ended.out.startswith("done\t")
    assert len(changes(cli)) == 1
    assert card not in [row["id"] for row in listed(cli)]


# -- rules -----------------------------------------------------------------------------------


def _card(number: int, primary: bool, last4: str) -> PaymentMethod:
    return PaymentMethod(id=PaymentMethodId(f"pm_{number}"), card=Card(last4=last4), is_default=primary)


CARDS = st.lists(st.tuples(st.booleans(), st.sampled_from(["4242", "4444", ""])), min_size=1, max_size=6).map(
    lambda drawn: tuple(
        _card(number, primary and not any(earlier for earlier, _ in drawn[:number]), last4)
        for number, (primary, last4) in enumerate(drawn)
    )
)


@given(CARDS, st.data())
def test_deleting_a_card_never_moves_the_primary_one_unasked(
    cards: tuple[PaymentMethod, ...], data: st.DataObject
) -> None:
    saved, card = SavedCards(cards), data.draw(st.sampled_from(cards))
    others = successors_of(saved, card)
    change = delete_change(card, saved, data.draw(st.sampled_from(others)) if others else None)
    assert change.new_primary != card.id
    if card.is_default and len(cards) > 1:
        assert change.new_primary is not None
    else:
        primary = saved.primary
        assert change.new_primary == (primary.id if primary is not None and primary.id != card.id else None)


@given(CARDS)
def test_an_id_means_its_card_alone_and_digits_all_that_have_them(cards: tuple[PaymentMethod, ...]) -> None:
    for card in cards:
        assert cards_meant(cards, card.id) == [card]
    assert cards_meant(cards, "4242") == [card for card in cards if card.card.last4 == "4242"]


def test_a_card_is_not_deleted_where_it_may_be_the_last_or_is_not_listed() -> None:
    one = _card(1, True, "4242")
    lossy = SavedCards((one,), left_out=1)
    assert cannot_be_deleted_safely(lossy, one)
    assert cannot_be_deleted_safely(SavedCards((one, _card(2, False, "")), cut_short=True), None)
    assert not cannot_be_deleted_safely(SavedCards((one,)), one)
    assert lacking(lossy, "card") == "1 card could not be read"
