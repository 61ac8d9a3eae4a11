"""The columns of the price list."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.cells import cell_len

from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.rules.prices import Price, money
from jpmanage_tui.services.price_rows import CHEAPEST, DEAREST, NAME, PriceRow
from jpmanage_tui.ui.widgets.item_list import Column
from jpmanage_tui.ui.widgets.line import pad_name

NONE = "—"
INDENT = "  "
"""Stands before the name of a bundle."""


def name_cell(row: PriceRow) -> str:
    """Return what stands at the left: the product, or a bundle's size with its whole price."""
    if row.bundle is None:
        return row.product.name
    return f"{INDENT}{row.size:,} for {own_interval(row.whole_price)}"


def fit_name(name: str, width: int) -> str:
    """Return a name in exactly `width` cells; that of a product is shortened as on its card before it is cut."""
    if cell_len(name) > width and not name.startswith(INDENT):
        name = title(name)
    return pad_name(name, width)


def own_interval(price: Price | None) -> str:
    """Return a price by its own interval ("$229.77 / month"), or a dash."""
    if price is None:
        return NONE
    words = money(price.amount, price.currency)
    return f"{words} / {price.interval}" if price.interval else words


def unknown_interval(price: Price | None) -> str | None:
    """Return a price by the API's own interval where that is one we cannot reckon with, else None."""
    return own_interval(price) if price is not None and not price.is_known else None


def currencies(products: Sequence[Product]) -> str:
    """Return the currencies of the prices in words ("USD"), nothing where none is named."""
    return ", ".join(sorted({product.currency for product in products if product.currency}))


def per_day(row: PriceRow) -> str:
    """Return the price of one license per day; a dash where there is no arithmetic."""
    return _figure(row.price, row.price.per_day if row.price is not None else None)


def per_month(row: PriceRow) -> str:
    """Return the price of one license per month, with a sign where that is an average."""
    figure = _figure(row.price, row.price.per_month if row.price is not None else None)
    return f"≈{figure}" if row.is_about and figure != NONE else figure


def per_year(row: PriceRow) -> str:
    """Return the price of one license per year."""
    return _figure(row.price, row.price.per_year if row.price is not None else None)


def _figure(price: Price | None, figure: Decimal | None) -> str:
    if price is None or None in (price.per_day, price.per_month, price.per_year):
        return NONE
    return money(figure, price.currency) if figure is not None else NONE


def bundles_cell(row: PriceRow) -> str:
    """Return the sizes of a product's bundles, or what a bundle saves."""
    if row.bundle is None:
        return " ".join(f"{size}" for size in sorted(one.quantity for one in row.product.supported_bundles))
    return f"saves {row.saves_percent}%" if row.saves_percent else ""


def family_cell(row: PriceRow) -> str:
    """Return the family of a product; it stands above a bundle already."""
    return row.family if row.bundle is None else ""


COLUMNS: tuple[Column[PriceRow], ...] = (
    Column("Product", name_cell, fit=fit_name, fill=True, least=24, sorts=(NAME,)),
    Column("Per day", per_day, right=True),
    Column("Per month", per_month, right=True, sorts=(CHEAPEST, DEAREST)),
    Column("Per year", per_year, right=True, drop=1),
    Column("Bundles", bundles_cell, drop=2),
    Column("Family", family_cell, drop=3),
)
