"""The pure parts of Payment Methods: the wallet, the columns, the number as it is typed, what a run left behind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.payment_methods import Card, PaymentMethod
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.cards import ConfirmCard, CreateSetupIntent, SaveCard
from jpmanage_tui.rules.cards import digits
from jpmanage_tui.services.card_adding import RECENT, interrupted_card
from jpmanage_tui.ui.sections.payment_methods.data import CardListState, card_label, expiry_text
from jpmanage_tui.ui.sections.payment_methods.form import regrouped, slashed
from jpmanage_tui.ui.sections.payment_methods.list import GAP, cells, widths
from jpmanage_tui.ui.sections.payment_methods.text import best_successor, delete_question, saved_text

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def card(
    number: int = 1, *, primary: bool = False, month: int = 12, year: int = 2029, name: str | None = "Ada"
) -> PaymentMethod:
    return PaymentMethod(
        id=PaymentMethodId(f"pm_{number}"),
        card=Card(brand="amex", exp_month=month, exp_year=year, last4=f"{number:04d}"),
        is_default=primary,
        name=name,
    )


def test_the_primary_card_stands_first_and_the_others_keep_the_order_of_the_api() -> None:
    wallet = CardListState.of([card(1), card(2), card(3, primary=True)], False, 0, NOW)
    assert [one.card.last4 for one in wallet.cards] == ["0003", "0001", "0002"]
    assert wallet.roles == ("Primary Card", "Secondary Card 1", "Secondary Card 2")
    assert wallet.primary is wallet.cards[0]


def test_a_wallet_is_empty_only_when_it_is_sure() -> None:
    assert not CardListState().empty, "nothing was answered yet"
    assert CardListState.of([], False, 0, NOW).empty
    assert not CardListState.of([], False, 1, NOW).empty, "a card could not be read"
    assert not CardListState.of([], True, 0, NOW).empty, "there are more"


@pytest.mark.parametrize(
    ("month", "year", "words"),
    [(2, 2026, "2/26 expired"), (3, 2026, "3/26 expires soon"), (6, 2026, "6/26"), (0, 0, "–")],
)
def test_an_expiry_that_is_soon_or_past_says_so_in_a_word(month: int, year: int, words: str) -> None:
    assert expiry_text(card(month=month, year=year).card, TODAY) == words


def test_a_card_without_last_digits_is_named_without_inventing_them() -> None:
    assert card_label(PaymentMethod(id=PaymentMethodId("pm_9"))) == "Card …????"


@given(
    st.integers(30, 200),
    st.booleans(),
    st.lists(st.text("äW山", min_size=1, max_size=30), min_size=1, max_size=5),
)
def test_columns_never_take_more_than_their_room_where_a_name_of_eight_cells_fits(
    room: int, wide: bool, names: list[str]
) -> None:
    rows: list[tuple[str, ...]] = [cells(card(1, name=name), "Primary Card", TODAY, wide) for name in names]
    found = widths(rows, room)
    taken = sum(found) + GAP * (sum(1 for size in found if size) - 1)
    least = taken - found[1] + 8
    assert taken <= max(room, least)
    assert all(
        size >= max(cell_len(row[place]) for row in rows) for place, size in enumerate(found) if place != 1
    )


@given(st.text("0123456789 -", max_size=30), st.integers(0, 30))
def test_grouping_loses_no_digit_and_keeps_the_cursor_after_the_same_digits(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    grouped, place = regrouped(text, cursor)
    assert digits(grouped) == digits(text)
    assert digits(grouped[:place]) == digits(text[:cursor])
    assert regrouped(grouped, place)[0] == grouped, "grouping a grouped number changes nothing"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("1234", "12/34"), ("1/2034", "01/34"), ("12/34", "12/34"), ("13/34", "13/34"), ("", "")],
)
def test_an_expiry_is_written_as_mm_yy_when_it_is_one(typed: str, shown: str) -> None:
    assert slashed(typed) == shown


def entry(change: Mutation[Any], state: EntryState, age: timedelta) -> Entry:
    return Entry(1, "a", change, state, NOW - age, NOW - age, None, None, (), None, "", (), "")


CONFIRM, SAVE = ConfirmCard(), SaveCard(PaymentMethodId("pm_1"), True)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ([entry(CONFIRM, EntryState.DONE, MINUTE)], True),
        ([entry(CONFIRM, EntryState.UNKNOWN, MINUTE)], True),
        (
            [entry(CreateSetupIntent(), EntryState.DONE, MINUTE), entry(CONFIRM, EntryState.DONE, MINUTE)],
            True,
        ),
        ([entry(SAVE, EntryState.DONE, MINUTE), entry(CONFIRM, EntryState.DONE, MINUTE)], False),
        ([entry(CONFIRM, EntryState.NOT_SENT, MINUTE)], False),
        ([entry(CONFIRM, EntryState.REFUSED, MINUTE)], False),
        ([entry(CONFIRM, EntryState.DONE, -MINUTE)], False),
        ([entry(CONFIRM, EntryState.DONE, RECENT + MINUTE)], False),
        ([], False),
    ],
    ids=[
        "done",
        "unknown",
        "before-an-intent",
        "saved",
        "never-left",
        "declined",
        "of-this-run",
        "long-ago",
        "nothing",
    ],
)
def test_a_card_that_an_earlier_run_handed_to_stripe_and_did_not_save_is_noticed(
    entries: list[Entry], left: bool
) -> None:
    assert (interrupted_card(entries, NOW) is not None) is left


def test_what_deleting_means_is_said_for_each_kind_of_card() -> None:
    primary, other = card(1, primary=True), card(2)
    assert (
        "becomes the primary card in its place"
        in delete_question(primary, other, last=False, today=TODAY).text[1]
    )
    assert "new licenses cannot be issued" in delete_question(primary, None, last=True, today=TODAY).text[1]
    assert "the primary card stays" in delete_question(other, None, last=False, today=TODAY).text[1]


def test_the_card_offered_as_the_next_primary_is_one_that_can_be_charged_and_an_expired_one_is_warned_of() -> (
    None
):
    expired, soon, fine = card(1, year=2025), card(2, month=3, year=2026), card(3)
    assert best_successor([expired, soon, fine], TODAY) is fine
    assert best_successor([expired, soon], TODAY) is soon
    assert best_successor([expired], TODAY) is expired
    assert (
        "is expired: charging it will fail"
        in delete_question(card(4, primary=True), expired, False, TODAY).text[2]
    )
    assert len(delete_question(card(4, primary=True), fine, False, TODAY).text) == 2


def test_after_a_card_was_saved_waiting_licenses_are_remembered() -> None:
    assert saved_text(card(2), False, issuing_waits=True).endswith("Press i to go on issuing.")
    assert saved_text(None, True) == "The card is saved (the answer was lost; confirmed by checking)."
