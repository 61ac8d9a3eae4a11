"""The parts of "Find anything" on their own: the pace, the thread, the fixed rows."""

import asyncio
import threading
import time

import pytest

from jpmanage_tui.api.licenses import License
from jpmanage_tui.rules.search.search import SearchQuery
from jpmanage_tui.services.search.cancellation import Cancellation, Superseded
from jpmanage_tui.services.search.index_builder import RateLimiter
from jpmanage_tui.services.search.search_index import SearchIndex


def license(number: int) -> License:
    return License.model_validate({"license_key": f"jetpack-scan_{number:06}", "license_id": number})


async def test_no_more_than_four_requests_go_in_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.asyncio.sleep", sleep)
    pace, start = RateLimiter(), time.monotonic()
    for _ in range(9):
        await pace.wait()
    assert len(slept) == 8, "the first goes at once"
    assert max(slept) + (time.monotonic() - start) >= 2.0, "eight more take two seconds"


async def test_a_newer_search_breaks_the_older_one_off(monkeypatch: pytest.MonkeyPatch) -> None:
    finder = SearchIndex()
    await finder.put([license(number) for number in range(20_000)])
    asked, checkpoint = threading.Event(), Cancellation.__call__

    def checkpoint_when_both_are_asked(cancellation: Cancellation) -> None:
        assert asked.wait(20)
        checkpoint(cancellation)

    monkeypatch.setattr(Cancellation, "__call__", checkpoint_when_both_are_asked)
    older = asyncio.ensure_future(finder.search(SearchQuery(("scan",)), ()))
    await asyncio.sleep(0)
    newer = asyncio.ensure_future(finder.search(SearchQuery(("000777",)), ()))
    await asyncio.sleep(0)
    asked.set()
    with pytest.raises(Superseded):
        await older
    assert len((await newer).rows) == 1
    finder.close()


async def test_the_loop_goes_on_while_a_large_index_is_searched() -> None:
    finder = SearchIndex()
    await finder.put([license(number) for number in range(50_000)])
    turns = 0
    searching = asyncio.ensure_future(finder.search(SearchQuery(("scan", "jetpack")), ()))
    while not searching.done():
        await asyncio.sleep(0)
        turns += 1
    assert len(searching.result().rows) == 50_000
    assert turns > 20, "the loop was not kept waiting"
    finder.close()


async def test_what_the_api_spoke_of_stays_and_the_rest_is_dropped() -> None:
    finder = SearchIndex()
    assert await finder.put([license(1), license(2)]) == 2
    await finder.begin_rebuild()
    assert await finder.put([license(2), license(3)]) == 2, "both are news since then"
    await finder.end_rebuild(drop=True)
    assert finder.count == 2
    hits = await finder.search(SearchQuery(("scan",)), (license(3).license_key,))
    assert [one.license_id for one in await finder.licenses(hits.rows)] == [2]
    finder.close()


async def test_how_many_rows_only_nearly_match_is_counted_without_those_of_the_server() -> None:
    finder = SearchIndex()
    chance = License.model_validate({"license_key": "scan_xxbakreyxx"})
    near = [
        License.model_validate({"license_key": f"ai_{number}", "siteurl": "https://bakery.example"})
        for number in range(3)
    ]
    await finder.put([chance, *near])
    hits = await finder.search(SearchQuery(("bakrey",)), ())
    assert (len(hits.rows), hits.nearly, hits.near) == (4, 3, False)
    hits = await finder.search(SearchQuery(("bakrey",)), (chance.license_key, near[0].license_key))
    assert (len(hits.rows), hits.nearly, hits.near) == (2, 2, False), "the exact one is the server's"
    finder.close()


def test_a_stopped_cancellation_raises() -> None:
    cancellation = Cancellation()
    cancellation()
    cancellation.stop()
    with pytest.raises(Superseded):
        cancellation()
