"""The first data: an agency's clients, sites and licenses, the same for the same seed, size and time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

from jpmanage_tui.sandbox.cards import seed as cards
from jpmanage_tui.sandbox.invoices import seed as invoices
from jpmanage_tui.sandbox.licenses import seed as licenses
from jpmanage_tui.sandbox.partner import seed as partner
from jpmanage_tui.sandbox.products import seed as products
from jpmanage_tui.sandbox.seed_options import SeedPlan
from jpmanage_tui.sandbox.sites import seed as sites

STEPS: tuple[Callable[[sqlite3.Connection, SeedPlan], None], ...] = (
    partner.fill,
    products.fill,
    sites.fill,
    licenses.fill,
    cards.fill,
    invoices.fill,
)
"""What is filled, in order: later areas refer to earlier ones."""


def fill(connection: sqlite3.Connection, size: int, seed: int, now: datetime) -> None:
    """Fill empty tables. `size` is the number of rows in the first key's flat list."""
    plan = SeedPlan(size, seed, now)
    for step in STEPS:
        step(connection, plan)
