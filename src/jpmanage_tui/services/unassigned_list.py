"""What is known of the idle licenses: rows with their prices, and what they cost together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.prices import Price, Total, money, totals
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.rules.unassigned import IdleLicense, idle
from jpmanage_tui.services.price_text import interval_words, total_words
from jpmanage_tui.services.unassigned_licenses import Batch

NONE = "—"
"""Stands where a figure is not known."""


@dataclass
class UnassignedListState:
    """The idle licenses that came so far, oldest first; `done` when there are no more. Prices come with `price`."""

    items: list[IdleLicense] = field(default_factory=list)
    parents: dict[LicenseId, License] = field(default_factory=dict)
    done: bool = False
    left_out: int = 0
    """How many unassigned licenses could not be read so far."""
    cut_short: bool = False
    """Whether more may be missing, and nobody knows how many."""
    answered_at: datetime | None = None
    products: tuple[Product, ...] | None = None
    _sums: tuple[Total, ...] | None = field(default=None, init=False, repr=False)
    _unpriced: int = field(default=0, init=False, repr=False)

    def take(self, batch: Batch, now: datetime) -> None:
        """Take over what a step of the walk brought at `now` (UTC)."""
        self.parents.update(batch.parents)
        self.items += self._priced(batch.licenses)
        self._sums = None
        self.done, self.answered_at = batch.done, now
        self.left_out, self.cut_short = batch.left_out, batch.cut_short

    def price(self, products: Sequence[Product]) -> None:
        """Price every row by the partner's whole catalog, old products included."""
        self.products = tuple(products)
        self.items = self._priced([item.license for item in self.items])
        self._sums = None

    def _priced(self, licenses: Sequence[License]) -> list[IdleLicense]:
        if self.products is None:
            return [IdleLicense(license, None) for license in licenses]
        sizes = {parent_id: parent.quantity or 0 for parent_id, parent in self.parents.items()}
        return list(idle(licenses, self.products, sizes).items)

    def sums(self) -> tuple[Total, ...]:
        """Return what the rows cost together, a sum for each currency."""
        if self._sums is None:
            known = [item.price for item in self.items if item.price is not None and item.price.is_known]
            self._sums, self._unpriced = totals(known), len(self.items) - len(known)
        return self._sums

    @property
    def unpriced(self) -> int:
        """How many rows are in no sum."""
        self.sums()
        return self._unpriced

    def row_of(self, key: LicenseKey) -> int | None:
        """Return the row of a license."""
        return next((row for row, item in enumerate(self.items) if item.license.license_key == key), None)


def cells(item: IdleLicense, now: datetime) -> tuple[str, ...]:
    """Return the text of a row's cells; `now` is the server's time."""
    days = item.days(now)
    return (
        format_date(item.license.issued_at),
        NONE if days is None else f"{days:,} d",
        *price_cells(item.price),
        item.license.license_key,
    )


def price_cells(price: Price | None) -> tuple[str, str]:
    """Return a price per day and per month; with an unknown interval its own word, and no arithmetic."""
    if price is None:
        return NONE, NONE
    daily, monthly = price.per_day, price.per_month
    if daily is None or monthly is None:
        return NONE, own_words(price)
    about = "≈" if price.month_is_about else ""
    return money(daily, price.currency), about + money(monthly, price.currency)


def own_words(price: Price) -> str:
    """Return a price by the interval's own word, as for one that we cannot reckon with."""
    return interval_words(price)


def name_of(item: IdleLicense) -> str:
    """Return what a row is called: the product, with a word where it belongs to a bundle."""
    license = item.license
    name = license.product or license.license_key
    return f"{name}, of a bundle" if license.is_child else name


def sum_words(sums: Sequence[Total]) -> str:
    """Return what licenses cost together ("$7.57 a day, ≈$230.13 a month"); currencies stand side by side."""
    return total_words(sums)
