"""Cells of runs: a fault at each of its requests, a kill at each of its steps, two programs, and another token.

However often it is broken off: nothing goes on by itself, and once the user had it go on, all of it is done, once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductSlug
from jpmanage_tui.operations.errors import ConflictError
from jpmanage_tui.operations.mutations.licenses import AssignLicense, IssueLicense, UnassignLicense
from jpmanage_tui.operations.run import ItemState, PlannedItem, Run, RunPlan, RunState
from jpmanage_tui.operations.scopes import key_tokens
from tests.matrix.database import Tables, read_tables
from tests.matrix.driver import Child, Job, Point, work_on
from tests.matrix.faults import Fault
from tests.matrix.judge import Result
from tests.matrix.kills import HANGS, Kill
from tests.matrix.orders import SIGNED_IN, Image, all_licenses, arranged
from tests.matrix.place import Place, in_process, served
from tests.matrix.program import HOST, LONGEST, PATIENT, Identity, Line, Program, Route, program, until
from tests.operations.over_http import World, changes_something
from tests.operations.some_licenses import SCAN, SIZE, attached
from tests.sandbox.harness import API, free_site

TOKEN_ALONE = Identity(user=None, partner_key=None)
SPAM = ProductSlug("jetpack-anti-spam")
MOST_ROUNDS = 10
"""How often the user has a run go on, at most, before it must be done."""
ANY_CHANGE = Route("*", "*")


@dataclass(frozen=True)
class RunRow:
    """One row: a run, and how the sandbox is made ready for it.

    Its faults strike the requests of ``route``, of which there are ``requests``.
    """

    name: str
    arrange: Callable[[World], Awaitable[RunPlan]] = field(repr=False)
    route: Route
    requests: int

    def __str__(self) -> str:
        return self.name


async def _unassigns(world: World) -> RunPlan:
    keys = [await attached(world) for _ in range(6)]
    return RunPlan(
        "Unassign 6 licenses",
        tuple(PlannedItem(UnassignLicense(key, True, "Jetpack Scan", "site.example")) for key in keys),
    )


async def _issues(world: World) -> RunPlan:
    sites = [BlogId(await free_site(world.http)) for _ in range(4)]
    products = (SCAN, SCAN, SPAM, SCAN)
    issues = [PlannedItem(IssueLicense(product, None, product)) for product in products]
    assigns = [
        PlannedItem(AssignLicense(LicenseKey(""), site, "site.example", product), needs=position)
        for position, (site, product) in enumerate(zip(sites, products, strict=True))
    ]
    return RunPlan("Issue 4 licenses, and assign them", (*issues, *assigns))


async def _bundle(world: World) -> RunPlan:
    sites = [BlogId(await free_site(world.http)) for _ in range(3)]
    issue = PlannedItem(IssueLicense(SCAN, SIZE, "Jetpack Scan"))
    assigns = [
        PlannedItem(AssignLicense(LicenseKey(""), site, "site.example", "Jetpack Scan"), needs=0)
        for site in sites
    ]
    return RunPlan("Issue a bundle, and assign three of it", (issue, *assigns))


async def _moves(world: World) -> RunPlan:
    items: list[PlannedItem] = []
    for _ in range(3):
        key, site = await attached(world), BlogId(await free_site(world.http))
        items.append(PlannedItem(UnassignLicense(key, False, "Jetpack Scan", "site.example")))
        assign = AssignLicense(key, site, "other.example", "Jetpack Scan")
        items.append(PlannedItem(assign, needs=len(items) - 1))
    return RunPlan("Move 3 licenses", tuple(items))


async def _only_issues(world: World) -> RunPlan:
    del world
    return RunPlan("Issue 4 licenses", tuple(PlannedItem(IssueLicense(SCAN, None, "Scan")) for _ in range(4)))


RUNS: tuple[RunRow, ...] = (
    RunRow("6 unassigns", _unassigns, Route("DELETE", f"{API}/license/*/site"), 6),
    RunRow("4 issues and assigns", _issues, Route("POST", f"{API}/license*"), 8),
    RunRow("a bundle for 3 sites", _bundle, Route("POST", f"{API}/license*"), 4),
    RunRow("3 moves", _moves, Route("POST", f"{API}/license/*/site"), 3),
)


ISSUES = RunRow("4 issues of a product", _only_issues, Route("POST", f"{API}/license"), 4)


@dataclass(frozen=True)
class Made:
    """What a run made of the database, told so that it is the same in whatever order its items came: licenses and
    changes, each new license by its product alone.
    """

    licenses: Counter[tuple[object, ...]]
    changes: Counter[tuple[object, ...]]


@dataclass(frozen=True)
class ExpectedRun:
    """What the undisturbed run makes of its row."""

    row: RunRow
    plan: RunPlan
    image: Image
    made: Made


async def expect_run(row: RunRow, folder: Path) -> ExpectedRun:
    """Make a row ready, and find out what its run does when nothing goes wrong."""
    plan, image = await arranged(row.arrange)
    async with in_process(image, folder) as place:
        async with program(place.url, place.network(), place.journal, SIGNED_IN) as running:
            run = await _finished(running, await running.runner.add(plan))
            assert run.state is RunState.ENDED
            assert run.complete, f"{run.counts}"
        return ExpectedRun(row, plan, image, made_in(place))


def made_in(place: Place) -> Made:
    """Return what was made since the beginning."""
    before, after = place.before, read_tables(place.database)
    known = {row[2] for row in before["licenses"].rows}
    return Made(
        _licenses_of(after, known) - _licenses_of(before, known),
        Counter(
            (kind, subject if subject in known else "new", detail)
            for (_, _, kind, subject, detail, *_) in (
                after["changes"].rows - before["changes"].rows
            ).elements()
        ),
    )


def _licenses_of(tables: Tables, known: set[object]) -> Counter[tuple[object, ...]]:
    table = tables["licenses"]
    found: Counter[tuple[object, ...]] = Counter()
    for row in table.rows.elements():
        named = dict(zip(table.columns, row, strict=True))
        new = named["license_key"] not in known
        del named["license_id"]
        if new:
            named["license_key"], named["parent_license_id"] = "new", named["parent_license_id"] is not None
        found[tuple(sorted(named.items(), key=str))] += 1
    return found


async def _finished(running: Program, run: Run) -> Run:
    async with asyncio.timeout(LONGEST):
        return await running.runner.finished(run.id)


async def done_in_the_end(expected: ExpectedRun, running: Program, run: Run) -> None:
    """Have a run go on by the user's word, till there is nothing left of it; then it is done whole, once.

    What is still being looked up of it is waited for, as who looks at the screen does: it may turn out not to be done.
    """

    async def looked_up() -> bool:
        return not running.queue.verifying

    for _ in range(MOST_ROUNDS):
        await until(looked_up)
        run = await running.runner.run(run.id)
        if run.resumable:
            run = await running.runner.resume(run.id)
        elif run.retryable:
            run = await running.runner.retry(run.id)
        else:
            break
        run = await _finished(running, run)
    states = Counter(item.state for item in await running.runner.items(run.id))
    assert states == {ItemState.DONE: len(expected.plan.items)}, f"{run.state}, {dict(states)}: {run.reason}"
    assert run.complete


def check_whole(expected: ExpectedRun, place: Place) -> None:
    """Hold what is in the database against what the run was to do."""
    made = made_in(place)
    assert made == expected.made, (
        f"missing: {expected.made.changes - made.changes}, too much: {made.changes - expected.made.changes}"
    )


async def check_stands(expected: ExpectedRun, running: Program, place: Place) -> Run | None:
    """Start a program on the journal that a dead one left, and hold the run there against the database.

    Returns:
        The run, None where the journal has none, as it was not written down when the program died.

    """
    requests = await place.sent()
    async with asyncio.timeout(LONGEST):
        await running.queue.recover()
    assert await place.sent() == requests, "a program that starts sent something by itself"
    runs = await running.runner.runs()
    if not runs:
        assert not made_in(place).changes, "something was done of a run that is not written down"
        return None
    (run,) = runs
    items = await running.runner.items(run.id)
    assert [item.mutation for item in items] == [item.mutation for item in expected.plan.items], (
        "it is not whole"
    )
    states = Counter(item.state for item in items)
    assert not states[ItemState.ACTIVE], "what nobody works on is under way"
    assert not states[ItemState.UNKNOWN], "what can be read stayed unknown"
    assert states[ItemState.DONE] == sum(made_in(place).changes.values()), (
        f"{dict(states)}, {made_in(place).changes}"
    )
    if not run.state.settled:
        assert run.resumable, f"{run.state}, {run.reason}"
        assert [one.id for one in await running.runner.interrupted()] == [run.id]
    return run


async def judge_run(expected: ExpectedRun, place: Place, identity: Identity = SIGNED_IN) -> None:
    """Start the next program on the journal, have the run go on there, and hold what was done against the database."""
    async with program(place.url, place.network(), place.journal, identity) as running:
        run = await check_stands(expected, running, place)
        if run is None:
            run = await _finished(running, await running.runner.add(expected.plan))
        await done_in_the_end(expected, running, run)
        check_whole(expected, place)
        await _check_listed(running, place)
    async with program(place.url, place.network(), place.journal, identity) as last:
        assert await last.queue.recover() == ()
        assert await last.runner.interrupted() == ()
        check_whole(expected, place)


async def _check_listed(running: Program, place: Place) -> None:
    """Hold what the client lists against the database: every license that is not revoked, and its site."""
    listed = {
        one.license_key: one.blog_id if one.was_attached else None
        for one in await all_licenses(running.client)
        if not one.was_revoked
    }
    stored = dict(
        place.rows(
            "SELECT license_key, CASE WHEN attached_at IS NOT NULL THEN blog_id END FROM licenses"
            " WHERE key_id = 90121 AND revoked_at IS NULL"
        )
    )
    assert listed == stored, (
        f"listed: {listed.items() - stored.items()}, there: {stored.items() - listed.items()}"
    )


# -- the cells -----------------------------------------------------------------------------


async def fault_cell(expected: ExpectedRun, fault: Fault, number: int, folder: Path) -> None:
    """A fault strikes the ``number``-th request of a run; the user has it go on, in the same program."""
    route = expected.row.route
    async with in_process(expected.image, folder) as place:
        await place.faults(route.spec(fault.kind, fault.times, number - 1))
        count = 0

        async def hanging() -> None:
            nonlocal count
            count += 1
            if count != number:
                await asyncio.Event().wait()  # it is answered
            await _hangs_alone(expected, number, place, done=fault.done)

        line = Line(place.network(), route, hangs=hanging if fault.hangs else None)
        async with program(place.url, line, place.journal, SIGNED_IN) as running:
            run = await _finished(running, await running.runner.add(expected.plan))
            assert not run.interrupted
            await place.faults()
            await done_in_the_end(expected, running, run)
            check_whole(expected, place)
        await judge_run(expected, place)


async def left_cell(expected: ExpectedRun, fault: Fault, number: int, folder: Path) -> None:
    """The user leaves while the ``number``-th request of a run hangs: that takes no longer than the queue waits."""
    async with in_process(expected.image, folder) as place:
        await place.faults(expected.row.route.spec(fault.kind, fault.times, number - 1))
        async with program(place.url, place.network(), place.journal, SIGNED_IN) as running:
            run = await running.runner.add(expected.plan)
            await _hangs_alone(expected, number, place, done=fault.done)
            async with asyncio.timeout(PATIENT.read / 2):
                await running.runner.close()
            stands = await running.journal.run(run.id)
            assert stands.state is RunState.PAUSED
            assert stands.counts.unknown, f"{stands.counts}"  # and what was about to leave
        await place.faults()
        await judge_run(expected, place)


async def kill_cell(expected: ExpectedRun, kill: Kill, number: int, folder: Path) -> None:
    """A program is killed at the ``number``-th time that its run comes to a point."""
    async with served(expected.image, folder) as place:
        child = await _started(expected, kill, number, place)
        if kill.fault is not None:
            child.kill()
        assert await child.ended(), "it was not killed"
        await place.faults()
        await judge_run(expected, place)


async def at_step(expected: ExpectedRun, number: int, folder: Path) -> Result | None:
    """Kill a program at the ``number``-th statement or request of its run, and have the run go on in the next. Return
    None where it ended before.
    """
    async with served(expected.image, folder) as place:
        child = await _started(expected, Kill("", False, Point("")), number, place)
        killed = await child.ended()
        await judge_run(expected, place)
        return Result.OK if killed else None


async def again_at_step(expected: ExpectedRun, number: int, folder: Path) -> Result | None:
    """Kill a program while a request of its run hangs, and the next one at its ``number``-th step while it has the run go
    on. Return None where that one ended before.
    """
    async with served(expected.image, folder) as place:
        kill, request = HANGS[number % 2], number % expected.row.requests + 1
        first = await _started(expected, kill, request, place)
        first.kill()
        assert await first.ended()
        await place.faults()
        job = Job(place.url, place.journal, SIGNED_IN, ANY_CHANGE, Point("", number))
        killed = await Child(resume_run, job).ended()
        await judge_run(expected, place)
        return Result.OK if killed else None


async def two_programs(expected: ExpectedRun, kill: Kill, number: int, folder: Path) -> None:
    """While a program works on a run no other takes it up; when it was killed, two try at once."""
    async with served(expected.image, folder) as place:
        child = await _started(expected, kill, number, place)
        async with (
            program(place.url, place.network(), place.journal, SIGNED_IN) as one,
            program(place.url, place.network(), place.journal, SIGNED_IN) as other,
        ):
            (run,) = await one.runner.runs()
            assert await one.runner.interrupted() == (), "a living program works on it"
            for take in (one.runner.resume, one.runner.retry):
                try:
                    await take(run.id)
                except ConflictError:
                    continue
                raise AssertionError("it took up a run that a living program works on")
            child.kill()
            assert await child.ended()
            await place.faults()
            taken = await asyncio.gather(
                one.runner.resume(run.id), other.runner.resume(run.id), return_exceptions=True
            )
            # Whoever comes first may have to leave it again, as the other looks up what is unknown of it.
            assert any(isinstance(result, Run) for result in taken), f"none takes it up: {taken}"
            assert all(isinstance(result, Run | ConflictError) for result in taken), f"{taken}"
            async with asyncio.timeout(LONGEST):
                await asyncio.gather(one.runner.idle(), other.runner.idle())
            await done_in_the_end(expected, one, await one.runner.run(run.id))
            check_whole(expected, place)
        await judge_run(expected, place)


async def two_tokens(expected: ExpectedRun, kill: Kill, number: int, folder: Path) -> None:
    """The run was made with the key's token alone; who is signed in takes it up once it is known whose token that was."""
    async with served(expected.image, folder) as place:
        child = await _started(expected, kill, number, place, TOKEN_ALONE)
        child.kill()
        assert await child.ended()
        await place.faults()
        async with program(place.url, place.network(), place.journal, SIGNED_IN) as running:
            assert await running.runner.interrupted() == (), "nobody knows whose it is"
            running.journal.link(key_tokens(HOST, await running.client.partner.get()))
            run = await check_stands(expected, running, place)
            assert run is not None
            await done_in_the_end(expected, running, run)
            check_whole(expected, place)
        await judge_run(expected, place)


