"""The end of a queue: stopped, waited for, and closed once by however many."""

from __future__ import annotations

import asyncio

import pytest

from jpmanage_tui.api.errors import RequestRejectedError
from jpmanage_tui.close_once import CloseOnce
from jpmanage_tui.operations.entry import EntryState
from tests.operations.conftest import Bench
from tests.operations.fakes import Fault, license_row
from tests.operations.test_queue import ASSIGN, ISSUE, KEY, NEXT, states


async def test_stopping_sends_nothing_that_waits_and_leaves_alone_what_is_on_its_way(bench: Bench) -> None:
    hold = asyncio.Event()
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    queue = bench.queue()
    first, second = queue.submit(ASSIGN), queue.submit(NEXT)
    await bench.server.arrivals(1)
    queue.stop()
    idle = asyncio.ensure_future(queue.idle(verified=True))
    await asyncio.sleep(0)
    assert not idle.done()
    hold.set()
    await idle
    assert not queue.busy
    assert (await first.outcome()).state is EntryState.REFUSED
    assert (await second.outcome()).state is EntryState.NOT_SENT
    assert len(bench.server.asked) == 1
    third = await queue.submit(ISSUE).outcome()
    assert third.happened, "it takes the next one"


@pytest.mark.parametrize("canceled", [1, 2, 3])
async def test_a_close_that_is_asked_for_again_and_cancelled_finishes_what_is_on_its_way(
    bench: Bench, canceled: int
) -> None:
    hold = asyncio.Event()
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    queue = bench.queue()
    first = queue.submit(ASSIGN)
    await bench.server.arrivals(1)
    closing = [asyncio.ensure_future(queue.close()) for _ in range(4)]
    await asyncio.sleep(0)
    for task in closing[:canceled]:
        task.cancel()
    await asyncio.wait(closing[:canceled])
    assert not closing[3].done()
    hold.set()
    await asyncio.wait(closing[canceled:])
    assert (await first.outcome()).state is EntryState.REFUSED
    assert await states(bench) == ["refused"]


async def test_what_is_closed_once_raises_to_everybody_who_asks() -> None:
    calls = 0

    async def fails() -> None:
        nonlocal calls
        calls += 1
        raise OSError("the disk is full")

    close = CloseOnce(fails)
    ended = await asyncio.gather(close(), close(), return_exceptions=True)
    assert [type(one) for one in ended] == [OSError, OSError]
    assert close.begun
    assert calls == 1
