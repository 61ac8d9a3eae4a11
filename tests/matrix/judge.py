"""What a cell is held against: what the undisturbed change does, and what the next programs make of the journal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.operation import Outcome
from tests.matrix.database import Difference
from tests.matrix.orders import Image, Order, Row, arranged
from tests.matrix.place import Place, in_process
from tests.matrix.program import LONGEST, Program, program

NO_CHANGE = Difference()


class Result(Enum):
    """How a cell ended that did not fail.

    ``UNKNOWN``: it stayed unknown, as it has to: nothing of it can be read, and nothing of it has to be guarded.
    """

    OK = "ok"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Expected:
    """What the undisturbed change makes of a row: of the database, and of what the client lists."""

    row: Row
    order: Order
    image: Image
    made: Difference
    listed_before: object
    listed_after: object


async def expect(row: Row, folder: Path) -> Expected:
    """Make a row ready, and find out what its change does when nothing goes wrong."""
    order, image = await arranged(row.arrange)
    assert type(order.change) is row.kind
    assert bool(order.change.conflict_key) == row.guarded
    async with in_process(image, folder) as place:
        async with program(place.url, place.network(), place.journal, order.identity) as running:
            before = await row.look(running.client)
            assert not place.changed(), "reading changed something"
            outcome = await send(running, order)
            assert outcome.state is EntryState.DONE, outcome.sentence
            after = await row.look(running.client)
        made = place.changed()
        assert made, f"{row}: nothing was changed"
    return Expected(row, order, image, made, before, after)


async def send(running: Program, order: Order) -> Outcome[object]:
    """Submit the change and return how it ended."""
    async with asyncio.timeout(LONGEST):
        return await running.queue.submit(order.change, secrets=order.secrets_for(running.client)).outcome()


def change_in(place: Place, expected: Expected) -> Difference:
    """Return what was changed, which is nothing or exactly what was asked for."""
    change = place.changed()
    assert change in (NO_CHANGE, expected.made), f"the database: {change}"
    return change


async def judge(expected: Expected, place: Place, *, done: bool | None) -> Result:
    """Start a second program on the journal, and a third, and hold what they say against the database.

    ``done``: whether the change must have been done, None where that was the server's own matter.

    Raises:
        AssertionError: the journal, or what the client shows, is at odds with the database.

    """
    order, row = expected.order, expected.row
    requests = await place.sent()
    async with program(place.url, place.network(), place.journal, order.identity) as second:
        async with asyncio.timeout(LONGEST):
            await second.queue.recover()
        change = change_in(place, expected)
        happened = bool(change)
        assert done is None or happened == done, f"the database: {change}"
        assert await place.sent() == requests, "a program that starts sent a change by itself"
        result = await _held_against_journal(second, expected, happened)
        listed = await row.look(second.client)
        assert listed == (expected.listed_after if happened else expected.listed_before), f"listed: {listed}"
    async with program(place.url, place.network(), place.journal, order.identity) as third:
        assert await third.queue.recover() == (), "a third program found something left"
        assert place.changed() == change, "a third start changed something"
        assert await place.sent() == requests, "a program that starts sent a change by itself"
        if not happened:
            outcome = await send(third, order)
            assert outcome.state is EntryState.DONE, f"asked again: {outcome.sentence}"
            assert place.changed() == expected.made, f"asked again, the database: {place.changed()}"
    return result


async def _held_against_journal(running: Program, expected: Expected, happened: bool) -> Result:
    entries = await running.queue.entries()
    if not entries:
        assert not happened, "it was done, and the journal does not know it"
        return Result.OK
    entry = entries[-1]  # what was refused after it, because of it, is above
    if entry.state is not EntryState.UNKNOWN:
        assert entry.state.settled, f"after the restart the journal says {entry.state}"
        assert entry.state.happened == happened, f"the journal says {entry.state}, but {happened=}"
        return Result.OK
    assert not expected.order.change.conflict_key, f"it stayed unknown though it can be read: {entry.message}"
    outcome = await running.queue.resolve_manually(entry.id, done=happened)
    assert outcome.happened == happened, outcome.sentence
    return Result.UNKNOWN
