"""Cells of commands: killed at each step, ended by a signal, under a fault at each request; then the same command again,
which must send nothing, and ``operations resume``; or the same again and again with ``--run-name``.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from tests.matrix.database import difference, read_tables
from tests.matrix.driver import Point
from tests.matrix.faults import Fault
from tests.matrix.judge import Result
from tests.matrix.kills import Kill
from tests.matrix.orders import Image, arranged, pay
from tests.matrix.place import Place, served
from tests.matrix.program import Route, until
from tests.matrix.runs import MOST_ROUNDS, Made, made_in
from tests.matrix.shell import Ran, Started, command, start
from tests.operations.over_http import World, changes_something
from tests.operations.some_cards import saved
from tests.operations.some_licenses import attached, detached
from tests.sandbox.harness import API, free_site

Words = tuple[str, ...]
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
NOT_TOLD = frozenset({"licenses", "changes", "sqlite_sequence"})
"""The tables of which `Made` tells what was made, or which only count."""
ENDED = frozenset({"ended", "canceled"})


@dataclass(frozen=True)
class CommandRow:
    """One row: a command, and how the sandbox is made ready for it.

    Its faults strike the requests of ``route``, of which there are ``requests``.
    """

    name: str
    arrange: Callable[[World], Awaitable[Words]] = field(repr=False)
    route: Route
    requests: int
    app: bool = False
    """Whether the app is had to ask for the same, too."""

    def __str__(self) -> str:
        return self.name


async def _site(world: World) -> str:
    site = await free_site(world.http)
    return str(site)


async def _unassigns(world: World) -> Words:
    return ("licenses", "unassign", *[await attached(world) for _ in range(4)])


async def _assigns(world: World) -> Words:
    return ("licenses", "assign", await detached(world), "--site", await _site(world))


async def _moves(world: World) -> Words:
    return ("licenses", "move", await attached(world), "--site", await _site(world))


async def _revokes(world: World) -> Words:
    return ("licenses", "revoke", *[await detached(world) for _ in range(3)])


async def _issues(world: World) -> Words:
    del world
    return ("licenses", "issue", "jetpack-scan:3")


async def _issues_for_sites(world: World) -> Words:
    sites = [word for _ in range(2) for word in ("--site", await _site(world))]
    return ("licenses", "issue", "jetpack-scan", *sites)


async def _primary(world: World) -> Words:
    await saved(world, primary=True)
    return ("payment-methods", "set-primary", await saved(world, primary=False))


async def _company(world: World) -> Words:
    del world
    return ("company", "update", "--city", "Graz", "--postal-code", "8010")


async def _pays(world: World) -> Words:
    order = await pay(world)
    assert isinstance(order.change, PayInvoice)
    return ("invoices", "pay", order.change.number)


COMMANDS: tuple[CommandRow, ...] = (
    CommandRow("licenses unassign, 4", _unassigns, Route("DELETE", f"{API}/license/*/site"), 4, app=True),
    CommandRow("licenses assign", _assigns, Route("POST", f"{API}/license/*/site"), 1),
    CommandRow("licenses move", _moves, Route("*", f"{API}/license/*/site"), 2),
    CommandRow("licenses revoke, 3", _revokes, Route("DELETE", f"{API}/license"), 3, app=True),
    CommandRow("licenses issue, 3", _issues, Route("POST", f"{API}/license"), 3, app=True),
    CommandRow("licenses issue for 2 sites", _issues_for_sites, Route("POST", f"{API}/license*"), 4),
    CommandRow("payment-methods set-primary", _primary, Route("POST", f"{API}/stripe/payment-method"), 1),
    CommandRow("company update", _company, Route("PUT", f"{API}/partner"), 1),
    CommandRow("invoices pay", _pays, Route("POST", f"{API}/partner/invoice/*/payment"), 1),
)


@dataclass(frozen=True)
class MadeByCommand:
    """What a command made of the database: of licenses, and of all else."""

    licenses: Made
    others: Counter[str]


@dataclass(frozen=True)
class ExpectedCommand:
    """What the undisturbed command makes of its row, and how many changes it prints."""

    row: CommandRow
    words: Words
    image: Image
    made: MadeByCommand
    items: int


async def expect_command(row: CommandRow, folder: Path) -> ExpectedCommand:
    """Make a row ready, and find out what its command does when nothing goes wrong."""
    words, image = await arranged(row.arrange)
    words = (*words, "--yes", "--json")
    async with served(image, folder) as place:
        ran = await command(place, *words)
        assert ran.code == ExitCode.OK, str(ran)
        assert {one["state"] for one in ran.rows} == {"done"}, ran.out
        route = row.route
        sent = [entry for entry in await place.log() if route.has(entry["method"], entry["path"])]
        assert len(sent) == row.requests, f"{len(sent)} requests"
        made = _made(place)
        assert made.licenses.changes or made.others, "nothing was changed"
        return ExpectedCommand(row, words, image, made, len(ran.rows))


def _made(place: Place) -> MadeByCommand:
    changed = difference(place.before, read_tables(place.database))
    others = [f"- {table} {row}" for table, row in changed.removed if table not in NOT_TOLD]
    others += [f"+ {table} {row}" for table, row in changed.added if table not in NOT_TOLD]
    return MadeByCommand(made_in(place), Counter(others))


def check_made(expected: ExpectedCommand, place: Place, times: int = 1) -> None:
    """Hold what is in the database against what the command was to do (`times`: of issuing alone, so often)."""
    made = _made(place)
    if times != 1:
        wanted = Counter({what: times * count for what, count in expected.made.licenses.changes.items()})
        assert made.licenses.changes == wanted, f"{made.licenses.changes}"
        return
    too_much = made.licenses.changes - expected.made.licenses.changes
    missing = expected.made.licenses.changes - made.licenses.changes
    assert made == expected.made, f"missing: {missing}, too much: {too_much}, others: {made.others}"


def runs_in(place: Place) -> list[tuple[int, str]]:
    """Return the number and the state of each run that the journal has, read without the program."""
    if not place.journal.exists():
        return []
    with closing(sqlite3.connect(f"file:{place.journal}?mode=ro", uri=True, timeout=5)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs'").fetchall():
            return []
        return connection.execute("SELECT id, state FROM runs ORDER BY id").fetchall()


def check_agrees(ran: Ran, place: Place, done: int | None = None) -> None:
    """Hold the exit code of a command that carried something out against the rows that it printed, and these against
    the database (`done`: what was done there, by default as many changes as it notes).
    """
    states = Counter(row["state"] for row in ran.rows)
    unknown, made = states["unknown"] + states["active"], sum(made_in(place).changes.values())
    assert states["done"] <= (made if done is None else done) <= states["done"] + unknown, f"{states}, {made}"
    if states["unknown"]:
        assert ran.code == ExitCode.OUTCOME_UNKNOWN, f"{states}: {ran}"
    elif states.total() == states["done"]:
        assert ran.code == ExitCode.OK, f"{states}: {ran}"
    elif states["done"]:
        assert ran.code == ExitCode.PARTIAL, f"{states}: {ran}"
    else:
        wrong = (ExitCode.NOT_SIGNED_IN, ExitCode.REFUSED, ExitCode.NO_ANSWER)
        assert ran.code in wrong, f"{states}: {ran}"


async def done_in_the_end(expected: ExpectedCommand, place: Place) -> None:
    """Ask for the same again, which sends nothing while the first has not ended; have that go on: all is done, once."""
    await place.quiet()
    before, sent = _made(place), await place.sent()
    runs = runs_in(place)
    if not runs:
        assert not sent, "something was sent of a run that is not written down"
        ran = await command(place, *expected.words)
        assert ran.code == ExitCode.OK, str(ran)
        check_made(expected, place)
        return
    ((number, state),) = runs
    if state not in ENDED:
        again = await command(place, *expected.words)
        if again.code == ExitCode.OK:  # all of it has turned out to be done: that is told
            assert "Nothing was sent" in again.err, f"the same again: {again}"
            assert [row["state"] for row in again.rows] == ["done"] * expected.items
        else:
            assert again.code == ExitCode.OUTCOME_UNKNOWN, f"the same again: {again}"
            assert f"operations resume {number}`" in again.err, again.err
            assert not again.rows
        assert await place.sent() == sent, "the same again has sent something"
        assert (_made(place), len(runs_in(place))) == (before, 1), "the same again has changed something"
    await _gone_on(expected, place, number)
    check_made(expected, place)
    sent = await place.sent()
    last = await command(place, "operations", "resume", str(number), "--yes", "--json")
    assert last.code == ExitCode.OK, f"what has ended: {last}"
    assert [row["state"] for row in last.rows] == ["done"] * expected.items
    assert await place.sent() == sent, "what has ended was sent again"


async def _gone_on(expected: ExpectedCommand, place: Place, number: int) -> None:
    """Have a run go on by commands till each of its changes is done."""
    verb = "resume"
    told: list[str] = []
    for _ in range(MOST_ROUNDS):
        ran = await command(place, "operations", verb, str(number), "--yes", "--json")
        told.append(f"{verb}: {ran}")
        check_agrees(ran, place)
        if ran.code == ExitCode.OK:
            assert len(ran.rows) == expected.items
            return
        verb = "retry" if dict(runs_in(place))[number] in ENDED else "resume"
    raise AssertionError(f"it is never done: {told}")


# -- the cells -----------------------------------------------------------------------------


async def kill_cell(expected: ExpectedCommand, kill: Kill, number: int, folder: Path) -> None:
    """A command is killed at the ``number``-th time that it comes to a point."""
    async with served(expected.image, folder) as place:
        await _killed(expected, kill, number, place, expected.words)
        await done_in_the_end(expected, place)


async def at_step(expected: ExpectedCommand, number: int, folder: Path) -> Result | None:
    """Kill a command at its ``number``-th statement or request. Return None where it ended before."""
    async with served(expected.image, folder) as place:
        ran = await command(place, *expected.words, point=Point("", number))
        if ran.killed:
            await done_in_the_end(expected, place)
            return Result.OK
        assert ran.code == ExitCode.OK, str(ran)
        check_made(expected, place)
        return None


async def again_at_step(expected: ExpectedCommand, number: int, folder: Path) -> Result | None:
    """Kill a command while a request hangs, and the one that goes on with it at its ``number``-th step. Return None where
    that one ended before.
    """
    async with served(expected.image, folder) as place:
        fault = ("hang-before", "hang-after")[number % 2]
        started = await _hanging(expected, fault, number % expected.row.requests + 1, place, expected.words)
        started.child.kill()
        assert (await started.ended()).killed
        await place.faults()
        ((run, _),) = runs_in(place)
        words = ("operations", "resume", str(run), "--yes", "--json")
        ran = await command(place, *words, point=Point("", number))
        await done_in_the_end(expected, place)
        return Result.OK if ran.killed else None


async def named_at_step(expected: ExpectedCommand, number: int, folder: Path) -> Result | None:
    """Run a command with a name till it ends with 0, killed at its ``number``-th step, the next one at half of it."""
    words = (*expected.words, "--run-name", "cron")
    async with served(expected.image, folder) as place:
        first = await command(place, *words, point=Point("", number))
        second = await command(place, *words, point=Point("", number // 2 + 1))
        for ran in (first, second):
            assert ran.killed or ran.code == ExitCode.OK, str(ran)
        await _named_in_the_end(expected, words, place)
        return Result.OK if first.killed else None


async def named_fault_cell(expected: ExpectedCommand, fault: Fault, number: int, folder: Path) -> None:
    """A fault strikes a request of a command with a name, which is run till it ends with 0."""
    words = (*expected.words, "--run-name", "cron")
    async with served(expected.image, folder) as place:
        ran = await _under_fault(expected, fault, number, place, words)
        check_agrees(ran, place, _done(expected, place))
        await _named_in_the_end(expected, words, place)


async def _named_in_the_end(expected: ExpectedCommand, words: Words, place: Place) -> None:
    told: list[str] = []
    for _ in range(MOST_ROUNDS):
        ran = await command(place, *words)
        told.append(str(ran))
        if ran.code == ExitCode.OK:
            break
        if all(
            state in ENDED for _, state in runs_in(place)
        ):  # what has ended with failures is tried by retry
            await _gone_on(expected, place, runs_in(place)[-1][0])
    else:
        raise AssertionError(f"it never ends with 0: {told}")
    check_made(expected, place)
    sent = await place.sent()
    last = await command(place, *words)
    assert (last.code, len(last.rows), await place.sent()) == (ExitCode.OK, expected.items, sent), str(last)
    assert len(runs_in(place)) == 1


async def signal_cell(expected: ExpectedCommand, which: signal.Signals, number: int, folder: Path) -> None:
    """A signal ends a command while its ``number``-th request hangs: it says how it goes on."""
    async with served(expected.image, folder) as place:
        fault = ("hang-before", "hang-after")[number % 2]
        started = await _hanging(expected, fault, number, place, expected.words)
        started.child.signal(which)
        ran = await started.ended()
        await place.faults()
        assert ran.code == 128 + which, str(ran)
        ((run, _),) = runs_in(place)
        assert re.search(rf"operations resume {run}`", ran.err), ran.err
        await done_in_the_end(expected, place)


async def fault_cell(expected: ExpectedCommand, fault: Fault, number: int, folder: Path) -> None:
    """A fault strikes the ``number``-th request of a command, which ends by itself; what it says of it is true."""
    async with served(expected.image, folder) as place:
        ran = await _under_fault(expected, fault, number, place, expected.words)
        check_agrees(ran, place, _done(expected, place))
        await done_in_the_end(expected, place)


def _done(expected: ExpectedCommand, place: Place) -> int:
    """Return how many changes were done: the database notes each, but of a card."""
    made = _made(place)
    if expected.made.licenses.changes:
        return sum(made.licenses.changes.values())
    return expected.items if made == expected.made else 0


async def _under_fault(
    expected: ExpectedCommand, fault: Fault, number: int, place: Place, words: Words
) -> Ran:
    if fault.hangs:
        (place.folder / "config").mkdir(mode=0o700, exist_ok=True)
        settings = place.folder / "config" / "config.toml"
        settings.write_text("[timeouts]\nread = 1.5\n")
        settings.chmod(0o600)
    await place.faults(expected.row.route.spec(fault.kind, fault.times, number - 1))
    ran = await command(place, *words)
    assert ran.code >= 0, str(ran)
    await place.faults()
    return ran


async def _killed(expected: ExpectedCommand, kill: Kill, number: int, place: Place, words: Words) -> None:
    if kill.fault is None:
        assert kill.point is not None
        point = Point(kill.point.event, number, kill.point.after)
        ran = await command(place, *words, point=point)
    else:
        started = await _hanging(expected, kill.fault, number, place, words)
        started.child.kill()
        ran = await started.ended()
        await place.faults()
    assert ran.killed, f"it was not killed: {ran}"


async def _hanging(
    expected: ExpectedCommand, fault: str, number: int, place: Place, words: Sequence[str]
) -> Started:
    """Start a command, and return it once the ``number``-th of its requests hangs."""
    await place.faults(expected.row.route.spec(fault, 1, number - 1))
    started = start(place, *words)
    await until(lambda: hangs(expected.row.route, number, place, started, done=fault == "hang-after"))
    return started


async def hangs(route: Route, number: int, place: Place, started: Started, *, done: bool) -> bool:
    """Whether the ``number``-th request hangs and the others are answered; ``done``: and what it asks for is done."""
    assert started.child.alive, f"it ended by itself: {await started.ended()}"
    entries = [entry for entry in await place.log() if changes_something(entry)]
    open_ones = [entry for entry in entries if entry["status"] is None]
    ours = [entry for entry in entries if route.has(entry["method"], entry["path"])]
    if len(ours) < number or ours[number - 1]["status"] is not None or len(open_ones) != 1:
        return False
    if not done:
        return True
    made = _made(place)
    noted = sum(made.licenses.changes.values())
    return noted == len(entries) if noted else bool(made.others)


# -- two programs on one journal ---------------------------------------------------------------


SLOW = "latency=1.5"
"""So long a change takes that the second of two programs is there before the first has ended."""


async def both_at_once(expected: ExpectedCommand, number: int, folder: Path, *, app: bool) -> None:
    """Two commands, or the app and a command, ask for the same at the same moment: it is done once, and who comes second
    says so with 7 (of a try with an odd number waits, and prints the same).
    """
    waits = number % 2 == 1
    async with served(expected.image, folder) as place:
        await place.faults(expected.row.route.spec(SLOW))
        words = (*expected.words, "--wait") if waits else expected.words
        first = start(place, *words, app=app)
        await asyncio.sleep(number % 10 * 0.002)  # by which chance who comes first is not always the same
        second = start(place, *words)
        ended = await asyncio.gather(first.ended(), second.ended())
        told = [str(ran) for ran in ended]
        codes = [ran.code for ran in ended]
        app_came_second = app and codes[0] == ExitCode.OUTCOME_UNKNOWN  # which never waits
        wanted = [0, 0] if waits and not app_came_second else [0, 7]
        assert sorted(codes) == wanted, told
        await place.faults()
        check_made(expected, place)
        assert [state for _, state in runs_in(place)] == ["ended"], f"{runs_in(place)}: {told}"
        printed = [ran for ran in ended if ran.rows]
        for ran in printed:
            assert [row["state"] for row in ran.rows] == ["done"] * expected.items, ran.out
