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
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    RequestRejectedError,
)
from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductSlug
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import ConflictError, ReadOnly
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.run import PAUSED, ItemState, PlannedItem, Run, RunPlan, RunState
from jpmanage_tui.operations.runner import RunEvent, Runner
from tests.operations.conftest import Bench
from tests.operations.fakes import Fault, license_row, lost
from tests.operations.runs import plan_of

KEYS = [LicenseKey(f"jetpack-scan_{n}") for n in range(8)]
SCAN, BACKUP = ProductSlug("jetpack-scan"), ProductSlug("jetpack-backup-t1")


@pytest.fixture
def revokes(bench: Bench) -> RunPlan:
    for key in KEYS:
        bench.server.put(license_row(key))
    return plan_of(RevokeLicense(key, "Jetpack Scan") for key in KEYS)


def runner_of(bench: Bench) -> Runner:
    return Runner(bench.queue())


async def ended(runner: Runner, run: Run) -> tuple[Run, list[str]]:
    """Wait until the run stands still; return it, and the state of each item."""
    async with asyncio.timeout(20):
        stands = await runner.finished(run.id)
    return stands, [item.state.value for item in await runner.items(run.id)]


async def test_a_run_is_written_whole_before_its_first_request(bench: Bench, revokes: RunPlan) -> None:
    hold = asyncio.Event()
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    runner = runner_of(bench)
    run = await runner.add(revokes)
    stored = await (await Journal.open(bench.path)).run_items(run.id)
    assert [item.mutation for item in stored] == [item.mutation for item in revokes.items]
    hold.set()
    stands, states = await ended(runner, run)
    assert stands.state is RunState.ENDED
    assert (stands.counts.done, stands.counts.failed) == (7, 1)
    assert states.count("done") == 7
    assert not runner.busy


async def test_at_most_four_requests_are_on_their_way_at_once(bench: Bench, revokes: RunPlan) -> None:
    hold = asyncio.Event()
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold) for _ in range(8)]
    runner = runner_of(bench)
    run = await runner.add(revokes)
    await bench.server.arrivals(4)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(bench.server.asked) == 4
    assert runner.current is not None
    assert runner.current.counts.active == 4
    hold.set()
    stands, _ = await ended(runner, run)
    assert stands.counts.failed == 8


async def test_what_touches_one_site_goes_in_order(bench: Bench) -> None:
    for key in KEYS[:3]:
        bench.server.put(license_row(key))
    plan = plan_of(AssignLicense(key, BlogId(7), "a.example", "Jetpack Scan") for key in KEYS[:3])
    hold = asyncio.Event()
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    runner = runner_of(bench)
    run = await runner.add(plan)
    await bench.server.arrivals(1)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(bench.server.asked) == 1
    hold.set()
    await ended(runner, run)
    assert [what.split()[1] for what in bench.server.asked] == KEYS[:3]


async def test_issues_of_one_product_go_singly_beside_another_products(bench: Bench) -> None:
    scan, backup = IssueLicense(SCAN, None, "Scan"), IssueLicense(BACKUP, None, "Backup")
    hold = asyncio.Event()
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold), None]
    runner = runner_of(bench)
    run = await runner.add(plan_of([scan, scan, backup, backup]))
    await bench.server.arrivals(3)
    assert bench.server.asked == ["issue jetpack-scan None", *["issue jetpack-backup-t1 None"] * 2]
    hold.set()
    stands, _ = await ended(runner, run)
    assert (stands.counts.done, stands.counts.failed) == (3, 1)


async def test_a_license_that_is_issued_goes_to_its_site(bench: Bench) -> None:
    assign = AssignLicense(LicenseKey(""), BlogId(7), "a.example", "Scan")
    items = (PlannedItem(IssueLicense(SCAN, None, "Scan")), PlannedItem(assign, needs=0))
    runner = runner_of(bench)
    _, states = await ended(runner, await runner.add(RunPlan("Issue", items)))
    assert states == ["done", "done"]
    assert bench.server.license("jetpack-scan_new1").blog_id == 7


