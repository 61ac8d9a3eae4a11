"""Licenses: in use, idle, long revoked, in bundles, and standard ones bought elsewhere."""

from __future__ import annotations

import random
import sqlite3
import string
from collections.abc import Iterator
from dataclasses import dataclass

from jpmanage_tui.sandbox.partner.seed import (
    AGENCY,
    KEY,
    KEY_2,
    KEY_NOCARD,
    NO_CARD,
    OUTSIDE_USERS,
    OWNER_USERS,
    USER,
)
from jpmanage_tui.sandbox.products.seed import Product, products
from jpmanage_tui.sandbox.seed_options import DAY, SeedPlan
from jpmanage_tui.sandbox.sites.seed import FIRST_BLOG

ALPHABET = string.ascii_letters + string.digits
SLUG_CUT = 38
"""A slug inside a license key is cut at this many characters (contract: licenses 3.7)."""

MIX: tuple[tuple[str, int], ...] = (
    ("jetpack-backup-t1", 22),
    ("jetpack-security-t1", 16),
    ("jetpack-anti-spam", 12),
    ("jetpack-scan", 9),
    ("jetpack-complete", 8),
    ("jetpack-boost", 6),
    ("jetpack-backup-t2", 5),
    ("jetpack-social-basic", 4),
    ("jetpack-videopress", 4),
    ("jetpack-search", 3),
    ("woocommerce-subscriptions", 3),
    ("jetpack-stats", 2),
    ("jetpack-ai", 2),
    ("woocommerce-bookings", 1),
    ("jetpack-backup-addon-storage-100gb-monthly", 1),
    ("jetpack-social-advanced", 1),
    ("jetpack-backup-daily", 1),
)
"""Which products an agency has, and how often of a hundred; the last is a legacy one outside the catalog
shown.
"""

BUNDLES: tuple[tuple[str, int], ...] = (
    ("jetpack-backup-t1", 10),
    ("jetpack-scan", 5),
    ("jetpack-security-t1", 25),
    ("jetpack-anti-spam", 10),
    ("jetpack-complete", 5),
)
EVERY_BUNDLE = 60
"""One row in so many is a bundle, up to MOST_BUNDLES."""
MOST_BUNDLES = 200

Row = tuple[
    int,
    int,
    str,
    int,
    int | None,
    int | None,
    int,
    int | None,
    int | None,
    str | None,
    int | None,
    int | None,
]


@dataclass
class SitePool:
    """Hands out sites so that no site gets the same product twice."""

    sites: list[int]
    used: dict[int, int]

    def next_for(self, product_id: int) -> int | None:
        """Return a site that has no license of this product yet, or None when every site has one."""
        turn = self.used.get(product_id, 0)
        if turn >= len(self.sites):
            return None
        self.used[product_id] = turn + 1
        return self.sites[(turn + product_id * 131) % len(self.sites)]


