from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.rules.prices import (
    Cost,
    Price,
    bill_ends,
    bundle_price,
    cost,
    currency_of,
    digits_of,
    license_price,
    money,
    saving,
    saving_percent,
    totals,
    unit_price,
)
from tests.rules.support import license_of, product_of_slug

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
SIZES = st.integers(1, 500)
TINY = Decimal("1e-12")


def close(one: Decimal | None, other: Decimal | None) -> bool:
    assert one is not None
    assert other is not None
    return abs(one - other) <= TINY * max(abs(one), abs(other), Decimal(1))


def test_a_monthly_price_per_day_month_and_year() -> None:
    price = Price(Decimal("9.95"), "USD", "month")
    assert money(price.per_day or Decimal(), "USD") == "$0.33"
    assert (price.per_month, price.per_year, price.month_is_about) == (
        Decimal("9.95"),
        Decimal("119.40"),
        False,
    )


def test_a_daily_price_per_day_month_and_year() -> None:
    price = Price(Decimal("0.12"), "USD", "day")
    assert (price.per_day, price.per_month, price.per_year) == (
        Decimal("0.12"),
        Decimal("3.65"),
        Decimal("43.80"),
    )
    assert price.month_is_about


@pytest.mark.parametrize("interval", ["year", "week", "", None, "Month"])
def test_an_unknown_interval_means_no_arithmetic(interval: str | None) -> None:
    price = Price(Decimal(5), "USD", interval)
    assert (price.per_day, price.per_month, price.per_year, price.is_known) == (None, None, None, False)


@given(AMOUNTS, st.sampled_from(["day", "month"]))
def test_twelve_months_and_365_days_are_both_a_year(amount: Decimal, interval: str) -> None:
    price = Price(amount, None, interval)
    assert close((price.per_month or Decimal()) * 12, price.per_year)
    assert close((price.per_day or Decimal()) * 365, price.per_year)


@given(AMOUNTS)
def test_a_price_turned_from_month_to_day_and_back_is_the_same(amount: Decimal) -> None:
    per_day = Price(amount, None, "month").per_day
    assert per_day is not None
    assert close(Price(per_day, None, "day").per_month, amount)


@given(AMOUNTS, st.integers(0, 1000), st.sampled_from(["day", "month"]))
def test_many_cost_as_much_as_each_of_them(amount: Decimal, count: int, interval: str) -> None:
    price = Price(amount, None, interval)
    assert close(price.times(count).per_year, (price.per_year or Decimal()) * count)


@given(AMOUNTS, AMOUNTS, SIZES)
def test_a_bundle_costs_its_own_amount_and_saves_the_rest(unit: Decimal, whole: Decimal, size: int) -> None:
    product = product_of_slug("a", amount=str(unit), bundles={size: str(whole)})
    total = cost(product, size)
    assert total is not None
    assert total.amount == whole
    assert saving(product, size) == unit * size - whole


@given(AMOUNTS, st.integers(2, 500))
def test_a_size_that_is_not_sold_costs_that_many_units(unit: Decimal, quantity: int) -> None:
    product = product_of_slug("a", amount=str(unit), bundles={1000: "1"})
    total = cost(product, quantity)
    assert total is not None
    assert total.amount == unit * quantity
    assert saving(product, quantity) is None


@pytest.mark.parametrize(
    ("unit", "whole", "percent"),
    [
        ("100", "90", 82),
        ("20", "90", 10),
        ("20", "92.50", 8),  # 7.5 %
        ("20", "92.51", 7),
        ("20", "99.50", 1),
        ("20", "99.51", None),
        ("20", "0", 100),
        ("18", "90", None),
        ("18", "91", None),
        ("0", "0", None),
    ],
)
def test_a_saving_is_told_in_percent_only_where_there_is_one(
    unit: str, whole: str, percent: int | None
) -> None:
    product = product_of_slug("a", amount=unit, bundles={5: whole})
    assert saving_percent(product, 5) == percent


def test_what_has_no_price_has_no_cost() -> None:
    bare = product_of_slug("a", amount=None, bundles={5: None, 10: "80"})
    assert (unit_price(bare), bundle_price(bare, 5), cost(bare, 5), cost(bare, 3)) == (None, None, None, None)
    assert saving(bare, 10) is None
    assert cost(product_of_slug("a", bundles={5: None}), 5) is None


def test_sums_keep_currencies_apart_and_leave_unknown_intervals_out() -> None:
    prices = [
        Price(Decimal(10), "USD", "month"),
        Price(Decimal(1), "USD", "day"),
        Price(Decimal(5), "EUR", "month"),
        Price(Decimal(99), "EUR", "year"),
    ]
    dollars, euros = totals(prices)
    assert (dollars.currency, euros.currency) == ("USD", "EUR")
    assert close(dollars.per_month, Decimal(10) + Decimal(365) / 12)
    assert (dollars.about, euros.about, euros.per_month) == (True, False, Decimal(5))


@pytest.mark.parametrize("prices", [("month", "day"), ("day", "month"), ("day", "day")])
def test_a_sum_is_about_where_any_part_of_it_is_whatever_the_order(prices: tuple[str, ...]) -> None:
    (total,) = totals(Price(Decimal(12), "USD", interval) for interval in prices)
    assert total.about
    (exact,) = totals(Price(Decimal(12), "USD", "month") for _ in prices)
    assert not exact.about


