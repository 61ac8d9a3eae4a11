"""Cells of changes without a kill: one program and one fault, then what the next programs make of the journal."""

from __future__ import annotations

import asyncio
from enum import Enum
from pathlib import Path

from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import ConflictError, OperationError
from jpmanage_tui.operations.operation import Outcome
from tests.matrix.faults import Answer, Fault
from tests.matrix.judge import Expected, Result, change_in, judge, send
from tests.matrix.place import Place, in_process
from tests.matrix.program import LONGEST, Hook, Line, Program, program, until


class Mode(Enum):
    """What happens around the fault.

    ``GOES_ON``: the same program looks up what became of it. ``LINE_CUT``: after the request it reaches nothing any
    more, and only the next program can look. ``QUITS``: the user leaves while the request hangs.
    """

    GOES_ON = "goes on"
    LINE_CUT = "line cut"
    QUITS = "quits"

    def fits(self, fault: Fault) -> bool:
        """Return whether there is such a cell."""
        return self is not Mode.QUITS or fault.hangs


async def cell(expected: Expected, fault: Fault, mode: Mode, folder: Path) -> Result:
    """Run one cell.

    Raises:
        AssertionError: the program, its journal or what it shows is at odds with the sandbox's database.

    """
    order, tasks = expected.order, asyncio.all_tasks()
    repeated = mode is not Mode.LINE_CUT
    done = fault.is_done(order.change, repeated=repeated)
    async with in_process(expected.image, folder) as place:
        await place.faults(order.route.spec(fault.kind, fault.times))

        async def hangs() -> bool:
            return bool(await place.sent() and (not fault.done or place.changed()))

        async def hanging() -> None:
            await until(hangs)

        gives_up = fault.hangs and mode is not Mode.QUITS
        network = Line(
            place.network(), order.route, hangs=hanging if gives_up else None, cut=mode is Mode.LINE_CUT
        )
        async with program(place.url, network, place.journal, order.identity) as first:
            outcome = await (_quit(first, expected, hanging) if mode is Mode.QUITS else send(first, order))
            happened = bool(change_in(place, expected))
            assert happened == done, f"{outcome.sentence} The database: {place.changed()}"
            readable = mode is Mode.GOES_ON and order.change.conflict_key
            if fault.answer is Answer.LOST and not readable:
                assert outcome.unknown, outcome.sentence
            else:
                assert not outcome.unknown, outcome.sentence
                assert outcome.happened == happened, f"{outcome.sentence} But {happened=}"
            if outcome.unknown and order.change.conflict_key and mode is Mode.LINE_CUT:
                await _check_guard(expected, first, place)
        assert await place.sent() == fault.requests(order.change, repeated=repeated)
        await place.faults()
        result = await judge(expected, place, done=done)
    left = {task for task in asyncio.all_tasks() - tasks if not task.done()}
    assert not left, f"tasks are left: {left}"
    return result


async def unclear_cell(expected: Expected, fault: Fault, folder: Path) -> Result:
    """The answer is lost, and before anybody looks somebody else does the like: then reading cannot tell, and the same
    change is refused, by every program, till it is settled by the user's word.
    """
    order, meddle = expected.order, expected.row.meddle
    assert meddle is not None
    async with in_process(expected.image, folder) as place:
        await place.faults(order.route.spec(fault.kind, fault.times))

        async def hangs() -> bool:
            return bool(await place.sent() and (not fault.done or place.changed()))

        async def hanging() -> None:
            await until(hangs)

        network = Line(place.network(), order.route, hangs=hanging if fault.hangs else None, cut=True)
        async with program(place.url, network, place.journal, order.identity) as first:
            assert (await send(first, order)).unknown
        assert bool(change_in(place, expected)) == fault.done
        await place.faults()
        await meddle(place.http, fault.done)
        for _ in range(2):
            async with program(place.url, place.network(), place.journal, order.identity) as running:
                (looked,) = await running.queue.recover()
                assert looked.unknown, looked.sentence
                await _check_guard(expected, running, place)
        before, requests = place.changed(), await place.sent()
        async with program(place.url, place.network(), place.journal, order.identity) as last:
            entry = (await last.queue.entries())[-1]
            assert (await last.queue.recheck(entry.id)).unknown
            told = await last.queue.resolve_manually(entry.id, done=fault.done)
            assert told.happened == fault.done, told.sentence
            assert (place.changed(), await place.sent()) == (before, requests), "looking changed something"
            again = await send(last, order)
            assert not isinstance(again.error, OperationError), f"it is still refused: {again.sentence}"
            assert await place.sent() == requests + 1
            assert again.happened == (place.changed() != before), again.sentence
    return Result.UNKNOWN


async def _quit(running: Program, expected: Expected, hanging: Hook) -> Outcome[object]:
    """Submit the change, and leave the program while it hangs."""
    order = expected.order
    operation = running.queue.submit(order.change, secrets=order.secrets_for(running.client))
    async with asyncio.timeout(LONGEST):
        await hanging()
        await running.queue.close()
        return await operation.outcome()


async def _check_guard(expected: Expected, running: Program, place: Place) -> None:
    """See that the same change is refused as long as it is not known what became of the first."""
    before = await place.sent()
    again = await send(running, expected.order)
    assert again.state is EntryState.NOT_SENT, again.sentence
    assert isinstance(again.error, ConflictError), again.sentence
    assert await place.sent() == before, "it was sent though an earlier one is unknown"
