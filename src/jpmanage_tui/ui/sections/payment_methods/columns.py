"""The columns of the list of saved cards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.rules.cards import Expiry, brand_name, expiry_of, expiry_words
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.ui.widgets.item_list import Column
from jpmanage_tui.ui.widgets.states import state_style

WIDE_FROM = 92
"""Cells from which the dots of a number and the day on which a card was added have room."""
LEAST_NAME = 8
SHORT = {Expiry.SOON: "soon", Expiry.PAST: "expired"}
"""The words that warn of an expiry where there is little room."""
SIGNS = {Expiry.SOON: "! ", Expiry.PAST: "✗ "}
"""The signs of the same, before the date."""
NAME = 1
"""The place of the name's column."""


def card_columns(
    today: Callable[[], date], role: Callable[[PaymentMethod], str], *, wide: bool
) -> tuple[Column[PaymentMethod], ...]:
    """Return the columns; `wide` says that there is room.

    `today` returns the day by which a card expires, `role` what stands in the column of the roles.
    """

    def expires(method: PaymentMethod) -> str:
        state = expiry_of(method.card, today())
        word = (state.value if wide else SHORT[state]) if state in SHORT else ""
        sign = SIGNS.get(state, "  ") if wide else ""  # the name needs its cells where there are few
        return f"{sign}{expiry_words(method.card)} {word}".rstrip()

    def expires_style(method: PaymentMethod) -> str:
        return state_style(SIGNS.get(expiry_of(method.card, today()), ""))

    def primary_style(method: PaymentMethod) -> str:
        return "list--strong" if method.is_default else ""

    def name(method: PaymentMethod) -> str:
        return f"{brand_name(method.card.brand)} {'•••• ' if wide else '…'}{method.card.last4 or '????'}"

    columns: tuple[Column[PaymentMethod], ...] = (
        Column("Card", name, style=primary_style),
        Column("Name on card", lambda method: method.name or "—", fill=True, least=LEAST_NAME),
        Column("Expires", expires, style=expires_style),
        Column("", role, style=primary_style),
    )
    added = Column[PaymentMethod]("Added", lambda method: format_date(method.created), style="list--muted")
    return (*columns, added) if wide else columns