async def two_issue(expected: ExpectedRun, number: int, folder: Path) -> None:
    """Two programs issue the same product at the same time, and one of them is killed at a step: each license that
    either run was to issue is there, once.
    """
    async with served(expected.image, folder) as place:
        child = await _started(expected, Kill("", False, Point("")), number, place)
        async with program(place.url, place.network(), place.journal, SIGNED_IN) as running:

            async def has_begun() -> bool:
                return not child.alive or bool(await place.log())

            await until(has_begun)
            mine = await _finished(running, await running.runner.add(expected.plan))
            await child.ended()
            others = [run for run in await running.runner.runs() if run.id != mine.id]
            if not others:
                others = [await _finished(running, await running.runner.add(expected.plan))]
            for run in (*others, mine):
                await done_in_the_end(expected, running, await running.runner.run(run.id))
            twice = Counter({what: 2 * times for what, times in expected.made.changes.items()})
            assert made_in(place).changes == twice, f"{made_in(place).changes}"


def run_plan(job: Job, plan: RunPlan) -> None:
    """Carry out a run; the child's whole work."""

    async def work(running: Program) -> None:
        run = await running.runner.add(plan)
        await running.runner.finished(run.id)

    work_on(job, work)


def resume_run(job: Job) -> None:
    """Have the run that another program left go on; the child's whole work."""

    async def work(running: Program) -> None:
        for run in await running.runner.interrupted():
            await running.runner.resume(run.id)
            await running.runner.finished(run.id)

    work_on(job, work)


