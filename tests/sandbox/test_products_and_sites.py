"""Product families, the list of sites, and connecting a site."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from jpmanage_tui.sandbox.sites.seed import DISCONNECTED_HOST
from tests.sandbox.harness import API, TIMEOUT, as_key, changes, options, running_sandbox
from tests.sandbox.plain_http import plain_transport

SITES = "/wpcom/v2/jetpack-agency/sites"


async def test_families_hold_products_with_prices_in_all_the_ways_that_are_seen(
    api: httpx.AsyncClient,
) -> None:
    families = (await as_key(api).get(f"{API}/partner/product-families")).json()
    products = {product["slug"]: product for family in families for product in family["products"]}
    assert products["jetpack-security-t1"]["product_id"] == 2016
    assert {type(product["amount"]) for product in products.values()} == {str, float}
    assert {product["currency"] for product in products.values()} == {"USD", "usd"}
    assert {product["price_interval"] for product in products.values()} == {"month", "day", "year"}
    assert any("supported_bundles" not in product for product in products.values())
    sizes = [bundle["quantity"] for bundle in products["jetpack-backup-t1"]["supported_bundles"]]
    assert sizes[:3] == [5, 10, 25]
    assert any(
        "," in bundle["amount"] for p in products.values() for bundle in p.get("supported_bundles", [])
    )
    assert {"free", "personal", "jetpack-backup-t0", "jetpack-security-daily"} <= set(products), (
        "to be excluded"
    )
    slugs = {family["slug"] for family in families}
    assert {"jetpack-packs", "jetpack-backup", "jetpack-backup-storage", "wpcom-hosting"} <= slugs
    assert any(slug.startswith("woocommerce") for slug in slugs)


async def test_the_plain_families_have_names_only_and_the_public_ones_prices(api: httpx.AsyncClient) -> None:
    plain = (await api.get(f"{API}/product-families")).json()
    assert {key for family in plain for product in family["products"] for key in product} == {
        "product_id",
        "name",
        "slug",
    }
    public = (await api.get(f"{API}/public/manage-pricing")).json()
    assert all("amount" in product for family in public for product in family["products"])


async def test_sites_come_in_pages_by_address(api: httpx.AsyncClient) -> None:
    as_key(api)
    seen: list[str] = []
    total = 1
    page = 1
    while len(seen) < total:
        body = (
            await api.get(SITES, params={"page": page, "sort_field": "url", "sort_direction": "asc"})
        ).json()
        assert set(body) == {"sites", "total", "per_page", "total_favorites", "total_dev_sites"}
        assert body["per_page"] == 20
        seen += [site["url_with_scheme"].casefold() for site in body["sites"]]
        total = body["total"]
        page += 1
    assert seen == sorted(set(seen))
    assert len(seen) == total > 40
    backwards = (await api.get(SITES, params={"sort_direction": "desc", "per_page": 100})).json()["sites"]
    assert [site["url_with_scheme"].casefold() for site in backwards] == seen[::-1]


async def test_a_query_narrows_the_sites_and_answers_with_an_object_by_id(api: httpx.AsyncClient) -> None:
    body = (await as_key(api).get(SITES, params={"query": "BOTANIC-garden"})).json()
    assert body["total"] == 1
    [(blog_id, site)] = body["sites"].items()
    assert blog_id == str(site["blog_id"])
    assert len(site["url"]) > 90


async def test_the_flags_narrow_the_sites(api: httpx.AsyncClient) -> None:
    async def total(**flags: str) -> int:
        return int((await as_key(api).get(SITES, params=flags)).json()["total"])

    everything = await total()
    for flag in ("not_multisite", "show_only_favorites", "plugin_updates", "all_issues"):
        assert 0 < await total(**{flag: "true"}) < everything, flag
    assert await total(not_multisite="") == everything, "an empty flag is none"
    assert await total(all_issues="true") >= await total(plugin_updates="true")
    assert await total(added_within_days="300") < everything


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """A sandbox over real HTTP with so many sites that every issue occurs among them."""
    with running_sandbox(options(1000)) as url:
        yield url


@pytest.fixture
async def many_sites(served: str) -> AsyncIterator[httpx.AsyncClient]:
    """A plain client of it; these tests change nothing there."""
    async with httpx.AsyncClient(base_url=served, timeout=TIMEOUT, transport=plain_transport()) as client:
        yield client


def _failed_backup(site: dict[str, Any]) -> bool:
    return bool(site["has_backup"] and site["latest_backup_status"].endswith("_failed"))


def _warned_backup(site: dict[str, Any]) -> bool:
    return bool(site["has_backup"] and site["latest_backup_status"].endswith("_warning"))


ISSUES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "backup_failed": _failed_backup,
    "backup_warning": _warned_backup,
    "threats_found": lambda site: len(site["latest_scan_threats_found"]) > 0,
    "site_down": lambda site: site["monitor_active"] and not site["monitor_site_status"],
    "site_disconnected": lambda site: not site["is_connection_healthy"],
    "plugin_updates": lambda site: len(site["awaiting_plugin_updates"]) > 0,
}
"""What each flag of the request promises of every site in the answer (contract: licenses 1.18)."""


async def every_site(api: httpx.AsyncClient, **flags: str) -> list[dict[str, Any]]:
    """Read every page of the list, and hold its total against the rows."""
    found: list[dict[str, Any]] = []
    total, page = 1, 1
    while len(found) < total:
        body = (await as_key(api).get(SITES, params={"per_page": "40", "page": str(page), **flags})).json()
        assert body["sites"] or not body["total"], "a page before the last one is not empty"
        found += body["sites"]
        total, page = body["total"], page + 1
        if not total:
            break
    assert len(found) == total
    return found


@pytest.mark.parametrize("flag", ISSUES)
async def test_an_issue_narrows_the_list_to_exactly_the_sites_that_have_it(
    many_sites: httpx.AsyncClient, flag: str
) -> None:
    everything = await every_site(many_sites)
    having = [site["blog_id"] for site in everything if ISSUES[flag](site)]
    assert having, "the seed has such a site"
    assert [site["blog_id"] for site in await every_site(many_sites, **{flag: "true"})] == having
    turned = await every_site(many_sites, **{flag: "true", "sort_field": "url", "sort_direction": "desc"})
    assert [site["blog_id"] for site in turned] == having[::-1], "the order holds in a narrowed list too"
    whole = [site["blog_id"] for site in everything]
    for off in ("false", "", "0"):
        assert [site["blog_id"] for site in await every_site(many_sites, **{flag: off})] == whole


async def test_all_issues_is_every_issue_and_two_flags_widen_the_list(many_sites: httpx.AsyncClient) -> None:
    everything = await every_site(many_sites)
    some = [site["blog_id"] for site in everything if any(has(site) for has in ISSUES.values())]
    assert 0 < len(some) < len(everything)
    assert [site["blog_id"] for site in await every_site(many_sites, all_issues="true")] == some
    two = await every_site(many_sites, threats_found="true", site_disconnected="true")
    wanted = [s for s in everything if ISSUES["threats_found"](s) or ISSUES["site_disconnected"](s)]
    assert two == wanted


async def test_favorites_are_the_favorite_ones_and_an_issue_narrows_them(
    many_sites: httpx.AsyncClient,
) -> None:
    everything = await every_site(many_sites)
    favorites = [site for site in everything if site["is_favorite"]]
    assert await every_site(many_sites, show_only_favorites="true") == favorites
    both = await every_site(many_sites, show_only_favorites="true", plugin_updates="true")
    assert both == [site for site in favorites if ISSUES["plugin_updates"](site)]


@pytest.mark.parametrize("style", ["json", "form", "multipart"])
async def test_a_site_is_connected_once_and_told_so_the_second_time(
    api: httpx.AsyncClient, style: str
) -> None:
    as_key(api)

    async def connect() -> httpx.Response:
        given = {"url": "https://brand-new.example/site", "local_user": "1"}
        if style == "json":
            return await api.post(f"{API}/site-connection", json=given)
        if style == "form":
            return await api.post(f"{API}/site-connection", data=given)
        return await api.post(f"{API}/site-connection", files={k: (None, v) for k, v in given.items()})

    first, second = (await connect()).json(), (await connect()).json()
    assert first["code"] == "success"
    assert isinstance(first["blog_id"], int)
    assert second == {"code": "already_connected", "blog_id": str(first["blog_id"])}
    listed = (await api.get(SITES, params={"query": "brand-new"})).json()
    assert list(listed["sites"]) == [str(first["blog_id"])]
    assert len(await changes(api)) == 1


async def test_a_site_disconnected_by_hand_stays_so_and_still_answers_200(api: httpx.AsyncClient) -> None:
    given = {"url": f"https://{DISCONNECTED_HOST}", "local_user": 1}
    for _ in range(2):
        answer = await as_key(api).post(f"{API}/site-connection", json=given)
        assert (answer.status_code, answer.json()["code"]) == (200, "previously_connected")
    assert (await api.get(SITES, params={"query": DISCONNECTED_HOST})).json()["total"] == 0
    assert await changes(api) == []


async def test_a_site_that_cannot_be_connected_is_refused_with_the_reason(api: httpx.AsyncClient) -> None:
    as_key(api)
    for given, status, code in (
        ({"url": "https://no-jetpack.example", "local_user": 1}, 403, "jetpack_not_active"),
        ({"url": "https://new.example", "local_user": "nobody"}, 403, "invalid_local_user"),
        ({"url": "new.example", "local_user": 1}, 400, "rest_invalid_param"),
        ({"url": "https://[bad", "local_user": 1}, 400, "rest_invalid_param"),
        ({"url": "https://new.example"}, 400, "rest_missing_callback_param"),
    ):
        answer = await api.post(f"{API}/site-connection", json=given)
        assert (answer.status_code, answer.json()["code"]) == (status, code), given
    assert await changes(api) == []
