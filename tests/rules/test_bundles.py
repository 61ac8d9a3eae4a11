"""Bundles instead of single licenses: offered where they are cheaper, never where they are not."""

from __future__ import annotations

from decimal import Decimal
from itertools import product as combinations

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.rules.bundles import bundle_offers
from tests.rules.support import product_of_slug

SIZES = {5: "22.50", 10: "40", 50: "180"}


@pytest.mark.parametrize(
    ("needed", "offers"),
    [
        (1, []),
        (4, []),
        (5, [("1 bundle of 5", 0, "2.50")]),
        (8, [("1 bundle of 5 and 3 single licenses", 0, "2.50")]),
        (9, [("1 bundle of 10", 1, "5"), ("1 bundle of 5 and 4 single licenses", 0, "2.50")]),
        (21, [("2 bundles of 10 and 1 single license", 0, "20")]),
        (47, [("1 bundle of 50", 3, "55"), ("4 bundles of 10, 1 bundle of 5 and 2 single licenses", 0, "42.50")]),
    ],
)  # fmt: skip
def test_the_cheapest_is_offered_and_beside_it_the_cheapest_that_leaves_nothing(
    needed: int, offers: list[tuple[str, int, str]]
) -> None:
    product = product_of_slug("jetpack-scan", amount="5", bundles=dict(SIZES))
    found = bundle_offers(product, needed)
    assert [(one.words, one.stay_unassigned, one.saving.per_month) for one in found] == [
        (words, spare, Decimal(saving)) for words, spare, saving in offers
    ]
    assert all(one.price.amount + one.saving.amount == needed * 5 for one in found)


def test_of_two_ways_that_cost_the_same_the_one_that_leaves_nothing_is_offered() -> None:
    (offer,) = bundle_offers(product_of_slug("x", amount="5", bundles={5: "20", 10: "40"}), 9)
    assert (offer.words, offer.stay_unassigned) == ("1 bundle of 5 and 4 single licenses", 0)


def test_an_interval_that_cannot_be_reckoned_with_has_a_saving_of_its_own() -> None:
    (offer,) = bundle_offers(product_of_slug("x", amount="60", interval="year", bundles={5: "200"}), 5)
    assert (offer.saving.amount, offer.saving.interval, offer.saving.per_month) == (
        Decimal(100),
        "year",
        None,
    )


@pytest.mark.parametrize(
    "product",
    [
        product_of_slug("x", amount=None, bundles={5: "1"}),
        product_of_slug("x", amount="5", bundles={5: None}),
        product_of_slug("x", amount="5", bundles={5: "25", 10: "60"}),
        product_of_slug("x", amount="5"),
    ],
    ids=["no unit price", "no price of the bundle", "not cheaper", "no bundles"],
)
def test_what_is_no_saving_or_not_known_is_not_offered(product: object) -> None:
    assert bundle_offers(product, 10) == ()  # type: ignore[arg-type]


@given(
    st.integers(2, 14),
    st.integers(0, 9),
    st.dictionaries(st.sampled_from([2, 3, 5, 7]), st.integers(0, 40), max_size=3),
)
def test_no_other_choice_of_bundles_is_cheaper(needed: int, unit: int, bundles: dict[int, int]) -> None:
    sizes = {size: str(amount) for size, amount in bundles.items()}
    found = bundle_offers(product_of_slug("x", amount=str(unit), bundles=dict(sizes)), needed)
    pieces = {1: unit, **bundles}
    ways = [
        (sum(n * pieces[size] for n, size in zip(counts, pieces, strict=True)), licenses)
        for counts in combinations(*(range(needed // size + 2) for size in pieces))
        if (licenses := sum(n * size for n, size in zip(counts, pieces, strict=True))) >= needed
    ]
    cheapest, exact = min(cost for cost, _ in ways), min(cost for cost, number in ways if number == needed)
    assert bool(found) == (cheapest < unit * needed)
    for offer in found:
        assert sum(bundles[size] for size in offer.sizes) + unit * offer.singles == offer.price.amount
        assert offer.saving.amount == unit * needed - offer.price.amount > 0
    if found:
        assert found[0].price.amount == cheapest
    if len(found) == 2:
        assert (found[1].price.amount, found[1].stay_unassigned) == (Decimal(exact), 0)
