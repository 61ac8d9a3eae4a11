"""What the journal tells of a run's items, of what can be undone, and of changes outside runs."""

from __future__ import annotations

from decimal import Decimal

from jpmanage_tui.api.errors import RequestRejectedError
from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.run import ItemState, PlannedItem, RunPlan
from jpmanage_tui.operations.runner import Runner
from jpmanage_tui.rules.prices import Price
from tests.operations.conftest import Bench
from tests.operations.fakes import Fault, license_row
from tests.operations.runs import plan_of
from tests.operations.test_runner import KEYS, SCAN, ended, revokes, runner_of

__all__ = ["revokes"]


async def test_states_and_items_are_read_by_position(bench: Bench, revokes: RunPlan) -> None:
    bench.server.faults = [None, Fault(RequestRejectedError("No.", status=400))]
    runner = runner_of(bench)
    run, _ = await ended(runner, await runner.add(revokes))
    items = await runner.items(run.id)
    assert await runner.item_states(run.id) == tuple(item.state for item in items)
    assert await runner.items_at(run.id, [6, 1]) == (items[1], items[6])
    assert await runner.items_at(run.id, []) == ()


async def test_runs_are_found_by_what_their_changes_have(bench: Bench, revokes: RunPlan) -> None:
    bench.server.faults = [None, Fault(RequestRejectedError("The 100%_sure\\ reason.", status=400))]
    runner = runner_of(bench)
    run, _ = await ended(runner, await runner.add(revokes))
    other = await runner.add(plan_of([AssignLicense(LicenseKey("x"), BlogId(7), "müller.example", "Scan")]))
    await ended(runner, other)
    assert await runner.runs_with(KEYS[3].upper()) == {run.id}
    assert await runner.runs_with("müller.EXAMPLE") == {other.id}
    assert await runner.runs_with("100%_sure\\") == {run.id}
    assert await runner.runs_with("100x_sure") == frozenset()
    assert await runner.runs_with("scan") == {run.id, other.id}


async def test_a_price_is_confirmed_anew_for_what_was_not_done(bench: Bench) -> None:
    old, new = Price(Decimal(1), "USD", "day"), Price(Decimal(2), "USD", "day")
    issue = IssueLicense(SCAN, None, "Scan")
    bench.server.faults = [None, Fault(RequestRejectedError("No.", status=400))]
    runner = runner_of(bench)
    plan = RunPlan("Issue", (PlannedItem(issue, price=old), PlannedItem(issue, price=old)))
    run, states = await ended(runner, await runner.add(plan))
    assert states == ["done", "failed"]
    await runner.confirm_prices(run.id, {0: new, 1: new})
    assert [item.price for item in await runner.items(run.id)] == [old, new]


async def test_one_entry_and_what_is_older_than_the_last_can_be_asked_for(bench: Bench) -> None:
    for key in KEYS[:3]:
        bench.server.put(license_row(key))
    queue = bench.queue()
    runner = Runner(queue)

    def assign(key: LicenseKey) -> AssignLicense:
        return AssignLicense(key, BlogId(7), "a.example", "Scan")

    single = await queue.submit(assign(KEYS[0])).outcome()
    await ended(runner, await runner.add(plan_of([assign(KEYS[1]), assign(KEYS[2])])))
    last = await runner.undoable()
    assert last is not None
    assert len(last.entries) == 2
    before = await runner.undoable(without=[entry.id for entry in last.entries])
    assert before is not None
    assert [entry.id for entry in before.entries] == [single.entry_id]
    assert await runner.undoable(entry_id=single.entry_id) == before
    one = await runner.undoable(entry_id=last.entries[1].id)
    assert one is not None
    assert one.entries == last.entries[1:]
    revoked = await queue.submit(RevokeLicense(KEYS[0], "Scan")).outcome()
    assert await runner.undoable(entry_id=revoked.entry_id) is None


async def test_history_outside_runs_has_the_single_changes_only(bench: Bench, revokes: RunPlan) -> None:
    queue = bench.queue()
    runner = Runner(queue)
    await ended(runner, await runner.add(revokes))
    bench.server.put(license_row("jetpack-scan_other", blog_id=7, siteurl="https://a.example"))
    change = UnassignLicense(LicenseKey("jetpack-scan_other"), False, "Scan", "https://a.example")
    single = await queue.submit(change).outcome()
    assert len(await queue.history()) == 9
    assert [entry.id for entry in await queue.history(outside_runs=True)] == [single.entry_id]
    assert ItemState.DONE in await runner.item_states((await runner.runs())[0].id)
