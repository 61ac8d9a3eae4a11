"""The figures of the estimate as text: rows in an order, their cells, their bars. Nothing here is reckoned anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from jpmanage_tui.api.billing import BilledProduct, BillingEstimate, BillingInterval
from jpmanage_tui.rules.prices import money
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.ui.widgets.columns import Column

NONE = "—"
METERED = frozenset({"jetpack-search"})
"""Products whose days say little, being metered on top: the vendor hides their count (contract: licenses 4)."""
FOOTNOTE = (
    "* Days: an estimate of the full days on which the licenses are active to the end of this month, "
    "new and revoked ones included."
)
FULL, HALF = "█", "▌"


UNASSIGNED_COLUMNS = (
    Column("Issued ↑", "Issued", drop=1),
    Column("Age", drop=2),
    Column("Per day", drop=3),
    Column("Per month"),
    Column("License code", drop=4, right=False),
)
"""The columns of the licenses that are billed and assigned to no site, right of the product."""


class Order(Enum):
    """The orders of the estimate's rows, in words."""

    SUBTOTAL = "Subtotal, highest first ↓"
    PRICE = "Price, highest first ↓"
    ASSIGNED = "Assigned, most first ↓"
    UNASSIGNED = "Unassigned, most first ↓"
    QUANTITY = "Days or licenses, most first ↓"
    PRODUCT = "Product, A to Z ↑"
    GIVEN = "As the API lists them"


@dataclass(frozen=True)
class Unit:
    """What one license's price is per, and what the quantity counts."""

    price: Column
    quantity: Column


_UNITS = {
    BillingInterval.DAY: Unit(Column("Per day"), Column("Days*")),
    BillingInterval.MONTH: Unit(Column("Per month"), Column("Licenses", "Lic.")),
}


def columns(interval: BillingInterval) -> tuple[Column, ...]:
    """Return the columns right of the product, by how the estimate counts."""
    unit = _UNITS[interval]
    return (
        Column(unit.price.words, drop=3),
        Column("Assigned", "Assig."),
        Column("Unassigned", "Unass."),
        Column(unit.quantity.words, unit.quantity.brief, drop=4),
        Column("Subtotal"),
    )


def quantity(row: BilledProduct, interval: BillingInterval) -> int | None:
    """Return what the row counts: license-days in day mode, else licenses; None where the vendor shows none."""
    if interval is BillingInterval.MONTH:
        return row.counts.total
    return None if row.product_slug in METERED else row.product_quantity


def cells(row: BilledProduct, interval: BillingInterval, currency: str | None) -> tuple[str, ...]:
    """Return the text of a row's cells."""
    count = quantity(row, interval)
    return (
        shown(row.product_cost, currency),
        counted(row.counts.assigned),
        counted(row.counts.unassigned),
        counted(count),
        shown(row.product_total_cost, currency),
    )


def name_of(row: BilledProduct) -> str:
    """Return a product's name; its short name, or a dash, where the API gives none."""
    return row.product_name or row.product_slug or NONE


def counted(count: int | None) -> str:
    """Return a number, or a dash where the API gave none."""
    return NONE if count is None else f"{count:,}"


def counted_licenses(count: int | None, kind: str = "license") -> str:
    """Return a number of licenses with its noun, or a dash in the number's place where the API gave none."""
    return f"{NONE} {kind}s" if count is None else pluralize(count, kind)


def shown(amount: Decimal | None, currency: str | None) -> str:
    """Return an amount, or a dash where the API gave none."""
    return NONE if amount is None else money(amount, currency)


def ordered(estimate: BillingEstimate, order: Order) -> tuple[BilledProduct, ...]:
    """Return the rows in that order; rows without the figure come last, equal ones stay as the API lists them."""
    rows = list(estimate.products or ())
    if order is Order.GIVEN:
        return tuple(rows)
    if order is Order.PRODUCT:
        return tuple(sorted(rows, key=lambda row: name_of(row).casefold()))
    return tuple(sorted(rows, key=lambda row: _rank(row, order, estimate.price_interval)))


def _rank(row: BilledProduct, order: Order, interval: BillingInterval) -> tuple[bool, Decimal]:
    figures: dict[Order, Decimal | int | None] = {
        Order.SUBTOTAL: row.product_total_cost,
        Order.PRICE: row.product_cost,
        Order.ASSIGNED: row.counts.assigned,
        Order.UNASSIGNED: row.counts.unassigned,
        Order.QUANTITY: quantity(row, interval),
    }
    figure = figures[order]
    return figure is None, -Decimal(figure or 0)


def most(rows: Sequence[BilledProduct]) -> Decimal:
    """Return the highest subtotal, 0 where there is none above it."""
    return max((row.product_total_cost or Decimal(0) for row in rows), default=Decimal(0))


def bar(amount: Decimal | None, highest: Decimal, width: int) -> str:
    """Return a bar for `amount` beside the highest one, which fills `width` cells; above 0 it is half a cell at least."""
    if amount is None or amount <= 0 or highest <= 0 or width <= 0:
        return ""
    halves = max(1, int(amount * width * 2 / highest))
    return FULL * (halves // 2) + HALF * (halves % 2)


def month(estimate: BillingEstimate) -> str:
    """Return the month the estimate is for, as the vendor writes it ("November, 2026")."""
    return estimate.date.strftime("%B, %Y") if estimate.date else "this month"
