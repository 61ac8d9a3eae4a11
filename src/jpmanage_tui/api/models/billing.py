"""The month's estimate (contract: licences 1.11). Figures are taken as given and never checked against each
other.
"""

from enum import Enum
from typing import Annotated

from pydantic import BeforeValidator

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.models import scalars
from jpmanage_tui.api.models.base import (
    AmountOrNone,
    ApiModel,
    Count,
    Day,
    NumberOrNone,
    Text,
    object_or_nothing,
    tolerant,
)


class BillingInterval(Enum):
    """How the estimate counts: by the day, or by the month (also where the server names no interval)."""

    DAY = "day"
    MONTH = "month"


def _interval(value: object) -> BillingInterval:
    if isinstance(value, BillingInterval):
        return value
    return BillingInterval.DAY if value == "day" else BillingInterval.MONTH


class BillingCounts(ApiModel):
    """Licences that are billed."""

    assigned: Count = 0
    unassigned: Count = 0
    total: Count = 0


class BillingCosts(ApiModel):
    """What they cost in the month, in the partner's currency (which billing does not name)."""

    total: AmountOrNone = None
    assigned: AmountOrNone = None
    unassigned: AmountOrNone = None


class BilledProduct(ApiModel):
    """One row of the estimate.

    ``product_cost`` is the price of one licence per interval; ``product_quantity`` counts licence-days where
    the interval is a day, None where the server gives none.
    """

    product_slug: Annotated[ProductSlug, BeforeValidator(lambda v: scalars.read_text(v) or "")] = ProductSlug(
        ""
    )
    product_name: Text = ""
    product_quantity: NumberOrNone = None
    product_cost: AmountOrNone = None
    product_total_cost: AmountOrNone = None
    counts: Annotated[BillingCounts, BeforeValidator(object_or_nothing)] = BillingCounts()


class BillingEstimate(ApiModel):
    """The estimate. ``date`` is the day it was made for."""

    date: Day = None
    products: Annotated[tuple[BilledProduct, ...], BeforeValidator(tolerant(BilledProduct))] = ()
    licenses: Annotated[BillingCounts, BeforeValidator(object_or_nothing)] = BillingCounts()
    costs: Annotated[BillingCosts, BeforeValidator(object_or_nothing)]
    price_interval: Annotated[BillingInterval, BeforeValidator(_interval)] = BillingInterval.MONTH


class NotYetAvailable(ApiModel):
    """The upcoming invoice is being prepared, which may last hours or days: a normal state, not an error."""

    message: Text = ""