async def test_what_needs_a_change_that_failed_is_passed_over_and_comes_with_the_retry(bench: Bench) -> None:
    assign = AssignLicense(LicenseKey(""), BlogId(7), "a.example", "Scan")
    items = (PlannedItem(IssueLicense(SCAN, None, "Scan")), PlannedItem(assign, needs=0))
    bench.server.faults = [Fault(RequestRejectedError("No.", status=400))]
    runner = runner_of(bench)
    stands, states = await ended(runner, await runner.add(RunPlan("Issue", items)))
    assert states == ["failed", "skipped"]
    assert (await runner.items(stands.id))[1].note == "Not begun: what it needs was not done."
    assert stands.retryable
    stands, states = await ended(runner, await runner.retry(stands.id))
    assert states == ["done", "done"]
    assert stands.state is RunState.ENDED


async def test_an_unknown_issue_holds_back_its_product_only(bench: Bench) -> None:
    scan, backup = IssueLicense(SCAN, None, "Scan"), IssueLicense(BACKUP, None, "Backup")
    assign = AssignLicense(LicenseKey(""), BlogId(7), "a.example", "Scan")
    plan = RunPlan(
        "Issue",
        (PlannedItem(scan), PlannedItem(assign, needs=0), PlannedItem(scan), PlannedItem(backup)),
    )
    error = lost(committed=True)
    error.error.status = 502  # type: ignore[attr-defined]
    bench.server.faults = [error]
    bench.server.unreadable = 1  # the list cannot be trusted: nobody can tell
    runner = runner_of(bench)
    stands, states = await ended(runner, await runner.add(plan))
    assert states == ["unknown", "waiting", "waiting", "done"]
    assert stands.state is RunState.PAUSED
    assert "It is not known whether this was done: Issue one Scan license" in stands.reason
    bench.server.unreadable = 0
    stands, states = await ended(runner, await runner.resume(stands.id))
    assert states == ["done"] * 4
    assert bench.server.asked.count("issue jetpack-scan None") == 2


async def test_a_run_that_no_answer_pauses_says_that_and_not_what_looking_for_one_change_showed(
    bench: Bench, revokes: RunPlan
) -> None:
    bench.server.faults = [Fault(OutcomeUnknownError("The connection broke."))] * 4
    runner = runner_of(bench)
    stands, _ = await ended(runner, await runner.add(revokes))
    assert (stands.state, stands.reason) == (RunState.PAUSED, "The connection broke.")
    items = await runner.items(stands.id)
    failed = next(item.entry for item in items if item.state is ItemState.FAILED)
    assert failed is not None
    assert failed.message.endswith("So it was not done.")


@pytest.mark.parametrize(
    "error",
    [
        ApiConnectionError("No line."),
        AuthenticationError("Expired.", status=401),
        MissingTokenError(TokenKind.KEY),
        PermissionDeniedError("No.", status=403, code="rest_forbidden"),
        RequestRejectedError("Add a card.", status=403, code="missing_valid_payment_method"),
    ],
)
async def test_what_concerns_all_pauses_the_run(bench: Bench, revokes: RunPlan, error: ApiError) -> None:
    bench.tokens.renewals = 0
    bench.server.faults = [*[None] * 4, *[Fault(error)] * 4]
    runner = runner_of(bench)
    stands, _ = await ended(runner, await runner.add(revokes))
    assert stands.state is RunState.PAUSED
    assert stands.reason == error.message
    assert stands.counts.waiting + stands.counts.failed + stands.counts.done == 8
    assert stands.counts.done == 4
    bench.server.faults = []
    stands, _ = await ended(runner, await runner.resume(stands.id))
    if stands.counts.failed:
        stands, _ = await ended(runner, await runner.retry(stands.id))
    assert stands.complete
    assert len(bench.server.asked) - len(set(bench.server.asked)) <= 4


@pytest.mark.parametrize("error", [RequestRejectedError("No.", status=400), NotFoundError("No.", status=404)])
async def test_what_concerns_one_item_fails_it_only(bench: Bench, revokes: RunPlan, error: ApiError) -> None:
    bench.server.faults = [None, Fault(error)]
    runner = runner_of(bench)
    stands, states = await ended(runner, await runner.add(revokes))
    assert stands.state is RunState.ENDED
    assert states.count("failed") == 1
    assert states.count("done") == 7


