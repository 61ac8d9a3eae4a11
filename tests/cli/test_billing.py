"""`jpmanage billing`: the estimate and the idle licenses as the Billing screen shows them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.billing import BillingEstimate
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.rules.bars import share
from jpmanage_tui.rules.prices import Price, Total, currency_of, totals
from jpmanage_tui.services.billing_estimate import (
    ESTIMATE_ORDERS,
    SUBTOTAL,
    EstimateRow,
    estimate_rows,
    share_text,
)
from jpmanage_tui.services.fields.billing import ESTIMATE_FIELDS, SUMMARY_FIELDS, UNASSIGNED_FIELDS
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.sort_order import SortOrder
from jpmanage_tui.services.unassigned_licenses import PriceSums, UnassignedListState, UnassignedPaginator
from tests.cli.harness import KEY, SECOND_KEY, USER, Cli
from tests.cli.screens import as_screen, exported


@pytest.fixture
def signed_in(cli: Cli) -> Cli:
    cli.env(TOKEN=KEY)
    return cli


def rows(cli: Cli, *line: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(cli("billing", *line, "--json").out)
    return found


async def read_estimate(client: LicensingClient) -> tuple[BillingEstimate, str | None]:
    estimate = await client.billing.estimate()
    assert isinstance(estimate, BillingEstimate)
    return estimate, currency_of(await client.products.partner_families())


def products_on_screen(cli: Cli, token: str = KEY, order: SortOrder[EstimateRow] = SUBTOTAL) -> Any:
    """Return the products as the screen lists and exports them."""
    listed = order.sort(estimate_rows(*as_screen(cli.url, read_estimate, token)))
    return exported([record_of(ESTIMATE_FIELDS, row) for row in listed])


async def read_unassigned(client: LicensingClient) -> list[str]:
    """Return the codes of the screen's list, scrolled to its end."""
    state, pages = UnassignedListState(), UnassignedPaginator(client)
    while not state.done:
        state.add(await pages.next_page())
    return [item.license.license_key for item in state.items]


# -- changes ---------------------------------------------------------------------------------


def test_changes_counts_what_was_issued_and_revoked_as_the_list_has_it(signed_in: Cli) -> None:
    listed = json.loads(signed_in("licenses", "list", "--state", "all", "--members", "--json").out)
    ours = [one for one in listed if one["owner_type"] != "user" and not one["bundle_size"]]
    found = rows(signed_in, "changes", "--days", "2025")
    for name in ("issued", "revoked"):
        dated = Counter(one["product"] for one in ours if (one[f"{name}_at"] or "").startswith("2025"))
        assert {row["product"]: row[name] for row in found if row[name]} == dated
    assert {(row["from_day"], row["to_day"]) for row in found} == {("2025-01-01", "2025-12-31")}


def test_changes_are_of_this_month_by_utc_and_have_no_money(signed_in: Cli) -> None:
    ended = signed_in("billing", "changes")
    assert ended.code == 0
    assert "licenses issued and " in ended.err
    assert "(UTC)" in ended.err
    assert "inside a bundle that goes on" in ended.err
    assert "$" not in ended.out + ended.err
    assert signed_in("billing", "changes", "--days", "soon").code == 2


# -- show ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("token", "interval"), [(KEY, "day"), (SECOND_KEY, "month")])
def test_show_prints_the_products_of_the_screen(cli: Cli, token: str, interval: str) -> None:
    cli.env(TOKEN=token)
    found = rows(cli, "show")
    assert found == products_on_screen(cli, token)
    assert {row["interval"] for row in found} == {interval}
    assert {row["quantity_counts"] for row in found} == {"days" if interval == "day" else "licenses"}
    assert {row["currency"] for row in found} == {"USD"}


@pytest.mark.parametrize("order", ESTIMATE_ORDERS, ids=lambda order: order.name)
def test_show_sorts_as_the_menu_of_the_screen(signed_in: Cli, order: SortOrder[EstimateRow]) -> None:
    found = rows(signed_in, "show", "--sort", order.name.lower())
    assert found == products_on_screen(signed_in, order=order)


def test_text_has_the_sums_of_the_screen_on_stderr_and_data_has_not(signed_in: Cli) -> None:
    estimate, _ = as_screen(signed_in.url, read_estimate)
    ended = signed_in("billing", "show")
    assert ended.code == 0
    assert len(ended.out.splitlines()) == len(estimate.products or ())
    assert f"Estimate so far for {estimate.date:%B %Y}: ${estimate.costs.total:,.2f} (as of" in ended.err
    assert f"{estimate.licenses.total} licenses in total" in ended.err
    assert f"Unassigned but billed: {share_text(estimate)}" in ended.err
    assert signed_in("billing", "show", "--csv").err == ""


def test_the_summary_is_one_object_with_the_figures_that_the_api_gave(signed_in: Cli) -> None:
    estimate, _ = as_screen(signed_in.url, read_estimate)
    found = json.loads(signed_in("billing", "show", "--summary", "--json").out)
    assert found == {
        "estimate_of": str(estimate.date),
        "interval": "day",
        "licenses": estimate.licenses.total,
        "assigned": estimate.licenses.assigned,
        "unassigned": estimate.licenses.unassigned,
        "cost": float(estimate.costs.total or 0),
        "cost_assigned": float(estimate.costs.assigned or 0),
        "cost_unassigned": float(estimate.costs.unassigned or 0),
        "currency": "USD",
        "unassigned_share": float(share(estimate.licenses.unassigned, estimate.licenses.total) or 0),
        "cost_unassigned_share": float(share(estimate.costs.unassigned, estimate.costs.total) or 0),
    }
    assert found["unassigned_share"] > 0
    ended = signed_in("billing", "show", "--summary", "--fields", "cost,currency")
    assert ended.out == f"cost\t{estimate.costs.total}\ncurrency\tUSD\n"


