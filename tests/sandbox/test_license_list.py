"""GET licenses: filters, counts, order, pages, search, bundles, and the quirks of its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx
import pytest

from tests.sandbox.account_help import turn
from tests.sandbox.conftest import Open
from tests.sandbox.harness import API, as_key, options, rows, set_faults

DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
FIELDS = {
    "license_id",
    "license_key",
    "product_id",
    "product",
    "user_id",
    "username",
    "blog_id",
    "siteurl",
    "has_downloads",
    "issued_at",
    "attached_at",
    "revoked_at",
    "owner_type",
    "quantity",
    "parent_license_id",
    "meta",
}
Row = Mapping[str, object]


def state(row: Row) -> str:
    """The state of a row by the contract's precedence (licenses 2.2)."""
    if row["quantity"]:
        return "bundle"
    if row["revoked_at"]:
        return "revoked"
    return "attached" if row["attached_at"] else "detached"


async def test_the_counts_agree_with_the_lists(api: httpx.AsyncClient) -> None:
    as_key(api)
    counts = (await api.get(f"{API}/licenses/counts")).json()
    assert set(counts) == {"attached", "detached", "revoked", "not_revoked", "standard", "all"}
    assert counts["all"] == 250
    for name, count in counts.items():
        assert count == len(await rows(api, filter=name)) > 0, name


async def test_children_may_stand_in_the_flat_list_too(api: httpx.AsyncClient) -> None:
    bundles = [row for row in await rows(as_key(api), filter="not_revoked") if row["quantity"]]
    nested = [await rows(api, parent_id=int(str(row["license_id"]))) for row in bundles]
    before = (await api.get(f"{API}/licenses/counts")).json()
    await turn(api, children="flat")
    listed = await rows(api, filter="not_revoked")
    children = [row for row in listed if row["parent_license_id"] is not None]
    assert {row["license_key"] for row in children} >= {
        row["license_key"] for group in nested for row in group
    }
    assert all(row["quantity"] is None for row in children)
    assert {row["parent_license_id"] for row in children} == {int(str(row["license_id"])) for row in bundles}
    counts = (await api.get(f"{API}/licenses/counts")).json()
    assert counts["not_revoked"] == len(listed) == before["not_revoked"] + len(children)
    for name in ("attached", "detached", "revoked", "all"):
        assert counts[name] == len(await rows(api, filter=name)), name
    bundle, group = bundles[0], nested[0]
    assert await rows(api, parent_id=int(str(bundle["license_id"]))) == group, "listed under it all the same"
    assert await rows(api, search=str(group[0]["license_key"])) == [group[0]]


async def test_each_filter_lists_what_its_name_says(api: httpx.AsyncClient) -> None:
    as_key(api)
    assert {state(row) for row in await rows(api, filter="attached")} == {"attached"}
    assert {state(row) for row in await rows(api, filter="detached")} == {"detached"}
    assert all(row["revoked_at"] for row in await rows(api, filter="revoked"))
    assert {state(row) for row in await rows(api, filter="not_revoked")} == {"attached", "detached", "bundle"}
    assert {row["owner_type"] for row in await rows(api, filter="standard")} == {"user"}


@pytest.mark.parametrize("query", [{}, {"filter": "nonsense"}, {"filter": ""}])
async def test_without_a_known_filter_the_list_holds_what_is_not_revoked(
    api: httpx.AsyncClient, query: dict[str, str]
) -> None:
    as_key(api)
    found = await rows(api, **query)
    assert [row["license_key"] for row in found] == [
        row["license_key"] for row in await rows(api, filter="not_revoked")
    ]


async def test_a_row_has_the_contracts_fields_and_utc_dates_without_a_zone(api: httpx.AsyncClient) -> None:
    for row in await rows(as_key(api), filter="all"):
        assert set(row) - {"subscription"} == FIELDS
        assert DATE.fullmatch(str(row["issued_at"]))
        assert not row["revoked_at"] or DATE.fullmatch(str(row["revoked_at"]))