async def test_an_answer_that_does_not_come_holds_the_rest_till_it_is_known(
    bench: Bench, revokes: RunPlan
) -> None:
    bench.server.faults = [lost(committed=True), *[None] * 3]
    bench.server.read_faults = [ApiConnectionError("No line.")] * 50
    runner = runner_of(bench)
    stands, states = await ended(runner, await runner.add(revokes))
    assert stands.state is RunState.PAUSED
    assert states.count("unknown") == 1
    assert states.count("waiting") >= 4
    bench.server.read_faults = []
    stands, states = await ended(runner, await runner.resume(stands.id))
    assert stands.complete
    assert sorted(bench.server.asked) == sorted({f"revoke {key}" for key in KEYS})


async def test_a_pause_finishes_what_is_on_its_way_and_a_word_of_the_user_lets_it_go_on(
    bench: Bench, revokes: RunPlan
) -> None:
    hold = asyncio.Event()
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    runner = runner_of(bench)
    run = await runner.add(revokes)
    await bench.server.arrivals(1)
    await runner.pause(run.id)
    hold.set()
    stands, states = await ended(runner, run)
    assert (stands.state, stands.reason) == (RunState.PAUSED, PAUSED)
    assert states.count("waiting") >= 4
    assert stands.counts.active == 0
    stands, states = await ended(runner, await runner.resume(run.id))
    assert states.count("done") == 7
    assert len(bench.server.asked) == 8


async def test_what_is_canceled_is_never_begun_even_by_a_retry(bench: Bench, revokes: RunPlan) -> None:
    hold = asyncio.Event()
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    runner = runner_of(bench)
    run = await runner.add(revokes)
    await bench.server.arrivals(1)
    await runner.cancel(run.id)
    hold.set()
    stands, states = await ended(runner, run)
    assert stands.state is RunState.CANCELED
    sent = len(bench.server.asked)
    assert states.count("skipped") == 8 - sent
    stands, states = await ended(runner, await runner.retry(run.id))
    assert states.count("done") == sent
    assert states.count("skipped") == 8 - sent


async def test_a_429_keeps_all_back_and_slows_them(bench: Bench, revokes: RunPlan) -> None:
    bench.server.faults = [Fault(RateLimitError("Slow down.", retry_after=3))]
    runner = runner_of(bench)
    stands, _ = await ended(runner, await runner.add(revokes))
    assert stands.complete
    assert 3 in bench.sleep.slept


async def test_several_runs_wait_for_each_other(bench: Bench, revokes: RunPlan) -> None:
    runner = runner_of(bench)
    hold = asyncio.Event()
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    first = await runner.add(plan_of([item.mutation for item in revokes.items[:4]]))
    second = await runner.add(plan_of([item.mutation for item in revokes.items[4:]]))
    assert (await runner.run(second.id)).state is RunState.WAITING
    assert runner.waiting >= 1
    hold.set()
    await ended(runner, first)
    stands, _ = await ended(runner, second)
    assert stands.complete


async def test_closing_leaves_a_run_as_it_stands_and_another_program_goes_on(
    bench: Bench, revokes: RunPlan
) -> None:
    hold = asyncio.Event()
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    runner = runner_of(bench)
    run = await runner.add(revokes)
    await bench.server.arrivals(1)
    other = Runner(bench.queue())
    with pytest.raises(ConflictError, match="Another jpmanage"):
        await other.resume(run.id)
    closing = asyncio.create_task(runner.close())
    hold.set()
    await closing
    assert [one.id for one in await other.interrupted()] == [run.id]
    _stands, states = await ended(other, await other.resume(run.id))
    assert states.count("done") == 7
    assert len(bench.server.asked) == 8


async def test_a_program_that_changes_nothing_starts_none(bench: Bench, revokes: RunPlan) -> None:
    runner = Runner(bench.queue(read_only=True))
    with pytest.raises(ReadOnly):
        await runner.add(revokes)
    assert await runner.runs() == ()


