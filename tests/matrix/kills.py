"""Cells of changes whose program is killed, in a process of its own, against a sandbox over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import ConflictError, EarlierUnsettled
from jpmanage_tui.operations.scopes import key_tokens
from tests.matrix.driver import Child, Job, Point, recover_only, send_one
from tests.matrix.judge import Expected, Result, change_in, judge, send
from tests.matrix.orders import Order
from tests.matrix.place import Place, served
from tests.matrix.program import HOST, Program, program, until


@dataclass(frozen=True)
class Kill:
    """A way to be killed: at a point of its own, or from outside while the sandbox hangs with its request.

    ``done``: whether the server has done what was asked then.
    """

    name: str
    done: bool
    point: Point | None = None
    fault: str | None = None

    def __str__(self) -> str:
        return self.name


KILLS: tuple[Kill, ...] = (
    Kill("killed before noted", False, Point("INSERT INTO entries")),
    Kill("killed when noted", False, Point("BEGIN", after="INSERT INTO entries")),
    Kill("killed before send", False, Point("request")),
    Kill("killed when sent", False, fault="hang-before"),
    Kill("killed when done", True, fault="hang-after"),
    Kill("killed at the answer", True, Point("answer")),
    Kill("killed before settled", True, Point("COMMIT", after="answer")),
)
HANGS = (KILLS[3], KILLS[4])
"""Those in which another program can do something while the request hangs."""


async def cell(expected: Expected, kill: Kill, folder: Path) -> Result:
    """Kill a program, and hold what the next ones make of its journal against the database."""
    async with served(expected.image, folder) as place:
        child = await _started(expected.order, kill, place)
        if kill.fault is not None:
            child.kill()
        assert await child.ended(), "it was not killed"
        await place.faults()
        return await judge(expected, place, done=kill.done)


async def at_step(expected: Expected, number: int, folder: Path) -> Result | None:
    """Kill a program at its ``number``-th statement or request, and hold what the next ones make of the journal against
    the database. Return None where it ended before.
    """
    async with served(expected.image, folder) as place:
        child = await _started(expected.order, Kill("", False, Point("", number)), place)
        killed = await child.ended()
        result = await judge(expected, place, done=None if killed else True)
        return result if killed else None


async def again_at_step(expected: Expected, number: int, folder: Path) -> Result | None:
    """Kill a program while its request hangs, and the next one at its ``number``-th step while it looks what became of
    it. Return None where that one ended before.
    """
    kill = HANGS[number % 2]
    async with served(expected.image, folder) as place:
        first = await _started(expected.order, kill, place)
        first.kill()
        assert await first.ended()
        await place.faults()
        order = expected.order
        job = Job(place.url, place.journal, order.identity, order.route, Point("", number))
        killed = await Child(recover_only, job).ended()
        result = await judge(expected, place, done=kill.done)
        return result if killed else None


async def two_programs(expected: Expected, kill: Kill, folder: Path) -> Result:
    """While the request of one program hangs, another asks for the same; then the first is killed."""
    order = expected.order
    async with served(expected.image, folder) as place:
        child = await _started(expected.order, kill, place)
        async with program(place.url, place.network(), place.journal, order.identity) as other:
            assert await other.queue.recover() == (), "it settled what a living program works on"
            await _check_refused(expected, other, place)
            await until(lambda: _is_idle(other))  # it looked whether the other one lives
            child.kill()
            assert await child.ended()
            await place.faults()
            await _check_refused(expected, other, place)  # and looks for it now, as nobody else does
            await _settled(other)
            assert bool(change_in(place, expected)) == kill.done
        return await judge(expected, place, done=kill.done)


async def two_tokens(expected: Expected, kill: Kill, folder: Path) -> Result:
    """A program that has the key's token alone is killed; the next one is signed in, and knows whose token that is."""
    order = expected.order
    alone = replace(order.identity, user=None, partner_key=None)
    async with served(expected.image, folder) as place:
        child = await _started(replace(order, identity=alone), kill, place)
        child.kill()
        assert await child.ended()
        await place.faults()
        async with program(place.url, place.network(), place.journal, order.identity) as other:
            # as long as it is not known whose token that was, it may be the same key: the user is asked
            refused = await send(other, order)
            assert isinstance(refused.error, EarlierUnsettled), refused.sentence
            other.journal.link(key_tokens(HOST, await other.client.partner.get()))
            await other.queue.recover()  # or what looks in the background since the refusal was faster
            await _settled(other)
        return await judge(expected, place, done=kill.done)


async def _started(order: Order, kill: Kill, place: Place) -> Child:
    """Start a child; where it is to be killed from outside, return when its request hangs."""
    if kill.fault is not None:
        await place.faults(order.route.spec(kill.fault, 1))
    child = Child(send_one, Job(place.url, place.journal, order.identity, order.route, kill.point), order)
    if kill.fault is not None:

        async def hangs() -> bool:
            assert child.alive, "it ended by itself"
            return bool(await place.sent() and (not kill.done or place.changed()))

        await until(hangs)
    return child


async def _is_idle(running: Program) -> bool:
    return not running.queue.verifying


async def _settled(running: Program) -> None:
    """Wait till it is known what became of the first change."""

    async def settled() -> bool:
        entries = await running.queue.entries()
        return bool(entries) and entries[-1].state.settled

    await until(settled)


async def _check_refused(expected: Expected, running: Program, place: Place) -> None:
    requests = await place.sent()
    again = await send(running, expected.order)
    assert again.state is EntryState.NOT_SENT, again.sentence
    assert isinstance(again.error, ConflictError), again.sentence
    assert await place.sent() == requests, "it was sent though an earlier one is not settled"
