"""What happens to a run between two of its steps: asked for twice, stopped, the journal lost, answers that are late."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from jpmanage_tui.api.errors import ApiConnectionError, RequestRejectedError, ServerError
from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductSlug
from jpmanage_tui.api.licenses import LicensePage
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.operations.errors import ConflictError, JournalUnavailable
from jpmanage_tui.operations.mutations.licenses import AssignLicense, IssueLicense, UnassignLicense
from jpmanage_tui.operations.run import PlannedItem, RunPlan, RunState
from jpmanage_tui.operations.runner import RunEvent, Runner
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.services.issuing.planned_license import PlannedLicense
from jpmanage_tui.services.issuing.run import IssueRun
from jpmanage_tui.services.runs import RunReview, go_on
from tests.operations.conftest import Bench
from tests.operations.fakes import Fault, license_row, lost
from tests.operations.runs import plan_of
from tests.operations.test_runner import BACKUP, KEYS, SCAN, ended, revokes

__all__ = ["revokes"]

TO_A = AssignLicense(LicenseKey(""), BlogId(7), "a.example", "Scan")
TO_B = AssignLicense(LicenseKey(""), BlogId(8), "b.example", "Backup")
ONE_SCAN = IssueLicense(SCAN, None, "Scan")


def held(number: int) -> tuple[asyncio.Event, list[Fault | None]]:
    """Return an event, and faults that refuse so many changes once it is set."""
    hold = asyncio.Event()
    return hold, [Fault(RequestRejectedError("No."), hold=hold) for _ in range(number)]


def no_lists_after(bench: Bench, changes: int) -> Callable[[], None]:
    """Let no list be read once so many changes came; returns what takes that back."""
    read = bench.server.licenses.list

    async def fails(*arguments: Any, **options: Any) -> LicensePage:
        if len(bench.server.asked) >= changes:
            raise ApiConnectionError("No line.")
        return await read(*arguments, **options)

    bench.server.licenses.list = fails  # type: ignore[method-assign]

    def mend() -> None:
        bench.server.licenses.list = read  # type: ignore[method-assign]

    return mend


async def test_what_is_put_back_is_not_begun_again_while_it_is_noted(bench: Bench, revokes: RunPlan) -> None:
    hold, second = held(1)
    bench.server.faults = [Fault(ApiConnectionError("No line."), hold=asyncio.Event()), *second]
    first = bench.server.faults[0]
    assert first is not None
    assert first.hold is not None
    queue = bench.queue()
    put_back = queue.journal.put_back

    async def slowly(run_id: int, position: int) -> None:
        hold.set()
        await put_back(run_id, position)
        await queue.journal.run(run_id)  # another step of the journal, in which the other item ends

    queue.journal.put_back = slowly  # type: ignore[method-assign]
    runner = Runner(queue)
    run = await runner.add(RunPlan("Two", revokes.items[:2]))
    await bench.server.arrivals(2)
    first.hold.set()
    stands, states = await ended(runner, run)
    assert (stands.state, stands.counts.active, queue.busy) == (RunState.PAUSED, 0, False)
    assert states == ["waiting", "failed"]


async def test_an_unknown_assign_holds_back_no_other_license(bench: Bench) -> None:
    mend = no_lists_after(bench, 4)
    assign = bench.server.licenses.assign

    async def unanswered(key: LicenseKey, blog_id: BlogId) -> None:
        if blog_id == 7:
            bench.server.asked.append("assign that fails")
            raise ServerError("Failed.", status=500)
        await assign(key, blog_id)

    bench.server.licenses.assign = unanswered  # type: ignore[method-assign]
    items = (
        PlannedItem(ONE_SCAN),
        PlannedItem(TO_A, needs=0),
        PlannedItem(IssueLicense(BACKUP, None, "Backup")),
        PlannedItem(TO_B, needs=2),
    )
    runner = Runner(bench.queue())
    _, states = await ended(runner, await runner.add(RunPlan("Two sites", items)))
    mend()
    assert states == ["done", "unknown", "done", "done"]


async def test_a_cancel_counts_that_comes_while_the_end_is_noted(bench: Bench, revokes: RunPlan) -> None:
    hold, bench.server.faults = held(4)
    queue = bench.queue()
    runner = Runner(queue)
    run = await runner.add(revokes)
    stop_run = queue.journal.stop_run

    async def canceled_meanwhile(*arguments: Any) -> Any:
        await runner.cancel(run.id)
        return await stop_run(*arguments)

    queue.journal.stop_run = canceled_meanwhile  # type: ignore[method-assign, assignment]
    await bench.server.arrivals(4)
    await runner.pause(run.id)
    hold.set()
    stands, _ = await ended(runner, run)
    assert stands.state is RunState.CANCELED


@pytest.mark.parametrize("again", ["resume", "retry"])
async def test_a_run_that_is_under_way_is_not_begun_once_more(
    bench: Bench, revokes: RunPlan, again: str
) -> None:
    hold, bench.server.faults = held(4)
    runner = Runner(bench.queue())
    run = await runner.add(revokes)
    await bench.server.arrivals(4)
    with pytest.raises(ConflictError, match="under way already"):
        await getattr(runner, again)(run.id)
    hold.set()
    stands, _ = await ended(runner, run)
    assert (stands.counts.done, stands.counts.failed, stands.counts.waiting) == (4, 4, 0)


async def test_two_resumes_at_once_are_one(bench: Bench, revokes: RunPlan) -> None:
    bench.server.faults = [lost(), *[None] * 3]
    bench.server.read_faults = [ApiConnectionError("No line.")] * 50
    runner = Runner(bench.queue())
    run, _ = await ended(runner, await runner.add(revokes))
    bench.server.read_faults = []
    answers = await asyncio.gather(runner.resume(run.id), runner.resume(run.id), return_exceptions=True)
    assert sorted(isinstance(one, ConflictError) for one in answers) == [False, True]
    stands, _ = await ended(runner, run)
    assert stands.complete


async def test_a_run_is_carried_out_whose_asker_went_away_while_it_was_written(
    bench: Bench, revokes: RunPlan
) -> None:
    queue, took_on = bench.queue(), asyncio.Event()
    runner = Runner(queue, lambda _event: took_on.set())
    add_run, written = queue.journal.add_run, asyncio.Event()

    async def slowly(*arguments: Any) -> Any:
        run = await add_run(*arguments)
        written.set()
        await asyncio.sleep(0)
        return run

    queue.journal.add_run = slowly  # type: ignore[method-assign, assignment]
    asking = asyncio.ensure_future(runner.add(revokes))
    await written.wait()
    asking.cancel()
    await asyncio.wait({asking})
    async with asyncio.timeout(20):
        await took_on.wait()
        await runner.idle()
    (run,) = await runner.runs()
    assert run.complete


async def test_runs_whose_end_could_not_be_noted_can_go_on_in_this_program(
    bench: Bench, revokes: RunPlan
) -> None:
    hold, bench.server.faults = held(4)
    runner = Runner(bench.queue())
    await runner.add(RunPlan("First", revokes.items[:4]))
    await runner.add(RunPlan("Second", revokes.items[4:]))
    await bench.server.arrivals(4)
    rename(bench, "run_items", "gone")
    hold.set()
    async with asyncio.timeout(20):
        await runner.idle()
    rename(bench, "gone", "run_items")
    assert [run.resumable for run in await runner.runs()] == [True, True]


def rename(bench: Bench, table: str, name: str) -> None:
    with sqlite3.connect(bench.path) as db:
        db.execute(f"ALTER TABLE {table} RENAME TO {name}")
    db.close()


async def test_what_could_not_be_noted_as_put_back_is_settled_when_the_run_goes_on(
    bench: Bench, revokes: RunPlan
) -> None:
    queue = bench.queue()
    full = True

    def unless_full(write: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def written(*arguments: Any, **options: Any) -> Any:
            if full:
                raise JournalUnavailable("The disk is full.")
            return await write(*arguments, **options)

        return written

    for name in ("mark_sent", "settle", "put_back"):
        setattr(queue.journal, name, unless_full(getattr(queue.journal, name)))
    runner = Runner(queue)
    run, _ = await ended(runner, await runner.add(revokes))
    full = False
    stands, states = await ended(runner, await runner.resume(run.id))
    assert stands.complete, states
    assert len(bench.server.asked) == 8


async def test_a_bundle_that_is_not_listed_yet_pauses_what_is_to_be_assigned(bench: Bench) -> None:
    items = (PlannedItem(IssueLicense(SCAN, 5, "Scan")), PlannedItem(TO_A, needs=0))
    runner = Runner(bench.queue())
    stands, states = await ended(runner, await runner.add(RunPlan("A bundle", items)))
    assert (stands.state, states) == (RunState.PAUSED, ["done", "waiting"])
    assert "The licenses of the bundle are not listed yet" in stands.reason
    assert stands.resumable


async def test_an_issue_that_is_done_by_the_users_word_has_no_code_to_assign(bench: Bench) -> None:
    mend = no_lists_after(bench, 1)
    bench.server.faults = [Fault(ServerError("Failed.", status=500))]
    queue = bench.queue()
    runner = Runner(queue)
    plan = RunPlan("One", (PlannedItem(ONE_SCAN), PlannedItem(TO_A, needs=0)))
    run, _ = await ended(runner, await runner.add(plan))
    entry = (await runner.items(run.id))[0].entry
    assert entry is not None
    mend()
    await queue.resolve_manually(entry.id, done=True)
    stands, states = await ended(runner, await runner.resume(run.id))
    assert (stands.state, states) == (RunState.PAUSED, ["done", "waiting"])
    assert "which one is not known" in stands.reason


async def test_what_an_open_undo_is_to_take_back_is_not_offered_again(bench: Bench) -> None:
    for key in KEYS[:6]:
        bench.server.put(license_row(key, blog_id=7, siteurl="https://a.example"))
    unassign = [
        UnassignLicense(key, False, "Scan", f"https://{key}.example", None, BlogId(7)) for key in KEYS[:6]
    ]
    runner = Runner(bench.queue())
    done, _ = await ended(runner, await runner.add(plan_of(unassign)))
    last = await runner.undoable(done.id)
    assert last is not None
    back = tuple(
        PlannedItem(AssignLicense(key, BlogId(7), f"{key}.example", "Scan"), undoes=entry.id)
        for key, entry in zip(KEYS, last.entries, strict=False)
    )
    hold, bench.server.faults = held(4)
    undo = await runner.add(RunPlan("Undo", back))
    await bench.server.arrivals(10)
    assert await runner.undoable(done.id) is None
    await runner.pause(undo.id)
    hold.set()
    await ended(runner, undo)
    again = await runner.undoable(done.id)
    assert again is not None
    assert len(again.entries) == 4, (
        "what was refused can be undone; what the paused run has not begun is still its own"
    )


async def test_closing_ends_although_the_journal_is_gone(bench: Bench, revokes: RunPlan) -> None:
    hold, bench.server.faults = held(4)
    queue = bench.queue()
    runner = Runner(queue)
    await runner.add(RunPlan("First", revokes.items[:4]))
    await bench.server.arrivals(4)
    await runner.add(RunPlan("Second", revokes.items[4:]))
    rename(bench, "runs", "gone")
    closing = asyncio.ensure_future(runner.close())
    await asyncio.sleep(0)
    hold.set()
    async with asyncio.timeout(20):
        await closing
    assert (runner.busy, queue.busy) == (False, False)
    rename(bench, "gone", "runs")


async def test_a_retry_compares_the_price_of_what_turns_out_not_done_meanwhile(
    bench: Bench, revokes: RunPlan
) -> None:
    mend = no_lists_after(bench, 2)
    bench.server.faults = [
        Fault(RequestRejectedError("No.")),
        Fault(ServerError("Failed.", status=500)),
    ]
    queue = bench.queue()
    runner = Runner(queue)
    plan = RunPlan("Two", (revokes.items[0], PlannedItem(ONE_SCAN)))
    run, states = await ended(runner, await runner.add(plan))
    assert states == ["failed", "unknown"]
    mend()
    asked: list[str] = []

    async def families() -> tuple[ProductFamily, ...]:
        asked.append("prices")
        return ()

    async def confirm(review: RunReview) -> bool:
        asked.append("asked")
        return False

    await go_on(runner, run.id, families, confirm, retry=True)
    assert asked[:1] == ["prices"]


async def test_stopping_right_after_trying_again_sends_nothing(bench: Bench) -> None:
    bench.server.faults = [Fault(RequestRejectedError("No.")) for _ in range(2)]
    made: list[IssueRun] = []
    queue = bench.queue()

    def heard(event: RunEvent) -> None:
        for one in made:
            one.take(event)

    runner = Runner(queue, heard)
    planned = tuple(PlannedLicense(ProductSlug(slug), 1, slug) for slug in (SCAN, BACKUP))
    run = IssueRun(runner, queue, planned, None, (), lambda: None)
    made.append(run)
    run.start()
    await run.finished()
    sent = len(bench.server.asked)
    run.start()
    await asyncio.sleep(0)
    run.stop()
    await run.finished()
    await runner.idle()
    assert bench.server.asked[sent:] == []


async def going_on_while_it_looks_up(bench: Bench, plan: RunPlan) -> tuple[Runner, int, asyncio.Event]:
    """Have a run go on with a change of unknown outcome, and wait until that is being looked up; no answer comes before
    the event is set.
    """
    bench.server.faults = [lost(), *[None] * 3]
    bench.server.read_faults = [ApiConnectionError("No line.")] * 50
    runner = Runner(bench.queue())
    run, states = await ended(runner, await runner.add(plan))
    assert (states.count("unknown"), run.state) == (1, RunState.PAUSED)
    bench.server.read_faults = []
    read, looks, hold = bench.server.read, asyncio.Event(), asyncio.Event()

    async def held_back(what: str) -> None:
        looks.set()
        await hold.wait()
        await read(what)

    bench.server.read = held_back  # type: ignore[method-assign]
    async with asyncio.timeout(5):
        run = await runner.resume(run.id)
        await looks.wait()
    assert (run.state, runner.works_on(run.id)) == (RunState.WAITING, True)
    return runner, run.id, hold


@pytest.mark.parametrize(
    ("word", "state", "items"),
    [("pause", RunState.PAUSED, "waiting"), ("cancel", RunState.CANCELED, "skipped")],
)
async def test_what_goes_on_can_be_stopped_while_it_looks_up(
    bench: Bench, revokes: RunPlan, word: str, state: RunState, items: str
) -> None:
    runner, run_id, hold = await going_on_while_it_looks_up(bench, revokes)
    async with asyncio.timeout(5):
        await getattr(runner, word)(run_id)
        stands = await runner.finished(run_id)  # before the answer comes
    asked = len(bench.server.asked)
    hold.set()
    await runner.idle()
    states = [item.state.value for item in await runner.items(run_id)]
    assert (stands.state, (await runner.run(run_id)).state) == (state, state)
    assert (states.count("done"), states.count(items), len(bench.server.asked)) == (4, 4, asked)


async def test_what_was_stopped_while_it_looked_up_goes_on_once(bench: Bench, revokes: RunPlan) -> None:
    runner, run_id, hold = await going_on_while_it_looks_up(bench, revokes)
    await runner.pause(run_id)
    await runner.resume(run_id)
    hold.set()
    stands, _ = await ended(runner, await runner.run(run_id))
    assert (stands.complete, len(bench.server.asked)) == (True, 8)


async def test_leaving_does_not_wait_for_what_is_looked_up(bench: Bench, revokes: RunPlan) -> None:
    runner, run_id, _ = await going_on_while_it_looks_up(bench, revokes)
    async with asyncio.timeout(5):
        await runner.close()
    stands = await runner.run(run_id)
    assert (stands.state, stands.counts.waiting) == (RunState.PAUSED, 4)


async def test_a_queue_that_is_closed_looks_nothing_up(bench: Bench, revokes: RunPlan) -> None:
    bench.server.faults = [lost(), *[None] * 3]
    bench.server.read_faults = [ApiConnectionError("No line.")] * 50
    queue = bench.queue()
    runner = Runner(queue)
    run, states = await ended(runner, await runner.add(revokes))
    entry = (await runner.items(run.id))[states.index("unknown")].entry
    assert entry is not None
    await queue.close()
    reads = len(bench.server.reads)
    assert (await queue.recheck(entry.id)).unknown
    assert len(bench.server.reads) == reads


async def test_prices_of_a_run_that_is_under_way_are_not_written_over(bench: Bench) -> None:
    hold, bench.server.faults = held(1)
    runner, other = Runner(bench.queue()), Runner(bench.queue())
    confirmed = Price(Decimal(5), "USD", "month")
    items = (PlannedItem(ONE_SCAN, price=confirmed), PlannedItem(TO_A, needs=0))
    run = await runner.add(RunPlan("One", items))
    await bench.server.arrivals(1)
    for asks in (runner, other):
        with pytest.raises(ConflictError):
            await asks.confirm_prices(run.id, {0: Price(Decimal(9), "USD", "month")})
    assert (await runner.items(run.id))[0].price == confirmed
    hold.set()
    await ended(runner, run)
    await other.confirm_prices(run.id, {0: None})
    assert (await runner.items(run.id))[0].price is None
