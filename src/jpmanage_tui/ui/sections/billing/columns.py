"""The columns of Billing's two lists, on the screen and in the export, and the orders of the estimate.

Figures are shown as the API gave them; nothing is reckoned anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from rich.cells import cell_len

from jpmanage_tui.api.billing import BilledProduct, BillingEstimate, BillingInterval
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.rules.prices import Price, money
from jpmanage_tui.rules.text import format_date
from jpmanage_tui.rules.unassigned import UnassignedLicense
from jpmanage_tui.services.exports import amount, masked
from jpmanage_tui.services.price_text import interval_words
from jpmanage_tui.ui.widgets.item_list import GAP, Column, Columns, ExportField, SortOrder, sort_orders
from jpmanage_tui.ui.widgets.line import pad_name

NONE = "—"
"""Stands where the API gave no figure."""
METERED = frozenset({"jetpack-search"})
"""Products whose days say little, being metered on top: the vendor hides their count (contract: licenses 4)."""
BAR_LEAST, BAR_MOST = 6, 30
"""The cells of the bars at the right of the estimate: so many are kept free for them, and so many are used."""
FULL, HALF = "█", "▌"


def fit_product(name: str, width: int) -> str:
    """Return a product's name in exactly `width` cells; it is shortened as on its card before it is cut."""
    return pad_name(name if cell_len(name) <= width else title(name), width)


def count_text(count: int | None) -> str:
    """Return a number, or a dash where the API gave none."""
    return NONE if count is None else f"{count:,}"


def money_text(figure: Decimal | None, currency: str | None) -> str:
    """Return an amount, or a dash where the API gave none."""
    return NONE if figure is None else money(figure, currency)


# -- the estimate ----------------------------------------------------------------------------


@dataclass(frozen=True)
class EstimateRow:
    """A product of an estimate. The money is in `currency`, which billing itself does not name."""

    product: BilledProduct
    estimate: BillingEstimate
    currency: str | None

    @property
    def name(self) -> str:
        """The product's name; its short name, or a dash, where the API gives none."""
        return self.product.product_name or self.product.product_slug or NONE

    @property
    def quantity(self) -> int | None:
        """What is billed: license-days in day mode, else licenses; None where the vendor shows none."""
        if self.estimate.price_interval is BillingInterval.MONTH:
            return self.product.counts.total
        return None if self.product.product_slug in METERED else self.product.product_quantity


def estimate_rows(estimate: BillingEstimate | None, currency: str | None) -> list[EstimateRow]:
    """Return the products of an estimate as the API lists them."""
    if estimate is None:
        return []
    return [EstimateRow(product, estimate, currency) for product in estimate.products or ()]


def _highest_first(
    name: str, label: str, figure: Callable[[EstimateRow], Decimal | int | None]
) -> SortOrder[EstimateRow]:
    """Return an order by a figure; rows without it come last."""

    def key(row: EstimateRow) -> tuple[bool, Decimal]:
        value = figure(row)
        return value is None, -Decimal(value or 0)

    return SortOrder(name, label, "↓", key)


SUBTOTAL = _highest_first("SUBTOTAL", "Subtotal, highest first", lambda row: row.product.product_total_cost)
PRICE = _highest_first("PRICE", "Price, highest first", lambda row: row.product.product_cost)
ASSIGNED = _highest_first("ASSIGNED", "Assigned, most first", lambda row: row.product.counts.assigned)
UNASSIGNED = _highest_first("UNASSIGNED", "Unassigned, most first", lambda row: row.product.counts.unassigned)
QUANTITY = _highest_first("QUANTITY", "Days or licenses, most first", lambda row: row.quantity)
PRODUCT: SortOrder[EstimateRow] = SortOrder(
    "PRODUCT", "Product, A to Z", "↑", lambda row: row.name.casefold()
)
GIVEN: SortOrder[EstimateRow] = SortOrder("GIVEN", "As the API lists them")


