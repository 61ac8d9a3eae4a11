"""The lines of the price list: sections, products, and the bundles of the products that are open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.models.product import BundleSize, Product
from jpmanage_tui.rules.catalogue import search, sections
from jpmanage_tui.rules.prices import Price, bundle_price, money, saving_percent, unit_price
from jpmanage_tui.ui.widgets.columns import Column

NONE = "—"
COLUMNS = (
    Column("Per day"),
    Column("Per month"),
    Column("Per year", drop=1),
    Column("Bundles", drop=2, right=False),
    Column("Family", drop=3, right=False),
)
PRICES = 3
"""So many of the columns, from the left, are prices."""


class Order(Enum):
    """The orders of the list, in words."""

    FAMILY = "By family, products A to Z"
    NAME = "Product, A to Z ↑"
    CHEAPEST = "Price, lowest first ↑"
    DEAREST = "Price, highest first ↓"


@dataclass(frozen=True)
class Heading:
    """The name of a section."""

    words: str


@dataclass(frozen=True)
class Row:
    """A product."""

    product: Product


@dataclass(frozen=True)
class BundleRow:
    """A size in which the product above it is sold as one."""

    product: Product
    size: BundleSize


Line = Heading | Row | BundleRow


def lines(
    products: Sequence[Product], text: str, order: Order, opened: Collection[ProductSlug]
) -> tuple[Line, ...]:
    """Return the lines for the products (in the vendor's order) that match `text`; `opened` show their bundles."""
    found = search(products, text)
    if order is not Order.FAMILY:
        return tuple(line for product in _ordered(found, order) for line in _product(product, opened))
    listed: list[Line] = []
    for section, members in sections(found):
        listed.append(Heading(section.value))
        for product in members:
            listed += _product(product, opened)
    return tuple(listed)


def _product(product: Product, opened: Collection[ProductSlug]) -> list[Line]:
    if product.slug not in opened:
        return [Row(product)]
    sizes = sorted(product.supported_bundles, key=lambda size: size.quantity)
    return [Row(product), *(BundleRow(product, size) for size in sizes)]


def _ordered(products: Sequence[Product], order: Order) -> list[Product]:
    if order is Order.NAME:
        return sorted(products, key=lambda product: product.name.casefold())
    sign = 1 if order is Order.CHEAPEST else -1

    def rank(product: Product) -> tuple[bool, Decimal]:
        price = unit_price(product)
        monthly = price.per_month if price is not None else None
        return monthly is None, sign * (monthly or Decimal(0))

    return sorted(products, key=rank)


def name_of(line: Row | BundleRow) -> str:
    """Return what stands at the left: the product, or a bundle's size with its whole price."""
    if isinstance(line, Row):
        return line.product.name
    whole = bundle_price(line.product, line.size.quantity)
    return f"  {line.size.quantity:,} for {whole_words(whole)}"


def whole_words(price: Price | None) -> str:
    """Return a price by its own interval ("$229.77 / month"), or a dash."""
    if price is None:
        return NONE
    amount = money(price.amount, price.currency)
    return f"{amount} / {price.interval}" if price.interval else amount


def cells(line: Row | BundleRow, families: Mapping[str, str]) -> tuple[str, ...]:
    """Return the cells right of the name; those of a bundle are for one of its licenses."""
    if isinstance(line, Row):
        sizes = sorted(size.quantity for size in line.product.supported_bundles)
        family = families.get(line.product.family_slug, line.product.family_slug)
        return (*prices(price_of(line)), " ".join(f"{size}" for size in sizes), family)
    percent = saving_percent(line.product, line.size.quantity)
    return (*prices(price_of(line)), f"saves {percent}%" if percent else "", "")


def price_of(line: Row | BundleRow) -> Price | None:
    """Return the price of one license, in a bundle its share; None where the API gave none."""
    if isinstance(line, Row):
        return unit_price(line.product)
    whole = bundle_price(line.product, line.size.quantity)
    return whole.times(Decimal(1) / line.size.quantity) if whole is not None else None


def prices(price: Price | None) -> tuple[str, str, str]:
    """Return a price per day, month and year; dashes where there is no arithmetic: `own_word` has its words."""
    if price is None or price.per_day is None or price.per_month is None or price.per_year is None:
        return NONE, NONE, NONE
    about = "≈" if price.month_is_about else ""
    return (
        money(price.per_day, price.currency),
        about + money(price.per_month, price.currency),
        money(price.per_year, price.currency),
    )


def own_word(price: Price | None) -> str | None:
    """Return an amount with the API's own interval where that is one we cannot reckon with, else None."""
    return whole_words(price) if price is not None and not price.is_known else None


def is_about(line: Line) -> bool:
    """Whether the figure per month is an average, and so has its sign."""
    price = None if isinstance(line, Heading) else price_of(line)
    return price is not None and price.month_is_about


def currencies(products: Sequence[Product]) -> str:
    """Return the currencies of the prices in words ("USD"), nothing where none is named."""
    return ", ".join(sorted({product.currency for product in products if product.currency}))
