"""The figures of the estimate: taken as given, put in an order, and shown with the right unit."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from jpmanage_tui.api.billing import BillingEstimate, BillingInterval, NotYetAvailable
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.rules.unassigned import UnassignedLicense
from jpmanage_tui.services.billing_estimate import (
    ASSIGNED,
    ESTIMATE_ORDERS,
    GIVEN,
    PRICE,
    PRODUCT,
    QUANTITY,
    SUBTOTAL,
    UNASSIGNED,
    EstimateRow,
    estimate_rows,
)
from jpmanage_tui.services.fields.billing import ESTIMATE_FIELDS, UNASSIGNED_FIELDS, UnassignedRow
from jpmanage_tui.services.fields.field import record_of
from jpmanage_tui.services.sort_order import SortOrder
from jpmanage_tui.services.unassigned_licenses import UnassignedListState
from jpmanage_tui.ui.sections.billing import text
from jpmanage_tui.ui.sections.billing.columns import (
    estimate_columns,
    fit_product,
    per_day_text,
    per_month_text,
    unassigned_columns,
    unassigned_name,
)
from jpmanage_tui.ui.sections.billing.overview import Room, room_for
from jpmanage_tui.ui.widgets.text_line import Words
from tests.rules.support import license_of
from tests.sandbox.harness import NOW


def row(
    name: str, total: Any = 0, cost: Any = 1, assigned: int = 0, unassigned: int = 0, days: Any = 0
) -> Any:
    return {
        "product_slug": name.lower(),
        "product_name": name,
        "product_quantity": days,
        "product_cost": cost,
        "product_total_cost": total,
        "counts": {"assigned": assigned, "unassigned": unassigned, "total": assigned + unassigned},
    }


def estimate(*rows: Any, **more: Any) -> BillingEstimate:
    body = {
        "date": "2026-03-01",
        "products": list(rows),
        "licenses": {"assigned": 1, "unassigned": 2, "total": 3},
        "costs": {"total": 300, "assigned": 100, "unassigned": 200},
        "price_interval": "day",
    }
    return BillingEstimate.model_validate(body | more)


BILL = estimate(
    row("Beta", total=30, cost=3, assigned=1, unassigned=9, days=100),
    row("alpha", total=10, cost=5, assigned=7, unassigned=2, days=300),
    row("Gamma", total=None, cost=None, assigned=4, unassigned=5, days=None),
)
ROWS = estimate_rows(BILL, "USD")


def cells(bill: BillingEstimate, currency: str | None = "USD") -> list[tuple[str, ...]]:
    """What stands right of each product's name."""
    columns = estimate_columns(bill.price_interval)[1:]
    return [tuple(column.cell(row) for column in columns) for row in estimate_rows(bill, currency)]


def names(bill: BillingEstimate, order: SortOrder[EstimateRow]) -> list[str]:
    return [row.name for row in order.sort(estimate_rows(bill, "USD"))]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (SUBTOTAL, ["Beta", "alpha", "Gamma"]),
        (PRICE, ["alpha", "Beta", "Gamma"]),
        (ASSIGNED, ["alpha", "Gamma", "Beta"]),
        (UNASSIGNED, ["Beta", "Gamma", "alpha"]),
        (QUANTITY, ["alpha", "Beta", "Gamma"]),
        (PRODUCT, ["alpha", "Beta", "Gamma"]),
        (GIVEN, ["Beta", "alpha", "Gamma"]),
    ],
)
def test_rows_stand_in_the_chosen_order_and_what_has_no_figure_comes_last(
    order: SortOrder[EstimateRow], expected: list[str]
) -> None:
    assert names(BILL, order) == expected


def test_every_column_can_be_sorted_by_and_the_menu_begins_with_the_subtotal() -> None:
    assert [order.menu_label for order in ESTIMATE_ORDERS] == [
        "Subtotal, highest first ↓",
        "Price, highest first ↓",
        "Assigned, most first ↓",
        "Unassigned, most first ↓",
        "Days or licenses, most first ↓",
        "Product, A to Z ↑",
        "As the API lists them",
    ]
    for order in ESTIMATE_ORDERS:
        assert sorted(names(BILL, order)) == sorted(row.name for row in ROWS)


def test_in_day_mode_the_quantity_is_license_days_and_in_month_mode_licenses() -> None:
    by_month = BILL.model_copy(update={"price_interval": BillingInterval.MONTH})
    assert [row.quantity for row in (ROWS[0], estimate_rows(by_month, "USD")[0])] == [100, 10]
    titles = {
        interval: [column.title for column in estimate_columns(interval)][1::3]
        for interval in BillingInterval
    }
    assert titles[BillingInterval.DAY] == ["Per day", "Days*"]
    assert titles[BillingInterval.MONTH] == ["Per month", "Licenses"]


