"""Pages of licenses, their partial and odd shapes, and walking through them."""

from typing import Any

import httpx
import pytest

from jpmanage_tui.api.billing import BillingCounts, BillingEstimate, BillingInterval, NotYetAvailable
from jpmanage_tui.api.errors import OutcomeUnknownError, PermissionDeniedError, ServerError
from jpmanage_tui.api.ids import LicenseKey, ProductSlug
from jpmanage_tui.api.request import segment
from tests.api.support import Reply, Server, client_of, error, query_of, reply


def rows(*numbers: int) -> list[dict[str, Any]]:
    return [{"license_key": f"jetpack-scan_{number}", "license_id": number} for number in numbers]


def pages(count: int, per_page: int, **extra: Any) -> Reply:
    """A server with ``count`` licenses that honors page and per_page."""

    def answer(request: httpx.Request) -> httpx.Response:
        page = int(query_of(request)["page"])
        first = (page - 1) * per_page + 1
        return httpx.Response(
            200, json={"items": rows(*range(first, min(first + per_page, count + 1)))} | extra
        )

    return answer


async def test_one_bad_row_does_not_lose_the_others_and_is_counted() -> None:
    items = [*rows(1), {"license_key": None}, "junk", None, *rows(2)]
    async with client_of(
        Server(reply(200, {"items": items, "total_items": "5", "total_pages": 1}))
    ) as client:
        page = await client.licenses.list()
    assert [item.license_id for item in page.items] == [1, 2]
    assert (page.unreadable, page.total_items, page.total_pages) == (3, 5, 1)


@pytest.mark.parametrize(
    "body", [{"items": {"7": rows(1)[0], "9": rows(2)[0]}}, rows(1, 2), {"7": rows(1)[0], "9": rows(2)[0]}]
)
async def test_rows_keyed_by_id_or_without_an_envelope_are_taken(body: object) -> None:
    async with client_of(Server(reply(200, body))) as client:
        page = await client.licenses.list(page=4, per_page=9)
    assert [item.license_id for item in page.items] == [1, 2]
    assert (page.page, page.per_page, page.total_items, page.total_pages) == (4, 9, None, None)


@pytest.mark.parametrize("body", [{"items": None}, {"items": [], "total_items": 0}, []])
async def test_no_rows_are_an_empty_page(body: object) -> None:
    async with client_of(Server(reply(200, body))) as client:
        assert (await client.licenses.list()).items == ()


async def test_the_servers_own_figures_about_the_page_win() -> None:
    body = {"items": [], "current_page": 1, "items_per_page": 20, "total_items": 0, "total_pages": 0}
    async with client_of(Server(reply(200, body))) as client:
        page = await client.licenses.list(page=3)
    assert (page.page, page.per_page, page.total_items) == (1, 20, 0)


@pytest.mark.parametrize(
    ("count", "extra", "asked"),
    [(5, {"total_pages": 3}, 3), (5, {}, 3), (4, {}, 3), (4, {"total_pages": 2}, 2), (0, {}, 1), (1, {}, 2)],
)
async def test_iterating_yields_every_license_once_and_stops(
    count: int, extra: dict[str, int], asked: int
) -> None:
    server = Server(pages(count, 2, **extra))
    async with client_of(server) as client:
        found = [item.license_id async for item in client.licenses.list_all(per_page=2)]
    assert found == list(range(1, count + 1))
    assert len(server.requests) == asked


async def test_iterating_ends_with_a_server_that_ignores_the_page() -> None:
    server = Server(reply(200, {"items": rows(1, 2), "total_pages": 50}))
    async with client_of(server) as client:
        found = [item.license_id async for item in client.licenses.list_all(per_page=2)]
    assert found == [1, 2]
    assert len(server.requests) <= 4


async def test_iterating_yields_once_what_moves_to_the_next_page_meanwhile() -> None:
    script = [reply(200, {"items": rows(*numbers), "total_pages": 2}) for numbers in ((1, 2), (2, 3))]
    async with client_of(Server(*script)) as client:
        assert [item.license_id async for item in client.licenses.list_all(per_page=2)] == [1, 2, 3]


@pytest.mark.parametrize("body", [rows(1)[0], rows(1), {"items": rows(1)}])
async def test_issuing_several_takes_a_list_or_a_single_license(body: object) -> None:
    async with client_of(Server(reply(200, body))) as client:
        issued = await client.licenses.issue_several(ProductSlug("jetpack-scan"), 1, bundle=False)
    assert [item.license_key for item in issued] == ["jetpack-scan_1"]


@pytest.mark.parametrize("body", [[*rows(1), {}], [], {}])
async def test_issuing_several_is_of_unknown_fate_when_a_code_is_missing(body: object) -> None:
    async with client_of(Server(reply(200, body))) as client:
        with pytest.raises(OutcomeUnknownError):
            await client.licenses.issue_several(ProductSlug("jetpack-scan"), 2, bundle=False)


@pytest.mark.parametrize("key", ["", ".", ".."])
def test_a_code_that_would_name_another_route_is_not_sent(key: str) -> None:
    with pytest.raises(ValueError, match="path"):
        segment(key)


