"""Licenses issued and revoked in a span of days, by product."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from jpmanage_tui.api.licenses import License
from jpmanage_tui.rules.day_range import DayRange


class ProductActivity(NamedTuple):
    """How many licenses of a product were issued, and how many revoked, in the span; one may be both."""

    product: str
    issued: int
    revoked: int


class Activity(NamedTuple):
    """The products with their figures, those with the most changes first.

    `undated` licenses may belong to it: they have no date of issue, or are revoked without a date.
    """

    days: DayRange
    products: tuple[ProductActivity, ...]
    undated: int

    @property
    def issued(self) -> int:
        """How many licenses were issued."""
        return sum(product.issued for product in self.products)

    @property
    def revoked(self) -> int:
        """How many licenses were revoked."""
        return sum(product.revoked for product in self.products)


def activity_of(licenses: Iterable[License], days: DayRange) -> Activity:
    """Return what was issued and revoked on these days, by UTC.

    Each license in a bundle counts, as billing counts it, and the bundle itself does not; nor do licenses that were
    bought elsewhere (contract: licenses 2.2, 4).
    """
    issued: dict[str, int] = {}
    revoked: dict[str, int] = {}
    undated = 0
    for license in licenses:
        if license.is_standard or license.is_bundle:
            continue
        if license.issued_at is None or (license.was_revoked and license.revoked_at is None):
            undated += 1
        if is_in(license.issued_at, days):
            issued[license.product] = issued.get(license.product, 0) + 1
        if is_in(license.revoked_at, days):
            revoked[license.product] = revoked.get(license.product, 0) + 1
    found = (
        ProductActivity(product, issued.get(product, 0), revoked.get(product, 0))
        for product in issued.keys() | revoked.keys()
    )
    ordered = sorted(found, key=lambda one: (-one.issued - one.revoked, one.product.casefold(), one.product))
    return Activity(days, tuple(ordered), undated)


def is_in(moment: datetime | None, days: DayRange) -> bool:
    """Tell whether a moment (aware) lies in the days, by UTC."""
    if moment is None:
        return False
    return (days.start is None or days.start <= moment) and (days.end is None or moment < days.end)
