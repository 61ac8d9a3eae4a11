"""A submitted change: its handle, how it ended, and what is told on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from jpmanage_tui.api.errors import ApiError, OutcomeUnknownError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.mutation import NO_SECRETS, AmbiguousResponse, Mutation, Secrets
from jpmanage_tui.operations.run import RunItemId

T = TypeVar("T")
Cause = ApiError | OperationError | AmbiguousResponse
_NO_ANSWER = "The program ended before an answer came; it is looked up at the next start."

_WORDS = {
    EntryState.DONE: "done",
    EntryState.REFUSED: "refused, nothing was changed",
    EntryState.NOT_SENT: "not sent, nothing was changed",
    EntryState.UNKNOWN: "not known whether it was done",
    EntryState.CONFIRMED_DONE: "done (confirmed)",
    EntryState.CONFIRMED_NOT_DONE: "not done (confirmed)",
}


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """How a change ended, or that nobody knows.

    ``state`` is one of done, refused, not_sent, unknown, found_done, found_not_done. ``result`` is the
    API's answer (when ``done``), ``license_keys`` the codes that it brought (also when ``found_done``).
    ``detail`` is the vendor's sentence or what verifying it showed; ``entry_id`` the number in the journal, None
    when it never got there.
    """

    change: Mutation[T]
    state: EntryState
    detail: str = ""
    result: T | None = None
    error: Cause | None = None
    entry_id: int | None = None
    license_keys: tuple[LicenseKey, ...] = ()

    @property
    def sentence(self) -> str:
        """What was asked, how it ended, and why, in one line."""
        return f"{self.change.summary()}: {_WORDS[self.state]}. {self.detail}".rstrip()

    @property
    def happened(self) -> bool:
        """Whether the change is known to be done."""
        return self.state.happened

    @property
    def unknown(self) -> bool:
        """Whether nobody knows."""
        return self.state is EntryState.UNKNOWN

    @property
    def nothing_done(self) -> bool:
        """Whether it is known that nothing was changed, so that it may be asked again."""
        return not self.happened and not self.unknown


def outcome_of(entry: Entry) -> Outcome[Any]:
    """Return how a change ended, as the journal has it."""
    return Outcome(entry.change, entry.state, entry.message, entry_id=entry.id, license_keys=entry.result)


@dataclass(frozen=True)
class Request(Generic[T]):
    """A change with what is needed to send it.

    ``card_just_added``: a refusal for want of a card may be a server that does not know the new card yet.
    ``acknowledged``: the journal's earlier entries, by number, in spite of which the user has confirmed it; what the user
    confirms later is added. ``run_item``: the item of a run that it is, None for a change of its own.
    """

    change: Mutation[T]
    secrets: Secrets = NO_SECRETS
    card_just_added: bool = False
    acknowledged: set[int] = field(default_factory=set)
    run_item: RunItemId | None = None


class Operation(Generic[T]):
    """A change on its way through the queue; the queue makes them."""

    def __init__(self, operation_id: int, request: Request[T]) -> None:
        """``operation_id`` is unique in its queue."""
        self.id = operation_id
        self.request = request
        self.entry_id: int | None = None
        self.acknowledged = request.acknowledged
        """What the user has confirmed."""
        self.started = False
        self.unanswered = False
        """Whether its outcome became unknown since no answer came at all."""
        self.stopped = asyncio.Event()
        self._verifying = False
        self._on_verifying: Callable[[], None] | None = None
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

        Canceling this wait does not touch the operation.
        """
        return await asyncio.shield(self._end)

    @property
    def verifying(self) -> bool:
        """Whether nobody knows whether it was done, and that is being verified now."""
        return self._verifying and not self._end.done()

    def on_verifying(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` on the event loop when its outcome begins to be verified."""
        self._on_verifying = callback

    def mark_verifying(self, error: Cause | None = None) -> None:
        """Say that its outcome is unknown because of ``error``, and being verified; for the queue."""
        self._verifying = True
        self.unanswered = is_unanswered(error)
        if self._on_verifying is not None:
            self._on_verifying()

    def stop(self) -> None:
        """Send it no more: a wait for the queue or for a busy server ends. What is on its way is not
        touched.
        """
        self.stopped.set()

    def finish(self, outcome: Outcome[T]) -> None:
        """Say how it ended; for the queue. The first call counts."""
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


def is_unanswered(error: Cause | None) -> bool:
    """Return whether ``error`` says that no answer came to a changing request: the line may be dead."""
    return isinstance(error, OutcomeUnknownError) and error.status is None


class EventKind(StrEnum):
    """What happened to an operation; see :class:`OperationEvent`. ``recovered``: what another program left when it
    ended was settled.
    """

    QUEUED = "queued"
    STARTED = "started"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    VERIFYING = "verifying"
    SETTLED = "settled"
    RECOVERED = "recovered"


@dataclass(frozen=True)
class OperationEvent:
    """Something happened to an operation.

    ``seconds`` is how long it waits before it is sent again (``waiting``) or verified (``verifying``);
    ``outcome`` comes with ``settled`` and ``recovered``. ``entry_id`` is None before the journal has it.
    """

    operation_id: int
    kind: EventKind
    sentence: str
    change: Mutation[Any]
    seconds: float | None = None
    entry_id: int | None = None
    outcome: Outcome[Any] | None = None
