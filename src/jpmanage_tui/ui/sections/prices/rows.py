"""The rows of the price list: products and the bundles of those that are open, under the headings of their sections."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.products import BundleSize, Product
from jpmanage_tui.rules.catalog import search, sections
from jpmanage_tui.rules.prices import Price, bundle_price, saving_percent, unit_price
from jpmanage_tui.ui.widgets.item_list import Heading, SortOrder


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


def price_rows(
    products: Sequence[Product],
    families: Mapping[str, str],
    text: str,
    order: SortOrder[PriceRow],
    opened: Collection[ProductSlug],
) -> tuple[PriceRow | Heading, ...]:
    """Return the rows for the products (in the vendor's order) that match `text`.

    `families` has the names of families by slug. Without a key of the order they stand in sections; `opened` products
    show their bundles.
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
        return tuple(line for one in order.sort(map(row, found)) for line in with_bundles(one))
    listed: list[PriceRow | Heading] = []
    for section, members in sections(found):
        listed.append(Heading(section.value))
        for product in members:
            listed += with_bundles(row(product))
    return tuple(listed)
