"""The reading of all licenses for the index, on a server of this file: it loses nothing, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jpmanage_tui.api.errors import ApiError, NotFoundError, PermissionDeniedError, RequestRejectedError
from jpmanage_tui.api.licenses import License, LicenseCounts, LicenseFilter, LicensePage, SortDirection
from jpmanage_tui.api.paging import PageNumberPaginator
from jpmanage_tui.services.search.index_builder import IndexBuilder, RateLimiter, catch_up
from jpmanage_tui.services.search.search_index import SearchIndex

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def license(number: int, **more: Any) -> License:
    issued = NOW - timedelta(days=2000) + timedelta(days=number)
    row = {"license_key": f"jetpack-scan_{number:06}", "license_id": number + 1, "issued_at": issued}
    return License.model_validate(row | more)


class Licenses:
    """The licenses of an account: a flat list, oldest first, and those of bundles. `cap` is its largest page."""

    def __init__(self, count: int, *, totals: bool = True, cap: int = 100) -> None:
        self.rows = [license(number) for number in range(count)]
        self.members: dict[int, list[License]] = {}
        self.refuses: dict[int, type[ApiError]] = {}
        self.unreadable = 0
        self.totals = totals
        self.cap = cap
        self.asked = 0

    def list_all(
        self, filter: LicenseFilter, direction: SortDirection = SortDirection.ASC
    ) -> PageNumberPaginator[License]:
        async def page(number: int, per_page: int) -> LicensePage:
            rows = self.rows if direction is SortDirection.ASC else self.rows[::-1]
            return self._page(rows, number, per_page, self.unreadable)

        return PageNumberPaginator(page, lambda item: item.license_key, 100)

    def list_all_children(self, parent_id: int) -> PageNumberPaginator[License]:
        async def page(number: int, per_page: int) -> LicensePage:
            if parent_id in self.refuses:
                raise self.refuses[parent_id]("no", method="GET", path="/licenses")
            return self._page(self.members[parent_id], number, per_page)

        return PageNumberPaginator(page, lambda item: item.license_key, 100)

    def _page(self, rows: list[License], number: int, per_page: int, unreadable: int = 0) -> LicensePage:
        self.asked += 1
        size = min(per_page, self.cap)
        part = rows[(number - 1) * size : number * size]
        bad = unreadable if number == 1 else 0
        return LicensePage(
            items=tuple(part[bad:]),
            page=number,
            per_page=per_page,
            total_items=len(rows) if self.totals else None,
            unreadable=bad,
        )


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> SearchIndex:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 0.0)
    return SearchIndex()


def builder_of(licenses: Licenses, index: SearchIndex) -> IndexBuilder:
    client: Any = type("Client", (), {"licenses": licenses})()
    return IndexBuilder(client, index, RateLimiter(), NOW)


async def test_without_totals_and_with_smaller_pages_than_asked_for_nothing_is_lost(
    index: SearchIndex,
) -> None:
    builder = builder_of(Licenses(500, totals=False, cap=50), index)
    await builder.run(None, lambda: None)
    assert (index.count, builder.read, builder.left_out) == (500, 500, 0)
    index.close()


async def test_pages_that_the_list_has_read_meanwhile_do_not_end_the_reading(index: SearchIndex) -> None:
    licenses = Licenses(500, totals=False)
    builder = builder_of(licenses, index)
    begun = asyncio.Event()
    reading = asyncio.ensure_future(builder.run(None, begun.set))
    await begun.wait()
    await index.put(licenses.rows[100:300])
    await reading
    assert index.count == 500
    index.close()


@pytest.mark.parametrize("call", range(1, 5))
@pytest.mark.parametrize("place", ["page", "put"])
async def test_a_reading_that_is_broken_off_anywhere_loses_nothing_when_it_goes_on(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch, place: str, call: int
) -> None:
    licenses = Licenses(250)
    licenses.rows[120] = license(120, quantity=3)
    licenses.members[121] = [license(number, parent_license_id=121) for number in range(900, 903)]
    builder = builder_of(licenses, index)
    calls = 0
    page, put = licenses._page, index.put

    def cut(here: str) -> None:
        nonlocal calls
        calls += here == place
        if here == place and calls == call:
            reading.cancel()

    def cut_page(*arguments: Any) -> LicensePage:
        cut("page")
        return page(*arguments)

    async def cut_put(licenses: list[License]) -> int:
        cut("put")
        return await put(licenses)

    monkeypatch.setattr(licenses, "_page", cut_page)
    monkeypatch.setattr(index, "put", cut_put)
    reading = asyncio.ensure_future(builder.run(None, lambda: None))
    await asyncio.gather(reading, return_exceptions=True)
    assert reading.cancelled()
    await builder.run(None, lambda: None)
    assert (index.count, builder.left_out) == (253, 0)
    index.close()


@pytest.mark.parametrize("refusal", [NotFoundError, PermissionDeniedError, RequestRejectedError])
async def test_a_bundle_that_the_server_does_not_know_or_that_has_no_number_is_counted(
    index: SearchIndex, refusal: type[ApiError]
) -> None:
    licenses = Licenses(30)
    licenses.rows[3] = license(3, quantity=5)
    licenses.refuses[4] = refusal
    licenses.rows[4] = license(4, quantity=7, license_id="?")
    licenses.rows[5] = license(5, quantity=2)
    licenses.members[6] = [license(number, parent_license_id=6) for number in range(900, 902)]
    builder = builder_of(licenses, index)
    await builder.run(None, lambda: None)
    assert (index.count, builder.left_out) == (32, 12)
    assert builder.bundles_read == 2
    index.close()


@pytest.mark.parametrize("unreadable", [0, 2])
async def test_what_the_api_does_not_name_any_more_goes_only_after_a_whole_reading(
    index: SearchIndex, unreadable: int
) -> None:
    licenses = Licenses(20)
    await index.put([license(777)])
    licenses.unreadable = unreadable
    builder = builder_of(licenses, index)
    await builder.run(LicenseCounts(), lambda: None)
    assert (builder.left_out, index.count) == (unreadable, 20 if not unreadable else 19)
    index.close()


async def test_catching_up_goes_on_to_what_was_known_though_the_list_has_read_pages_between(
    index: SearchIndex,
) -> None:
    licenses = Licenses(1700)
    await index.put(licenses.rows[:1200])
    await index.put(licenses.rows[1450:1600])  # what the list has shown since
    client: Any = type("Client", (), {"licenses": licenses})()
    known_until = licenses.rows[1200].issued_at
    assert known_until is not None
    assert await catch_up(client, index, RateLimiter(), known_until)
    assert index.count == 1700
    assert licenses.asked <= 7
    assert not await catch_up(client, index, RateLimiter(), NOW - timedelta(days=4000)), "too much for this"
    index.close()
