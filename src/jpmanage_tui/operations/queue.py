"""The queue that every changing request goes through: a few at a time, in order where they touch the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    OutcomeUnknownError,
    ServerError,
    TokenUnavailableError,
    forget_frames,
)
from jpmanage_tui.api.ids import RequestId
from jpmanage_tui.api.request import Exchange
from jpmanage_tui.api.tokens import TokenProvider
from jpmanage_tui.close_once import CloseOnce
from jpmanage_tui.operations.dispatcher import Dispatcher, first_of
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import (
    ConflictError,
    EarlierUnsettled,
    JournalUnavailable,
    NotConfirmed,
    OperationError,
    ReadOnly,
    Stopped,
)
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.lease import new_owner
from jpmanage_tui.operations.mutation import NO_SECRETS, AmbiguousResponse, Mutation, Secrets
from jpmanage_tui.operations.operation import Cause, EventKind, Operation, OperationEvent, Outcome, Request
from jpmanage_tui.operations.policy import DEFAULT_POLICY, Policy
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.operations.reconciler import Reconciler
from jpmanage_tui.operations.run import RunItemId
from jpmanage_tui.operations.scopes import Scope
from jpmanage_tui.operations.store import Settled
from jpmanage_tui.operations.turns import Turns

T = TypeVar("T")
OnEvent = Callable[[OperationEvent], None]
Ask = Callable[[Mutation[Any], tuple[Entry, ...]], Awaitable[bool]]
"""Asks the user whether a change is to be sent in spite of earlier ones of unknown outcome, and returns the answer."""
_BROKEN = "The program ended while it was on its way."


class OperationsQueue:
    """Carries out changes, each noted in the journal before it is sent and settled after.

    Changes that touch the same (see ``Mutation.order_keys``) are sent in the order in which they were asked for, others
    beside each other. Nothing that a caller does, such as canceling a wait, breaks off what was sent. Events come on the
    event loop, in order, after the fact.
    """

    def __init__(
        self,
        client: ClientPort,
        journal: Journal,
        account: str | Callable[[], str],
        read_only: bool = False,
        on_event: OnEvent | None = None,
        *,
        tokens: TokenProvider | None = None,
        policy: Policy = DEFAULT_POLICY,
        ask: Ask | None = None,
    ) -> None:
        """Make the queue of ``account``'s changes.

        ``account`` scopes the journal (see ``scopes``): it must differ wherever the licenses differ. It is a function
        where it goes by the token in use, which may be renewed.
        ``tokens`` are the client's own: they are asked for a fresh token when the server answers 401.
        ``ask`` asks the user about earlier changes that may be of the same partner key; without it what would have to
        be asked is refused. The journal stays the caller's to close, after :meth:`close`.
        """
        self.client = client
        self.journal = journal
        self._account_now = account if callable(account) else lambda: account
        self._read_only = read_only
        self._on_event = on_event
        self._closing = asyncio.Event()
        self._closed = CloseOnce(self._close)
        self._turns = Turns()
        self._dispatcher = Dispatcher(
            client, tokens, journal, policy, self._closing, self._account_now, self._turns
        )
        self.policy = policy
        self._ask = ask
        self.owner = new_owner()
        """The name of its lease: what it holds in the journal is left alone by others while it lives."""
        self._asking = asyncio.Lock()
        self._tasks: dict[asyncio.Task[None], Operation[Any]] = {}
        self._last_id = 0
        self._reconciler = Reconciler(
            client,
            journal,
            self._account_now,
            policy,
            self.owner,
            self._closing,
            self._tell_check,
            self._tell_outcome,
            self._tell_recovered,
            lambda: self.busy,
        )

    @property
    def busy(self) -> bool:
        """Whether a change is under way or waits in the queue."""
        return bool(self._tasks)

    @property
    def verifying(self) -> bool:
        """Whether it is being verified what became of a change; what is not found out is verified at the next start."""
        return self._reconciler.busy

    @property
    def read_only(self) -> bool:
        """Whether it refuses every change."""
        return self._read_only

    def may_settle(self, entry: Entry) -> bool:
        """Return whether it may become known by itself how an entry ended that is not settled: it is on its way, or
        being verified, here or by another program.
        """
        if entry.state is not EntryState.UNKNOWN or entry.owner != self.owner:
            return True
        return self._reconciler.is_verifying(entry.id)

    @property
    def account(self) -> str:
        """What scopes its entries of the journal: one key of one account."""
        return self._account_now()

    def submit(
        self,
        change: Mutation[T],
        *,
        secrets: Secrets = NO_SECRETS,
        card_just_added: bool = False,
        acknowledged: set[int] | None = None,
        run_item: RunItemId | None = None,
    ) -> Operation[T]:
        """Put ``change`` in the queue and return its handle; it never raises, see the handle's outcome.

        A change that may not be sent (read-only, an unknown earlier one of the same target, a journal that
        cannot be written) ends as ``not_sent`` with an :class:`OperationError`. ``secrets`` are not noted
        down anywhere; ``card_just_added`` allows a few quiet tries while the server still asks for a card
        (contract: licenses 3.5).

        Where the journal has changes of unknown outcome that may be of the same partner key, the user is asked before it
        is sent, but for those that ``acknowledged`` names, which takes up what the user confirms. ``run_item`` is the
        item of a run that it is.
        """
        self._last_id += 1
        known = acknowledged if acknowledged is not None else set()
        operation = Operation(self._last_id, Request(change, secrets, card_just_added, known, run_item))
        if self._read_only:
            error = ReadOnly()
            self._end(operation, Outcome(change, EntryState.NOT_SENT, error.sentence, error=error))
            return operation
        if self._closing.is_set():
            stopped = Stopped("The program is ending.")
            self._end(operation, Outcome(change, EntryState.NOT_SENT, stopped.sentence, error=stopped))
            return operation
        task = asyncio.get_running_loop().create_task(self._carry_out(operation))
        self._tasks[task] = operation
        task.add_done_callback(self._tasks.pop)
        task.add_done_callback(operation.follow)
        return operation

    async def recover(self) -> tuple[Outcome[Any], ...]:
        """Settle what an earlier run of the program left behind, oldest first, and return how each ended.

        What was never sent ends as ``not_sent``; what was sent is verified. What another running program
        still works on is left to it.

        Raises:
            JournalUnavailable: the journal cannot be read or written.

        """
        await self.journal.prune()
        return await self._reconciler.recover()

    async def entries(self, limit: int = 200) -> tuple[Entry, ...]:
        """Return this partner key's last ``limit`` journal entries, newest first.

        Raises:
            JournalUnavailable: the journal cannot be read.

        """
        return await self.journal.entries(self.account, limit=limit)

    async def history(self, limit: int = 200, *, outside_runs: bool = False) -> tuple[Entry, ...]:
        """Return the last ``limit`` entries of all keys of the partner, newest first, and what is not settled of
        tokens of which nobody knows whose they are; ``outside_runs``: without the changes of the partner's runs.

        What another program left when it ended is verified in the background, and told as events.

        Raises:
            JournalUnavailable: the journal cannot be read.

        """
        await self._reconciler.recover_abandoned()
        return await self.journal.history(self.account, limit, outside_runs=outside_runs)

    async def scope(self) -> Scope:
        """Return which accounts of the journal are this partner key, and how others stand to it.

        Raises:
            JournalUnavailable: the journal cannot be read.

        """
        return await self.journal.scope(self.account)

    async def recheck(self, entry_id: int) -> Outcome[Any]:
        """Check once more what became of an entry of unknown outcome, and return what is known then.

        Raises:
            KeyError: there is no such entry.
            JournalUnavailable: the journal cannot be read.

        """
        return await self._reconciler.recheck(entry_id)

    async def resolve_manually(self, entry_id: int, *, done: bool) -> Outcome[Any]:
        """Settle an entry that cannot be verified, by the user's word that it was done or not.

        It may be of a token of which nobody knows whose it is.

        Raises:
            KeyError: there is no such entry.
            JournalUnavailable: the journal cannot be written.

        """
        return await self._reconciler.resolve_manually(entry_id, done=done)

    def stop(self) -> None:
        """Send nothing that waits in the queue or for a busy server; what is on its way is not touched."""
        for operation in tuple(self._tasks.values()):
            operation.stop()

    async def idle(self, *, verified: bool) -> None:
        """Wait until nothing is under way and, with ``verified``, nothing is being verified.

        Canceling this wait touches nothing.
        """
        while running := {*self._tasks, *(self._reconciler.tasks if verified else ())}:
            await asyncio.wait(running)

    async def close(self) -> None:
        """Send nothing more, finish what is on its way (within the policy's bound) and stop verifying.

        What does not finish in time is noted as unknown and verified at the next start. Asking again waits for the
        same end.
        """
        await self._closed()

    async def _close(self) -> None:
        self._closing.set()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=self.policy.close_seconds)
        late = set(self._tasks)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
        await self._reconciler.close()
        await self.journal.release(self.owner)

    async def _carry_out(self, operation: Operation[T]) -> None:
        try:
            entry = await self._add_entry(operation)
        except OperationError as error:
            self._end(operation, Outcome(operation.change, EntryState.NOT_SENT, error.sentence, error=error))
            return
        operation.entry_id = entry.id
        self._tell(operation, EventKind.QUEUED, operation.change.summary())
        if operation.change.concurrent:
            outcome = await self._deliver(operation, entry)
        else:
            async with self._turns.turn(operation.change.order_keys | {operation.change.conflict_key} - {""}):
                outcome = await self._deliver(operation, entry)
        if not outcome.unknown or not operation.change.conflict_key or self._closing.is_set():
            self._end(operation, outcome)
            return
        operation.mark_verifying(outcome.error)
        self._tell(operation, EventKind.UNKNOWN, outcome.sentence)
        self._reconciler.start(entry.id, operation, lambda verified: self._end(operation, verified), outcome)

    async def _add_entry(self, operation: Operation[T]) -> Entry:
        """Note the change as queued, once the user has confirmed what has to be asked, and return its entry.

        Raises:
            OperationError: it is not to be sent.

        """
        while True:
            try:
                return await self.journal.add(
                    self.account,
                    operation.change,
                    self.owner,
                    frozenset(operation.acknowledged),
                    operation.request.run_item,
                )
            except EarlierUnsettled as error:
                if self._ask is None:
                    raise
                async with self._asking:  # one question at a time: its answer may serve the next one
                    if not {entry.id for entry in error.earlier} <= operation.acknowledged:
                        await self._confirm(operation, error.earlier, self._ask)

    async def _confirm(self, operation: Operation[T], earlier: tuple[Entry, ...], ask: Ask) -> None:
        asking = asyncio.ensure_future(ask(operation.change, earlier))
        await first_of(asking, operation.stopped.wait(), self._closing.wait())
        if asking.cancelled() or not asking.done():
            raise Stopped("It was stopped before it was sent.")
        if not asking.result():
            raise NotConfirmed("It was not confirmed.")
        operation.acknowledged |= {entry.id for entry in earlier}

    async def _deliver(self, operation: Operation[T], entry: Entry) -> Outcome[T]:
        operation.started = True
        decided = False
        try:
            outcome = await self._exchange(operation, entry.id)
            decided = True
        finally:
            if not decided:  # a defect, or the program ends: what was sent may have been done
                await self._note(entry.id, Settled(EntryState.UNKNOWN, _BROKEN))
        return outcome

    async def _exchange(self, operation: Operation[T], entry_id: int) -> Outcome[T]:
        change = operation.change
        exchanges: list[Exchange] = []  # its own, whatever else is asked meanwhile

        def on_wait(seconds: float, reason: str) -> None:
            self._tell(operation, EventKind.WAITING, f"{change.summary()}: waiting. {reason}", seconds)

        self._tell(operation, EventKind.STARTED, change.summary())
        try:
            result = await self._dispatcher.send(operation, entry_id, on_wait, exchanges.append)
        except (ApiError, OperationError, AmbiguousResponse) as error:
            return await self._failed(change, entry_id, error, _request_id(exchanges))
        keys = change.keys_of(result)
        state = EntryState.REFUSED if change.refused_by(result) else EntryState.DONE
        end = Settled(state, change.remark_on(result), _request_id(exchanges), keys)
        trouble = await self._note(entry_id, end)
        return Outcome(change, state, f"{end.message} {trouble}".strip(), result, None, entry_id, keys)

    async def _failed(
        self, change: Mutation[T], entry_id: int, error: Cause, request_id: RequestId | None
    ) -> Outcome[T]:
        state = state_after(error)
        detail = change.refusal_text(error) if isinstance(error, ApiError) else sentence_of(error)
        forget_frames(error)  # an outcome outlives its change, and what was sent with that
        if request_id is None and isinstance(error, ApiError):
            request_id = error.request_id
        trouble = await self._note(entry_id, Settled(state, detail, request_id))
        return Outcome(change, state, f"{detail} {trouble}".rstrip(), None, error, entry_id)

    async def _note(self, entry_id: int, end: Settled) -> str:
        """Note how it ended and return the sentence to add when even that failed; then the next start
        verifies it.
        """
        try:
            await self.journal.settle(entry_id, end)
        except JournalUnavailable as error:
            return f"How it ended could not be noted down: {error.sentence}"
        return ""

    def _end(self, operation: Operation[T], outcome: Outcome[T]) -> None:
        if isinstance(outcome.error, ConflictError):
            self._reconciler.recover_in_background()  # where the earlier one's program has ended, nobody else verifies it
        operation.finish(outcome)
        self._tell(operation, EventKind.SETTLED, outcome.sentence, None, outcome)

    def _tell_outcome(self, outcome: Outcome[Any]) -> None:
        self._emit(
            OperationEvent(
                0, EventKind.SETTLED, outcome.sentence, outcome.change, None, outcome.entry_id, outcome
            )
        )

    def _tell_recovered(self, outcome: Outcome[Any]) -> None:
        self._emit(
            OperationEvent(
                0, EventKind.RECOVERED, outcome.sentence, outcome.change, None, outcome.entry_id, outcome
            )
        )

    def _tell_check(self, entry_id: int, change: Mutation[Any], operation_id: int, seconds: float) -> None:
        self._emit(
            OperationEvent(
                operation_id,
                EventKind.VERIFYING,
                f"{change.summary()}: checking whether it was done.",
                change,
                seconds,
                entry_id,
            )
        )

    def _tell(
        self,
        operation: Operation[T],
        kind: EventKind,
        sentence: str,
        seconds: float | None = None,
        outcome: Outcome[T] | None = None,
    ) -> None:
        self._emit(
            OperationEvent(
                operation.id, kind, sentence, operation.change, seconds, operation.entry_id, outcome
            )
        )

    def _emit(self, event: OperationEvent) -> None:
        if self._on_event is not None:
            # Apart from our own steps: a listener that fails must not make an outcome unknown.
            asyncio.get_running_loop().call_soon(self._on_event, event)


def _request_id(exchanges: Sequence[Exchange]) -> RequestId | None:
    """Return the server's id of the last exchange, None where it had none or there was no exchange."""
    return exchanges[-1].request_id if exchanges else None


def state_after(error: Cause) -> EntryState:
    """Return what an error says about a changing request: never left, refused, or nobody knows."""
    if isinstance(error, (OperationError, TokenUnavailableError, ApiConnectionError)):
        return EntryState.NOT_SENT
    if isinstance(error, (OutcomeUnknownError, ServerError, AmbiguousResponse)):
        return EntryState.UNKNOWN
    return EntryState.REFUSED


def sentence_of(error: Cause) -> str:
    """Return the sentence of an error: the vendor's where there is one."""
    if isinstance(error, ApiError):
        return error.message
    if isinstance(error, AmbiguousResponse):
        return str(error)
    return error.sentence
