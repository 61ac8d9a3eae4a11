"""A plan of issues ends at the first refusal for want of a card: not one request more leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jpmanage_tui.api.ids import PaymentMethodId, ProductSlug
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.cards import DeleteCard
from jpmanage_tui.operations.mutations.licenses import IssueLicense
from jpmanage_tui.operations.runs import BatchRun, RunItem
from tests.operations.over_http import Caller, World, sandbox_on_disk, world_at

ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
NEEDED = "A valid payment method is required to issue licenses. Please add one and try again."


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A sandbox of its own: these tests take its cards away."""
    with sandbox_on_disk(tmp_path) as place:
        async with world_at(*place) as world:
            yield world


async def carried_out(plan: BatchRun, caller: Caller) -> BatchRun:
    plan.start(caller.queue)
    await plan.finished()
    return plan


async def test_an_account_without_a_card_is_refused_once_and_not_once_for_each_license(world: World) -> None:
    caller = await world.caller("sandbox-key-nocard", None)
    await world.forget()
    plan = await carried_out(BatchRun([ISSUE] * 5), caller)
    assert len(await world.sent()) == 1
    assert (plan.needs_card, plan.stop_reason, len(plan.failed), len(plan.remaining)) == (True, NEEDED, 1, 4)
    assert world.changed() == []


async def test_a_card_that_goes_in_between_ends_the_plan_at_the_next_license(world: World) -> None:
    caller = await world.caller()
    cards = await caller.client.payment_methods.list()
    primary = next(card for card in cards.items if card.is_default)
    removals: list[Mutation[PaymentMethodId | None]] = [
        DeleteCard(card.id, "a card", primary.id) for card in cards.items if card is not primary
    ]
    removals.append(DeleteCard(primary.id, "the last card"))
    await world.forget()
    plan = await carried_out(BatchRun([ISSUE, *removals, ISSUE, ISSUE, ISSUE]), caller)
    assert plan.needs_card
    assert [item.change for item in plan.items if item.operation is not None] == [ISSUE, *removals, ISSUE]
    assert len(await world.sent()) == len(removals) + 2
    assert [kind for kind, _, _ in world.changed()].count("issue") == 1
    assert [item.change for item in plan.retry().items] == [ISSUE] * 3


async def test_who_watches_a_plan_is_told_while_the_fate_of_one_is_looked_up(world: World) -> None:
    heard: list[tuple[bool, bool]] = []

    def hear(item: RunItem) -> None:
        heard.append((item.verifying, item.outcome is not None))

    await world.faults("POST */jetpack-licensing/license reset-after")
    plan = BatchRun([ISSUE])
    plan.start((await world.caller()).queue, hear)
    await plan.finished()
    await asyncio.sleep(0)
    assert [outcome.state.value for outcome in plan.succeeded] == ["found_done"]
    assert heard == [(False, False), (True, False), (False, True)]
