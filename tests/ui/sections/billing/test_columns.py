"""The figures of the estimate: taken as given, put in an order, and shown with the right unit."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.billing import BillingEstimate, BillingInterval, NotYetAvailable
from jpmanage_tui.services.unassigned_list import UnassignedListState
from jpmanage_tui.ui.sections.billing import columns as figures, text as facts
from jpmanage_tui.ui.sections.billing.columns import Order
from jpmanage_tui.ui.widgets.text_line import Words


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
ROWS = BILL.products or ()


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (Order.SUBTOTAL, ["Beta", "alpha", "Gamma"]),
        (Order.PRICE, ["alpha", "Beta", "Gamma"]),
        (Order.ASSIGNED, ["alpha", "Gamma", "Beta"]),
        (Order.UNASSIGNED, ["Beta", "Gamma", "alpha"]),
        (Order.QUANTITY, ["alpha", "Beta", "Gamma"]),
        (Order.PRODUCT, ["alpha", "Beta", "Gamma"]),
        (Order.GIVEN, ["Beta", "alpha", "Gamma"]),
    ],
)
def test_rows_stand_in_the_chosen_order_and_what_has_no_figure_comes_last(
    order: Order, names: list[str]
) -> None:
    assert [one.product_name for one in figures.ordered(BILL, order)] == names


def test_every_column_can_be_sorted_by() -> None:
    assert set(Order) == {
        Order.SUBTOTAL,
        Order.PRICE,
        Order.ASSIGNED,
        Order.UNASSIGNED,
        Order.QUANTITY,
        Order.PRODUCT,
        Order.GIVEN,
    }
    for order in Order:
        assert sorted(map(id, figures.ordered(BILL, order))) == sorted(map(id, ROWS))


def test_in_day_mode_the_quantity_is_license_days_and_in_month_mode_licenses() -> None:
    (first, *_) = ROWS
    assert figures.quantity(first, BillingInterval.DAY) == 100
    assert figures.quantity(first, BillingInterval.MONTH) == 10
    assert [column.words for column in figures.columns(BillingInterval.DAY)][::3] == ["Per day", "Days*"]
    assert [column.words for column in figures.columns(BillingInterval.MONTH)][::3] == [
        "Per month",
        "Licenses",
    ]


def test_the_days_of_a_metered_product_are_not_shown() -> None:
    (search,) = estimate(row("jetpack-search", days=99, assigned=3)).products or ()
    assert figures.cells(search, BillingInterval.DAY, "USD")[3] == "—"
    assert figures.cells(search, BillingInterval.MONTH, "USD")[3] == "3"


def test_amounts_show_the_currency_that_the_prices_name_and_none_where_it_is_not_known() -> None:
    (first, *_) = ROWS
    assert figures.cells(first, BillingInterval.DAY, "USD") == ("$3.00", "1", "9", "100", "$30.00")
    assert figures.cells(first, BillingInterval.DAY, "JPY")[0] == "3 JPY"
    assert figures.cells(first, BillingInterval.DAY, None)[4] == "30.00"
    assert figures.cells(ROWS[2], BillingInterval.DAY, "USD")[4] == "—"


@given(st.decimals(0, 10**6, places=2), st.decimals(0, 10**6, places=2), st.integers(0, 40))
def test_a_bar_fits_its_width_and_anything_above_nothing_shows_one(
    amount: Decimal, other: Decimal, width: int
) -> None:
    highest = max(amount, other)
    bar = figures.bar(amount, highest, width)
    assert len(bar) <= width
    assert bool(bar) == (amount > 0 and width > 0)
    assert len(figures.bar(highest, highest, width)) == (width if highest > 0 else 0)
    assert len(bar) <= len(figures.bar(highest, highest, width))


def test_no_amount_and_a_refund_have_no_bar() -> None:
    assert figures.bar(None, Decimal(5), 10) == figures.bar(Decimal(-1), Decimal(5), 10) == ""


def words(line: Words) -> str:
    return "".join(text for text, _ in line)


def test_totals_are_the_apis_own_however_little_they_agree() -> None:
    first, second = facts.estimate_facts(estimate(row("A", total=18, assigned=6)), "USD")
    assert words(first) == "Cost for March, 2026  $300.00   estimate of 2026-03-01"
    assert words(second) == "3 licenses in total, 1 assigned $100.00, 2 unassigned $200.00"


@pytest.mark.parametrize("counts", [None, {}, [], "?"])
def test_what_the_api_does_not_give_is_a_dash_and_not_a_nought(counts: object) -> None:
    bare = BillingEstimate.model_validate({"costs": {}, "products": [], "licenses": counts})
    first, second = facts.estimate_facts(bare, "USD")
    assert words(first) == "Cost for this month  —   estimate"
    assert words(second) == "— licenses in total, — assigned, — unassigned"
    assert words(facts.idle_facts(bare, UnassignedListState(), "USD")[0]).endswith(": — licenses")
    assert facts.billed_count(bare, UnassignedListState()) is None
    assert facts.idle_footnote(bare, UnassignedListState(done=True)) == ""
    assert len(facts.idle_note(bare, UnassignedListState(done=True), None)) == 2


@pytest.mark.parametrize("counts", [None, {}, [], "?"])
@pytest.mark.parametrize("interval", BillingInterval)
def test_a_product_whose_counts_are_not_given_has_dashes_and_stands_last(
    counts: object, interval: BillingInterval
) -> None:
    bill = estimate(
        row("Bare", days=None) | {"counts": counts}, row("Known", days=0), price_interval=interval.value
    )
    for order in (Order.ASSIGNED, Order.UNASSIGNED, Order.QUANTITY):
        assert [one.product_name for one in figures.ordered(bill, order)] == ["Known", "Bare"]
    (bare, known) = bill.products or ()
    assert figures.cells(bare, interval, "USD")[1:4] == ("—", "—", "—")
    assert figures.cells(known, interval, "USD")[1:4] == ("0", "0", "0")


def test_an_estimate_without_a_list_of_products_does_not_say_that_nothing_is_billed() -> None:
    unsaid = estimate().model_copy(update={"products": None})
    assert "does not say which products" in " ".join(facts.estimate_note(unsaid, None))
    assert "nothing is billed" in " ".join(facts.estimate_note(estimate(), None))
    assert figures.ordered(unsaid, Order.SUBTOTAL) == ()
    assert facts.estimate_footnote(unsaid) == ""


@pytest.mark.parametrize(
    ("product", "name"),
    [({"product_name": "Scan"}, "Scan"), ({"product_slug": "jetpack-scan"}, "jetpack-scan"), ({}, "—")],
)
def test_a_product_without_a_name_is_called_by_its_short_name(product: dict[str, str], name: str) -> None:
    (one,) = estimate(product).products or ()
    assert figures.name_of(one) == name


def test_an_invoice_in_preparation_shows_dashes_and_its_sentence() -> None:
    coming = NotYetAvailable(message="")
    first, second = facts.estimate_facts(coming, "USD")
    assert words(first).split() == ["Cost", "for", "this", "month", "—"]
    assert words(second) == "Licenses  — in total, — assigned, — unassigned"
    for message in ("", "The server does not allow this.", "Soon."):
        note = facts.estimate_note(NotYetAvailable(message=message), None)
        assert note[1:3] == [
            "Your upcoming invoice is being prepared.",
            "This is normal and may last hours or days.",
        ]
    assert words(facts.idle_facts(coming, UnassignedListState(), "USD")[0]).startswith(
        "Unassigned but billed: —"
    )


def test_the_footnote_about_days_stands_in_day_mode_where_there_are_rows() -> None:
    assert facts.estimate_footnote(BILL).startswith("* Days")
    assert facts.estimate_footnote(estimate()) == ""
    assert facts.estimate_footnote(estimate(row("A"), price_interval="month")) == facts.COUNTED
    assert facts.estimate_footnote(estimate(row("A"), price_interval=None)) == facts.COUNTED
    assert facts.estimate_footnote(BILL).endswith(facts.COUNTED), "why the list has other figures"
    assert facts.estimate_footnote(None) == facts.estimate_footnote(NotYetAvailable()) == ""


def test_an_empty_list_says_that_all_is_assigned_only_where_billing_says_so() -> None:
    nothing = UnassignedListState(done=True)
    idle = estimate(licenses={"assigned": 3, "unassigned": 0, "total": 3})
    assert "Every license that is billed is assigned to a site." in facts.idle_note(idle, nothing, None)
    assert len(facts.idle_note(estimate(), nothing, None)) == len(facts.idle_note(None, nothing, None)) == 2
    assert facts.idle_footnote(estimate(), nothing).startswith("Billing counts 2 more.")
    assert facts.idle_footnote(idle, nothing) == facts.idle_footnote(estimate(), UnassignedListState()) == ""
