"""How much of each product a key used in a span of days: what bills and invoices are made from.

A day is a UTC day. A license is billed from the day it is issued up to, not including, the day it is revoked,
assigned or not (contract: licenses 6). A bundle's parent is not counted: its children are, each at its share of the
bundle's amount, so that a bundle costs its amount once. Standard licenses cost the partner nothing.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from fractions import Fraction

DAY = 86_400
"""Seconds."""
DAYS_A_YEAR, MONTHS_A_YEAR = 365, 12

_SQL = """
SELECT u.*, p.slug, p.name, p.amount_cents, p.price_interval, b.amount_cents AS bundle_cents FROM (
    SELECT l.product_id, parent.quantity AS size, l.attached_at IS NOT NULL AS assigned,
        sum(l.revoked_at IS NULL OR l.revoked_at / 86400 >= :last) AS active,
        sum(max(0, min(coalesce(l.revoked_at / 86400, :last), :last) - max(l.issued_at / 86400, :first)))
            AS days
    FROM licenses l LEFT JOIN licenses parent ON parent.license_id = l.parent_license_id
    WHERE l.key_id = :key AND l.quantity IS NULL AND coalesce(l.owner_type, '') <> 'user'
        AND l.issued_at < :last * 86400 AND (l.revoked_at IS NULL OR l.revoked_at >= :first * 86400)
    GROUP BY l.product_id, size, assigned) u
JOIN products p USING (product_id)
LEFT JOIN bundles b ON b.product_id = u.product_id AND b.quantity = u.size
ORDER BY p.position, u.size, u.assigned
"""

_EVENTS_SQL = """
SELECT e.product_id, p.name, p.amount_cents, p.price_interval, e.size, b.amount_cents AS bundle_cents, e.day,
    e.change FROM (
    SELECT l.product_id, parent.quantity AS size, l.day, sum(l.change) AS change FROM (
        SELECT product_id, parent_license_id, issued_at / 86400 AS day, 1 AS change, key_id, quantity, owner_type
        FROM licenses
        UNION ALL SELECT product_id, parent_license_id, revoked_at / 86400, -1, key_id, quantity, owner_type
        FROM licenses WHERE revoked_at IS NOT NULL) l
    LEFT JOIN licenses parent ON parent.license_id = l.parent_license_id
    WHERE l.key_id = ? AND l.quantity IS NULL AND coalesce(l.owner_type, '') <> 'user'
    GROUP BY l.product_id, size, l.day) e
JOIN products p USING (product_id)
LEFT JOIN bundles b ON b.product_id = e.product_id AND b.quantity = e.size
"""


@dataclass(frozen=True)
class Use:
    """Licenses of one product at one price. `active` counts those not revoked, `days` their license-days.

    `cents` is the price of one license in US cents per `interval` (day, month or year), for a bundle's child
    the share of the bundle's amount; `unit_cents` that of a loose license.
    """

    slug: str
    name: str
    assigned: bool
    active: int
    days: int
    cents: Fraction
    unit_cents: Fraction
    interval: str


def used(connection: sqlite3.Connection, key_id: int, first_day: int, last_day: int) -> list[Use]:
    """Return what `key_id` used from `first_day` up to, not including, `last_day` (days since 1970, UTC)."""
    rows = connection.execute(_SQL, {"key": key_id, "first": first_day, "last": last_day})
    return [_use(row) for row in rows]


@dataclass(frozen=True)
class Charge:
    """What one product cost in a span of days: license-days and whole cents."""

    name: str
    days: int
    cents: int


class Ledger:
    """The days on which a key's licenses came and went: read once, it tells of any span without reading again."""

    def __init__(self, connection: sqlite3.Connection, key_id: int) -> None:
        self._events: dict[tuple[str, Fraction], list[tuple[int, int]]] = {}
        for row in connection.execute(_EVENTS_SQL, (key_id,)):
            price = per_day(_share(row), row["price_interval"])
            self._events.setdefault((row["name"], price), []).append((row["day"], row["change"]))

    def charges(self, first_day: int, last_day: int) -> list[Charge]:
        """Return what each product cost from `first_day` up to, not including, `last_day`, by name."""
        found: dict[str, tuple[int, int]] = {}
        for (name, price), events in self._events.items():
            days = sum(change * (last_day - max(day, first_day)) for day, change in events if day < last_day)
            before = found.get(name, (0, 0))
            found[name] = (before[0] + days, before[1] + round(price * days))
        return [Charge(name, days, cents) for name, (days, cents) in sorted(found.items()) if days]


def per_day(cents: Fraction, interval: str) -> Fraction:
    """Return what a price per `interval` is per day: a year has 365 days and twelve equal months."""
    if interval == "day":
        return cents
    months = Fraction(MONTHS_A_YEAR) if interval == "month" else Fraction(1)
    return cents * months / DAYS_A_YEAR


def per_month(cents: Fraction, interval: str) -> Fraction:
    """Return what a price per `interval` is per month."""
    return per_day(cents, interval) * DAYS_A_YEAR / MONTHS_A_YEAR


def _use(row: sqlite3.Row) -> Use:
    return Use(
        slug=row["slug"],
        name=row["name"],
        assigned=bool(row["assigned"]),
        active=int(row["active"]),
        days=int(row["days"]),
        cents=_share(row),
        unit_cents=Fraction(row["amount_cents"]),
        interval=row["price_interval"],
    )


def _share(row: sqlite3.Row) -> Fraction:
    """Return the price of one license in cents: loose, or its part of a bundle's amount."""
    if row["bundle_cents"] is None:
        return Fraction(row["amount_cents"])
    return Fraction(row["bundle_cents"], row["size"])