def test_the_days_of_a_metered_product_are_not_shown() -> None:
    search = row("jetpack-search", days=99, assigned=3)
    assert cells(estimate(search))[0][3] == "—"
    assert cells(estimate(search, price_interval="month"))[0][3] == "3"


def test_amounts_show_the_currency_that_the_prices_name_and_none_where_it_is_not_known() -> None:
    assert cells(BILL)[0] == ("$3.00", "1", "9", "100", "$30.00")
    assert cells(BILL, "JPY")[0][0] == "3 JPY"
    assert cells(BILL, None)[0][4] == "30.00"
    assert cells(BILL)[2][4] == "—"


def test_the_export_has_the_figures_as_the_api_gave_them() -> None:
    assert list(record_of(ESTIMATE_FIELDS, ROWS[0]).items()) == [
        ("product", "Beta"),
        ("product_slug", "beta"),
        ("price", 3),
        ("interval", "day"),
        ("assigned", 1),
        ("unassigned", 9),
        ("quantity", 100),
        ("quantity_counts", "days"),
        ("subtotal", 30),
        ("currency", "USD"),
        ("estimate_of", BILL.date),
    ]


BELOW = Room(7, 4, False)
"""The chart stands below the sum."""


def words(line: Words) -> str:
    return "".join(part for part, _ in line)


def test_totals_are_the_apis_own_however_little_they_agree() -> None:
    first, second, third = text.estimate_lead(estimate(row("A", total=18, assigned=6)), "USD", BELOW, 98)
    assert words(first) == "Estimate so far for March 2026  $300.00   as of 2026-03-01, not a bill"
    assert words(second) == "3 licenses in total, 1 assigned $100.00"
    assert words(third) == "2 unassigned $200.00: 67% of the licenses, 67% of the cost"
    first, second = text.estimate_lead(estimate(row("A")), "USD", Room(2, 0, False), 60)
    assert words(first) == "Estimate so far for March 2026  $300.00   not a bill"
    assert words(second) == "3 licenses in total, 1 assigned $100.00, 2 unassigned $200.00"


def test_beside_the_chart_the_sum_stands_apart_and_is_the_same() -> None:
    bill = estimate(row("A"))
    lines = [words(line) for line in text.estimate_lead(bill, "USD", room_for(98, 29), 98)]
    assert lines == [
        "Estimate so far for March 2026",
        "",
        "$300.00",
        "",
        "as of 2026-03-01, not a bill",
        "3 licenses in total",
        "1 assigned $100.00",
        "2 unassigned $200.00",
        "67% of licenses, 67% of cost",
    ]
    low = [words(line) for line in text.estimate_lead(bill, "USD", Room(7, 7, True), 98)]
    assert low == [line for line in lines if line]


@pytest.mark.parametrize("counts", [None, {}, [], "?"])
def test_what_the_api_does_not_give_is_a_dash_and_not_a_nought(counts: object) -> None:
    bare = BillingEstimate.model_validate({"costs": {}, "products": [], "licenses": counts})
    first, second, third = text.estimate_lead(bare, "USD", BELOW, 98)
    assert words(first) == "Estimate so far for this month  —   not a bill"
    assert words(third) == "— unassigned"
    assert words(second) == "— licenses in total, — assigned"
    assert words(text.unassigned_lead(bare, UnassignedListState(), "USD")[0]).endswith(": — licenses")
    assert text.billed_count(bare, UnassignedListState()) is None
    assert text.unassigned_footnote(bare, UnassignedListState(done=True)) == ""
    assert len(text.unassigned_placeholder(bare, UnassignedListState(done=True), None)) == 2


@pytest.mark.parametrize("counts", [None, {}, [], "?"])
@pytest.mark.parametrize("interval", BillingInterval)
def test_a_product_whose_counts_are_not_given_has_dashes_and_stands_last(
    counts: object, interval: BillingInterval
) -> None:
    bill = estimate(
        row("Bare", days=None) | {"counts": counts}, row("Known", days=0), price_interval=interval.value
    )
    for order in (ASSIGNED, UNASSIGNED, QUANTITY):
        assert names(bill, order) == ["Known", "Bare"]
    (bare, known) = cells(bill)
    assert bare[1:4] == ("—", "—", "—")
    assert known[1:4] == ("0", "0", "0")


def test_an_estimate_without_a_list_of_products_does_not_say_that_nothing_is_billed() -> None:
    unsaid = estimate().model_copy(update={"products": None})
    assert "does not say which products" in " ".join(text.estimate_placeholder(unsaid, None))
    assert "nothing is billed" in " ".join(text.estimate_placeholder(estimate(), None))
    assert estimate_rows(unsaid, "USD") == estimate_rows(None, "USD") == []
    assert text.estimate_footnote(unsaid) == ""


