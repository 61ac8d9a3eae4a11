"""The month's estimate (contract: licenses 1.11). Figures are taken as given and never checked against each
other.
"""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator

from jpmanage_tui.api import coerce
from jpmanage_tui.api.errors import PermissionDeniedError
from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.model import (
    AmountOrNone,
    ApiModel,
    Day,
    NumberOrNone,
    Text,
    object_or_nothing,
    read_model,
    tolerant,
)
from jpmanage_tui.api.request import LICENSING, ApiRequest
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.requestor import Requestor


class BillingInterval(Enum):
    """How the estimate counts: by the day, or by the month (also where the server names no interval)."""

    DAY = "day"
    MONTH = "month"


def _interval(value: object) -> BillingInterval:
    if isinstance(value, BillingInterval):
        return value
    return BillingInterval.DAY if value == "day" else BillingInterval.MONTH


def _count(value: object) -> int | None:
    number = coerce.integer(value)
    return number if number is not None and number >= 0 else None


_CountOrNone = Annotated[int | None, BeforeValidator(_count)]


class BillingCounts(ApiModel):
    """Licenses that are billed; a figure that the answer does not give is None: nobody knows it."""

    assigned: _CountOrNone = None
    unassigned: _CountOrNone = None
    total: _CountOrNone = None


class BillingCosts(ApiModel):
    """What they cost in the month, in the partner's currency (which billing does not name)."""

    total: AmountOrNone = None
    assigned: AmountOrNone = None
    unassigned: AmountOrNone = None


class BilledProduct(ApiModel):
    """One row of the estimate.

    ``product_cost`` is the price of one license per interval; ``product_quantity`` counts license-days where
    the interval is a day, None where the server gives none.
    """

    product_slug: Annotated[ProductSlug, BeforeValidator(lambda v: coerce.text(v) or "")] = ProductSlug("")
    product_name: Text = ""
    product_quantity: NumberOrNone = None
    product_cost: AmountOrNone = None
    product_total_cost: AmountOrNone = None
    counts: Annotated[BillingCounts, BeforeValidator(object_or_nothing)] = BillingCounts()


_read_products = tolerant(BilledProduct)


def _products(value: object) -> tuple[BilledProduct, ...] | None:
    return _read_products(value) if isinstance(value, list | tuple | dict) else None


class BillingEstimate(ApiModel):
    """The estimate. ``date`` is the day it was made for; ``products`` is None where the answer lists none, which
    does not say that nothing is billed.
    """

    date: Day = None
    products: Annotated[tuple[BilledProduct, ...] | None, BeforeValidator(_products)] = None
    licenses: Annotated[BillingCounts, BeforeValidator(object_or_nothing)] = BillingCounts()
    costs: Annotated[BillingCosts, BeforeValidator(object_or_nothing)]
    price_interval: Annotated[BillingInterval, BeforeValidator(_interval)] = BillingInterval.MONTH


class NotYetAvailable(ApiModel):
    """The upcoming invoice is being prepared, which may last hours or days: a normal state, not an error.

    ``message`` is the vendor's sentence where there is one (there is none as a rule), else ours.
    """

    message: Text = ""


class BillingResource:
    """The month's bill. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: "Requestor") -> None:
        self._requestor = requestor

    async def estimate(self) -> BillingEstimate | NotYetAvailable:
        """Return this month's estimate, or that the upcoming invoice is still being prepared (contract: licenses
        1.11).
        """
        request = ApiRequest("GET", f"{LICENSING}/licenses/billing", TokenKind.KEY)
        try:
            answer = await self._requestor.send(request)
        except PermissionDeniedError as error:
            if error.code != "no_billing_invoice_available":
                raise
            return NotYetAvailable(message=error.message)
        return read_model(BillingEstimate, answer)
