"""Saved cards, and how each key is billed. Card data is made up; the last digits are those of test cards."""

from __future__ import annotations

import sqlite3

from jpmanage_tui.sandbox.cards.saved_cards import NewCard, add, attach
from jpmanage_tui.sandbox.partner.seed import KEY, KEY_2, KEY_NOCARD, KEY_TOS
from jpmanage_tui.sandbox.seed_options import DAY, SeedPlan
from jpmanage_tui.sandbox.sign_in.oauth import APP_ID, APP_SECRET

MODES = ((KEY, "day"), (KEY_2, "month"), (KEY_NOCARD, "day"), (KEY_TOS, "day"))

HOLDERS = (
    "Nordlicht Hosting",
    "João Pires",
    None,
    "Søren Kjærgaard",
    "Łukasz Żak",
    "山田 ゆき",
    "Zoë Müller",
    "Nordlicht Hosting",
    "Adaobi Nwosu",
    "Nordlicht Hosting",
    "Ειρήνη Παππά",
    "Nordlicht Hosting",
)
"""Of the second key's cards, oldest first: more than a page; one has no holder."""


def fill(connection: sqlite3.Connection, plan: SeedPlan) -> None:
    """Fill cards of the agency's keys, billing modes and the registered app."""
    connection.executemany("INSERT INTO billing_modes VALUES (?, ?)", MODES)
    connection.execute(
        "INSERT INTO oauth_clients VALUES (?, ?, 'Registered app', '[]', 0, ?)",
        (APP_ID, APP_SECRET, plan.epoch),
    )
    _first_key(connection, plan)
    _second_key(connection, plan)


def _first_key(connection: sqlite3.Connection, plan: SeedPlan) -> None:
    """Three cards: the primary in the middle, one that expires this month, one long expired."""
    year, month = plan.now.year, plan.now.month
    made = (
        (NewCard("amex", "0005", 4, year - 1, "Adaobi Nwosu"), 900),
        (NewCard("visa", "4242", 11, year + 3, "Nordlicht Digital"), 400),
        (NewCard("mastercard", "4444", month, year, "João Pires"), 35),
    )
    for card, age in made:
        payment_method_id = add(connection, card, plan.epoch - age * DAY)
        attach(connection, KEY, payment_method_id, as_primary=card.brand == "visa")


def _second_key(connection: sqlite3.Connection, plan: SeedPlan) -> None:
    """Twelve cards; the oldest is the primary, so that it lies on the last page."""
    brands = (("visa", "4242"), ("mastercard", "4444"), ("discover", "1117"))
    for place, holder in enumerate(HOLDERS):
        brand, last4 = brands[place % 3]
        card = NewCard(brand, last4, place + 1, plan.now.year + 1 + place % 4, holder)
        payment_method_id = add(connection, card, plan.epoch - (600 - 40 * place) * DAY)
        attach(connection, KEY_2, payment_method_id, as_primary=place == 0)
