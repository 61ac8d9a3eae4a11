"""What a selection costs: a line a pick, sums per currency, savings. Pure; the arithmetic is rules/prices.py's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jpmanage_tui.api.products import Product
from jpmanage_tui.rules import prices
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.issuing.selection import Pick, Selection
from jpmanage_tui.services.price_text import interval_words

DASH = "—"


@dataclass(frozen=True)
class QuoteLine:
    """One pick with its count. `product` is None where the catalog does not have it (any more)."""

    pick: Pick
    count: int
    product: Product | None

    @property
    def name(self) -> str:
        """The product's name, its slug where the catalog does not know it."""
        return self.product.name or self.pick.slug if self.product is not None else self.pick.slug

    @property
    def licenses(self) -> int:
        """How many licenses come of it."""
        return self.pick.size * self.count

    @property
    def words(self) -> str:
        """Count, size and name: "3 × Jetpack Scan Daily", "2 × bundle of 5 Jetpack Scan Daily"."""
        bundle = f"bundle of {self.pick.size} " if self.pick.size > 1 else ""
        return f"{self.count} × {bundle}{self.name}"

    @property
    def price(self) -> prices.Price | None:
        """The price of all of it, None where the API gave none (contract: licenses 3.4, corrected)."""
        unit = cost_of(self.product, self.pick.size) if self.product is not None else None
        return unit.times(self.count) if unit is not None else None

    @property
    def saving(self) -> prices.Price | None:
        """What the bundles cost less than as many single licenses, None where there is no saving."""
        if self.product is None or self.pick.size == 1:
            return None
        less = prices.saving(self.product, self.pick.size)
        if less is None or less <= 0:
            return None
        return prices.Price(less * self.count, self.product.currency, self.product.price_interval)


@dataclass(frozen=True)
class Quote:
    """A selection with its prices, in the order of the selection."""

    lines: tuple[QuoteLine, ...]

    @property
    def licenses(self) -> int:
        """How many licenses come of it."""
        return sum(line.licenses for line in self.lines)

    @property
    def totals(self) -> tuple[prices.Total, ...]:
        """A sum per currency of all that can be reckoned."""
        return prices.totals(line.price for line in self.lines if line.price is not None)

    @property
    def savings(self) -> tuple[prices.Total, ...]:
        """What the bundles save, a sum per currency."""
        return prices.totals(line.saving for line in self.lines if line.saving is not None)

    @property
    def apart(self) -> tuple[QuoteLine, ...]:
        """The lines that are in no sum: without a price, or with an interval that cannot be reckoned with."""
        return tuple(line for line in self.lines if line.price is None or not line.price.is_known)

    @property
    def gone(self) -> tuple[QuoteLine, ...]:
        """The lines that cannot be issued: the catalog does not have the product, or not in this size."""
        return tuple(line for line in self.lines if not sold(line.product, line.pick.size))


def quote(selection: Selection, products: Iterable[Product]) -> Quote:
    """Return the prices of `selection` by the catalog `products`; nothing of the selection is dropped."""
    by_slug = {product.slug: product for product in products}
    lines = (QuoteLine(pick, count, by_slug.get(pick.slug)) for pick, count in selection.picks)
    return Quote(tuple(lines))


def sold(product: Product | None, size: int) -> bool:
    """Tell whether a product is sold in a size: singly always, in bundles as it says."""
    if product is None:
        return False
    return size == 1 or any(bundle.quantity == size for bundle in product.supported_bundles)


def cost_of(product: Product, size: int) -> prices.Price | None:
    """Return the price of one license or one whole bundle, None where it is not given."""
    return prices.unit_price(product) if size == 1 else prices.cost(product, size)


def per_day(price: prices.Price | None) -> str:
    """Return a price per day as it is shown; its own interval's where that is unknown, a dash without one."""
    if price is None:
        return DASH
    if price.per_day is None:
        return interval_words(price)
    return prices.money(price.per_day, price.currency)


def per_month(price: prices.Price | None) -> str:
    """Return a price per month as it is shown (≈ where a month is an average), empty where there is no telling."""
    if price is None:
        return DASH
    if price.per_month is None:
        return ""
    return ("≈" if price.month_is_about else "") + prices.money(price.per_month, price.currency)


def saving_words(product: Product, size: int) -> str:
    """Return what a bundle saves in a month and in percent, empty where it saves nothing."""
    line = QuoteLine(Pick(product.slug, size), 1, product)
    percent = prices.saving_percent(product, size) if size > 1 else None
    if line.saving is None or line.saving.per_month is None or percent is None:
        return ""
    return f"{percent} %  {prices.money(line.saving.per_month, line.saving.currency)}"


def short_total(one: Quote) -> str:
    """Return count and sums in few cells: "3 licenses $0.49/day $14.85/mo"."""
    sums = "".join(
        f"  {_money(total.per_day, total)}/day {'≈' if total.about else ''}{_money(total.per_month, total)}/mo"
        for total in one.totals
    )
    return f"{pluralize(one.licenses, 'license')}{sums}"


def _money(amount: Decimal, total: prices.Total) -> str:
    return prices.money(amount, total.currency)


def product_description(product: Product, size: int, inside: Sequence[Product]) -> str:
    """Return the text about a product: what one license of a bundle costs, and what a plan contains."""
    words = product.name
    if inside:
        words += f" contains {', '.join(title(one.name) for one in inside)}"
    price = cost_of(product, size)
    if size == 1 or price is None:
        return words
    each = prices.Price(price.amount / size, price.currency, price.interval)
    month = f", {per_month(each)} a month" if each.is_known else ""
    return f"{per_day(each)} a day{month} for each license of the bundle. {words}"
