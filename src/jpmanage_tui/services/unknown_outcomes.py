"""Changes of unknown outcome: looked up again, one or all of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jpmanage_tui.operations.run import ItemState, RunItem
from jpmanage_tui.rules.text import pluralize

if TYPE_CHECKING:
    from jpmanage_tui.operations.operation import Outcome
    from jpmanage_tui.operations.queue import OperationsQueue
    from jpmanage_tui.operations.runner import Runner

AT_ONCE = 4
"""So many are looked up at a time."""


async def unknown_items(runner: Runner, run_id: int) -> tuple[RunItem, ...]:
    """Return the changes of a run whose outcome is unknown.

    Raises:
        JournalUnavailable: the journal cannot be read.

    """
    states = await runner.item_states(run_id)
    positions = [position for position, state in enumerate(states) if state is ItemState.UNKNOWN]
    return await runner.items_at(run_id, positions)


async def look_up(queue: OperationsQueue, entry_ids: Sequence[int]) -> list[Outcome[Any]]:
    """Look up what became of entries of the journal, and return what is known of each then.

    Raises:
        KeyError: one is not of this partner key.
        JournalUnavailable: the journal cannot be used.

    """
    found: list[Outcome[Any]] = []
    for start in range(0, len(entry_ids), AT_ONCE):
        some = entry_ids[start : start + AT_ONCE]
        found += await asyncio.gather(*(queue.recheck(entry_id) for entry_id in some))
    return found


def looked_up_text(found: Sequence[Outcome[Any]]) -> str:
    """Return what is known of changes that were looked up, in a sentence."""
    if len(found) == 1:
        return found[0].sentence
    left = sum(one.unknown for one in found)
    done = sum(one.happened for one in found)
    return f"{pluralize(len(found), 'change')} looked up: {done:,} done, {left:,} unknown."
