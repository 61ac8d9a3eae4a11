"""The columns of the products that can be issued, by the size in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.services.issuing.quote import cost_of, per_day, per_month, saving_words
from jpmanage_tui.ui.widgets.item_list import Column, Columns
from jpmanage_tui.ui.widgets.line import pad


@dataclass(frozen=True)
class ProductRow:
    """A product in a size (1: a single license, more: a bundle), and how many of it are selected."""

    product: Product
    size: int
    count: int

    @property
    def price(self) -> Price | None:
        """The price of one license or one whole bundle, None where it is not given."""
        return cost_of(self.product, self.size)

    @property
    def has_unknown_interval(self) -> bool:
        """Whether the price is for an interval that is not reckoned with."""
        return self.price is not None and not self.price.is_known

    @property
    def last_cell(self) -> str:
        """What a bundle saves; the sizes of the bundles of what is shown singly."""
        if self.size > 1:
            return saving_words(self.product, self.size)
        return ", ".join(str(bundle.quantity) for bundle in self.product.supported_bundles)


def product_columns(size: int) -> Columns[ProductRow]:
    """Return the columns of the products in a size; the prices stay longest where it gets narrow."""
    single = size == 1
    return (
        Column("", lambda row: f"{row.count}×" if row.count else "", style="list--strong", width=5),
        Column(
            "Product" if single else f"Product, bundle of {size}",
            lambda row: title(row.product.name) or row.product.slug,
            fill=True,
            least=8,
            most=56,
            gap=0,
        ),
        Column("Per day", lambda row: per_day(row.price), right=True, width=10, from_room=44, gap=0),
        Column(
            "Per month",
            lambda row: per_day(row.price) if row.has_unknown_interval else per_month(row.price),
            right=True,
            width=12,
            gap=0,
        ),
        Column(
            "In bundles of" if single else "Saves a month",
            lambda row: row.last_cell,
            style="list--muted",
            fit=lambda text, width: "  " + pad(text, width - 2),
            width=lambda room: 17 + max(0, room - 100),
            from_room=68,
            gap=0,
        ),
    )
