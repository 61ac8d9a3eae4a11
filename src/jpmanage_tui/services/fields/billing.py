"""The fields of the month's estimate, and of the licenses that are unassigned but billed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from jpmanage_tui.api.billing import BillingInterval
from jpmanage_tui.rules.activity import ProductActivity
from jpmanage_tui.rules.bars import share
from jpmanage_tui.rules.day_range import DayRange
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.rules.unassigned import UnassignedLicense
from jpmanage_tui.services.billing_estimate import EstimateRow, EstimateSummary
from jpmanage_tui.services.exports import amount
from jpmanage_tui.services.fields.field import Field, Fields, FieldType

ESTIMATE_FIELDS: Fields[EstimateRow] = (
    Field("product", lambda row: row.product.product_name, "the product's name"),
    Field("product_slug", lambda row: row.product.product_slug, "the product's short name", listed=False),
    Field(
        "price",
        lambda row: row.product.product_cost,
        "what one license costs per interval",
        FieldType.AMOUNT,
    ),
    Field(
        "interval",
        lambda row: row.estimate.price_interval.value,
        "by which the estimate counts: day or month",
        listed=False,
    ),
    Field(
        "assigned",
        lambda row: row.product.counts.assigned,
        "billed licenses that are assigned; each license in a bundle counts",
        FieldType.NUMBER,
    ),
    Field(
        "unassigned",
        lambda row: row.product.counts.unassigned,
        "billed licenses that are not assigned",
        FieldType.NUMBER,
    ),
    Field(
        "quantity",
        lambda row: row.quantity,
        "what is billed, estimated to the end of the month, in the unit of quantity_counts",
        FieldType.NUMBER,
        listed=False,
    ),
    Field(
        "quantity_counts",
        lambda row: "days" if row.estimate.price_interval is BillingInterval.DAY else "licenses",
        "what quantity counts: days (full days on which licenses are active) or licenses",
        listed=False,
    ),
    Field(
        "subtotal",
        lambda row: row.product.product_total_cost,
        "what the product costs in the month",
        FieldType.AMOUNT,
    ),
    Field(
        "currency",
        lambda row: row.currency,
        "of the amounts; that of your prices, none where these have several",
    ),
    Field(
        "estimate_of",
        lambda row: row.estimate.date,
        "the day the estimate was made for",
        FieldType.DATE,
        listed=False,
    ),
)
"""The names are read by scripts: none ever changes, new ones come last."""

SUMMARY_FIELDS: Fields[EstimateSummary] = (
    Field(
        "estimate_of",
        lambda summary: summary.estimate.date,
        "the day the estimate was made for",
        FieldType.DATE,
    ),
    Field(
        "interval",
        lambda summary: summary.estimate.price_interval.value,
        "by which the estimate counts: day or month",
    ),
    Field(
        "licenses",
        lambda summary: summary.estimate.licenses.total,
        "of the summary: billed licenses in total",
        FieldType.NUMBER,
    ),
    Field(
        "assigned",
        lambda summary: summary.estimate.licenses.assigned,
        "of the summary: those that are assigned",
        FieldType.NUMBER,
    ),
    Field(
        "unassigned",
        lambda summary: summary.estimate.licenses.unassigned,
        "of the summary: those that are not assigned",
        FieldType.NUMBER,
    ),
    Field(
        "cost",
        lambda summary: summary.estimate.costs.total,
        "of the summary: what the month costs",
        FieldType.AMOUNT,
    ),
    Field(
        "cost_assigned",
        lambda summary: summary.estimate.costs.assigned,
        "of the summary: what the assigned licenses cost in the month",
        FieldType.AMOUNT,
    ),
    Field(
        "cost_unassigned",
        lambda summary: summary.estimate.costs.unassigned,
        "of the summary: what the unassigned licenses cost in the month",
        FieldType.AMOUNT,
    ),
    Field(
        "currency",
        lambda summary: summary.currency,
        "of the amounts; that of your prices, none where these have several",
    ),
    Field(
        "unassigned_share",
        lambda summary: share(summary.estimate.licenses.unassigned, summary.estimate.licenses.total),
        "unassigned in percent of licenses",
        FieldType.NUMBER,
        listed=False,
    ),
    Field(
        "cost_unassigned_share",
        lambda summary: share(summary.estimate.costs.unassigned, summary.estimate.costs.total),
        "cost_unassigned in percent of cost",
        FieldType.NUMBER,
        listed=False,
    ),
)
"""The estimate as a whole, as it stands above its products. The names never change, new ones come last."""


class UnassignedRow(NamedTuple):
    """An unassigned license, and how many full days it is old."""

    item: UnassignedLicense
    days: int | None


def _price(
    name: str, figure: Callable[[Price], Decimal | None], help: str, *, listed: bool = False
) -> Field[UnassignedRow]:
    def value(row: UnassignedRow) -> Decimal | None:
        price = row.item.price
        return amount(figure(price), price.currency) if price is not None else None

    return Field(name, value, help, FieldType.AMOUNT, listed=listed)


UNASSIGNED_FIELDS: Fields[UnassignedRow] = (
    Field("license_code", lambda row: row.item.license.license_key, "the license code", whole=True),
    Field("product", lambda row: row.item.license.product, "the product's name"),
    Field(
        "issued_at",
        lambda row: row.item.license.issued_at,
        "when it was issued",
        FieldType.TIME,
        listed=False,
    ),
    Field("days", lambda row: row.days, "full days since it was issued", FieldType.NUMBER),
    _price("per_day", lambda price: price.per_day, "what it costs per day by your prices"),
    _price(
        "per_month",
        lambda price: price.per_month,
        "what it costs per month by your prices, an average where they are per day",
        listed=True,
    ),
    _price(
        "price",
        lambda price: price.amount,
        "its price per interval, of one in a bundle its share of the bundle's",
    ),
    Field(
        "interval",
        lambda row: row.item.price.interval if row.item.price else None,
        "of the price: day or month, or the API's own word",
        listed=False,
    ),
    Field(
        "currency",
        lambda row: row.item.price.currency if row.item.price else None,
        "of the prices",
        listed=False,
    ),
    Field(
        "part_of_bundle",
        lambda row: row.item.license.parent_license_id,
        "of a license in a bundle, the bundle's license id",
        FieldType.NUMBER,
        listed=False,
    ),
)
"""The names are read by scripts: none ever changes, new ones come last."""


class ActivityRow(NamedTuple):
    """A product with what was issued and revoked of it on the days."""

    product: ProductActivity
    days: DayRange


ACTIVITY_FIELDS: Fields[ActivityRow] = (
    Field("product", lambda row: row.product.product, "the product's name"),
    Field(
        "issued",
        lambda row: row.product.issued,
        "licenses issued on these days; each license in a bundle counts",
        FieldType.NUMBER,
    ),
    Field(
        "revoked",
        lambda row: row.product.revoked,
        "licenses revoked on these days, also those issued on them",
        FieldType.NUMBER,
    ),
    Field("from_day", lambda row: row.days.first, "the first of the days, by UTC", FieldType.DATE),
    Field("to_day", lambda row: row.days.last, "the last of the days, by UTC", FieldType.DATE),
)
"""The names are read by scripts: none ever changes, new ones come last."""
