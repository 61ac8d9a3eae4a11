"""The rows of the price list: products, and the sizes in which they are sold as bundles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.products import BundleSize, Product, ProductFamily
from jpmanage_tui.rules.catalog import Section, search, sections
from jpmanage_tui.rules.prices import Price, bundle_price, saving_percent, unit_price
from jpmanage_tui.services.sort_order import SortOrder


@dataclass(frozen=True)
class PriceRow:
    """A product with the price of a single license, or with `bundle` a size in which it is sold as one."""

    product: Product
    family: str
    """The name of its product family."""
    bundle: BundleSize | None = None

    @property
    def size(self) -> int:
        """How many licenses are sold as one."""
        return self.bundle.quantity if self.bundle is not None else 1

    @property
    def whole_price(self) -> Price | None:
        """The price of what is sold as one; None where the API gave none."""
        return bundle_price(self.product, self.size) if self.bundle is not None else unit_price(self.product)

    @property
    def price(self) -> Price | None:
        """The price of one license, in a bundle its share; None where the API gave none."""
        whole = self.whole_price
        return whole.times(Decimal(1) / self.size) if whole is not None and self.bundle is not None else whole

    @property
    def saves_percent(self) -> int | None:
        """By how much a license costs less than a single one, None or 0 where it does not."""
        return saving_percent(self.product, self.size) if self.bundle is not None else None

    @property
    def is_about(self) -> bool:
        """Whether the figure per month is an average, and so has its sign."""
        return self.price is not None and self.price.month_is_about


def _by_price(row: PriceRow) -> tuple[bool, Decimal]:
    monthly = row.price.per_month if row.price is not None else None
    return monthly is None, monthly or Decimal(0)


def _by_price_down(row: PriceRow) -> tuple[bool, Decimal]:
    unknown, monthly = _by_price(row)
    return unknown, -monthly


FAMILY: SortOrder[PriceRow] = SortOrder("FAMILY", "By family, products A to Z")
NAME: SortOrder[PriceRow] = SortOrder(
    "NAME", "Product, A to Z", "↑", key=lambda row: row.product.name.casefold()
)
CHEAPEST = SortOrder("CHEAPEST", "Price, lowest first", "↑", key=_by_price)
DEAREST = SortOrder("DEAREST", "Price, highest first", "↓", key=_by_price_down)
PRICE_ORDERS: tuple[SortOrder[PriceRow], ...] = (FAMILY, NAME, CHEAPEST, DEAREST)
"""The orders of the price list, the usual one first."""


def family_names(families: Sequence[ProductFamily]) -> dict[str, str]:
    """Return the names of product families by slug; the slug itself where one has no name."""
    return {family.slug: family.name or family.slug for family in families}


def bundled(products: Sequence[Product]) -> frozenset[ProductSlug]:
    """Return the products that are sold in bundles."""
    return frozenset(product.slug for product in products if product.supported_bundles)


def price_sections(
    products: Sequence[Product],
    families: Mapping[str, str],
    text: str,
    order: SortOrder[PriceRow],
    opened: Collection[ProductSlug],
) -> list[tuple[Section | None, list[PriceRow]]]:
    """Return the rows for the products (in the vendor's order) that match `text`, in sections.

    `families` has the names of families by slug. An order with a key makes one section without a name; `opened` products
    have the sizes of their bundles behind them, the smallest first.
    """

    def row(product: Product) -> PriceRow:
        return PriceRow(product, families.get(product.family_slug, product.family_slug))

    def with_bundles(one: PriceRow) -> list[PriceRow]:
        if one.product.slug not in opened:
            return [one]
        sizes = sorted(one.product.supported_bundles, key=lambda size: size.quantity)
        return [one, *(PriceRow(one.product, one.family, size) for size in sizes)]

    found = search(products, text)
    if order.key is not None:
        return [(None, [line for one in order.sort(map(row, found)) for line in with_bundles(one)])]
    return [
        (section, [line for product in members for line in with_bundles(row(product))])
        for section, members in sections(found)
    ]