async def _started(
    expected: ExpectedRun, kill: Kill, number: int, place: Place, identity: Identity = SIGNED_IN
) -> Child:
    """Start a child; where it is to be killed from outside, return when its ``number``-th request hangs."""
    if kill.fault is not None:
        await place.faults(expected.row.route.spec(kill.fault, 1, number - 1))
    point = replace(kill.point, number=number) if kill.point is not None else None
    child = Child(run_plan, Job(place.url, place.journal, identity, ANY_CHANGE, point), expected.plan)
    if kill.fault is not None:
        await _hangs_alone(expected, number, place, done=kill.done)
        assert child.alive, "it ended by itself"
    return child


async def _hangs_alone(expected: ExpectedRun, number: int, place: Place, *, done: bool) -> None:
    """Wait till the ``number``-th request hangs and all others are answered; ``done``: what it asks for is done."""
    route = expected.row.route

    async def hangs() -> bool:
        entries = [entry for entry in await place.log() if changes_something(entry)]
        answered = [
            entry["status"] is not None for entry in entries if route.has(entry["method"], entry["path"])
        ]
        if len(answered) < number or answered[number - 1]:
            return False
        waiting = sum(entry["status"] is None for entry in entries)
        return waiting == 1 and sum(made_in(place).changes.values()) == len(entries) - (not done)

    await until(hangs)
