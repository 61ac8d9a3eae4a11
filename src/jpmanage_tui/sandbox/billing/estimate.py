"""The estimate of the month's bill (contract: licenses 1.11, 4).

In day mode a row's quantity is license-days from the first of the month to its end, those of revoked licenses
and of licenses issued today included; in month mode it is the number of licenses, each for a whole month. Like
the real answer it names no currency.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from jpmanage_tui.sandbox.billing.usage import DAY, Use, per_day, per_month, used
from jpmanage_tui.sandbox.jsontypes import Json

DEFAULT_MODE = "day"


@dataclass
class _Row:
    """One product of the estimate; costs in cents, by assigned (True) and not."""

    use: Use
    days: int = 0
    active: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    costs: dict[bool, Fraction] = field(default_factory=lambda: {True: Fraction(), False: Fraction()})

    @property
    def cents(self) -> int:
        """The row's subtotal in whole cents."""
        return round(self.costs[True] + self.costs[False])


def mode_of(connection: sqlite3.Connection, key_id: int) -> str:
    """Return how a key is billed: ``day`` or ``month``."""
    row = connection.execute(
        "SELECT price_interval FROM billing_modes WHERE key_id = ?", (key_id,)
    ).fetchone()
    return DEFAULT_MODE if row is None else str(row["price_interval"])


def month_days(moment: datetime) -> tuple[int, int]:
    """Return the first day of a moment's month and of the next one, as days since 1970 (UTC)."""
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return int(first.timestamp()) // DAY, int(following.timestamp()) // DAY


def estimate(connection: sqlite3.Connection, key_id: int, now: datetime) -> Json:
    """Return the estimate of a key's bill for the month that `now` (aware, UTC) lies in."""
    mode = mode_of(connection, key_id)
    rows = _rows(used(connection, key_id, *month_days(now)), mode)
    total = sum(row.cents for row in rows)
    assigned = round(sum((row.costs[True] for row in rows), Fraction()))
    counts = {state: sum(row.active[state] for row in rows) for state in (True, False)}
    return {
        "date": now.strftime("%Y-%m-%d"),
        "products": [_product(row, mode) for row in rows],
        "licenses": _counts(counts),
        "costs": {
            "total": total / 100,
            "assigned": assigned / 100,
            "unassigned": (total - assigned) / 100,
        },
        "price_interval": mode,
    }


def _rows(uses: Iterable[Use], mode: str) -> list[_Row]:
    found: dict[str, _Row] = {}
    for use in uses:
        row = found.setdefault(use.slug, _Row(use))
        row.days += use.days
        row.active[use.assigned] += use.active
        price = _price(use.cents, use.interval, mode)
        row.costs[use.assigned] += price * (use.days if mode == "day" else use.active)
    return [row for row in found.values() if row.days > 0 or any(row.active.values())]


def _price(cents: Fraction, interval: str, mode: str) -> Fraction:
    return per_day(cents, interval) if mode == "day" else per_month(cents, interval)


def _product(row: _Row, mode: str) -> Json:
    cost = _price(row.use.unit_cents, row.use.interval, mode)
    return {
        "product_slug": row.use.slug,
        "product_name": row.use.name,
        "product_quantity": row.days if mode == "day" else sum(row.active.values()),
        "product_cost": round(float(cost / 100), 4),
        "product_total_cost": row.cents / 100,
        "counts": _counts(row.active),
    }


def _counts(active: dict[bool, int]) -> Json:
    return {"assigned": active[True], "unassigned": active[False], "total": active[True] + active[False]}