def test_a_sum_has_a_figure_per_day_and_one_per_month() -> None:
    (total,) = totals([Price(Decimal(3), "USD", "day"), Price(Decimal(4), "USD", "day")])
    assert total.per_day == Decimal(7)
    assert close(total.per_month, Decimal(7) * 365 / 12)


@pytest.mark.parametrize(
    ("currency", "words"), [("USD", "$0.00"), ("CHF", "0.00 CHF"), ("JPY", "0 JPY"), ("KWD", "0.000 KWD"), (None, "0.00")]
)  # fmt: skip
def test_nothing_has_no_sign(currency: str | None, words: str) -> None:
    assert money(Decimal("-0.0004"), currency) == words


@given(st.lists(AMOUNTS, max_size=20))
def test_a_sum_is_the_sum_whatever_the_order(amounts: list[Decimal]) -> None:
    forth = totals(Price(amount, "USD", "month") for amount in amounts)
    back = totals(Price(amount, "USD", "month") for amount in reversed(amounts))
    assert (
        [total.per_month for total in forth]
        == [total.per_month for total in back]
        == ([sum(amounts)] if amounts else [])
    )


@pytest.mark.parametrize(
    ("currencies", "common"),
    [(["usd", "USD"], "USD"), (["usd", "eur"], None), ([None, "usd"], "USD"), ([], None)],
)
def test_billing_takes_its_currency_from_the_products_where_they_agree(
    currencies: list[str], common: str
) -> None:
    products = [{"slug": f"p{index}", "currency": currency} for index, currency in enumerate(currencies)]
    assert currency_of([ProductFamily.model_validate({"slug": "f", "products": products})]) == common


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "USD", "$1,234.50"),
        ("0.125", "USD", "$0.13"),
        ("0.005", "EUR", "€0.01"),
        ("-2.345", "GBP", "-£2.35"),
        ("-0.001", "USD", "$0.00"),
        ("1234.5", "JPY", "1,235 JPY"),
        ("1.2345", "KWD", "1.235 KWD"),
        ("7", "CHF", "7.00 CHF"),
        ("7", None, "7.00"),
    ],
)
def test_money_is_rounded_half_up_to_the_digits_of_its_currency(
    amount: str, currency: str | None, shown: str
) -> None:
    assert money(Decimal(amount), currency) == shown


@given(
    st.decimals(min_value=-(10**15), max_value=10**15, places=6),
    st.sampled_from(["USD", "JPY", "KWD", "CHF", None]),
)
def test_shown_money_is_never_further_off_than_half_a_digit(amount: Decimal, currency: str | None) -> None:
    shown = money(amount, currency).replace(",", "").replace("$", "").replace(currency or "\0", "").strip()
    assert abs(Decimal(shown) - amount) <= Decimal(1).scaleb(-digits_of(currency)) / 2


SLUGS = ("jetpack-scan", "jetpack-anti-spam", "unpriced", "yearly", "unknown")
CATALOG = (
    product_of_slug("jetpack-scan", amount="4.95", bundles={5: "22.27"}),
    product_of_slug("jetpack-anti-spam", amount="0.16", interval="day"),
    product_of_slug("unpriced", amount=None),
    product_of_slug("yearly", amount="300", interval="year"),
)
LICENSES = st.lists(
    st.builds(
        lambda slug, number, *traits: license_of(*traits, key=f"{slug}_{number}"),
        st.sampled_from(SLUGS),
        st.integers(0, 99),
        st.sampled_from([{}, {"quantity": 5}, {"quantity": 7}]),
        st.sampled_from([{}, {"parent_license_id": 12, "quantity": None}]),
        st.sampled_from([{}, {"owner_type": "user"}]),
    ),
    max_size=8,
)


@given(LICENSES)
def test_what_a_bill_gets_lower_by_is_the_sum_of_its_parts_and_nothing_is_left_out_silently(
    licenses: list[License],
) -> None:
    cost = bill_ends(licenses, CATALOG)
    billed = [one for one in licenses if not one.is_standard and not one.is_child]
    prices = [license_price(one, CATALOG) for one in billed]
    known = [price for price in prices if price is not None and price.is_known]
    assert cost.unknown == prices.count(None)
    assert len(cost.apart) + cost.unknown + len(known) == len(billed)
    assert sum((total.per_day for total in cost.totals), Decimal(0)) == sum(
        (price.per_day for price in known if price.per_day is not None), Decimal(0)
    )
    assert bill_ends([one for one in licenses if one.is_standard or one.is_child], CATALOG) == Cost()


@pytest.mark.parametrize(
    ("license", "sizes", "amount"),
    [
        (license_of(key="jetpack-scan_x"), {}, "4.95"),
        (license_of({"quantity": 5}, key="jetpack-scan_x"), {}, "22.27"),
        (license_of({"quantity": 7}, key="jetpack-scan_x"), {}, None),
        (license_of({"parent_license_id": 12}, key="jetpack-scan_x"), {12: 5}, "4.454"),
        (license_of({"parent_license_id": 12}, key="jetpack-scan_x"), {}, None),
        (license_of({"parent_license_id": 12}, key="jetpack-scan_x"), {12: 7}, None),
        (license_of(key="unpriced_x"), {}, None),
        (license_of(key="unknown_x"), {}, None),
        (license_of(key="nounderscore"), {}, None),
    ],
)
def test_a_license_costs_what_the_prices_say_of_it_or_nothing_is_said(
    license: License, sizes: dict[LicenseId, int], amount: str | None
) -> None:
    price = license_price(license, CATALOG, sizes)
    assert (price.amount if price is not None else None) == (Decimal(amount) if amount is not None else None)