async def test_a_code_with_a_slash_stays_within_its_route() -> None:
    server = Server(reply(200, {}))
    async with client_of(server) as client:
        await client.licenses.unassign(LicenseKey("../../x?y#z"))
    assert server.only.url.raw_path == b"/wpcom/v2/jetpack-licensing/license/..%2F..%2Fx%3Fy%23z/site"


async def test_a_download_without_an_address_is_a_server_error() -> None:
    async with client_of(Server(reply(200, {"download_url": None}))) as client:
        with pytest.raises(ServerError, match="download_url"):
            await client.licenses.download_url(LicenseKey("a_b"))


async def test_an_upcoming_invoice_in_preparation_is_a_normal_answer() -> None:
    server = Server(error(403, "no_billing_invoice_available", "Being prepared."))
    async with client_of(server) as client:
        answer = await client.billing.estimate()
    assert answer == NotYetAvailable(message="Being prepared.")
    assert len(server.requests) == 1


@pytest.mark.parametrize("message", ["", None, "  ", "\x1b[0m", []])
async def test_an_invoice_in_preparation_without_a_message_has_our_sentence(message: object) -> None:
    async with client_of(
        Server(reply(403, {"code": "no_billing_invoice_available", "message": message}))
    ) as client:
        answer = await client.billing.estimate()
    assert answer == NotYetAvailable(message="Your upcoming invoice is being prepared.")


NOT_KNOWN: list[object] = [None, {}, [], "", "soon", {"assigned": None, "unassigned": "", "total": -1}]


@pytest.mark.parametrize("counts", NOT_KNOWN)
async def test_counts_of_billing_that_are_not_given_are_not_known_and_not_nought(counts: object) -> None:
    body = {"costs": {}, "products": [{"product_slug": "a", "counts": counts}], "licenses": counts}
    async with client_of(Server(reply(200, body))) as client:
        estimate = await client.billing.estimate()
    assert isinstance(estimate, BillingEstimate)
    assert estimate.products is not None
    for found in (estimate.licenses, estimate.products[0].counts):
        assert (found.assigned, found.unassigned, found.total) == (None, None, None)


async def test_counts_of_billing_that_are_given_in_part_are_known_in_part() -> None:
    body = {"costs": {}, "licenses": {"assigned": "3", "total": 0}}
    async with client_of(Server(reply(200, body))) as client:
        estimate = await client.billing.estimate()
    assert isinstance(estimate, BillingEstimate)
    assert estimate.licenses == BillingCounts(assigned=3, unassigned=None, total=0)


@pytest.mark.parametrize(
    ("products", "known"), [(None, False), ("", False), (0, False), ([], True), ({}, True), ([None], True)]
)
async def test_an_estimate_that_lists_no_products_does_not_say_that_nothing_is_billed(
    products: object, known: bool
) -> None:
    async with client_of(Server(reply(200, {"costs": {"total": 5}, "products": products}))) as client:
        estimate = await client.billing.estimate()
    assert isinstance(estimate, BillingEstimate)
    assert (estimate.products is not None) is known


async def test_any_other_403_of_billing_is_an_error() -> None:
    async with client_of(Server(error(403, "rest_forbidden"))) as client:
        with pytest.raises(PermissionDeniedError):
            await client.billing.estimate()


async def test_billing_takes_figures_as_given_even_where_they_disagree() -> None:
    body = {
        "date": "2022-02-01",
        "products": [
            {
                "product_slug": "jetpack-scan",
                "product_name": "Scan",
                "product_quantity": 62,
                "product_cost": 3,
                "product_total_cost": "1,018.10",
                "counts": {"assigned": 4, "unassigned": 2, "total": 6},
            },
            {"product_name": "Bare", "counts": []},
        ],
        "licenses": {"assigned": 1, "unassigned": 2, "total": 3},
        "costs": {"total": 300, "assigned": 100, "unassigned": 200},
        "price_interval": "day",
    }
    async with client_of(Server(reply(200, body))) as client:
        estimate = await client.billing.estimate()
    assert isinstance(estimate, BillingEstimate)
    assert (str(estimate.date), estimate.licenses.total) == ("2022-02-01", 3)
    assert estimate.costs.total == 300
    assert estimate.products is not None
    scan, bare = estimate.products
    assert str(scan.product_total_cost) == "1018.10"
    assert (scan.product_quantity, scan.counts.total) == (62, 6)
    assert (bare.product_cost, bare.counts) == (None, BillingCounts())
    assert estimate.price_interval is BillingInterval.DAY


@pytest.mark.parametrize("interval", [{}, {"price_interval": None}, {"price_interval": "week"}])
async def test_billing_without_a_daily_interval_is_monthly(interval: dict[str, object]) -> None:
    async with client_of(Server(reply(200, {"costs": {"total": 1}} | interval))) as client:
        estimate = await client.billing.estimate()
    assert isinstance(estimate, BillingEstimate)
    assert estimate.price_interval is BillingInterval.MONTH


async def test_billing_without_costs_is_not_shown_as_nothing_to_pay() -> None:
    async with client_of(Server(reply(200, {}))) as client:
        with pytest.raises(ServerError, match="costs"):
            await client.billing.estimate()
