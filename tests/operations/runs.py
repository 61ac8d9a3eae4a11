"""Runs of a few mutations, carried out to their end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.run import PlannedItem, Run, RunItem, RunPlan
from jpmanage_tui.operations.runner import OnRunEvent, Runner


def plan_of(mutations: Iterable[Mutation[Any]], title: str = "A run") -> RunPlan:
    return RunPlan(title, tuple(PlannedItem(mutation) for mutation in mutations))


async def carried_out(
    queue: OperationsQueue, mutations: Iterable[Mutation[Any]], on_event: OnRunEvent | None = None
) -> tuple[Run, tuple[RunItem, ...]]:
    """Carry a run out, and return how it stands and its items."""
    runner = Runner(queue, on_event)
    run = await runner.add(plan_of(mutations))
    async with asyncio.timeout(30):
        stands = await runner.finished(run.id)
    return stands, await runner.items(run.id)


def states(items: Iterable[RunItem]) -> list[str]:
    return [item.state.value for item in items]
