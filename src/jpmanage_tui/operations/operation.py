"""The handle of one submitted change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.mutation import NO_SECRETS, Mutation, Secrets
from jpmanage_tui.operations.outcome import Outcome

T = TypeVar("T")
_NO_ANSWER = "The program ended before an answer came; it is looked up at the next start."


@dataclass(frozen=True)
class Request(Generic[T]):
    """A change with what is needed to send it.

    ``card_just_added``: a refusal for want of a card may be a server that does not know the new card yet.
    ``acknowledged``: the journal's earlier entries, by number, in spite of which the user has confirmed it.
    """

    change: Mutation[T]
    secrets: Secrets = NO_SECRETS
    card_just_added: bool = False
    acknowledged: frozenset[int] = frozenset()


class Operation(Generic[T]):
    """A change on its way through the queue; the queue makes them."""

    def __init__(self, operation_id: int, request: Request[T]) -> None:
        """``operation_id`` is unique in its queue."""
        self.id = operation_id
        self.request = request
        self.entry_id: int | None = None
        self.acknowledged = request.acknowledged
        """Those of the request, and what the user has confirmed since."""
        self.started = False
        self.stopped = asyncio.Event()
        self._looking = False
        self._on_looking: Callable[[], None] | None = None
        self._end: asyncio.Future[Outcome[T]] = asyncio.get_running_loop().create_future()

    @property
    def change(self) -> Mutation[T]:
        """What is asked."""
        return self.request.change

    @property
    def ended(self) -> Outcome[T] | None:
        """How it ended, None while it is under way."""
        return self._end.result() if self._end.done() and self._end.exception() is None else None

    async def outcome(self) -> Outcome[T]:
        """Wait until it ended, or is known to stay unknown, and return how.

        Cancelling this wait does not touch the operation.
        """
        return await asyncio.shield(self._end)

    @property
    def looking(self) -> bool:
        """Whether nobody knows whether it was done, and that is being looked up now."""
        return self._looking and not self._end.done()

    def when_looking(self, told: Callable[[], None]) -> None:
        """Call ``told`` on the event loop when its fate begins to be looked up."""
        self._on_looking = told

    def look_begins(self) -> None:
        """Say that its fate is unknown and being looked up; for the queue."""
        self._looking = True
        if self._on_looking is not None:
            self._on_looking()

    def stop(self) -> None:
        """Send it no more: a wait for the line or for a busy server ends. What is on its way is not
        touched.
        """
        self.stopped.set()

    def finish(self, outcome: Outcome[T]) -> None:
        """Say how it ended; for the queue. The first word counts."""
        if not self._end.done():
            self._end.set_result(outcome)

    def follow(self, task: asyncio.Task[None]) -> None:
        """Take over how ``task``, which carried it out, broke; for the queue."""
        if self._end.done():
            return
        if task.cancelled():
            state = EntryState.UNKNOWN if self.started else EntryState.NOT_SENT
            detail = _NO_ANSWER if self.started else "The program was ending."
            self.finish(Outcome(self.change, state, detail, entry_id=self.entry_id))
        elif (error := task.exception()) is not None:
            self._end.set_exception(error)
