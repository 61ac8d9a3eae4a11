"""The pure parts of Payment Methods: the list and its columns, the number as it is typed, what a run left behind."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.paging import CursorPaginator
from jpmanage_tui.api.payment_methods import Card, PaymentMethod, PaymentMethodPage
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.cards import ConfirmCard, CreateSetupIntent, SaveCard
from jpmanage_tui.rules.cards import digits
from jpmanage_tui.services.card_adding import RECENT, interrupted_card
from jpmanage_tui.services.saved_cards import card_label
from jpmanage_tui.ui.sections.payment_methods.form import regrouped, slashed
from jpmanage_tui.ui.sections.payment_methods.list import CardList
from jpmanage_tui.ui.sections.payment_methods.text import (
    best_successor,
    delete_question,
    expiry_text,
    saved_text,
)
from jpmanage_tui.ui.widgets.item_list import GAP, ColumnHeadings

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


class ListApp(App[None]):
    def __init__(self, cards: Sequence[PaymentMethod]) -> None:
        super().__init__()
        self.cards = CardList(lambda: TODAY, lambda: None)
        self.listed = cards

    def compose(self) -> ComposeResult:
        yield ColumnHeadings(self.cards)
        yield self.cards

    def on_mount(self) -> None:
        async def fetch(_after: str | None) -> PaymentMethodPage:
            return PaymentMethodPage(items=tuple(self.listed), has_more=False)

        self.cards.ask(lambda: CursorPaginator(fetch, lambda card: card.id))

    def lines(self) -> list[str]:
        """Return what stands on the screen, line by line."""
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


@asynccontextmanager
async def showing(cards: Sequence[PaymentMethod], width: int = 100) -> AsyncIterator[ListApp]:
    app = ListApp(cards)
    async with app.run_test(size=(width, 6)) as pilot:
        async with asyncio.timeout(10):
            while len(app.cards.items) < len(cards):
                await pilot.pause()
        await pilot.pause()
        yield app


async def test_the_primary_card_stands_first_and_the_others_keep_the_order_of_the_api() -> None:
    async with showing([card(1), card(2), card(3, primary=True)]) as app:
        cards = app.cards.loaded_items
        assert [one.card.last4 for one in cards] == ["0003", "0001", "0002"]
        assert [app.cards.role(one) for one in cards] == [
            "Primary Card",
            "Secondary Card 1",
            "Secondary Card 2",
        ]
        assert app.cards.primary is cards[0]


async def test_what_is_done_to_a_card_stands_in_the_place_of_its_role() -> None:
    async with showing([card(1, primary=True), card(2)]) as app:
        app.cards.show_busy(card(2), "being deleted…")
        assert app.cards.role(card(2)) == "being deleted…"
        app.cards.show_busy(card(2), None)
        assert app.cards.role(card(2)) == "Secondary Card"


@pytest.mark.parametrize(
    ("width", "heading", "row"),
    [
        (
            100,
            "Card  Name on card  Expires  Added",
            "American Express •••• 0001  Ada  ! 3/26 expires soon  —",
        ),
        (80, "Card  Name on card  Expires", "American Express …0001  Ada  3/26 soon"),
        (54, "Card  Name on…  Expires", "American Express …0001  Ada  3/26 soon"),
    ],
)
async def test_the_columns_are_as_wide_as_what_stands_in_them_and_the_name_gives_way(
    width: int, heading: str, row: str
) -> None:
    async with showing([card(1, primary=True, month=3, year=2026)], width) as app:
        found = [re.sub(" {2,}", "  ", line.strip("❯… ")) for line in app.lines()[:2]]
        assert found[0] == heading
        assert re.sub("  Pri(mary Card|ma)?(?=  —|$)", "", found[1]) == row


@pytest.mark.parametrize(
    ("month", "year", "words"),
    [(2, 2026, "2/26 expired"), (3, 2026, "3/26 expires soon"), (6, 2026, "6/26"), (0, 0, "–")],
)
def test_an_expiry_that_is_soon_or_past_says_so_in_a_word(month: int, year: int, words: str) -> None:
    assert expiry_text(card(month=month, year=year).card, TODAY) == words


def test_a_card_without_last_digits_is_named_without_inventing_them() -> None:
    assert card_label(PaymentMethod(id=PaymentMethodId("pm_9"))) == "Card …????"


@given(st.integers(30, 200), st.lists(st.text("äW山", min_size=1, max_size=30), min_size=1, max_size=5))
def test_columns_never_take_more_than_their_room_where_a_name_of_eight_cells_fits(
    room: int, names: list[str]
) -> None:
    shown = CardList(lambda: TODAY, lambda: None)
    shown.items = tuple(card(1, name=name) for name in names)
    found = shown.layout_for(room).widths
    taken = sum(found) + GAP * (sum(map(bool, found)) - 1)
    least = taken - found[1] + 8
    assert taken <= max(room, least)
    for place, (column, size) in enumerate(zip(shown.columns, found, strict=True)):
        assert place == 1 or size >= max(
            cell_len(column.cell(one)) for one in shown.loaded_items or [card(1)]
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
