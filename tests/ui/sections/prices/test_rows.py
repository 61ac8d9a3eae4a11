"""The price list's lines: sections, orders, search, and the arithmetic of each interval."""

from collections.abc import Collection, Sequence
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.services.fields.field import record_of
from jpmanage_tui.services.fields.prices import PRICE_FIELDS
from jpmanage_tui.services.price_rows import CHEAPEST, DEAREST, FAMILY, NAME, PRICE_ORDERS, PriceRow
from jpmanage_tui.services.sort_order import SortOrder
from jpmanage_tui.ui.sections.prices import columns
from jpmanage_tui.ui.sections.prices.columns import (
    COLUMNS,
    currencies,
    per_month,
    unknown_interval,
)
from jpmanage_tui.ui.sections.prices.rows import price_rows
from jpmanage_tui.ui.widgets.item_list import Heading
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


def listed(
    products: Sequence[Product],
    order: SortOrder[PriceRow] = FAMILY,
    text: str = "",
    opened: Collection[ProductSlug] = (),
) -> tuple[PriceRow | Heading, ...]:
    return price_rows(products, {"jetpack-packs": "Jetpack Packs"}, text, order, opened)


def shown(rows: Sequence[PriceRow | Heading]) -> list[str]:
    return [row.text if isinstance(row, Heading) else columns.name_cell(row).strip() for row in rows]


def cells(row: PriceRow | Heading) -> tuple[str, ...]:
    """Return the cells right of the name."""
    assert isinstance(row, PriceRow)
    return tuple(column.cell(row) for column in COLUMNS[1:])


def single(product: Product) -> PriceRow:
    return PriceRow(product, product.family_slug)


def bundle(product: Product) -> PriceRow:
    """Return the first bundle of a product."""
    return PriceRow(product, product.family_slug, product.supported_bundles[0])


def test_products_stand_in_the_vendors_sections() -> None:
    assert shown(listed(ALL)) == [
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
        (NAME, ["Business", "Jetpack Anti-Spam", "Jetpack Bare", "Jetpack Complete", "Jetpack Scan"]),
        (
            CHEAPEST,
            ["Jetpack Anti-Spam", "Jetpack Scan", "Jetpack Complete", "Jetpack Bare", "Business"],
        ),
        (
            DEAREST,
            ["Jetpack Complete", "Jetpack Scan", "Jetpack Anti-Spam", "Jetpack Bare", "Business"],
        ),
    ],
)
def test_other_orders_need_no_sections_and_what_cannot_be_compared_comes_last(
    order: SortOrder[PriceRow], names: list[str]
) -> None:
    assert shown(listed(ALL, order)) == names


def test_the_search_also_finds_the_plans_that_contain_a_product() -> None:
    assert shown(listed(ALL, NAME, "SCAN")) == ["Jetpack Complete", "Jetpack Scan"]
    assert listed(ALL, FAMILY, "nothing like it") == ()


def test_an_open_product_shows_its_bundles_by_size_with_the_price_of_one_license() -> None:
    rows = listed((COMPLETE,), NAME, opened={ProductSlug("jetpack-complete")})
    assert shown(rows) == ["Jetpack Complete", "5 for $229.77 / month", "25 for $999.00 / month"]
    product, five, many = rows
    assert cells(product) == ("$1.64", "$49.95", "$599.40", "5 25", "Jetpack Packs")
    assert cells(five) == ("$1.51", "$45.95", "$551.45", "saves 8%", "")
    assert cells(many) == ("$1.31", "$39.96", "$479.52", "saves 20%", "")


def test_a_bundle_that_costs_more_than_single_licenses_is_not_called_a_saving() -> None:
    dear = product_of_slug("x", amount="10", bundles={5: "60"})
    assert cells(bundle(dear))[3] == ""


def test_a_daily_price_is_per_day_as_given_and_its_month_is_marked_as_about() -> None:
    assert cells(single(SPAM))[:3] == ("$0.16", "≈$4.87", "$58.40")
    assert single(SPAM).is_about
    assert not single(SCAN).is_about


def test_an_unknown_interval_shows_its_word_and_no_arithmetic() -> None:
    assert cells(single(HOSTING))[:3] == ("—", "—", "—")
    assert unknown_interval(single(HOSTING).price) == "$300.00 / year"
    assert unknown_interval(Price(Decimal(5), "EUR", None)) == "€5.00"
    bundled = product_of_slug("y", amount="300", interval="year", bundles={10: "2000"})
    assert unknown_interval(bundle(bundled).price) == "$200.00 / year"


def test_a_product_without_a_price_has_dashes() -> None:
    assert cells(single(BARE))[:3] == ("—", "—", "—")
    assert unknown_interval(single(BARE).price) is None
    unpriced = product_of_slug("z", amount=None, bundles={5: None})
    assert columns.name_cell(bundle(unpriced)).strip() == "5 for —"


def test_the_currency_is_the_one_given() -> None:
    euro = product_of_slug("e", amount="1234.5", currency="EUR")
    yen = product_of_slug("j", amount="500", currency="JPY")
    assert per_month(single(euro)) == "€1,234.50"
    assert per_month(single(yen)) == "500 JPY"
    assert currencies((euro, yen, SCAN)) == "EUR, JPY, USD"
    assert currencies((product_of_slug("n", currency=None),)) == ""


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


@given(PRODUCTS, st.sampled_from(PRICE_ORDERS))
def test_no_order_loses_or_doubles_a_product(products: list[Product], order: SortOrder[PriceRow]) -> None:
    rows = [row for row in listed(products, order) if isinstance(row, PriceRow)]
    assert sorted(id(row.product) for row in rows) == sorted(map(id, products))
    for row in rows:
        assert all(isinstance(cell, str) for cell in cells(row))


def test_the_export_has_the_price_of_one_license_and_of_the_whole_bundle() -> None:
    record = record_of(PRICE_FIELDS, PriceRow(COMPLETE, "Jetpack Packs", COMPLETE.supported_bundles[0]))
    assert list(record.items()) == [
        ("product", "Jetpack Complete"),
        ("product_slug", "jetpack-complete"),
        ("family", "Jetpack Packs"),
        ("licenses", 25),
        ("price", Decimal("999.00")),
        ("interval", "month"),
        ("currency", "USD"),
        ("per_license_day", Decimal("1.31")),
        ("per_license_month", Decimal("39.96")),
        ("per_license_year", Decimal("479.52")),
        ("saves_percent", 20),
    ]
