"""The lines of the price list: products and the bundles of those that are open, under the headings of their sections."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.products import Product
from jpmanage_tui.services.price_rows import PriceRow, price_sections
from jpmanage_tui.services.sort_order import SortOrder
from jpmanage_tui.ui.widgets.item_list import Heading


def price_rows(
    products: Sequence[Product],
    families: Mapping[str, str],
    text: str,
    order: SortOrder[PriceRow],
    opened: Collection[ProductSlug],
) -> tuple[PriceRow | Heading, ...]:
    """Return the lines for the products that match `text`, as `price_sections` has them, with a heading a section."""
    listed: list[PriceRow | Heading] = []
    for section, rows in price_sections(products, families, text, order, opened):
        if section is not None:
            listed.append(Heading(section.value))
        listed += rows
    return tuple(listed)
