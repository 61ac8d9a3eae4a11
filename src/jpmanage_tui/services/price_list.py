"""The partner's own prices, known before a question that changes the bill is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.api.errors import ApiError

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.products import Product, ProductFamily

WAIT = 5.0
"""Seconds that a question waits for the prices; then it says that they are not known."""
KEEP = 900.0
"""Seconds for which prices that were read are taken as they are."""
NOT_READ = "Your prices could not be read"


def plain_text(error: ApiError, doing: str) -> str:
    """Return a sentence about `error`, which happened while `doing`, as the API worded it."""
    return f"{doing}: {error.message}"


class Prices(NamedTuple):
    """The whole catalog with the partner's prices; None where it could not be read, and then `why` as a sentence.

    `families` has the same products by family.
    """

    products: tuple[Product, ...] | None
    why: str = ""
    families: tuple[ProductFamily, ...] = ()

    @property
    def catalog(self) -> tuple[Product, ...]:
        """The products, none where they could not be read."""
        return self.products or ()


class PriceList:
    """Reads the prices when they are first needed, and keeps them for a while. `clock` counts seconds."""

    def __init__(self, client: LicensingClient, clock: Callable[[], float] = monotonic) -> None:
        self._client = client
        self._clock = clock
        self._prices = Prices(None)
        self._read_at = 0.0

    @property
    def known(self) -> bool:
        """Whether `read` answers without asking the API."""
        return self._prices.products is not None and self._clock() - self._read_at < KEEP

    async def read(self, wait: float = WAIT, explain: Callable[[ApiError, str], str] = plain_text) -> Prices:
        """Return the prices; waits `wait` seconds at most, and never raises an ApiError.

        `explain` makes the sentence of one, which happened while what its second argument says was done.
        """
        if self.known:
            return self._prices
        try:
            async with asyncio.timeout(wait):
                families = await self._client.products.partner_families()
        except TimeoutError:
            return Prices(None, f"{NOT_READ} within {wait:.0f} s.")
        except ApiError as error:
            return Prices(None, explain(error, NOT_READ))
        products = tuple(product for family in families for product in family.products)
        self._prices = Prices(products, families=tuple(families))
        self._read_at = self._clock()
        return self._prices


def price_list(session: Session) -> PriceList:
    """Return the price list of a session: one for all who ask."""
    return session.shared(_of_session)


def _of_session(session: Session) -> PriceList:
    return PriceList(session.client)
