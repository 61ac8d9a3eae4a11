"""The partner's own prices before a question: read once, waited for a while, and a clear word where they are unknown."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from jpmanage_tui.api.errors import ServerError
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.rules.prices import Cost, Price, cost_of
from jpmanage_tui.services.price_list import KEEP, PriceList, Prices
from jpmanage_tui.services.price_text import cost_words, less_words, unknown_words
from jpmanage_tui.ui.common.text import keyless_error_text
from tests.rules.support import product_of_slug

FAMILY = ProductFamily(slug="x", products=(product_of_slug("jetpack-scan"),))


class Client:
    """Answers the one call that the prices need; `products` is itself, as the client's area would be."""

    def __init__(self) -> None:
        self.asked = 0
        self.error: ServerError | None = None
        self.hangs = False

    @property
    def products(self) -> Client:
        """The area."""
        return self

    async def partner_families(self) -> tuple[ProductFamily, ...]:
        """Return the families, or fail, or never answer."""
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return (FAMILY,)


class Clock:
    """Seconds that pass as a test says."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


async def test_prices_are_read_once_and_again_when_they_are_old() -> None:
    client, clock = Client(), Clock()
    prices = PriceList(client, clock)  # type: ignore[arg-type]
    knows = [prices.known]
    assert (await prices.read()).products == FAMILY.products
    knows.append(prices.known)
    clock.now = KEEP - 1
    await prices.read()
    assert client.asked == 1
    clock.now = KEEP + 1
    assert [*knows, prices.known] == [False, True, False]
    await prices.read()
    assert client.asked == 2


async def test_a_failure_is_told_and_not_kept() -> None:
    client = Client()
    prices = PriceList(client)  # type: ignore[arg-type]
    client.error = ServerError("The server failed.", status=500)
    answer = await prices.read(explain=keyless_error_text)
    assert answer.products is None
    assert answer.why == "Your prices could not be read: the server failed (500)."
    client.error = None
    assert (await prices.read()).products == FAMILY.products


async def test_who_does_not_answer_is_not_waited_for() -> None:
    client = Client()
    client.hangs = True
    answer = await PriceList(client).read(wait=0.01)  # type: ignore[arg-type]
    assert answer == Prices(None, "Your prices could not be read within 0 s.")


DAILY, MONTHLY = Price(Decimal("0.16"), "USD", "day"), Price(Decimal("4.95"), "USD", "month")
YEARLY, EUROS = Price(Decimal(300), "USD", "year"), Price(Decimal(10), "EUR", "month")


@pytest.mark.parametrize(
    ("prices", "words", "unknown"),
    [
        ([MONTHLY], "$0.16 a day, $4.95 a month", ""),
        ([DAILY], "$0.16 a day, ≈$4.87 a month", ""),
        ([MONTHLY, MONTHLY], "$0.33 a day, $9.90 a month", ""),
        ([MONTHLY, DAILY], "$0.32 a day, ≈$9.82 a month", ""),
        ([MONTHLY, EUROS], "$0.16 a day, $4.95 a month and €0.33 a day, €10.00 a month", ""),
        ([YEARLY], "$300.00/year", ""),
        ([MONTHLY, YEARLY], "$0.16 a day, $4.95 a month and $300.00/year", ""),
        ([None], "", "Its price is not known."),
        ([None, None], "", "Their prices are not known."),
        (
            [MONTHLY, None],
            "$0.16 a day, $4.95 a month",
            "The price of 1 license is not known and not included.",
        ),
        (
            [MONTHLY, None, None],
            "$0.16 a day, $4.95 a month",
            "The price of 2 licenses is not known and not included.",
        ),
        ([], "", ""),
    ],
)
def test_a_cost_is_told_per_day_and_month_and_what_is_not_known_of_it(
    prices: list[Price | None], words: str, unknown: str
) -> None:
    cost = cost_of(prices)
    assert cost_words(cost) == words
    assert unknown_words(cost, len(prices)) == unknown
    less = f": {words} less" if words else ""
    assert less_words(cost, Prices(()), len(prices)) == (less, unknown)


def test_prices_that_could_not_be_read_are_no_prices() -> None:
    words = less_words(Cost(), Prices(None, "Your prices could not be read."), 3)
    assert words == ("", "Your prices could not be read. How much that is, is not known.")
