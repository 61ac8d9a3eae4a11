"""Reading all licenses goes on when a bundle is gone meanwhile, whichever way the API says that it is unknown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ServerError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.services.search.index_builder import IndexBuilder, RateLimiter, read_again
from jpmanage_tui.services.search.search_index import SearchIndex
from jpmanage_tui.services.unassigned_licenses import UnassignedPaginator
from tests.api.support import Server, client_of, error, query_of, reply

ROWS = [
    {"license_key": "jetpack-scan_bundle", "license_id": 5, "quantity": 10, "issued_at": "2026-01-01 00:00:00"},
    {"license_key": "jetpack-scan_single", "license_id": 6, "issued_at": "2026-01-02 00:00:00"},
    {
        "license_key": "jetpack-scan_other", "license_id": 7, "quantity": 5, "issued_at": "2026-01-03 00:00:00",
    },
]  # fmt: skip
CHILD = {"license_key": "jetpack-scan_child", "license_id": 8, "parent_license_id": 7}
unknown = pytest.mark.parametrize(
    "gone", [400, 403, 404, "rest_invalid_param", "empty 403"], ids=lambda value: str(value)
)


def server_without_the_first_bundle(gone: int | str) -> Server:
    refusal = error(gone, "license_not_found") if isinstance(gone, int) else error(400, "rest_invalid_param")
    if gone == "empty 403":
        refusal = reply(403)

    def answer(request: httpx.Request) -> httpx.Response:
        query = query_of(request)
        if request.url.path.endswith("/license") or query.get("parent_id") == "5":
            response = refusal(request)
        elif "parent_id" in query:
            response = reply(200, {"items": [CHILD], "total_items": 1, "total_pages": 1})(request)
        else:
            rows = [row for row in ROWS if query.get("search", "") in str(row["license_key"])]
            response = reply(200, {"items": rows, "total_items": len(rows), "total_pages": 1})(request)
        assert isinstance(response, httpx.Response)
        return response

    return Server(answer)


@pytest.fixture
async def finder() -> AsyncIterator[SearchIndex]:
    made = SearchIndex()
    yield made
    made.close()


async def read_all(client: LicensingClient, finder: SearchIndex) -> None:
    await IndexBuilder(client, finder, RateLimiter(), datetime.now(UTC)).run(None, lambda: None)


@unknown
async def test_the_index_is_read_to_its_end(finder: SearchIndex, gone: int | str) -> None:
    async with client_of(server_without_the_first_bundle(gone)) as client:
        await read_all(client, finder)
    assert finder.count == 4
    assert await finder.license(LicenseKey("jetpack-scan_child")) is not None


async def test_a_server_that_fails_still_ends_the_reading(finder: SearchIndex) -> None:
    async with client_of(server_without_the_first_bundle(500)) as client:
        with pytest.raises(ServerError):
            await read_all(client, finder)


@unknown
async def test_the_unassigned_licenses_are_listed_to_their_end(gone: int | str) -> None:
    async with client_of(server_without_the_first_bundle(gone)) as client:
        page = await UnassignedPaginator(client).next_page()
    assert {item.license_key for item in page.licenses} == {"jetpack-scan_single", "jetpack-scan_child"}


@unknown
async def test_a_license_that_is_unknown_by_now_leaves_the_index(
    finder: SearchIndex, gone: int | str
) -> None:
    async with client_of(server_without_the_first_bundle(gone)) as client:
        await finder.put((await client.licenses.children(7)).items)  # type: ignore[arg-type]
        await read_again(client, finder, RateLimiter(), LicenseKey("jetpack-scan_gone"))
        assert finder.count == 1
        await read_again(client, finder, RateLimiter(), LicenseKey("jetpack-scan_child"))
    assert finder.count == 1
