"""The first data: an agency's clients, sites and licenses, the same for the same seed, size and time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

from jpmanage_tui.sandbox.cards import seed as account_cards
from jpmanage_tui.sandbox.invoices import seed as account_invoices
from jpmanage_tui.sandbox.licenses import seed as licenses
from jpmanage_tui.sandbox.partner import seed as people
from jpmanage_tui.sandbox.products import seed as catalog
from jpmanage_tui.sandbox.seed_options import SeedPlan
from jpmanage_tui.sandbox.sites import seed as sites

STEPS: tuple[Callable[[sqlite3.Connection, SeedPlan], None], ...] = (
    people.fill,
    catalog.fill,
    sites.fill,
    licenses.fill,
    account_cards.fill,
    account_invoices.fill,
)
"""What is filled, in order: later areas refer to earlier ones."""


def fill(connection: sqlite3.Connection, size: int, seed: int, now: datetime) -> None:
    """Fill empty tables. `size` is the number of rows in the first key's flat list."""
    plan = SeedPlan(size, seed, now)
    for step in STEPS:
        step(connection, plan)
