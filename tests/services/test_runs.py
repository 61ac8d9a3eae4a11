"""Going on with a run: only at prices that were confirmed, and what is asked where they are others."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.errors import ApiConnectionError, RequestRejectedError
from jpmanage_tui.api.ids import LicenseKey, ProductSlug
from jpmanage_tui.api.products import BundleSize, Product, ProductFamily
from jpmanage_tui.operations.mutations.licenses import IssueLicense, RevokeLicense
from jpmanage_tui.operations.run import PlannedItem, RunItem, RunPlan, RunState
from jpmanage_tui.operations.runner import Runner
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.services.run_report import REPORT_COLUMNS, run_report
from jpmanage_tui.services.runs import PriceChange, RunReview, go_on, price_changes
from tests.operations.conftest import Bench, bench
from tests.operations.fakes import Fault, license_row

__all__ = ["bench"]
SCAN = ProductSlug("jetpack-scan")
AMOUNTS = st.decimals(0, 100, places=2)
PRICES = st.none() | st.builds(
    Price, AMOUNTS, st.sampled_from(["USD", "EUR", None]), st.sampled_from(["day", "month", "year"])
)


def families(amount: str, *, currency: str = "USD", interval: str = "day") -> tuple[ProductFamily, ...]:
    product = Product(
        slug=SCAN,
        name="Scan",
        currency=currency,
        amount=Decimal(amount),
        price_interval=interval,
        supported_bundles=(BundleSize(quantity=5, amount=Decimal(amount) * 4),),
    )
    return (ProductFamily(name="Scan", slug="scan", products=(product,)),)


def item(position: int, price: Price | None, quantity: int | None = None) -> RunItem:
    return RunItem(1, position, IssueLicense(SCAN, quantity, "Scan"), None, price, None, "", False, None)


def usd(amount: str) -> Price:
    return Price(Decimal(amount), "USD", "day")


@pytest.mark.parametrize(
    ("confirmed", "today", "asks"),
    [
        (usd("1"), usd("2"), True),
        (usd("2"), usd("1"), False),
        (usd("1"), None, True),
        (None, usd("1"), True),
        (None, None, True),
        (usd("2"), Price(Decimal(1), "EUR", "day"), True),
        (usd("2"), Price(Decimal(1), "USD", "month"), True),
    ],
)
def test_what_is_not_lower_is_asked_about(confirmed: Price | None, today: Price | None, asks: bool) -> None:
    assert PriceChange("Scan", confirmed, today, (0,)).asks is asks


@given(PRICES, PRICES)
def test_only_a_lower_price_of_the_same_kind_goes_on_unasked(old: Price | None, new: Price | None) -> None:
    unasked = not PriceChange("Scan", old, new, (0,)).asks
    same_kind = (
        old is not None and new is not None and (old.currency, old.interval) == (new.currency, new.interval)
    )
    assert unasked == (same_kind and old is not None and new is not None and new.amount <= old.amount)


def test_items_of_one_product_and_price_are_one_change_and_bundles_are_another() -> None:
    items = [
        item(0, usd("1")),
        item(1, usd("1")),
        item(2, usd("4"), 5),
        item(3, usd("2")),
        item(4, usd("8"), 5),
    ]
    assert price_changes(items, families("2")) == (
        PriceChange("Scan", usd("1"), usd("2"), (0, 1)),
        PriceChange("Scan, bundle of 5", usd("4"), usd("8"), (2,)),
    )
    assert [one.today for one in price_changes([item(0, usd("1"), 20)], families("1"))] == [None]
    assert price_changes([item(0, usd("1"))], ())[0].today is None


async def paused(bench: Bench, price: Price | None) -> tuple[Runner, int]:
    """Return the runner, and a run of which the first of three issues was done and the second was never sent."""
    bench.server.faults = [None, Fault(ApiConnectionError("No line."))]
    runner = Runner(bench.queue())
    plan = RunPlan(
        "Issue 3 licenses",
        tuple(PlannedItem(IssueLicense(SCAN, None, "Scan"), price=price) for _ in range(3)),
    )
    run = await runner.finished((await runner.add(plan)).id)
    assert (run.state, run.counts.done, run.counts.waiting) == (RunState.PAUSED, 1, 2)
    return runner, run.id


async def test_a_run_goes_on_at_the_price_that_is_confirmed_anew(bench: Bench) -> None:
    runner, run_id = await paused(bench, usd("1"))
    seen: list[RunReview] = []

    async def prices() -> Sequence[ProductFamily]:
        return families("2")

    async def refuse(review: RunReview) -> bool:
        seen.append(review)
        return False

    async def confirm(review: RunReview) -> bool:
        return review.asks

    assert await go_on(runner, run_id, prices, refuse) is None
    assert len(bench.server.asked) == 2, "nothing is begun"
    assert [change.positions for change in seen[0].changes] == [(1, 2)]
    assert seen[0].prices == (usd("2"),) * 2
    assert (await runner.run(run_id)).state is RunState.PAUSED
    assert await go_on(runner, run_id, prices, confirm) is not None
    assert (await runner.finished(run_id)).complete
    assert [one.price for one in await runner.items(run_id)] == [usd("1"), usd("2"), usd("2")]


async def test_where_the_prices_cannot_be_read_nothing_is_begun(bench: Bench) -> None:
    runner, run_id = await paused(bench, usd("1"))

    async def prices() -> Sequence[ProductFamily]:
        raise ApiConnectionError("No line.")

    async def confirm(_review: RunReview) -> bool:
        return True

    with pytest.raises(ApiConnectionError):
        await go_on(runner, run_id, prices, confirm)
    assert len(bench.server.asked) == 2


async def test_what_issues_nothing_reads_no_prices_and_the_report_has_every_change(bench: Bench) -> None:
    keys = [LicenseKey(f"jetpack-scan_abcdefgh{n}") for n in range(3)]
    for key in keys:
        bench.server.put(license_row(key))
    bench.server.faults = [None, Fault(RequestRejectedError("Not this one.", status=400))]
    runner = Runner(bench.queue())
    plan = RunPlan("Revoke 3 licenses", tuple(PlannedItem(RevokeLicense(key, "Scan")) for key in keys))
    run = await runner.finished((await runner.add(plan)).id)

    async def confirm(review: RunReview) -> bool:
        assert (len(review.items), review.issued, review.asks) == (1, 0, False)
        return True

    async def prices() -> Sequence[ProductFamily]:
        raise AssertionError("no price is of any matter")

    what = run_report(runner, run)
    rows = [row async for row in what.rows(True)]
    assert [row["license_key"] for row in rows] == keys
    assert [row["state"] for row in rows].count("failed") == 1
    assert {row["message"] for row in rows} == {None, "Not this one."}
    assert all(tuple(row) == REPORT_COLUMNS for row in rows)
    masked = [row async for row in what.rows(False)]
    assert not any(key in str(masked) for key in keys)
    assert await go_on(runner, run.id, prices, confirm, retry=True) is not None
    assert (await runner.finished(run.id)).complete
