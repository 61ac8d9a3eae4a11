"""What a selection costs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.rules.prices import Price, totals
from jpmanage_tui.services.issuing.quote import (
    about,
    per_day,
    per_month,
    quote,
    saving_words,
    short_total,
)
from jpmanage_tui.services.price_text import total_words
from tests.rules.support import product_of_slug
from tests.services.issuing.support import (
    CATALOG,
    COMPLETE,
    FREE_OF_PRICE,
    HOSTING,
    SCAN,
    SPAM,
    quoted,
    selected,
)

cents = st.integers(0, 100_000).map(lambda number: Decimal(number) / 100)


def test_loose_licenses_cost_their_number_times_the_unit_and_a_bundle_its_own_price() -> None:
    singles, bundle = quoted(("jetpack-scan", 1, 3), ("jetpack-scan", 5, 2)).lines
    assert singles.price == Price(Decimal(15), "USD", "month")
    assert bundle.price == Price(Decimal("45.00"), "USD", "month")
    assert (singles.words, bundle.words) == ("3 × Jetpack Scan Daily", "2 × bundle of 5 Jetpack Scan Daily")


def test_a_bundle_that_costs_more_than_its_licenses_shows_no_saving() -> None:
    assert quoted(("jetpack-scan", 10, 1)).savings == ()
    assert saving_words(SCAN, 10) == ""


def test_the_saving_is_what_as_many_single_licenses_cost_more() -> None:
    assert quoted(("jetpack-scan", 5, 2)).savings[0].per_month == Decimal("5.00")
    assert saving_words(SCAN, 5) == "10 %  $2.50"
    assert saving_words(COMPLETE, 5) == "20 %  $50.00"


@given(cents, cents, st.integers(2, 50), st.integers(1, 9), st.sampled_from(["day", "month"]))
def test_cost_and_saving_of_bundles_make_up_the_price_of_single_licenses(
    unit: Decimal, whole: Decimal, size: int, count: int, interval: str
) -> None:
    product = product_of_slug("p", amount=str(unit), bundles={size: str(whole)}, interval=interval)
    (line,) = quote(selected(("p", size, count)), [product]).lines
    assert line.price is not None
    saved = line.saving.amount if line.saving is not None else Decimal(0)
    assert saved >= 0
    assert line.price.amount == whole * count
    assert line.price.amount + saved == max(line.price.amount, unit * size * count)


@given(st.lists(st.tuples(cents, st.integers(1, 9), st.sampled_from(["day", "month"])), max_size=6))
def test_the_sum_is_the_sum_of_the_lines_unrounded(rows: list[tuple[Decimal, int, str]]) -> None:
    products = [
        product_of_slug(f"p{number}", amount=str(amount), interval=interval)
        for number, (amount, _, interval) in enumerate(rows)
    ]
    one = quote(selected(*((f"p{number}", 1, count) for number, (_, count, _) in enumerate(rows))), products)
    prices = [line.price for line in one.lines if line.price is not None]
    assert len(prices) == len(rows)
    assert one.totals == totals(prices)


def test_an_unknown_interval_shows_its_word_and_is_in_no_sum() -> None:
    one = quoted(("wpcom-hosting-business", 1, 1), ("jetpack-scan", 1, 1))
    assert one.totals[0].per_month == Decimal(5)
    assert [line.product for line in one.apart] == [HOSTING]
    assert per_day(one.lines[0].price) == "$300.00/year"
    assert per_month(one.lines[0].price) == ""


def test_a_product_without_price_is_shown_with_a_dash_and_is_in_no_sum() -> None:
    one = quoted(("jetpack-boost", 1, 1))
    assert one.totals == ()
    assert [line.product for line in one.apart] == [FREE_OF_PRICE]
    assert per_day(one.lines[0].price) == per_month(one.lines[0].price) == "—"


def test_what_the_catalog_does_not_have_is_kept_and_said() -> None:
    one = quoted(("jetpack-gone", 1, 2), ("jetpack-scan", 7, 1))
    assert [line.name for line in one.gone] == ["jetpack-gone", "Jetpack Scan Daily"]
    assert one.licenses == 9


@pytest.mark.parametrize(
    ("picks", "words"),
    [
        ((("jetpack-scan", 1, 2),), "2 licenses  $0.33/day $10.00/mo"),
        ((("jetpack-anti-spam", 1, 1),), "1 license  $0.16/day ≈$4.87/mo"),
        ((("jetpack-boost", 1, 1),), "1 license"),
    ],
)
def test_the_short_sum_names_count_day_and_month(picks: tuple[tuple[str, int, int], ...], words: str) -> None:
    assert short_total(quoted(*picks)) == words


def test_sums_in_two_currencies_are_not_added() -> None:
    euro = product_of_slug("e", amount="10", currency="EUR")
    one = quote(selected(("e", 1, 1), ("jetpack-scan", 1, 1)), [*CATALOG, euro])
    assert total_words(one.totals) == "€0.33 a day, €10.00 a month and $0.16 a day, $5.00 a month"


def test_the_line_about_a_bundle_says_what_one_license_of_it_costs_and_about_a_plan_what_it_contains() -> (
    None
):
    assert about(SCAN, 5, []).startswith("$0.15 a day, $4.50 a month for each license of the bundle.")
    assert about(COMPLETE, 1, [SCAN, SPAM]) == "Jetpack Complete contains Scan Daily, Anti-Spam"
    assert about(None, 1, []) == ""
