"""Which bundles make many licenses of a product cheaper than as many single ones (contract: licenses 3.3, 3.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.prices import Price, bundle_price, unit_price
from jpmanage_tui.rules.text import pluralize


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
        parts = [f"{pluralize(count, 'bundle')} of {size:,}" for size, count in Counter(self.sizes).items()]
        if self.singles:
            parts.append(pluralize(self.singles, "single license"))
        return f"{', '.join(parts[:-1])} and {parts[-1]}" if parts[1:] else parts[0]


class _Way(NamedTuple):
    """The best way to have so many licenses, compared by what it costs, then how many there are, then in how many pieces.

    `last` is the size of the piece that was added last, 0 for none.
    """

    cost: Decimal
    licenses: int
    pieces: int
    last: int


_NOTHING = _Way(Decimal(0), 0, 0, 0)


def bundle_offers(product: Product, needed: int) -> tuple[BundleOffer, ...]:
    """Return the cheaper ways to issue so many licenses of a product, the cheapest first; none where there is none.

    At most two: the cheapest of all, and where that would leave licenses unassigned the cheapest that leaves none.
    """
    unit = unit_price(product)
    if unit is None or needed < 2:
        return ()
    amounts = {1: unit.amount}
    for bundle in product.supported_bundles:
        price = bundle_price(product, bundle.quantity)
        if bundle.quantity > 1 and price is not None:
            amounts[bundle.quantity] = price.amount
    singly = unit.times(needed)
    offers: list[BundleOffer] = []
    for exact in (False, True):
        pieces = Counter(_cheapest(amounts, needed, exact=exact))
        singles = pieces.pop(1, 0)
        sizes = tuple(sorted(pieces.elements(), reverse=True))
        amount = sum((amounts[size] for size in sizes), unit.amount * singles)
        if amount < singly.amount:
            saving = Price(singly.amount - amount, unit.currency, unit.interval)
            price = Price(amount, unit.currency, unit.interval)
            offers.append(BundleOffer(product, needed, sizes, singles, price, saving))
        if not offers or not offers[0].stay_unassigned:
            break
    return tuple(offers)


def _cheapest(amounts: Mapping[int, Decimal], needed: int, *, exact: bool) -> list[int]:
    """Return the sizes of the pieces that cost least for so many licenses; `exact`: not for more than those."""
    ways = [_NOTHING]
    for count in range(1, needed + 1):
        ways.append(
            min(
                _Way(before.cost + amount, before.licenses + size, before.pieces + 1, size)
                for size, amount in amounts.items()
                if size <= count or not exact
                for before in [ways[max(0, count - size)]]
            )
        )
    pieces = []
    while needed > 0:
        pieces.append(ways[needed].last)
        needed -= pieces[-1]
    return pieces