class LicenseFactory:
    """Makes the rows of one key."""

    def __init__(self, plan: SeedPlan, key_id: int, places: SitePool, first_id: int) -> None:
        self._plan = plan
        self._key_id = key_id
        self._places = places
        self._rng = plan.random(f"licenses/{key_id}")
        self._products = products()
        self._picks = self._rng.choices([slug for slug, _ in MIX], [share for _, share in MIX], k=4096)
        self.next_id = first_id

    def rows(self, count: int) -> Iterator[Row]:
        """Make `count` rows of the flat list, oldest first, and the children of the bundles among them."""
        span = 4 * 365 * DAY
        # Newer ones are more frequent, as with an agency that grows.
        ages = sorted((int(span * self._rng.random() ** 2) + 600 for _ in range(count)), reverse=True)
        bundles = 0
        for number, age in enumerate(ages):
            issued = self._plan.epoch - age
            if number % EVERY_BUNDLE == 20 and bundles < MOST_BUNDLES:
                slug, size = BUNDLES[bundles % len(BUNDLES)]
                bundles += 1
                yield from self._bundle(self._products[slug], size, issued, revoked=bundles % 8 == 4)
            else:
                yield self._single(number, issued)

    def _single(self, number: int, issued: int) -> Row:
        product = self._products[self._picks[number % 4096]]
        if number % 17 == 6:
            return self._standard(product, issued, number)
        roll = self._rng.random()
        if roll < 0.15 and number % 40 != 3:
            return self._revoked(product, issued)
        if roll < 0.32 or number % 40 == 3:
            return self._idle(product, issued)
        return self._attached(product, issued)

    def _attached(self, product: Product, issued: int, parent: int | None = None) -> Row:
        blog_id = self._places.next_for(product.product_id)
        if blog_id is None:
            return self._idle(product, issued, parent)
        attached = self._between(issued, min(self._plan.epoch, issued + 20 * DAY))
        # Some rows do not name their owner's kind; that too means a partner license (contract: licenses 2.2).
        owner_type = None if self.next_id % 31 == 0 else "jetpack_partner_key"
        return self._row(product, issued, self._owner(), blog_id, attached, None, owner_type, parent=parent)

    def _idle(self, product: Product, issued: int, parent: int | None = None) -> Row:
        # One idle license in three was in use once: the owner stays after it is unassigned.
        owner = self._owner() if self._rng.random() < 0.34 else None
        return self._row(product, issued, owner, None, None, None, "jetpack_partner_key", parent=parent)

    def _revoked(self, product: Product, issued: int, parent: int | None = None) -> Row:
        revoked = self._between(issued, self._plan.epoch)
        if self._rng.random() < 0.5:
            return self._row(product, issued, None, None, None, revoked, "jetpack_partner_key", parent=parent)
        # Revoked while attached: it keeps its site and its date of attaching.
        blog_id = self._rng.choice(self._places.sites)
        attached = self._between(issued, revoked)
        return self._row(
            product, issued, self._owner(), blog_id, attached, revoked, "jetpack_partner_key", parent=parent
        )

    def _standard(self, product: Product, issued: int, number: int) -> Row:
        owner = USER if number % 3 == 0 else self._rng.choice(OUTSIDE_USERS)[0]
        blog_id = None if number % 5 == 0 else self._places.next_for(product.product_id)
        attached = None if blog_id is None else self._between(issued, min(self._plan.epoch, issued + DAY))
        return self._row(product, issued, owner, blog_id, attached, None, "user")

    def _bundle(self, product: Product, size: int, issued: int, *, revoked: bool) -> Iterator[Row]:
        parent = self.next_id
        end = self._between(issued, self._plan.epoch) if revoked else None
        yield self._row(product, issued, None, None, None, end, "jetpack_partner_key", quantity=size)
        for place in range(size):
            if end is not None:
                yield self._row(product, issued, None, None, None, end, "jetpack_partner_key", parent=parent)
            elif place < size * 3 // 5:
                yield self._attached(product, issued, parent)
            else:
                yield self._idle(product, issued, parent)

    def _row(
        self,
        product: Product,
        issued: int,
        owner: int | None,
        blog_id: int | None,
        attached: int | None,
        revoked: int | None,
        owner_type: str | None,
        quantity: int | None = None,
        parent: int | None = None,
    ) -> Row:
        license_id = self.next_id
        self.next_id += 1
        key = new_key(product.slug, self._rng)
        ids = (license_id, self._key_id, key, product.product_id, owner, blog_id)
        return (*ids, issued, attached, revoked, owner_type, quantity, parent)

    def _owner(self) -> int:
        return self._rng.choice(OWNER_USERS)[0]

    def _between(self, first: int, last: int) -> int:
        return first + int((last - first) * self._rng.random())


def new_key(slug: str, rng: random.Random) -> str:
    """Return a new license key for a product: its slug, cut, and 25 letters and digits."""
    return f"{slug[:SLUG_CUT]}_{''.join(rng.choices(ALPHABET, k=25))}"


def fill(connection: sqlite3.Connection, plan: SeedPlan) -> None:
    """Fill licenses of every key: the first as many as asked for, the others fewer."""
    agency = SitePool(_sites(connection, AGENCY), {})
    beside = SitePool(_sites(connection, NO_CARD), {})
    keys = (
        (KEY, plan.size, agency),
        (KEY_2, min(40, plan.size // 5), agency),
        (KEY_NOCARD, min(12, plan.size // 5), beside),
    )
    first = 1_000_001
    for key_id, count, places in keys:
        maker = LicenseFactory(plan, key_id, places, first)
        connection.executemany(
            "INSERT INTO licenses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", maker.rows(count)
        )
        first = maker.next_id
    # Some sites in use were disconnected since: their licenses stay attached and show no address.
    connection.execute("UPDATE sites SET connected = 0 WHERE ((blog_id - ?) / 7) % 41 = 17", (FIRST_BLOG,))


def _sites(connection: sqlite3.Connection, partner_id: int) -> list[int]:
    rows = connection.execute(
        "SELECT blog_id FROM sites WHERE partner_id = ? AND connected AND may_manage ORDER BY blog_id",
        (partner_id,),
    )
    return [int(row["blog_id"]) for row in rows]
