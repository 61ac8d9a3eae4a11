"""The columns of Billing's two lists. Figures are shown as the API gave them; nothing is reckoned anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rich.cells import cell_len

from jpmanage_tui.api.billing import BillingInterval
from jpmanage_tui.rules.activity import ProductActivity
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.rules.prices import Price, money
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.rules.unassigned import UnassignedLicense
from jpmanage_tui.services.billing_estimate import (
    ASSIGNED,
    NONE,
    PRICE,
    PRODUCT,
    QUANTITY,
    SUBTOTAL,
    UNASSIGNED,
    EstimateRow,
    count_text,
    money_text,
)
from jpmanage_tui.services.price_text import interval_words
from jpmanage_tui.ui.widgets.item_list import GAP, Column, Columns
from jpmanage_tui.ui.widgets.line import pad_name

BAR_LEAST, BAR_MOST = 6, 30
"""The cells of the bars at the right of the estimate: so many are kept free for them, and so many are used."""


def fit_product(name: str, width: int) -> str:
    """Return a product's name in exactly `width` cells; it is shortened as on its card before it is cut."""
    return pad_name(name if cell_len(name) <= width else title(name), width)


# -- the estimate ----------------------------------------------------------------------------


def estimate_columns(interval: BillingInterval) -> tuple[Column[EstimateRow], ...]:
    """Return the columns of an estimate that counts by this interval; the bars take what is left beside them."""
    by_day = interval is BillingInterval.DAY
    return (
        Column(
            "Product",
            lambda row: row.name,
            fit=fit_product,
            fill=True,
            least=18,
            spare=BAR_LEAST + GAP,
            sorts=(PRODUCT,),
        ),
        Column(
            "Per day" if by_day else "Per month",
            lambda row: money_text(row.product.product_cost, row.currency),
            right=True,
            drop=3,
            sorts=(PRICE,),
        ),
        Column(
            "Assigned",
            lambda row: count_text(row.product.counts.assigned),
            "Assig.",
            right=True,
            sorts=(ASSIGNED,),
        ),
        Column(
            "Unassigned",
            lambda row: count_text(row.product.counts.unassigned),
            "Unass.",
            right=True,
            sorts=(UNASSIGNED,),
        ),
        Column(
            "Days*" if by_day else "Licenses",
            lambda row: count_text(row.quantity),
            "" if by_day else "Lic.",
            right=True,
            drop=4,
            sorts=(QUANTITY,),
        ),
        Column(
            "Subtotal",
            lambda row: money_text(row.product.product_total_cost, row.currency),
            right=True,
            sorts=(SUBTOTAL,),
        ),
    )


# -- the unassigned licenses -----------------------------------------------------------------


def unassigned_name(item: UnassignedLicense) -> str:
    """Return what a row is called: the product, with a word where it belongs to a bundle."""
    license = item.license
    name = license.product or license.license_key
    return f"{name}, of a bundle" if license.is_child else name


def per_day_text(price: Price | None) -> str:
    """Return a price per day; a dash where there is no arithmetic."""
    return NONE if price is None else money_text(price.per_day, price.currency)


def per_month_text(price: Price | None) -> str:
    """Return a price per month; with an unknown interval the price by its own word."""
    if price is None:
        return NONE
    if price.per_month is None:
        return interval_words(price)
    return ("≈" if price.month_is_about else "") + money(price.per_month, price.currency)


def unassigned_columns(now: Callable[[], datetime]) -> tuple[Column[UnassignedLicense], ...]:
    """Return the columns of the unassigned licenses; `now` gives the server's time, from which ages are counted."""

    def age(item: UnassignedLicense) -> str:
        count = item.days(now())
        return NONE if count is None else f"{count:,} d"

    return (
        Column("Product", unassigned_name, fit=fit_product, fill=True, least=22),
        Column("Issued ↑", lambda item: format_date(item.license.issued_at), "Issued", right=True, drop=1),
        Column("Age", age, right=True, drop=2),
        Column("Per day", lambda item: per_day_text(item.price), right=True, drop=3),
        Column("Per month", lambda item: per_month_text(item.price), right=True),
        Column("License code", lambda item: item.license.license_key, drop=4),
    )


# -- what was issued and revoked -------------------------------------------------------------

ACTIVITY_COLUMNS: Columns[ProductActivity] = (
    Column("Product", lambda row: row.product or NONE, fit=fit_product, fill=True, least=18),
    Column("Issued", lambda row: f"{row.issued:,}", right=True),
    Column("Revoked", lambda row: f"{row.revoked:,}", right=True),
)
"""The columns of the products of which licenses were issued or revoked."""
