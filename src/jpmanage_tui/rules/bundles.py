"""Which bundles make many licenses of a product cheaper than as many single ones (contract: licenses 3.3, 3.4)."""

from __future__ import annotations

from dataclasses import dataclass

from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.prices import Price


@dataclass(frozen=True)
class BundleOffer:
    """A cheaper way to issue `needed` licenses of a product: bundles of these `sizes`, greatest first, and `singles`.

    `price` is what all of it costs, `saving` by how much that is less than as many single licenses (always above 0;
    `saving.per_month` is None for an interval that we cannot reckon with).
    """

    product: Product
    needed: int
    sizes: tuple[int, ...]
    singles: int
    price: Price
    saving: Price

    @property
    def stay_unassigned(self) -> int:
        """How many licenses there would be that nobody needs now."""
        return sum(self.sizes) + self.singles - self.needed

    @property
    def words(self) -> str:
        """The bundles and singles: "2 bundles of 10 and 3 single licenses"."""
        raise NotImplementedError


def bundle_offers(product: Product, needed: int) -> tuple[BundleOffer, ...]:
    """Return the cheaper ways to issue so many licenses of a product, the cheapest first; none where there is none.

    At most two: the cheapest of all, and where that would leave licenses unassigned the cheapest that leaves none.
    """
    raise NotImplementedError
