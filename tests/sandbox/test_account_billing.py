"""The estimate of the bill, by raw HTTP and by arithmetic (contract: licenses 1.11, 4, 6)."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import httpx
import pytest

from jpmanage_tui.sandbox.app import create_sandbox
from jpmanage_tui.sandbox.billing.estimate import month_days
from jpmanage_tui.sandbox.billing.usage import DAY, Ledger, per_day, per_month, used
from jpmanage_tui.sandbox.partner.seed import KEY as KEY_ID
from tests.sandbox.account_help import BILLING, KEY, KEY_2, KEY_NOCARD, KEY_TOS, USER, turn
from tests.sandbox.conftest import Open
from tests.sandbox.harness import API, options

DAYS = 31
"""Of March 2026, all of which lie ahead on the first."""


async def estimate(api: httpx.AsyncClient, token: dict[str, str] = KEY) -> dict[str, Any]:
    answer = await api.get(BILLING, headers=token)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def row(bill: dict[str, Any], slug: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in bill["products"] if one["product_slug"] == slug)
    return found


async def issue(api: httpx.AsyncClient, token: dict[str, str] = KEY, **wanted: object) -> str:
    answer = await api.post(f"{API}/license", json=wanted, headers=token)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["license_key"])


async def test_the_estimate_has_the_contracts_shape_and_names_no_currency(api: httpx.AsyncClient) -> None:
    bill = await estimate(api)
    assert set(bill) == {"date", "products", "licenses", "costs", "price_interval"}
    assert (bill["date"], bill["price_interval"]) == ("2026-03-01", "day")
    assert set(bill["licenses"]) == {"assigned", "unassigned", "total"}
    assert set(bill["costs"]) == {"total", "assigned", "unassigned"}
    for product in bill["products"]:
        assert set(product) == {
            "product_slug",
            "product_name",
            "product_quantity",
            "product_cost",
            "product_total_cost",
            "counts",
        }
        assert isinstance(product["product_total_cost"], float | int)


async def test_the_estimate_is_the_key_tokens_and_takes_no_other(api: httpx.AsyncClient) -> None:
    assert (await api.get(BILLING, headers=USER)).status_code == 403
    assert (await api.get(BILLING)).status_code == 401


async def test_the_counts_are_those_of_the_licenses_bundles_by_their_children(api: httpx.AsyncClient) -> None:
    bill = await estimate(api)
    assigned = unassigned = 0
    parents: list[int | None] = [None]
    while parents:
        parent = parents.pop()
        for page in range(1, 20):
            query: dict[str, str | int] = {"page": page, "per_page": 50, "filter": "not_revoked"}
            query |= {"parent_id": parent} if parent else {}
            rows = (await api.get(f"{API}/licenses", params=query, headers=KEY)).json()["items"]
            for one in rows:
                if one["quantity"]:
                    parents.append(int(one["license_id"]))
                elif one["owner_type"] != "user" and not one["revoked_at"]:
                    assigned += bool(one["attached_at"])
                    unassigned += not one["attached_at"]
            if len(rows) < 50:
                break
    assert bill["licenses"] == {
        "assigned": assigned,
        "unassigned": unassigned,
        "total": assigned + unassigned,
    }


async def test_the_totals_are_the_sums_of_the_rows(api: httpx.AsyncClient) -> None:
    for token in (KEY, KEY_2, KEY_NOCARD):
        bill = await estimate(api, token)
        total = sum(round(one["product_total_cost"] * 100) for one in bill["products"])
        assert round(bill["costs"]["total"] * 100) == total
        parts = bill["costs"]["assigned"] + bill["costs"]["unassigned"]
        assert parts == pytest.approx(bill["costs"]["total"])


async def test_issuing_adds_the_days_left_in_the_month_and_revoking_takes_them_away(
    api: httpx.AsyncClient,
) -> None:
    before = row(await estimate(api), "jetpack-boost")
    key = await issue(api, product="jetpack-boost")
    after = row(await estimate(api), "jetpack-boost")
    assert after["product_quantity"] == before["product_quantity"] + DAYS
    assert after["counts"]["unassigned"] == before["counts"]["unassigned"] + 1
    price = Fraction(1095) * 12 / 365 * DAYS / 100
    assert after["product_total_cost"] - before["product_total_cost"] == pytest.approx(
        float(price), abs=0.011
    )
    await api.request("DELETE", f"{API}/license", params={"license_key": key}, headers=KEY)
    assert row(await estimate(api), "jetpack-boost") == before


async def test_assigning_moves_the_cost_and_not_the_total(api: httpx.AsyncClient) -> None:
    key = await issue(api, product="woocommerce-table-rate-shipping")
    before = await estimate(api)
    sites = (await api.get("/wpcom/v2/jetpack-agency/sites", headers=KEY)).json()["sites"]
    answers = [
        (await api.post(f"{API}/license/{key}/site", json={"site": site["blog_id"]}, headers=KEY)).status_code
        for site in sites[:1]
    ]
    assert answers == [200]
    after = await estimate(api)
    assert after["costs"]["total"] == before["costs"]["total"]
    assert after["costs"]["assigned"] > before["costs"]["assigned"]
    assert after["licenses"]["assigned"] == before["licenses"]["assigned"] + 1


async def test_a_bundle_costs_its_amount_once(api: httpx.AsyncClient) -> None:
    before = await estimate(api, KEY_2)
    await issue(api, KEY_2, product="jetpack-backup-t1", quantity=10)
    after = await estimate(api, KEY_2)
    amount = 495 * 10 * 84 // 100 / 100
    assert after["costs"]["total"] - before["costs"]["total"] == pytest.approx(amount)
    assert after["licenses"]["total"] == before["licenses"]["total"] + 10


async def test_the_second_key_is_billed_by_month(api: httpx.AsyncClient) -> None:
    bill = await estimate(api, KEY_2)
    assert bill["price_interval"] == "month"
    boost = row(bill, "jetpack-boost")
    assert boost["product_quantity"] == boost["counts"]["total"]
    assert boost["product_cost"] == 10.95
    assert boost["product_total_cost"] == pytest.approx(10.95 * boost["counts"]["total"])


async def test_a_bill_that_is_being_prepared_is_a_403_with_its_code(api: httpx.AsyncClient) -> None:
    await turn(api, billing="preparing")
    answer = await api.get(BILLING, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_billing_invoice_available")
    assert not answer.json()["message"]
    await turn(api, billing="ready")
    assert (await api.get(BILLING, headers=KEY)).status_code == 200
    never = await api.get(BILLING, headers=KEY_TOS)
    assert never.json()["code"] == "no_billing_invoice_available"


async def test_a_license_issued_mid_month_counts_from_its_day(open_sandbox: Open) -> None:
    api = await open_sandbox(options(now=datetime(2026, 2, 19, 23, 59, tzinfo=UTC)))
    before = row(await estimate(api), "jetpack-boost")["product_quantity"]
    await issue(api, product="jetpack-boost")
    assert row(await estimate(api), "jetpack-boost")["product_quantity"] == before + 10


async def test_faults_strike_the_bill(open_sandbox: Open) -> None:
    api = await open_sandbox(options(faults=(f"GET {BILLING} 429=7 x1",)))
    limited = await api.get(BILLING, headers=KEY)
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")


async def test_the_ledger_of_invoices_and_the_estimate_count_the_same_days() -> None:
    sandbox = create_sandbox(options(600))
    try:
        for year, month in ((2023, 7), (2024, 2), (2025, 12), (2026, 2)):
            span = month_days(datetime(year, month, 15, tzinfo=UTC))
            uses = await sandbox.read(lambda connection, span=span: used(connection, KEY_ID, *span))  # type: ignore[misc]
            charges = await sandbox.read(
                lambda connection, span=span: Ledger(connection, KEY_ID).charges(*span)  # type: ignore[misc]
            )
            assert {charge.name: charge.days for charge in charges} == {
                name: days
                for name in sorted({use.name for use in uses})
                if (days := sum(use.days for use in uses if use.name == name))
            }
    finally:
        await sandbox.close()


@pytest.mark.parametrize(
    ("interval", "day", "month"), [("day", 365, 11102), ("month", 12, 365), ("year", 1, 30)]
)
def test_prices_of_every_interval_become_prices_per_day_and_month(
    interval: str, day: int, month: int
) -> None:
    assert per_day(Fraction(365), interval) == day
    assert int(per_month(Fraction(365), interval)) == month


def test_a_month_ends_where_the_next_begins_also_in_december() -> None:
    first, following = month_days(datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert datetime.fromtimestamp(first * DAY, UTC) == datetime(2025, 12, 1, tzinfo=UTC)
    assert datetime.fromtimestamp(following * DAY, UTC) == datetime(2026, 1, 1, tzinfo=UTC)
