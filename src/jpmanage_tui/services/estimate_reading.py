"""Reading the estimate of the month's bill together with the prices, which alone name its currency."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from jpmanage_tui.api.billing import BillingEstimate, NotYetAvailable
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.prices import currency_of
from jpmanage_tui.services.billing_estimate import EstimateSummary

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.model import ReadRows
    from jpmanage_tui.api.products import ProductFamily

Answer = TypeVar("Answer")


async def read_estimate_and_prices(
    client: LicensingClient,
) -> tuple[BillingEstimate | NotYetAvailable | ApiError, ReadRows[ProductFamily] | ApiError]:
    """Return the estimate and the prices, asked for at the same time, or the error of each."""
    return await asyncio.gather(
        _answered(client.billing.estimate()), _answered(client.products.partner_families())
    )


async def _answered(read: Awaitable[Answer]) -> Answer | ApiError:
    try:
        return await read
    except ApiError as error:
        return error


class ReadEstimate(NamedTuple):
    """An estimate, None while it is being prepared, with the currency of the prices.

    `prices_error` says why the prices could not be read; of `unread_prices` the currency is not known.
    """

    summary: EstimateSummary | None
    prices_error: ApiError | None = None
    unread_prices: int = 0


async def read_estimate(client: LicensingClient) -> ReadEstimate:
    """Return the estimate of a key's bill. Raises ApiError where that could not be read."""
    estimate, families = await read_estimate_and_prices(client)
    if isinstance(estimate, ApiError):
        raise estimate
    if isinstance(estimate, NotYetAvailable):
        return ReadEstimate(None)
    if isinstance(families, ApiError):
        return ReadEstimate(EstimateSummary(estimate, None), families)
    return ReadEstimate(EstimateSummary(estimate, currency_of(families)), unread_prices=families.unreadable)


class EstimateTotal(NamedTuple):
    """What several keys cost together in the month, and the currency."""

    cost: Decimal
    currency: str


def total_of(summaries: Iterable[EstimateSummary]) -> EstimateTotal | None:
    """Return the sum of estimates; None where there is none to say: a figure is missing, the currency is not one, or
    not known, or the estimates are of several months.
    """
    listed = list(summaries)
    costs = [one.estimate.costs.total for one in listed]
    known = [cost for cost in costs if cost is not None]
    currencies = {one.currency for one in listed}
    months = {one.estimate.date and (one.estimate.date.year, one.estimate.date.month) for one in listed}
    currency = next(iter(currencies), None)
    if not listed or len(known) < len(costs) or len(currencies) > 1 or len(months) > 1 or currency is None:
        return None
    return EstimateTotal(sum(known, Decimal(0)), currency)