@pytest.mark.parametrize(
    ("product", "name"),
    [({"product_name": "Scan"}, "Scan"), ({"product_slug": "jetpack-scan"}, "jetpack-scan"), ({}, "—")],
)
def test_a_product_without_a_name_is_called_by_its_short_name(product: dict[str, str], name: str) -> None:
    assert names(estimate(product), GIVEN) == [name]


def test_an_invoice_in_preparation_shows_dashes_and_its_sentence() -> None:
    coming = NotYetAvailable(message="")
    first, second, third = text.estimate_lead(coming, "USD", BELOW, 98)
    assert words(first) == "Estimate so far for this month  —   not a bill"
    assert (words(second), words(third)) == ("— licenses in total, — assigned", "— unassigned")
    for message in ("", "The server does not allow this.", "Soon."):
        lines = text.estimate_placeholder(NotYetAvailable(message=message), None)
        assert lines[1:3] == [
            "Your upcoming invoice is being prepared.",
            "This is normal and may last hours or days.",
        ]
    assert words(text.unassigned_lead(coming, UnassignedListState(), "USD")[0]).startswith(
        "Unassigned but billed: —"
    )


def test_the_footnote_about_days_stands_in_day_mode_where_there_are_rows() -> None:
    assert text.estimate_footnote(BILL).startswith("* Days")
    assert text.estimate_footnote(estimate()) == ""
    assert text.estimate_footnote(estimate(row("A"), price_interval="month")) == text.COUNTED
    assert text.estimate_footnote(estimate(row("A"), price_interval=None)) == text.COUNTED
    assert text.estimate_footnote(BILL).endswith(text.COUNTED), "why the list has other figures"
    assert text.estimate_footnote(None) == text.estimate_footnote(NotYetAvailable()) == ""


def test_an_empty_list_says_that_all_is_assigned_only_where_billing_says_so() -> None:
    nothing = UnassignedListState(done=True)
    all_assigned = estimate(licenses={"assigned": 3, "unassigned": 0, "total": 3})
    assert "Every license that is billed is assigned to a site." in text.unassigned_placeholder(
        all_assigned, nothing, None
    )
    assert (
        len(text.unassigned_placeholder(estimate(), nothing, None))
        == len(text.unassigned_placeholder(None, nothing, None))
        == 2
    )
    assert text.unassigned_footnote(estimate(), nothing).startswith("Billing counts 2 more.")
    assert (
        text.unassigned_footnote(all_assigned, nothing)
        == text.unassigned_footnote(estimate(), UnassignedListState())
        == ""
    )


# -- the unassigned licenses -----------------------------------------------------------------

OLD = UnassignedLicense(
    license_of(key="jpscan_abcdef12", product="Scan", issued_at="2025-01-02 00:00:00"),
    Price(Decimal("36.50"), "USD", "month"),
)


def test_an_unassigned_license_shows_its_age_and_its_price_and_the_bundle_it_is_of() -> None:
    columns = unassigned_columns(lambda: NOW)
    assert [column.cell(OLD) for column in columns] == [
        "Scan",
        "2025-01-02",
        "423 d",
        "$1.20",
        "$36.50",
        "jpscan_abcdef12",
    ]
    assert unassigned_name(UnassignedLicense(license_of(parent_license_id=10), None)).endswith(
        ", of a bundle"
    )
    dashes = [column.cell(UnassignedLicense(license_of(), None)) for column in columns][1:5]
    assert dashes == ["—"] * 4


def test_an_unknown_interval_shows_its_word_and_the_mean_of_a_month_its_sign() -> None:
    yearly, daily = Price(Decimal(300), "USD", "year"), Price(Decimal("0.25"), "USD", "day")
    assert (per_day_text(yearly), per_month_text(yearly)) == ("—", "$300.00/year")
    assert per_month_text(daily).startswith("≈$7.6")


def test_the_export_of_the_unassigned_licenses_keeps_its_names() -> None:
    record = record_of(UNASSIGNED_FIELDS, UnassignedRow(OLD, OLD.days(NOW)))
    assert list(record.items()) == [
        ("license_code", "jpscan_abcdef12"),
        ("product", "Scan"),
        ("issued_at", OLD.license.issued_at),
        ("days", 423),
        ("per_day", Decimal("1.20")),
        ("per_month", Decimal("36.50")),
        ("price", Decimal("36.50")),
        ("interval", "month"),
        ("currency", "USD"),
        ("part_of_bundle", None),
    ]


@given(st.text(alphabet="abc é山 (10GB)", max_size=30), st.integers(1, 40))
def test_the_name_of_a_product_takes_exactly_its_width(name: str, width: int) -> None:
    assert cell_len(fit_product(name, width)) == width