async def test_events_tell_how_it_stands(bench: Bench, revokes: RunPlan) -> None:
    events: list[RunEvent] = []
    runner = Runner(bench.queue(), events.append)
    await ended(runner, await runner.add(revokes))
    await asyncio.sleep(0)
    assert events[0].run.state is RunState.WAITING
    assert events[-1].run.state is RunState.ENDED
    assert [event.outcome.state for event in events if event.outcome is not None] == [EntryState.DONE] * 8
    done = [event.run.counts.done for event in events]
    assert done == sorted(done)


async def test_what_was_assigned_or_unassigned_last_can_be_undone_once(bench: Bench) -> None:
    for key in KEYS[:2]:
        bench.server.put(license_row(key, blog_id=7, siteurl="https://a.example"))
    unassign = [UnassignLicense(key, False, "Scan", "https://a.example", None, BlogId(7)) for key in KEYS[:2]]
    runner = runner_of(bench)
    assert await runner.undoable() is None
    run = await runner.add(plan_of(unassign))
    await ended(runner, run)
    last = await runner.undoable()
    assert last is not None
    assert last.run_id == run.id
    assert [entry.change for entry in last.entries] == unassign
    back = RunPlan(
        "Undo",
        tuple(
            PlannedItem(AssignLicense(key, BlogId(7), "a.example", "Scan"), undoes=one.id)
            for key, one in zip(KEYS[:2], last.entries, strict=True)
        ),
    )
    await ended(runner, await runner.add(back))
    assert await runner.undoable() is None


async def test_an_item_stays_with_its_run_whatever_is_sent_beside_it(bench: Bench, revokes: RunPlan) -> None:
    queue = bench.queue()
    runner = Runner(queue)
    run = await runner.add(revokes)
    bench.server.put(license_row("jetpack-scan_other"))
    single = await queue.submit(RevokeLicense(LicenseKey("jetpack-scan_other"), "Scan")).outcome()
    assert single.happened
    await ended(runner, run)
    entries = {entry.id: entry.run_id for entry in await queue.entries()}
    assert list(entries.values()).count(run.id) == 8
    assert single.entry_id is not None
    assert entries[single.entry_id] is None
    assert ItemState.DONE in {item.state for item in await runner.items(run.id)}


async def test_the_journal_that_cannot_be_written_pauses_it_with_the_reason(
    bench: Bench, revokes: RunPlan
) -> None:
    hold = asyncio.Event()
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    events: list[RunEvent] = []
    runner = Runner(bench.queue(), events.append)
    run = await runner.add(revokes)
    await bench.server.arrivals(4)
    with sqlite3.connect(bench.path) as db:
        db.execute("ALTER TABLE run_items RENAME TO gone")
    db.close()
    hold.set()
    async with asyncio.timeout(20):
        await runner.idle()
    await asyncio.sleep(0)
    assert events[-1].run.state is RunState.PAUSED
    assert str(bench.path) in events[-1].run.reason
    assert len(bench.server.asked) <= 4
    with sqlite3.connect(bench.path) as db:
        db.execute("ALTER TABLE gone RENAME TO run_items")
    db.close()
    _, states = await ended(runner, await runner.resume(run.id))
    assert states.count("done") + states.count("failed") == 8
    assert len(set(bench.server.asked)) == len(bench.server.asked) == 8


async def test_who_waits_for_a_run_may_go_away_and_it_goes_on(bench: Bench, revokes: RunPlan) -> None:
    runner = runner_of(bench)
    run = await runner.add(revokes)
    waiting = asyncio.ensure_future(runner.finished(run.id))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    stands, _ = await ended(runner, run)
    assert stands.complete


async def test_a_run_is_paused_through_another_runner_of_the_same_program(
    bench: Bench, revokes: RunPlan
) -> None:
    """The key was chosen anew meanwhile: its new connection has a runner of its own."""
    runners: list[Runner] = []
    first, second = (Runner(bench.queue(), runners=runners) for _ in range(2))
    hold = asyncio.Event()
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold) for _ in range(4)]
    run = await first.add(revokes)
    await bench.server.arrivals(4)
    await second.pause(run.id)
    hold.set()
    stands, states = await ended(second, run)
    assert (stands.state, states.count("waiting")) == (RunState.PAUSED, 4)
    stands, _ = await ended(second, await second.resume(run.id))
    assert stands.counts.waiting == 0
