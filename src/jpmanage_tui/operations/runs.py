"""A run of many changes: one after another, each with its own outcome, stoppable in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from jpmanage_tui.api.errors import ApiConnectionError, ApiError, AuthenticationError, TokenUnavailableError
from jpmanage_tui.operations.dispatcher import NO_CARD
from jpmanage_tui.operations.errors import JournalUnavailable, ReadOnly, SnapshotUnavailable, Stopped
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.operation import Operation, Outcome
from jpmanage_tui.operations.queue import OperationsQueue

_ENDS_ALL = (
    TokenUnavailableError,
    AuthenticationError,
    ApiConnectionError,
    JournalUnavailable,
    SnapshotUnavailable,
    ReadOnly,
    Stopped,
)
"""What refuses one change refuses the next one as well; so does a missing card (`_needs_card`)."""


@dataclass
class RunItem:
    """One change of a run and its operation, None while it waits."""

    change: Mutation[Any]
    operation: Operation[Any] | None = None

    @property
    def outcome(self) -> Outcome[Any] | None:
        """How it ended, None while it waits or runs."""
        return self.operation.ended if self.operation is not None else None

    @property
    def running(self) -> bool:
        """Whether it is under way now."""
        return self.operation is not None and self.operation.ended is None

    @property
    def verifying(self) -> bool:
        """Whether it was sent, and what became of it is being verified now."""
        return self.operation is not None and self.operation.verifying


OnItem = Callable[[RunItem], None]


class BatchRun:
    """Many changes through one queue. It runs on its own: who waits for it may go away, nothing is lost."""

    def __init__(self, changes: Iterable[Mutation[Any]], *, card_just_added: bool = False) -> None:
        """Run ``changes`` in this order; for ``card_just_added`` see ``OperationsQueue.submit``."""
        self.items: tuple[RunItem, ...] = tuple(RunItem(change) for change in changes)
        self.stop_reason = ""
        """Why it ended early, as a sentence; empty if it did not."""
        self._card_just_added = card_just_added
        self._acknowledged: set[int] = set()
        """The journal's earlier entries in spite of which the user has confirmed a change of this run."""
        self._stop = False
        self._task: asyncio.Task[None] | None = None

    def start(self, queue: OperationsQueue, on_item: OnItem | None = None) -> None:
        """Begin. ``on_item`` is called on the event loop when an item starts, when it is being verified what became
        of it, and when it ended.

        Raises:
            RuntimeError: it was started before.

        """
        if self._task is not None:
            raise RuntimeError("it runs once; retry() makes the next one")
        self._task = asyncio.get_running_loop().create_task(self._run(queue, on_item))

    async def finished(self) -> None:
        """Wait until all items ended or it was stopped; cancelling this wait does not stop it.

        Raises:
            RuntimeError: it was not started.

        """
        if self._task is None:
            raise RuntimeError("it was not started")
        await asyncio.shield(self._task)

    def stop(self) -> None:
        """Start no further item. What is on its way finishes and gets its outcome; a wait of it ends."""
        self._stop = True
        for item in self.items:
            if item.running and item.operation is not None:
                item.operation.stop()

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._task is not None and not self._task.done()

    @property
    def needs_card(self) -> bool:
        """Whether it ended because the API issues nothing without a valid card (contract: licenses 3.5)."""
        return any(_needs_card(outcome) for outcome in self._outcomes())

    @property
    def succeeded(self) -> tuple[Outcome[Any], ...]:
        """The outcomes of what is known to be done."""
        return tuple(outcome for outcome in self._outcomes() if outcome.happened)

    @property
    def failed(self) -> tuple[Outcome[Any], ...]:
        """The outcomes of what is known not to be done."""
        return tuple(outcome for outcome in self._outcomes() if outcome.nothing_done)

    @property
    def unknown(self) -> tuple[Outcome[Any], ...]:
        """The outcomes of which nobody knows: they are verified before they are asked for again."""
        return tuple(outcome for outcome in self._outcomes() if outcome.unknown)

    @property
    def remaining(self) -> tuple[Mutation[Any], ...]:
        """The changes that were not begun."""
        return tuple(item.change for item in self.items if item.operation is None)

    def retry(self, *, with_remaining: bool = True) -> BatchRun:
        """Return a new run of what failed and, if ``with_remaining``, of what was not begun; never of what is
        unknown.
        """
        changes = [
            item.change
            for item in self.items
            if (item.outcome is not None and item.outcome.nothing_done)
            or (with_remaining and item.operation is None)
        ]
        return BatchRun(changes, card_just_added=self._card_just_added)

    def _outcomes(self) -> list[Outcome[Any]]:
        return [item.outcome for item in self.items if item.outcome is not None]

    async def _run(self, queue: OperationsQueue, on_item: OnItem | None) -> None:
        for item in self.items:
            if self._stop:
                self.stop_reason = self.stop_reason or "Stopped."
                return
            item.operation = queue.submit(
                item.change, card_just_added=self._card_just_added, acknowledged=self._acknowledged
            )
            item.operation.on_verifying(partial(_tell, on_item, item))
            _tell(on_item, item)
            outcome = await item.operation.outcome()
            _tell(on_item, item)
            ends_all = isinstance(outcome.error, _ENDS_ALL) and not outcome.happened
            if ends_all or _needs_card(outcome):
                self.stop_reason = outcome.detail or outcome.sentence
                return


def _needs_card(outcome: Outcome[Any]) -> bool:
    error = outcome.error
    return outcome.nothing_done and isinstance(error, ApiError) and error.code == NO_CARD


def _tell(on_item: OnItem | None, item: RunItem) -> None:
    if on_item is not None:
        asyncio.get_running_loop().call_soon(on_item, item)
