from __future__ import annotations

import asyncio
import sqlite3

import pytest

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    MissingTokenError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RequestRejectedError,
    TokenUnavailableError,
)
from jpmanage_tui.api.ids import LicenseKey, ProductSlug
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.licenses import IssueLicense, RevokeLicense
from jpmanage_tui.operations.runs import BatchRun, RunItem
from tests.operations.conftest import Bench
from tests.operations.fakes import Fault, license_row, lost

KEYS = [LicenseKey(f"jetpack-scan_{n}") for n in range(4)]


@pytest.fixture
def changes(bench: Bench) -> list[Mutation[None]]:
    for key in KEYS:
        bench.server.put(license_row(key))
    return [RevokeLicense(key, "Jetpack Scan") for key in KEYS]


async def run(plan: BatchRun, bench: Bench) -> BatchRun:
    plan.start(bench.queue())
    await plan.finished()
    return plan


async def test_a_plan_tells_of_each_item_how_it_ended(bench: Bench, changes: list[Mutation[None]]) -> None:
    bench.server.faults = [None, Fault(RequestRejectedError("No.", status=400)), lost(committed=True), None]
    plan = await run(BatchRun(changes), bench)
    ends = [item.outcome.state.value for item in plan.items if item.outcome is not None]
    assert ends == ["done", "refused", "found_done", "done"]
    assert (len(plan.succeeded), len(plan.failed), len(plan.unknown), plan.remaining) == (3, 1, 0, ())
    assert plan.stop_reason == ""
    assert not plan.running


async def test_a_retry_sends_only_what_failed_and_never_what_is_unknown(
    bench: Bench, changes: list[Mutation[None]]
) -> None:
    bench.server.faults = [None, Fault(RequestRejectedError("No.")), lost(), None]
    bench.server.read_faults = [ApiConnectionError("No line.")] * 5
    plan = await run(BatchRun(changes), bench)
    assert [outcome.change for outcome in plan.unknown] == [changes[2]]
    retry = plan.retry()
    assert [item.change for item in retry.items] == [changes[1]]
    assert len((await run(retry, bench)).succeeded) == 1
    assert bench.server.asked.count(f"revoke {KEYS[2]}") == 1


async def test_a_stopped_plan_finishes_what_is_on_its_way_and_keeps_the_rest_for_later(
    bench: Bench, changes: list[Mutation[None]]
) -> None:
    hold = asyncio.Event()
    bench.server.faults = [None, Fault(RequestRejectedError("No."), hold=hold)]
    plan = BatchRun(changes)
    plan.start(bench.queue())
    await bench.server.arrivals(2)
    plan.stop()
    assert plan.running
    hold.set()
    await plan.finished()
    assert len(bench.server.asked) == 2
    assert plan.stop_reason
    assert plan.remaining == tuple(changes[2:])
    assert [item.change for item in plan.retry().items] == changes[1:]
    assert [item.change for item in plan.retry(with_remaining=False).items] == changes[1:2]


async def test_a_plan_stopped_in_a_wait_for_a_busy_server_ends_at_once(
    bench: Bench, changes: list[Mutation[None]]
) -> None:
    waiting = asyncio.Event()

    async def hang(_seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    bench.sleep.then = hang
    bench.server.faults = [Fault(RateLimitError("Slow down.", retry_after=200))]
    plan = BatchRun(changes)
    plan.start(bench.queue())
    await waiting.wait()
    plan.stop()
    await plan.finished()
    assert len(plan.failed) == 1
    assert len(plan.remaining) == 3


async def test_a_plan_halts_when_the_line_is_gone_instead_of_failing_item_by_item(
    bench: Bench, changes: list[Mutation[None]]
) -> None:
    bench.server.faults = [None, Fault(ApiConnectionError("No line."))]
    plan = await run(BatchRun(changes), bench)
    assert plan.stop_reason == "No line."
    assert len(plan.remaining) == 2
    assert len(bench.server.asked) == 2


ISSUES = [IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan") for _ in range(4)]


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (ApiConnectionError("No line."), 2),
        (AuthenticationError("Expired.", status=401), 2),
        (MissingTokenError(TokenKind.KEY), 2),
        (TokenUnavailableError("The profile cannot be read."), 2),
    ],
)
async def test_a_plan_halts_at_what_would_refuse_the_next_one_as_well(
    bench: Bench, changes: list[Mutation[None]], error: ApiError, sent: int
) -> None:
    bench.tokens.renewals = 0
    bench.server.faults = [None, Fault(error)]
    plan = await run(BatchRun(changes), bench)
    assert plan.stop_reason == error.message
    assert len(plan.remaining) == 2
    assert len(bench.server.asked) == sent