def estimate_columns(interval: BillingInterval) -> Columns[EstimateRow]:
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
            export=(
                ExportField("product", lambda row: row.product.product_name),
                ExportField("product_slug", lambda row: row.product.product_slug),
            ),
        ),
        Column(
            "Per day" if by_day else "Per month",
            lambda row: money_text(row.product.product_cost, row.currency),
            right=True,
            drop=3,
            sorts=(PRICE,),
            export=(
                ExportField("price", lambda row: row.product.product_cost),
                ExportField("interval", lambda row: row.estimate.price_interval.value),
            ),
        ),
        Column(
            "Assigned",
            lambda row: count_text(row.product.counts.assigned),
            "Assig.",
            right=True,
            sorts=(ASSIGNED,),
            export=(ExportField("assigned", lambda row: row.product.counts.assigned),),
        ),
        Column(
            "Unassigned",
            lambda row: count_text(row.product.counts.unassigned),
            "Unass.",
            right=True,
            sorts=(UNASSIGNED,),
            export=(ExportField("unassigned", lambda row: row.product.counts.unassigned),),
        ),
        Column(
            "Days*" if by_day else "Licenses",
            lambda row: count_text(row.quantity),
            "" if by_day else "Lic.",
            right=True,
            drop=4,
            sorts=(QUANTITY,),
            export=(
                ExportField("quantity", lambda row: row.quantity),
                ExportField("quantity_counts", lambda _row: "days" if by_day else "licenses"),
            ),
        ),
        Column(
            "Subtotal",
            lambda row: money_text(row.product.product_total_cost, row.currency),
            right=True,
            sorts=(SUBTOTAL,),
            export=(ExportField("subtotal", lambda row: row.product.product_total_cost),),
        ),
        ExportField("currency", lambda row: row.currency),
        ExportField("estimate_of", lambda row: row.estimate.date),
    )


_LAST_ORDERS = (PRODUCT, GIVEN)
ESTIMATE_ORDERS: tuple[SortOrder[EstimateRow], ...] = (
    SUBTOTAL,
    *(
        order
        for order in sort_orders(estimate_columns(BillingInterval.DAY))
        if order not in (SUBTOTAL, *_LAST_ORDERS)
    ),
    *_LAST_ORDERS,
)
"""The orders of the sort menu: the subtotal first, then those by the other figures."""


def bar(figure: Decimal | None, highest: Decimal, width: int) -> str:
    """Return a bar for `figure` beside the highest one, which fills `width` cells; above 0 it is half a cell at least."""
    if figure is None or figure <= 0 or highest <= 0 or width <= 0:
        return ""
    halves = max(1, int(figure * width * 2 / highest))
    return FULL * (halves // 2) + HALF * (halves % 2)


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


def unassigned_columns(
    now: Callable[[], datetime], *, with_codes: bool = False
) -> Columns[UnassignedLicense]:
    """Return the columns of the unassigned licenses.

    `now` gives the server's time, from which ages are counted. An export has license codes in full `with_codes` only.
    """

    def days(item: UnassignedLicense) -> int | None:
        return item.days(now())

    def age(item: UnassignedLicense) -> str:
        count = days(item)
        return NONE if count is None else f"{count:,} d"

    def code(item: UnassignedLicense) -> str:
        return item.license.license_key if with_codes else masked(item.license.license_key)

    def exported(name: str, figure: Callable[[Price], Decimal | None]) -> ExportField[UnassignedLicense]:
        return ExportField(
            name, lambda item: amount(figure(item.price), item.price.currency) if item.price else None
        )

    return (
        ExportField("license_code", code),
        Column(
            "Product",
            unassigned_name,
            fit=fit_product,
            fill=True,
            least=22,
            export=(ExportField("product", lambda item: item.license.product),),
        ),
        Column(
            "Issued ↑",
            lambda item: format_date(item.license.issued_at),
            "Issued",
            right=True,
            drop=1,
            export=(ExportField("issued_at", lambda item: item.license.issued_at),),
        ),
        Column("Age", age, right=True, drop=2, export=(ExportField("days", days),)),
        Column(
            "Per day",
            lambda item: per_day_text(item.price),
            right=True,
            drop=3,
            export=(exported("per_day", lambda price: price.per_day),),
        ),
        Column(
            "Per month",
            lambda item: per_month_text(item.price),
            right=True,
            export=(exported("per_month", lambda price: price.per_month),),
        ),
        exported("price", lambda price: price.amount),
        ExportField("interval", lambda item: item.price.interval if item.price else None),
        ExportField("currency", lambda item: item.price.currency if item.price else None),
        ExportField("part_of_bundle", lambda item: item.license.parent_license_id),
        Column("License code", lambda item: item.license.license_key, drop=4),
    )
