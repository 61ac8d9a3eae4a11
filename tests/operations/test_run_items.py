"""What the journal tells of a run's items, of what can be undone, and of changes outside runs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from jpmanage_tui.api.errors import RequestRejectedError
from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.operations.errors import Stopped
from jpmanage_tui.operations.lease import new_owner
from jpmanage_tui.operations.mutation import Mutation, Secrets
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.operations.run import ItemState, PlannedItem, RunItem, RunItemId, RunPlan
from jpmanage_tui.operations.run_schedule import Schedule
from jpmanage_tui.operations.runner import Runner
from jpmanage_tui.rules.prices import Price
from tests.operations.conftest import ACCOUNT, Bench
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


async def test_an_item_is_begun_once_and_by_the_owner_of_its_run_only(bench: Bench, revokes: RunPlan) -> None:
    journal, owner, other = bench.journal, new_owner(), new_owner()
    run = await journal.add_run(ACCOUNT, revokes, owner)
    item = RunItemId(run.id, 0)
    mutation = revokes.items[0].mutation
    with pytest.raises(Stopped, match="Another jpmanage works on this run"):
        await journal.add(ACCOUNT, mutation, other, run_item=item)
    assert await journal.entries(ACCOUNT) == (), "what is refused leaves nothing behind"
    entry = await journal.add(ACCOUNT, mutation, owner, run_item=item)
    with pytest.raises(Stopped):
        await journal.add(ACCOUNT, mutation, owner, run_item=item)
    assert [one.id for one in await journal.entries(ACCOUNT)] == [entry.id]
    await journal.cancel_run(run.id, owner)
    with pytest.raises(Stopped):
        await journal.add(ACCOUNT, revokes.items[1].mutation, owner, run_item=RunItemId(run.id, 1))


NEEDS = st.lists(
    st.tuples(st.frozensets(st.integers(0, 3), max_size=2), st.integers(-4, 6)), min_size=1, max_size=12
)


@settings(max_examples=60, database=None)
@given(NEEDS, st.randoms(use_true_random=False))
def test_an_item_begins_after_those_before_it_that_touch_the_same_and_after_what_it_needs(
    drawn: list[tuple[frozenset[int], int]], random: Random
) -> None:
    keys = [frozenset(f"site:{number}" for number in touched) for touched, _ in drawn]
    needs = [need if 0 <= need < position else None for position, (_, need) in enumerate(drawn)]
    schedule = Schedule([item_of(position, keys[position], need) for position, need in enumerate(needs)])
    running: set[int] = set()
    done: set[int] = set()
    while len(done) < len(drawn):
        while (position := schedule.next()) is not None:
            before = {one for one in range(position) if keys[one] & keys[position]}
            assert before <= done
            assert needs[position] is None or needs[position] in done
            running.add(position)
        assert running, "none waits for ever"
        ended = random.choice(sorted(running))
        running.remove(ended)
        done.add(ended)
        schedule.done(ended)
        schedule.leave(ended)


@dataclass(frozen=True)
class Touching(Mutation[None]):
    """A change that touches what it is told to."""

    keys: frozenset[str] = frozenset()

    @property
    def conflict_key(self) -> str:
        return ""

    @property
    def order_keys(self) -> frozenset[str]:
        return self.keys

    def summary(self) -> str:
        return "Touch"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        raise NotImplementedError


def item_of(position: int, keys: frozenset[str], needs: int | None) -> RunItem:
    return RunItem(1, position, Touching(keys), needs, None, None, "", False, None)
