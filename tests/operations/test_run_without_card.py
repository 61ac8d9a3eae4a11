"""A run of issues pauses at the first refusal for want of a card: not one request more leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.operations.mutations.licenses import IssueLicense
from jpmanage_tui.operations.run import RunState
from jpmanage_tui.operations.runner import RunEvent
from tests.operations.over_http import World, sandbox_on_disk, world_at
from tests.operations.runs import carried_out, states

ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
NEEDED = "A valid payment method is required to issue licenses. Please add one and try again."


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A sandbox of its own: these tests take its cards away."""
    with sandbox_on_disk(tmp_path) as place:
        async with world_at(*place) as world:
            yield world


async def test_an_account_without_a_card_is_refused_once_and_not_once_for_each_license(world: World) -> None:
    caller = await world.caller("sandbox-key-nocard", None)
    await world.forget()
    run, items = await carried_out(caller.queue, [ISSUE] * 5)
    assert len(await world.sent()) == 1
    assert (run.state, run.reason) == (RunState.PAUSED, NEEDED)
    assert states(items) == ["failed", *["waiting"] * 4]
    assert world.changed() == []


async def test_who_watches_a_plan_is_told_while_the_fate_of_one_is_looked_up(world: World) -> None:
    events: list[RunEvent] = []
    await world.faults("POST */jetpack-licensing/license reset-after")
    run, _ = await carried_out((await world.caller()).queue, [ISSUE], events.append)
    await asyncio.sleep(0)
    assert run.complete
    heard = [(event.verifying, event.outcome is not None) for event in events if event.position is not None]
    assert heard == [(False, False), (True, False), (False, True)]
    assert [event.outcome.state.value for event in events if event.outcome is not None] == ["found_done"]
