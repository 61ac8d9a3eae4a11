"""The estimate of the month's bill: its products, their orders, and its figures in words.

Figures are shown as the API gave them; nothing is reckoned anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from jpmanage_tui.api.billing import BilledProduct, BillingEstimate, BillingInterval, NotYetAvailable
from jpmanage_tui.rules.bars import percent
from jpmanage_tui.rules.prices import money
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.sort_order import SortOrder

NONE = "—"
"""Stands where the API gave no figure."""
METERED = frozenset({"jetpack-search"})
"""Products whose days say little, being metered on top: the vendor hides their count (contract: licenses 4)."""
NOT_A_BILL = "not a bill"
PREPARED = "Your upcoming invoice is being prepared."
PREPARED_NORMAL = "This is normal and may last hours or days."
PRODUCTS_NOT_SAID = "The API does not say which products are billed this month."
NOTHING_BILLED = "The estimate has no products: nothing is billed for this month so far."

Estimate = BillingEstimate | NotYetAvailable | None
"""What is known of the month's bill; None: nothing yet."""


def count_text(count: int | None) -> str:
    """Return a number, or a dash where the API gave none."""
    return NONE if count is None else f"{count:,}"


def money_text(figure: Decimal | None, currency: str | None) -> str:
    """Return an amount, or a dash where the API gave none."""
    return NONE if figure is None else money(figure, currency)


def licenses_text(count: int | None) -> str:
    """Return a number of licenses with its noun, or a dash in the number's place where the API gave none."""
    return f"{NONE} licenses" if count is None else pluralize(count, "license")


# -- products --------------------------------------------------------------------------------


@dataclass(frozen=True)
class EstimateRow:
    """A product of an estimate. The money is in `currency`, which billing itself does not name."""

    product: BilledProduct
    estimate: BillingEstimate
    currency: str | None

    @property
    def name(self) -> str:
        """The product's name; its short name, or a dash, where the API gives none."""
        return self.product.product_name or self.product.product_slug or NONE

    @property
    def quantity(self) -> int | None:
        """What is billed: license-days in day mode, else licenses; None where the vendor shows none."""
        if self.estimate.price_interval is BillingInterval.MONTH:
            return self.product.counts.total
        return None if self.product.product_slug in METERED else self.product.product_quantity


def estimate_rows(estimate: BillingEstimate | None, currency: str | None) -> list[EstimateRow]:
    """Return the products of an estimate as the API lists them."""
    if estimate is None:
        return []
    return [EstimateRow(product, estimate, currency) for product in estimate.products or ()]


def _highest_first(
    name: str, label: str, figure: Callable[[EstimateRow], Decimal | int | None]
) -> SortOrder[EstimateRow]:
    """Return an order by a figure; rows without it come last."""

    def key(row: EstimateRow) -> tuple[bool, Decimal]:
        value = figure(row)
        return value is None, -Decimal(value or 0)

    return SortOrder(name, label, "↓", key)


SUBTOTAL = _highest_first("SUBTOTAL", "Subtotal, highest first", lambda row: row.product.product_total_cost)
PRICE = _highest_first("PRICE", "Price, highest first", lambda row: row.product.product_cost)
ASSIGNED = _highest_first("ASSIGNED", "Assigned, most first", lambda row: row.product.counts.assigned)
UNASSIGNED = _highest_first("UNASSIGNED", "Unassigned, most first", lambda row: row.product.counts.unassigned)
QUANTITY = _highest_first("QUANTITY", "Days or licenses, most first", lambda row: row.quantity)
PRODUCT: SortOrder[EstimateRow] = SortOrder(
    "PRODUCT", "Product, A to Z", "↑", lambda row: row.name.casefold()
)
GIVEN: SortOrder[EstimateRow] = SortOrder("GIVEN", "As the API lists them")
ESTIMATE_ORDERS = (SUBTOTAL, PRICE, ASSIGNED, UNASSIGNED, QUANTITY, PRODUCT, GIVEN)
"""The orders of the estimate: the usual one first, then those by the other figures."""


# -- the whole -------------------------------------------------------------------------------


class EstimateSummary(NamedTuple):
    """An estimate as a whole. The money is in `currency`, which billing itself does not name."""

    estimate: BillingEstimate
    currency: str | None


class CostLine(NamedTuple):
    """What the month costs: what it is ("Estimate so far for March 2026"), the amount, and of which day it is."""

    label: str
    amount: str
    of: str


def cost_line(summary: EstimateSummary) -> CostLine:
    """Return what the month costs, in words: an estimate is no bill (contract: licenses 4)."""
    day = summary.estimate.date
    month = day.strftime("%B %Y") if day else "this month"
    amount = money_text(summary.estimate.costs.total, summary.currency)
    return CostLine(
        f"Estimate so far for {month}", amount, f"as of {day}, not a bill" if day else "not a bill"
    )


def share_text(estimate: BillingEstimate) -> str:
    """Return which share of the billed licenses, and of the cost, is unassigned; "" where the estimate does not say."""
    licenses, costs = estimate.licenses, estimate.costs
    shares = (
        (percent(licenses.unassigned, licenses.total), "of the licenses"),
        (percent(costs.unassigned, costs.total), "of the cost"),
    )
    return ", ".join(f"{share} {of}" for share, of in shares if share)


class LicensesParts(NamedTuple):
    """How many licenses are billed in total, and those that are assigned and unassigned with what they cost."""

    total: str
    assigned: str
    unassigned: str

    @property
    def line(self) -> str:
        """All of it on one line."""
        return f"{self.total} in total, {self.assigned}, {self.unassigned}"


def licenses_parts(summary: EstimateSummary) -> LicensesParts:
    """Return how many licenses are billed, and what those that are assigned and those that are not cost."""
    licenses, costs = summary.estimate.licenses, summary.estimate.costs

    def price(amount: Decimal | None) -> str:
        return "" if amount is None else f" {money_text(amount, summary.currency)}"

    return LicensesParts(
        licenses_text(licenses.total),
        f"{count_text(licenses.assigned)} assigned" + price(costs.assigned),
        f"{count_text(licenses.unassigned)} unassigned" + price(costs.unassigned),
    )


def unassigned_line(summary: EstimateSummary) -> str:
    """Return how many unassigned licenses are billed, and what they cost in the month."""
    cost = summary.estimate.costs.unassigned
    words = f"Unassigned but billed: {licenses_text(summary.estimate.licenses.unassigned)}"
    return (
        words
        if cost is None
        else f"{words}, {money_text(cost, summary.currency)} {_period(summary.estimate)}"
    )


def _period(estimate: BillingEstimate) -> str:
    """Return the time that a cost of the estimate is for: the prices beside it are for any day or month from now on.

    By days it counts those of the whole month, also of what was revoked since it began (contract: licenses 4).
    """
    words = f"in {estimate.date:%B}" if estimate.date else "this month"
    return f"{words}, revoked ones too" if estimate.price_interval is BillingInterval.DAY else words


def unassigned_count(estimate: Estimate) -> int | None:
    """Return how many unassigned licenses billing counts, None where it does not say."""
    return estimate.licenses.unassigned if isinstance(estimate, BillingEstimate) else None


def counted_beyond(estimate: Estimate, listed: int, *, with_bundles: bool) -> str:
    """Return how many more unassigned licenses billing counts than are listed, in a few words; "" for none.

    `with_bundles`: bundles are known, and those in them are among the listed ones.
    """
    more = (unassigned_count(estimate) or 0) - listed
    if more <= 0:
        return ""
    return f"billing counts {more:,} more{'' if with_bundles else ', which may be in bundles'}"