@pytest.mark.parametrize(
    "error",
    [
        RequestRejectedError("No.", status=400),
        PermissionDeniedError("No.", status=403),
        NotFoundError("No.", status=404),
    ],
)
async def test_a_plan_goes_on_after_what_concerns_one_item_only(
    bench: Bench, changes: list[Mutation[None]], error: ApiError
) -> None:
    bench.server.faults = [None, Fault(error)]
    plan = await run(BatchRun(changes), bench)
    assert (plan.stop_reason, plan.remaining) == ("", ())
    assert len(bench.server.asked) == 4


async def test_a_plan_of_issues_halts_when_the_server_cannot_be_asked_what_there_is(bench: Bench) -> None:
    bench.server.read_faults = [ApiConnectionError("No line.")] * 9
    plan = await run(BatchRun(ISSUES), bench)
    assert "could not be asked what there is" in plan.stop_reason
    assert (len(plan.failed), len(plan.remaining)) == (1, 3)
    assert bench.server.asked == []


async def test_a_plan_halts_when_it_may_only_look(bench: Bench, changes: list[Mutation[None]]) -> None:
    plan = BatchRun(changes)
    plan.start(bench.queue(read_only=True))
    await plan.finished()
    assert "--read-only" in plan.stop_reason
    assert (len(plan.failed), len(plan.remaining)) == (1, 3)


async def test_a_plan_halts_when_the_journal_cannot_be_written(
    bench: Bench, changes: list[Mutation[None]]
) -> None:
    with sqlite3.connect(bench.path) as db:
        db.execute("DROP TABLE entries")
    db.close()
    plan = await run(BatchRun(changes), bench)
    assert str(bench.path) in plan.stop_reason
    assert (len(plan.failed), len(plan.remaining)) == (1, 3)
    assert bench.server.asked == []


async def test_who_waits_for_a_plan_may_go_away_and_it_runs_on(
    bench: Bench, changes: list[Mutation[None]]
) -> None:
    plan = BatchRun(changes)
    plan.start(bench.queue())
    waiting = asyncio.ensure_future(plan.finished())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    await plan.finished()
    assert len(plan.succeeded) == 4


async def test_each_item_is_told_when_it_starts_and_when_it_ended(
    bench: Bench, changes: list[Mutation[None]]
) -> None:
    heard: list[tuple[int, bool]] = []
    plan = BatchRun(changes[:2])

    def hear(item: RunItem) -> None:
        heard.append((plan.items.index(item), item.outcome is not None))

    plan.start(bench.queue(), hear)
    await plan.finished()
    await asyncio.sleep(0)
    assert heard == [(0, False), (0, True), (1, False), (1, True)]


async def test_a_plan_runs_once(bench: Bench, changes: list[Mutation[None]]) -> None:
    plan = BatchRun(changes)
    with pytest.raises(RuntimeError):
        await plan.finished()
    await run(plan, bench)
    with pytest.raises(RuntimeError):
        plan.start(bench.queue())


async def test_a_plan_on_a_closed_queue_sends_nothing(bench: Bench, changes: list[Mutation[None]]) -> None:
    queue = bench.queue()
    await queue.close()
    plan = BatchRun(changes)
    plan.start(queue)
    await plan.finished()
    assert bench.server.asked == []
    assert len(plan.failed) == 1
    assert len(plan.remaining) == 3
