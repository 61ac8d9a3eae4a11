"""Answers of lists that contradict themselves are errors; what cannot be read is counted, on every list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ServerError
from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import ProductFamily
from tests.api.support import Server, client_of, query_of, reply

Ask = Callable[[LicensingClient], Awaitable[Any]]

PAGES: dict[str, tuple[Ask, str, str, dict[str, Any]]] = {
    "licenses": (lambda c: c.licenses.list(), "items", "total_items", {"license_key": "a_b"}),
    "a bundle's licenses": (
        lambda c: c.licenses.children(LicenseId(7)),
        "items",
        "total_items",
        {"license_key": "a_b"},
    ),
    "sites": (lambda c: c.sites.list(), "sites", "total", {"blog_id": 7}),
}
"""How a list of numbered pages is asked for, the names of its rows and of its total, and a row."""

BEHIND_CURSORS: dict[str, tuple[Ask, Callable[[LicensingClient], Any]]] = {
    "cards": (lambda c: c.payment_methods.list(), lambda c: c.payment_methods.list_all()),
    "invoices": (lambda c: c.invoices.list(), lambda c: c.invoices.list_all()),
}

NOTHING = pytest.mark.parametrize("rows", [None, [], {}], ids=["null", "[]", "{}"])
EACH_PAGED = pytest.mark.parametrize(("ask", "rows_name", "total_name", "row"), PAGES.values(), ids=PAGES)
EACH_CURSOR = pytest.mark.parametrize(("ask", "iterate"), BEHIND_CURSORS.values(), ids=BEHIND_CURSORS)


@NOTHING
@EACH_PAGED
@pytest.mark.parametrize("total", [3, "3"])
async def test_a_total_without_rows_is_an_error_and_no_empty_list(
    ask: Ask, rows_name: str, total_name: str, row: dict[str, Any], rows: object, total: object
) -> None:
    async with client_of(Server(reply(200, {rows_name: rows, total_name: total}))) as client:
        with pytest.raises(ServerError, match="says that there are rows and lists none"):
            await ask(client)


@NOTHING
@EACH_PAGED
@pytest.mark.parametrize("total", [0, None, "0"])
async def test_an_empty_list_that_says_nothing_else_is_empty(
    ask: Ask, rows_name: str, total_name: str, row: dict[str, Any], rows: object, total: object
) -> None:
    async with client_of(
        Server(reply(200, {rows_name: rows, total_name: total, "total_pages": 1}))
    ) as client:
        page = await ask(client)
    assert (page.items, page.unreadable) == ((), 0)


async def test_a_page_behind_the_last_is_empty() -> None:
    body = {"items": [], "total_items": 50, "items_per_page": 50, "total_pages": 1}
    async with client_of(Server(reply(200, body))) as client:
        assert (await client.licenses.list(page=2)).items == ()


async def test_an_empty_page_among_those_that_the_server_counts_is_an_error() -> None:
    body = {"items": None, "total_items": 120, "items_per_page": 50, "total_pages": 3}
    async with client_of(Server(reply(200, body))) as client:
        with pytest.raises(ServerError, match="lists none"):
            await client.licenses.list(page=3)


@NOTHING
@EACH_CURSOR
async def test_a_page_of_which_more_follows_has_rows(ask: Ask, iterate: Any, rows: object) -> None:
    async with client_of(Server(reply(200, {"items": rows, "has_more": True}))) as client:
        with pytest.raises(ServerError, match="lists none"):
            await ask(client)
    async with client_of(Server(reply(200, {"items": rows, "has_more": False}))) as client:
        assert (await ask(client)).items == ()


@EACH_CURSOR
async def test_behind_a_page_that_cannot_be_read_the_reading_goes_on(ask: Ask, iterate: Any) -> None:
    server = Server(
        reply(200, {"items": [{"id": "a"}, {"no": "id"}], "has_more": True}),
        reply(200, {"items": [{"id": ""}, 7, None], "has_more": True}),
    )
    async with client_of(server) as client:
        paginator = iterate(client)
        assert [one.id async for one in paginator] == ["a"]
    assert (paginator.unreadable, paginator.cut_short, paginator.complete) == (4, True, False)


async def test_a_row_that_cannot_be_read_still_says_where_the_next_page_begins() -> None:
    server = Server(
        reply(200, {"items": [{"id": "in_1"}, {"id": "in_2", "status": []}], "has_more": True}),
        reply(200, {"items": [{"id": {"x": 1}}, {"id": 9, "total": {}}], "has_more": True}),
        reply(200, {"items": [{"id": "in_5"}], "has_more": False}),
    )
    async with client_of(server) as client:
        found = [one.id async for one in client.invoices.list_all()]
    assert found[0] == "in_1"
    assert found[-1] == "in_5"
    assert [query_of(request).get("starting_after") for request in server.requests] == [None, "in_2", "9"]


@EACH_PAGED
async def test_what_cannot_be_read_is_counted_by_whoever_reads_all(
    ask: Ask, rows_name: str, total_name: str, row: dict[str, Any]
) -> None:
    server = Server(reply(200, {rows_name: [row, {}, None, "junk"], total_name: 4, "total_pages": 1}))
    async with client_of(server) as client:
        paginator = client.sites.list_all() if rows_name == "sites" else client.licenses.list_all()
        assert len([one async for one in paginator]) == 1
    assert (paginator.unreadable, paginator.left_out, paginator.complete) == (3, 3, False)


async def test_of_rows_keyed_by_id_one_that_cannot_be_read_does_not_lose_the_others() -> None:
    body = {"sites": {"7": {"blog_id": 7}, "8": None}, "total": 2, "per_page": 20}
    async with client_of(Server(reply(200, body))) as client:
        page = await client.sites.list()
    assert ([site.blog_id for site in page.items], page.unreadable) == ([7], 1)


async def test_families_products_and_sizes_that_cannot_be_read_are_counted() -> None:
    body = [
        {
            "slug": "f",
            "products": [
                {"slug": "p", "supported_bundles": [{"quantity": 5, "amount": "9"}, {"quantity": "many"}]},
                {"name": "no slug"},
                None,
            ],
        },
        {"slug": "g", "products": {"1": {"slug": "q"}}},
        7,
    ]
    async with client_of(Server(reply(200, body))) as client:
        families = await client.products.partner_families()
    assert [[product.slug for product in family.products] for family in families] == [["p"], ["q"]]
    assert families.unreadable == 4
    assert ProductFamily.model_validate({"slug": "f", "unreadable": 9}).unreadable == 0


async def test_families_of_which_none_can_be_read_are_an_error() -> None:
    async with client_of(Server(reply(200, [1, "x"]))) as client:
        with pytest.raises(ServerError, match="none of the 2 product families"):
            await client.products.partner_families()


async def test_countries_that_cannot_be_read_are_counted() -> None:
    async with client_of(
        Server(reply(200, {"FR": "France", "DE": None, "": "Nowhere", "US:TX": []}))
    ) as client:
        countries = await client.countries.list()
    assert ([country.code for country in countries], countries.unreadable) == (["FR"], 3)


@pytest.mark.parametrize("number", [0, "0", "x", None, [], -4])
def test_a_number_that_cannot_be_read_is_none_and_not_license_0(number: object) -> None:
    license = License.model_validate({"license_key": "a_b", "license_id": number, "quantity": 5})
    assert license.is_bundle
    assert license.license_id is None
