"""The price list's lines: sections, orders, search, and the arithmetic of each interval."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.models.product import Product
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.ui.sections.prices import rows
from jpmanage_tui.ui.sections.prices.rows import BundleRow, Heading, Order, Row
from tests.rules.support import product_of_slug

COMPLETE = product_of_slug(
    "jetpack-complete", 1, "Jetpack Complete", "jetpack-packs", "49.95", bundles={25: "999.00", 5: "229.77"}
)
SCAN = product_of_slug("jetpack-scan", 2, "Jetpack Scan", "jetpack-scan", "4.95")
SPAM = product_of_slug(
    "jetpack-anti-spam", 3, "Jetpack Anti-Spam", "jetpack-anti-spam", "0.16", interval="day"
)
HOSTING = product_of_slug("wpcom-hosting-business", 4, "Business", "wpcom-hosting", "300", interval="year")
BARE = product_of_slug("jetpack-bare", 5, "Jetpack Bare", "jetpack-bare", None)
ALL = (SPAM, BARE, COMPLETE, SCAN, HOSTING)


def shown(lines: tuple[rows.Line, ...]) -> list[str]:
    return [line.words if isinstance(line, Heading) else rows.name_of(line).strip() for line in lines]


def test_products_stand_in_the_vendors_sections() -> None:
    assert shown(rows.lines(ALL, "", Order.FAMILY, ())) == [
        "Plans",
        "Jetpack Complete",
        "Products",
        "Jetpack Anti-Spam",
        "Jetpack Bare",
        "Jetpack Scan",
        "WordPress.com Hosting",
        "Business",
    ]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (Order.NAME, ["Business", "Jetpack Anti-Spam", "Jetpack Bare", "Jetpack Complete", "Jetpack Scan"]),
        (
            Order.CHEAPEST,
            ["Jetpack Anti-Spam", "Jetpack Scan", "Jetpack Complete", "Jetpack Bare", "Business"],
        ),
        (
            Order.DEAREST,
            ["Jetpack Complete", "Jetpack Scan", "Jetpack Anti-Spam", "Jetpack Bare", "Business"],
        ),
    ],
)
def test_other_orders_need_no_sections_and_what_cannot_be_compared_comes_last(
    order: Order, names: list[str]
) -> None:
    assert shown(rows.lines(ALL, "", order, ())) == names


def test_the_search_also_finds_the_plans_that_contain_a_product() -> None:
    found = [line.product for line in rows.lines(ALL, "SCAN", Order.NAME, ()) if isinstance(line, Row)]
    assert found == [COMPLETE, SCAN]
    assert rows.lines(ALL, "nothing like it", Order.FAMILY, ()) == ()


def test_an_open_product_shows_its_bundles_by_size_with_the_price_of_one_license() -> None:
    opened = {ProductSlug("jetpack-complete")}
    lines = rows.lines((COMPLETE,), "", Order.NAME, opened)
    assert shown(lines) == ["Jetpack Complete", "5 for $229.77 / month", "25 for $999.00 / month"]
    product, five, many = lines
    assert isinstance(product, Row)
    assert isinstance(five, BundleRow)
    assert isinstance(many, BundleRow)
    assert rows.cells(product, {"jetpack-packs": "Jetpack Packs"}) == (
        "$1.64",
        "$49.95",
        "$599.40",
        "5 25",
        "Jetpack Packs",
    )
    assert rows.cells(five, {}) == ("$1.51", "$45.95", "$551.45", "saves 8%", "")
    assert rows.cells(many, {}) == ("$1.31", "$39.96", "$479.52", "saves 20%", "")


def test_a_bundle_that_costs_more_than_single_licenses_is_not_called_a_saving() -> None:
    dear = product_of_slug("x", amount="10", bundles={5: "60"})
    assert rows.cells(BundleRow(dear, dear.supported_bundles[0]), {})[3] == ""


def test_a_daily_price_is_per_day_as_given_and_its_month_is_marked_as_about() -> None:
    assert rows.prices(rows.price_of(Row(SPAM))) == ("$0.16", "≈$4.87", "$58.40")
    assert rows.is_about(Row(SPAM))
    assert not rows.is_about(Row(SCAN))
    assert not rows.is_about(Heading("Plans"))


def test_an_unknown_interval_shows_its_word_and_no_arithmetic() -> None:
    assert rows.prices(rows.price_of(Row(HOSTING))) == ("—", "—", "—")
    assert rows.own_word(rows.price_of(Row(HOSTING))) == "$300.00 / year"
    assert rows.own_word(Price(Decimal(5), "EUR", None)) == "€5.00"
    bundled = product_of_slug("y", amount="300", interval="year", bundles={10: "2000"})
    assert rows.own_word(rows.price_of(BundleRow(bundled, bundled.supported_bundles[0]))) == "$200.00 / year"


def test_a_product_without_a_price_has_dashes() -> None:
    assert rows.cells(Row(BARE), {})[:3] == ("—", "—", "—")
    assert rows.own_word(rows.price_of(Row(BARE))) is None
    unpriced = product_of_slug("z", amount=None, bundles={5: None})
    assert rows.name_of(BundleRow(unpriced, unpriced.supported_bundles[0])).strip() == "5 for —"


def test_the_currency_is_the_one_given() -> None:
    euro = product_of_slug("e", amount="1234.5", currency="EUR")
    yen = product_of_slug("j", amount="500", currency="JPY")
    assert rows.prices(rows.price_of(Row(euro)))[1] == "€1,234.50"
    assert rows.prices(rows.price_of(Row(yen)))[1] == "500 JPY"
    assert rows.currencies((euro, yen, SCAN)) == "EUR, JPY, USD"
    assert rows.currencies((product_of_slug("n", currency=None),)) == ""


PRODUCTS = st.lists(
    st.builds(
        product_of_slug,
        st.sampled_from(["a", "b", "jetpack-x", "woocommerce-y"]),
        st.integers(1, 99),
        st.sampled_from(["Jetpack A", "b", "Z"]),
        st.sampled_from(["jetpack-packs", "jetpack-backup-storage", "woocommerce-z", ""]),
        st.sampled_from([None, "0", "1.5", "1,000"]),
        st.sampled_from(["day", "month", "year", None]),
    ),
    max_size=12,
)


@given(PRODUCTS, st.sampled_from(Order))
def test_no_order_loses_or_doubles_a_product(products: list[Product], order: Order) -> None:
    lines = rows.lines(products, "", order, ())
    listed = [id(line.product) for line in lines if isinstance(line, Row)]
    assert sorted(listed) == sorted(id(product) for product in products)
    for line in lines:
        if isinstance(line, Row):
            assert len(rows.cells(line, {})) == len(rows.COLUMNS)