async def test_the_quirks_that_the_contract_tells_of_occur(api: httpx.AsyncClient) -> None:
    found = await rows(as_key(api), filter="all")
    assert {type(row["license_id"]) for row in found} == {int, str}
    assert {str(row["meta"]) for row in found} >= {"[]", "None"}
    assert {row["attached_at"] for row in found} >= {"", None}
    assert {row["owner_type"] for row in found} == {"user", "jetpack_partner_key", None}
    assert any(row["revoked_at"] and row["attached_at"] for row in found)
    assert any(row["attached_at"] and not row["revoked_at"] and row["siteurl"] is None for row in found)
    assert any(not row["attached_at"] and row["username"] for row in found), (
        "the owner stays after unassigning"
    )
    assert any(row["has_downloads"] for row in found)


@pytest.mark.parametrize("field", ["issued_at", "attached_at", "revoked_at"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
async def test_the_order_is_by_the_field_and_then_by_id_in_the_same_direction(
    api: httpx.AsyncClient, field: str, direction: str
) -> None:
    found = await rows(as_key(api), filter="revoked", sort_field=field, sort_direction=direction)
    keys = [(str(row[field] or ""), int(str(row["license_id"]))) for row in found]
    assert keys == sorted(keys, reverse=direction == "desc")


async def test_the_default_order_is_the_newest_first(api: httpx.AsyncClient) -> None:
    found = await rows(as_key(api), sort_field="nonsense", sort_direction="nonsense")
    issued = [str(row["issued_at"]) for row in found]
    assert issued == sorted(issued, reverse=True)


async def test_pages_do_not_overlap_and_tell_their_numbers(api: httpx.AsyncClient) -> None:
    as_key(api)
    seen: list[str] = []
    for page in (1, 2, 3, 4):
        body = (
            await api.get(f"{API}/licenses", params={"filter": "all", "per_page": 70, "page": page})
        ).json()
        seen += [row["license_key"] for row in body["items"]]
        assert body["current_page"] == page
        assert body["current_items"] == len(body["items"]) == (70 if page < 4 else 40)
        assert (body["items_per_page"], body["total_items"], body["total_pages"]) == (70, 250, 4)
    assert len(set(seen)) == 250
    beyond = (await api.get(f"{API}/licenses", params={"page": 99, "per_page": 70})).json()
    assert (beyond["items"], beyond["current_items"]) == ([], 0)


@pytest.mark.parametrize(
    ("query", "page", "size"),
    [
        ({}, 1, 50),
        ({"page": "0", "per_page": "0"}, 1, 50),
        ({"page": "-3", "per_page": "-1"}, 1, 50),
        ({"page": "two", "per_page": "many"}, 1, 50),
        ({"page": "1.5", "per_page": ""}, 1, 50),
        ({"page": "2", "per_page": "100000"}, 2, 100),
    ],
)
async def test_bad_pages_fall_back_and_big_ones_are_capped(
    api: httpx.AsyncClient, query: dict[str, str], page: int, size: int
) -> None:
    body = (await as_key(api).get(f"{API}/licenses", params=query)).json()
    assert (body["current_page"], body["items_per_page"]) == (page, size)


async def test_a_search_finds_by_code_id_site_product_and_owner(api: httpx.AsyncClient) -> None:
    everything = await rows(as_key(api), filter="all")
    sample = next(row for row in everything if row["siteurl"] and row["username"] and not row["revoked_at"])
    host = str(sample["siteurl"]).removeprefix("https://").split("/")[0]
    wanted = {
        str(sample["license_key"]).split("_")[1].upper(): "license_key",
        str(sample["license_id"]): "license_id",
        host.upper(): "siteurl",
        str(sample["product"]).lower(): "product",
        str(sample["username"]): "username",
        str(sample["blog_id"]): "blog_id",
    }
    for text, field in wanted.items():
        found = await rows(api, search=text)
        assert sample["license_key"] in {row["license_key"] for row in found}, (field, text)
        assert len(found) < len(everything), field
    assert await rows(api, search="no such thing anywhere") == []


async def test_a_search_ignores_the_case_of_letters_beyond_ascii(api: httpx.AsyncClient) -> None:
    lower = await rows(as_key(api), search="müller")
    upper = await rows(api, search="MÜLLER")
    assert lower
    assert lower == upper


async def test_a_search_without_a_filter_spans_all_states_and_with_one_honors_it(
    api: httpx.AsyncClient,
) -> None:
    found = await rows(as_key(api), search="jetpack")
    assert {state(row) for row in found} >= {"attached", "detached", "revoked"}
    assert {state(row) for row in await rows(api, search="jetpack", filter="detached")} == {"detached"}
    second = (
        await api.get(f"{API}/licenses", params={"search": "jetpack", "page": 2, "per_page": 10})
    ).json()
    assert second["items"] == found[10:20]


async def test_a_search_is_text_and_not_a_pattern(api: httpx.AsyncClient) -> None:
    for text in ("%", "jetpack%scan", "' OR 1 --", "*"):
        assert await rows(as_key(api), search=text) == []


async def test_the_fault_search_ignores_page_imitates_such_a_server(api: httpx.AsyncClient) -> None:
    as_key(api)
    await set_faults(api, "GET */licenses search-ignores-page")
    query = {"search": "jetpack", "filter": "detached", "page": "2", "per_page": "10"}
    body = (await api.get(f"{API}/licenses", params=query)).json()
    assert (body["current_page"], body["items_per_page"]) == (1, 50)
    assert {state(row) for row in body["items"]} > {"detached"}
    plain = (
        await api.get(f"{API}/licenses", params={"filter": "detached", "page": "2", "per_page": "10"})
    ).json()
    assert (plain["current_page"], plain["items_per_page"]) == (2, 10), "without a search nothing is ignored"


async def test_children_are_listed_under_their_parent_only(api: httpx.AsyncClient) -> None:
    parents = [row for row in await rows(as_key(api), filter="not_revoked") if row["quantity"]]
    assert parents
    for parent in parents:
        assert parent["parent_license_id"] is None
        children = await rows(
            api, parent_id=int(str(parent["license_id"])), sort_field="status", sort_direction="asc"
        )
        assert len(children) == parent["quantity"]
        assert {child["parent_license_id"] for child in children} == {int(str(parent["license_id"]))}
        states = [state(child) for child in children]
        assert states == sorted(states)
        assert {child["quantity"] for child in children} == {None}
        child = children[0]
        assert await rows(api, search=str(child["license_key"]), filter="all") == []
        one = await api.get(f"{API}/license", params={"license_key": str(child["license_key"])})
        assert one.json()["parent_jetpack_license_id"] == str(parent["license_id"])


async def test_the_children_route_answers_as_the_list_does(api: httpx.AsyncClient) -> None:
    parent = next(row for row in await rows(as_key(api)) if row["quantity"])
    route = (await api.get(f"{API}/license/{parent['license_key']}/children", params={"per_page": 25})).json()
    listed = (
        await api.get(f"{API}/licenses", params={"parent_id": str(parent["license_id"]), "per_page": 25})
    ).json()
    assert route == listed
    plain = next(row for row in await rows(api) if not row["quantity"])
    assert (await api.get(f"{API}/license/{plain['license_key']}/children")).status_code == 400


async def test_an_account_without_licenses_has_empty_lists_and_zero_counts(open_sandbox: Open) -> None:
    api = as_key(await open_sandbox(options(0)))
    body = (await api.get(f"{API}/licenses")).json()
    assert (body["items"], body["total_items"], body["total_pages"]) == ([], 0, 0)
    assert set((await api.get(f"{API}/licenses/counts")).json().values()) == {0}


async def test_a_users_own_licenses_are_the_standard_ones_that_are_his(api: httpx.AsyncClient) -> None:
    user = {"Authorization": "Bearer sandbox-user"}
    body = (await api.get(f"{API}/user/licenses", headers=user)).json()
    assert body["items"]
    assert {row["owner_type"] for row in body["items"]} == {"user"}
    counts = (await api.get(f"{API}/user/licenses/counts", headers=user)).json()
    assert counts["not_revoked"] == counts["standard"] == body["total_items"]
    key = str(body["items"][0]["license_key"])
    searched = (await api.get(f"{API}/user/licenses", params={"search": key}, headers=user)).json()
    assert [row["license_key"] for row in searched["items"]] == [key]
    assert key in {row["license_key"] for row in await rows(as_key(api), filter="standard")}