def test_the_summary_of_every_key_names_the_key(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER)
    found = rows(cli, "show", "--summary", "--all-keys")
    assert [row["interval"] for row in found] == ["day", "month"]
    assert all(row["key_id"] and row["cost"] for row in found)


def test_an_estimate_that_is_being_prepared_is_no_empty_bill(signed_in: Cli) -> None:
    signed_in.switch(billing="preparing")
    for line in (["show"], ["show", "--summary"]):
        ended = signed_in("billing", *line)
        assert (ended.code, ended.out) == (4, "")
        assert "Your upcoming invoice is being prepared. This is normal" in ended.err
    ended = signed_in("billing", "show", "--json")
    assert ended.out == ""
    assert json.loads(ended.err)["code"] == "no_billing_invoice_available"


def test_without_prices_the_figures_come_without_a_currency_and_end_with_6(signed_in: Cli) -> None:
    signed_in.faults("GET *product-families 429=90 x9")
    ended = signed_in("billing", "show", "--json")
    assert ended.code == 6
    assert {row["currency"] for row in json.loads(ended.out)} == {None}
    assert "the currency is not known" in ended.err


def test_the_names_of_the_exports_stay_and_the_help_has_the_fields_of_the_summary(signed_in: Cli) -> None:
    assert names_of(ESTIMATE_FIELDS) == (
        *("product", "product_slug", "price", "interval", "assigned", "unassigned"),
        *("quantity", "quantity_counts", "subtotal", "currency", "estimate_of"),
    )
    assert names_of(UNASSIGNED_FIELDS) == (
        *("license_code", "product", "issued_at", "days", "per_day", "per_month"),
        *("price", "interval", "currency", "part_of_bundle"),
    )
    out = signed_in("billing", "show", "--help").out
    assert all(f"  {name} " in out for name in (*names_of(ESTIMATE_FIELDS), *names_of(SUMMARY_FIELDS)))


# -- idle ------------------------------------------------------------------------------------


def test_idle_prints_the_licenses_of_the_screen_and_says_what_billing_counts_besides(signed_in: Cli) -> None:
    estimate, _ = as_screen(signed_in.url, read_estimate)
    ended = signed_in("billing", "idle", "--no-bundles", "--fields", "license_code")
    codes = ended.out.split()
    assert codes == as_screen(signed_in.url, read_unassigned)
    missing = (estimate.licenses.unassigned or 0) - len(codes)
    assert missing > 0
    assert ended.code == 6
    assert f"billing counts {missing} more, which may be in bundles; --no-bundles leaves" in ended.err


def test_idle_finds_all_that_billing_counts_with_those_in_bundles(signed_in: Cli) -> None:
    estimate, _ = as_screen(signed_in.url, read_estimate)
    ended = signed_in("billing", "idle")
    assert ended.code == 0
    assert len(ended.out.splitlines()) == estimate.licenses.unassigned
    assert f"{estimate.licenses.unassigned} unassigned licenses: $" in ended.err
    found = rows(signed_in, "idle")
    assert [row["issued_at"] for row in found] == sorted(row["issued_at"] for row in found)
    assert any(row["part_of_bundle"] for row in found)
    assert all(row["per_day"] and row["per_month"] for row in found)


def test_idle_older_than_keeps_the_order_and_sums_what_it_prints(signed_in: Cli) -> None:
    every = rows(signed_in, "idle")
    days = sorted(row["days"] for row in every)[len(every) // 2]
    found = rows(signed_in, "idle", "--older-than", str(days))
    assert found == [row for row in every if row["days"] > days]
    assert 0 < len(found) < len(every)
    oldest = datetime.fromisoformat(found[0]["issued_at"])
    assert datetime.now(UTC) - oldest > timedelta(days=days)
    ended = signed_in("billing", "idle", "--older-than", str(days))
    assert f"{len(found)} unassigned licenses older than {days:,} day" in ended.err


def test_idle_without_an_estimate_to_compare_with(signed_in: Cli) -> None:
    signed_in.switch(billing="preparing")
    ended = signed_in("billing", "idle")
    assert ended.code == 0
    assert ended.err.count("\n") == 1
    signed_in.faults("GET *licenses/billing 429=90 x9")
    ended = signed_in("billing", "idle", "--json")
    assert ended.code == 6
    assert json.loads(ended.out)
    assert "how many billing counts could not be read" in ended.err


PRICES = st.builds(
    Price,
    st.sampled_from([Decimal("9.95"), Decimal("0.16"), Decimal(300)]),
    st.sampled_from(["USD", "EUR", None]),
    st.sampled_from(["day", "month", "year"]),
)


@given(st.lists(st.none() | PRICES))
def test_sums_are_those_of_the_screen_however_they_are_counted(drawn: list[Price | None]) -> None:
    def by_currency(found: Iterable[Total]) -> dict[str | None, tuple[Decimal, Decimal, bool]]:
        return {one.currency: (round(one.per_day, 9), round(one.per_month, 9), one.about) for one in found}

    sums = PriceSums()
    for price in drawn:
        sums.add(price)
    known = [price for price in drawn if price is not None and price.is_known]
    assert by_currency(sums.totals) == by_currency(totals(known))
    assert (sums.count, sums.unpriced) == (len(drawn), len(drawn) - len(known))
