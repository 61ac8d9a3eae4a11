"""What an export of the Prices screen holds: the products that the search matches, with all their bundles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from jpmanage_tui.api.models.product import Product
from jpmanage_tui.rules.prices import bundle_price, saving_percent
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.exports import Export, Record, amount
from jpmanage_tui.ui.sections.prices.rows import BundleRow, Order, Row, lines, price_of

COLUMNS = (
    "product", "product_slug", "family", "licenses", "price", "interval", "currency",
    "per_license_day", "per_license_month", "per_license_year", "saves_percent",
)  # fmt: skip


def export_of(
    products: Sequence[Product], text: str, order: Order, families: Mapping[str, str], unreadable: int
) -> Export:
    """Return the export of the products that match `text`, in their order, and of every size they are sold in.

    `families` has the names of families by slug; `unreadable` prices could not be read.
    """
    listed = lines(products, text, order, {product.slug for product in products})
    sold = [line for line in listed if isinstance(line, Row | BundleRow)]
    count = sum(isinstance(line, Row) for line in sold)

    async def rows(_codes: bool) -> AsyncIterator[Record]:
        for line in sold:
            slug = line.product.family_slug
            yield record(line, families.get(slug, slug))

    title = f"the prices of {pluralize(count, 'product')}"
    lacks = f"{pluralize(unreadable, 'price')} could not be read" if unreadable else ""
    return Export(title, "price", "prices", COLUMNS, rows, lacks=lambda: lacks)


def record(line: Row | BundleRow, family: str) -> Record:
    """Return a price: of a single license, or of a bundle as a whole with what one of its licenses costs."""
    product, one = line.product, price_of(line)
    size = line.size.quantity if isinstance(line, BundleRow) else 1
    whole = bundle_price(product, size) if isinstance(line, BundleRow) else one
    percent = saving_percent(product, size) if isinstance(line, BundleRow) else None
    currency = one.currency if one is not None else None
    values = (
        product.name,
        product.slug,
        family,
        size,
        whole.amount if whole is not None else None,
        whole.interval if whole is not None else None,
        currency,
        amount(one.per_day if one is not None else None, currency),
        amount(one.per_month if one is not None else None, currency),
        amount(one.per_year if one is not None else None, currency),
        percent or None,
    )
    return dict(zip(COLUMNS, values, strict=True))
