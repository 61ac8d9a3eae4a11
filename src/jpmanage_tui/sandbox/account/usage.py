"""How much of each product a key used in a span of days: what bills and invoices are made from.

A day is a UTC day. A licence is billed from the day it is issued up to, not including, the day it is revoked,
assigned or not (contract: licences 6). A bundle's parent is not counted: its children are, each at its share of the
bundle's amount, so that a bundle costs its amount once. Standard licences cost the partner nothing.
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


@dataclass(frozen=True)
class Use:
    """Licences of one product at one price. `active` counts those not revoked, `days` their licence-days.

    `cents` is the price of one licence in US cents per `interval` (day, month or year), for a bundle's child
    the share of the bundle's amount; `unit_cents` that of a loose licence.
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
    unit = Fraction(row["amount_cents"])
    share = unit if row["bundle_cents"] is None else Fraction(row["bundle_cents"], row["size"])
    return Use(
        slug=row["slug"],
        name=row["name"],
        assigned=bool(row["assigned"]),
        active=int(row["active"]),
        days=int(row["days"]),
        cents=share,
        unit_cents=unit,
        interval=row["price_interval"],
    )
