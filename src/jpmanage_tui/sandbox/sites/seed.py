"""Clients' sites. Every host ends in `.example`, which resolves nowhere (RFC 2606)."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

from jpmanage_tui.sandbox.partner.seed import AGENCY, NO_CARD
from jpmanage_tui.sandbox.seed_options import DAY, SeedPlan

FIRST_BLOG = 190_000_001
BESIDE = 180_000_001
"""The first blog id of the second partner that has sites."""

LONG_HOST = (
    "the-rather-long-named-association-of-friends-of-the-botanic-garden"
    ".and-its-neighbouring-arboretum.example"
)
"""A site whose name fits in no column."""

DISCONNECTED_HOST = "disconnected-by-hand.example"
"""A site that was disconnected by hand."""
SPECIAL = {7: LONG_HOST, 9: DISCONNECTED_HOST}
"""The sites with an address of their own, by their number."""

TRADES = (
    "bakery",
    "dental",
    "yoga",
    "legal",
    "cycles",
    "garden",
    "bistro",
    "studio",
    "pharma",
    "travel",
    "books",
)
NAMES = (
    "harbour",
    "müller",
    "aurora",
    "kowalski",
    "petit-prince",
    "ålesund",
    "señorita",
    "oakridge",
    "bluebird",
    "ωmega",
    "北京茶",
    "fjord",
    "tamarind",
    "linden",
    "école",
    "mistral",
    "sunset",
    "győr",
    "cedar",
    "quinta",
)
KINDS = ("", "", "", "shop.", "blog.", "staging.", "events.")
PATHS = ("", "", "", "", "", "", "", "/en", "/subdir")


def fill(connection: sqlite3.Connection, plan: SeedPlan) -> None:
    """Fill sites: many of the agency's, a few of the partner without a card."""
    _insert(connection, _rows(plan, plan.random("sites"), AGENCY, FIRST_BLOG, plan.sites))
    _insert(connection, _rows(plan, plan.random("sites/beside"), NO_CARD, BESIDE, 5))


def _insert(connection: sqlite3.Connection, rows: Iterator[tuple[int | str, ...]]) -> None:
    connection.executemany(
        "INSERT INTO sites (blog_id, partner_id, url, folded, is_multisite, may_manage, connected, healthy,"
        " favorite, backup_status, threats, plugin_updates, is_up, added_at, php_version)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _rows(
    plan: SeedPlan, rng: random.Random, partner_id: int, first: int, count: int
) -> Iterator[tuple[int | str, ...]]:
    for number in range(count):
        url = "https://" + (SPECIAL.get(number) or _address(rng, number))
        yield (
            first + number * 7,
            partner_id,
            url,
            url.casefold(),
            number % 19 == 5,  # multisite
            number % 23 != 11,  # may manage: on the others attaching is refused
            number % 29 != 9,  # connected: the others were disconnected by hand
            rng.random() > 0.04,
            rng.random() < 0.08,
            rng.choices(("success", "warning", "failed"), (92, 5, 3))[0],
            rng.choices((0, 1, 3), (95, 4, 1))[0],
            rng.choices((0, 1, 2, 5), (60, 20, 15, 5))[0],
            rng.random() > 0.02,
            plan.epoch - rng.randrange(5, 1500) * DAY,
            rng.choice(("7.4", "8.0", "8.1", "8.2", "8.3")),
        )


def _address(rng: random.Random, number: int) -> str:
    client = f"{rng.choice(NAMES)}-{rng.choice(TRADES)}"
    kind = rng.choice(KINDS)
    # The number keeps hosts apart: an agency of 100,000 licenses has more sites than there are names.
    return f"{kind}{client}-{number}.example{rng.choice(PATHS)}"
