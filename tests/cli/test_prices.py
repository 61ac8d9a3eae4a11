"""`jpmanage prices list` prints what the Prices screen shows and exports."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jpmanage_tui.api.model import ReadRows
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.cli.table import TableWriter
from jpmanage_tui.rules.catalog import shape
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.prices import PRICE_FIELDS
from jpmanage_tui.services.price_rows import DEAREST, FAMILY, PRICE_ORDERS, PriceRow
from jpmanage_tui.services.sort_order import SortOrder
from jpmanage_tui.ui.sections.prices.rows import price_rows
from tests.cli.harness import KEY, USER, Cli
from tests.cli.screens import as_screen, exported


@pytest.fixture(scope="module")
def families(url: str) -> ReadRows[ProductFamily]:
    return as_screen(url, lambda client: client.products.partner_families())


@pytest.fixture
def signed_in(cli: Cli) -> Cli:
    cli.env(TOKEN=KEY)
    return cli


def on_screen(
    families: ReadRows[ProductFamily],
    *,
    text: str = "",
    order: SortOrder[PriceRow] = FAMILY,
    bundles: bool = False,
) -> Any:
    """Return the rows of the screen, as its export writes them."""
    products = shape(families)
    opened = frozenset(product.slug for product in products) if bundles else frozenset()
    names = {family.slug: family.name or family.slug for family in families}
    rows = price_rows(products, names, text, order, opened)
    return exported([record_of(PRICE_FIELDS, row) for row in rows if isinstance(row, PriceRow)])


def test_it_prints_the_rows_of_the_screen_in_their_order(
    signed_in: Cli, families: ReadRows[ProductFamily]
) -> None:
    ended = signed_in("prices", "list", "--json")
    assert ended.code == 0
    assert ended.err == ""
    assert json.loads(ended.out) == on_screen(families)
    assert len(json.loads(ended.out)) > 20


@pytest.mark.parametrize("order", PRICE_ORDERS, ids=lambda order: order.name)
def test_it_sorts_as_the_menu_of_the_screen(
    signed_in: Cli, families: ReadRows[ProductFamily], order: SortOrder[PriceRow]
) -> None:
    ended = signed_in("prices", "list", "--sort", order.name.lower(), "--json")
    assert json.loads(ended.out) == on_screen(families, order=order)


def test_it_searches_and_lists_every_bundle_as_the_screen(
    signed_in: Cli, families: ReadRows[ProductFamily]
) -> None:
    line = ("prices", "list", "--search", "scan", "--bundles", "--sort", "dearest", "--json")
    found = json.loads(signed_in(*line).out)
    assert found == on_screen(families, text="scan", order=DEAREST, bundles=True)
    assert any(row["licenses"] > 1 and row["saves_percent"] for row in found)
    assert {row["product"] for row in found} >= {"Jetpack Scan Daily", "Jetpack Complete"}


def test_the_names_of_the_export_stay() -> None:
    assert names_of(PRICE_FIELDS) == (
        *("product", "product_slug", "family", "licenses", "price", "interval", "currency"),
        *("per_license_day", "per_license_month", "per_license_year", "saves_percent"),
    )


def test_a_price_without_arithmetic_is_told_of_where_the_columns_cannot_show_it(signed_in: Cli) -> None:
    ended = signed_in("prices", "list", "--search", "business")
    assert ended.out == "WordPress.com Business\t1\tUSD\t\t\t\n"
    assert "1 price has another interval" in ended.err
    fields = ("--fields", "product,price,interval")
    ended = signed_in("prices", "list", "--search", "business", *fields)
    assert (ended.out, ended.err) == ("WordPress.com Business\t300.00\tyear\n", "")


def test_every_key_has_its_prices_in_rows_that_name_it(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER)
    ended = cli("prices", "list", "--all-keys", "--search", "bookings", "--fields", "key_id,product")
    assert ended.code == 0
    assert [line.split("\t")[1] for line in ended.out.splitlines()] == ["WooCommerce Bookings"] * 2
    assert len(set(ended.out.splitlines())) == 2


def test_a_table_of_80_columns_tells_every_product_apart(
    families: ReadRows[ProductFamily], capfd: pytest.CaptureFixture[str]
) -> None:
    table = TableWriter([field for field in PRICE_FIELDS if field.listed], 80, color=False)
    products = shape(families)
    for product in products:
        table.row(record_of(PRICE_FIELDS, PriceRow(product, "")))
    table.end()
    heading, *lines = capfd.readouterr().out.splitlines()
    assert heading.split() == ["PRODUCT", "SIZE", "CURRENCY", "A", "DAY", "A", "MONTH", "A", "YEAR"]
    assert max(map(len, lines)) <= 80
    assert [line.split("  ")[0] for line in lines] == [product.name for product in products]


def test_an_order_that_is_none_names_those_that_are(signed_in: Cli) -> None:
    ended = signed_in("prices", "list", "--sort", "dearst")
    assert ended.code == 2
    assert "did you mean dearest?" in ended.err
