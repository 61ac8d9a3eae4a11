"""Verifying what became of entries of unknown outcome: after a lost answer, at the next start, when the user asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jpmanage_tui.api.errors import ApiConnectionError, ApiError, AuthenticationError, TokenUnavailableError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import JournalUnavailable, OperationError
from jpmanage_tui.operations.journal import Journal, utc_now
from jpmanage_tui.operations.mutation import CheckResult, Mutation, Snapshot, Verification
from jpmanage_tui.operations.operation import Operation, Outcome
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.operations.scopes import Kinship
from jpmanage_tui.operations.store import Settled

Sleep = Callable[[float], Awaitable[None]]
ReadKnownKeys = Callable[[], Awaitable[frozenset[LicenseKey]]]
OnPause = Callable[[float], None]
OnOutcome = Callable[[Outcome[Any]], None]
OnCheck = Callable[[int, Mutation[Any], int, float], None]
"""Called with the entry, its change, its operation (0: of an earlier run) and the seconds until the check."""

_NEVER_SENT = "The program ended before it was sent."
_BROKEN_OFF = "The program ended before an answer came."
_NO_OPERATION = 0


@dataclass(frozen=True)
class Verifier:
    """Asks the server until it is known what became of a change, or cannot be.

    ``known_keys`` gives the codes of the licenses that the journal knows, fresh for each check.
    """

    client: ClientPort
    known_keys: ReadKnownKeys
    sleep: Sleep

    async def verify(self, entry: Entry, pauses: tuple[float, ...], on_pause: OnPause) -> Settled:
        """Return how ``entry`` ended as far as it can be verified: confirmed done, confirmed not done, or unknown.

        ``pauses`` are the seconds to wait before each check; only after the last one may be said that a change was not
        done, or that what it should take away is gone. ``on_pause`` is called with each of them. Nothing is
        changed on the server.
        """
        last = Verification(CheckResult.BLIND, "It was not looked up.")
        for pause in pauses:
            on_pause(pause)
            await self.sleep(pause)
            last, again = await self._check(entry)
            if last.result is CheckResult.DONE:
                return Settled(EntryState.CONFIRMED_DONE, last.sentence, result=last.keys)
            if not again:
                break
        if last.result is CheckResult.GONE:
            return Settled(EntryState.CONFIRMED_DONE, last.sentence)
        if last.result is CheckResult.NOT_YET:
            return Settled(EntryState.CONFIRMED_NOT_DONE, f"{last.sentence} So it was not done.")
        return Settled(EntryState.UNKNOWN, last.sentence)

    async def _check(self, entry: Entry) -> tuple[Verification, bool]:
        """Return what one check showed, and whether another can show more."""
        try:
            known_keys = await self.known_keys() | set(entry.known_keys)
            checked = await entry.change.verify(self.client, Snapshot(entry.server_date, tuple(known_keys)))
        except (TokenUnavailableError, AuthenticationError) as error:
            return Verification(CheckResult.BLIND, f"It could not be looked up: {error.message}"), False
        except ApiConnectionError:
            return Verification(
                CheckResult.BLIND, "It could not be looked up: there is no answer from the server."
            ), True
        except ApiError as error:
            return Verification(CheckResult.BLIND, f"It could not be looked up: {error.message}"), True
        return checked, checked.result is not CheckResult.UNCLEAR


@dataclass
class Reconciler:
    """The verifications that run for one queue, at most one for an entry; they read from the server and change
    nothing.
    """

    client: ClientPort
    journal: Journal
    account: Callable[[], str]
    policy: Policy
    owner: str
    closing: asyncio.Event
    on_check: OnCheck
    on_outcome: OnOutcome
    """Called with how entries without an operation of this run ended."""
    on_recovered: OnOutcome
    """Called with the same of those that another program left while this one ran."""
    sending: Callable[[], bool]
    """Returns whether the queue has something under way: else what it left unsettled, since the journal could not be
    written, is settled too.
    """

    def __post_init__(self) -> None:
        """Nothing runs yet."""
        self._running: dict[int, asyncio.Task[Outcome[Any]]] = {}
        self._recovering: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a verification is running, or about to."""
        return bool(self._running) or (self._recovering is not None and not self._recovering.done())

    def is_verifying(self, entry_id: int) -> bool:
        """Return whether an entry is being verified now."""
        return entry_id in self._running

    @property
    def tasks(self) -> tuple[asyncio.Task[Outcome[Any]], ...]:
        """The verifications that are running, to wait for."""
        return tuple(self._running.values())

    def start(
        self, entry_id: int, operation: Operation[Any], on_outcome: OnOutcome, before: Outcome[Any]
    ) -> None:
        """Verify a change that just became unknown, in the background, and call ``on_outcome`` with how that ended.

        Where it is broken off that is ``before``.
        """
        task = self._task(entry_id, operation.id, before)

        def end(done: asyncio.Task[Outcome[Any]]) -> None:
            broken = done.cancelled() or done.exception() is not None
            on_outcome(before if broken else done.result())
            if broken and not done.cancelled():
                done.get_loop().call_exception_handler(
                    {"message": "A verification broke", "exception": done.exception()}
                )

        task.add_done_callback(end)

    async def recover(self) -> tuple[Outcome[Any], ...]:
        """Settle what earlier runs left; see ``OperationsQueue.recover``."""
        await self.journal.give_up_sent(self.account(), _BROKEN_OFF)
        return await self._recover_all(await self._abandoned())

    async def recover_abandoned(self) -> None:
        """Settle in the background what another program left that has ended while this one ran, if there is any."""
        if await self._abandoned(own=False):
            self.recover_in_background()

    def recover_in_background(self) -> None:
        """Settle in the background what other programs left that have ended meanwhile, and tell how that ended."""
        if not self.closing.is_set() and (self._recovering is None or self._recovering.done()):
            self._recovering = asyncio.get_running_loop().create_task(self._recover())

    async def _recover(self) -> None:
        try:
            await self.journal.give_up_sent(self.account(), _BROKEN_OFF)
            outcomes = await self._recover_all(await self._abandoned(own=False))
        except OperationError:
            return  # who asked for a change was told so; the next one, or the next start, tries again
        for outcome in outcomes:
            self.on_recovered(outcome)

    async def _abandoned(self, *, own: bool = True) -> list[Entry]:
        """Return what nobody looks after and can be settled or verified now; with this queue's own unknown ones."""
        idle = not self.sending()  # what is noted later comes behind in the journal's thread
        abandoned = await self.journal.abandoned(self.account(), self.owner)
        return [
            entry
            for entry in abandoned
            if self._can_recover(entry)
            and (
                entry.owner != self.owner
                or (own and entry.id not in self._running and (idle or entry.state is EntryState.UNKNOWN))
            )
        ]

    async def _recover_all(self, abandoned: list[Entry]) -> tuple[Outcome[Any], ...]:
        claimed = [entry for entry in abandoned if await self.journal.claim(entry, self.owner)]
        return tuple(await asyncio.gather(*(self._recover_entry(entry) for entry in claimed)))

    async def recheck(self, entry_id: int) -> Outcome[Any]:
        """Verify one entry, or wait for the verification that runs already."""
        entry = await self._own(entry_id)
        if entry.state is not EntryState.UNKNOWN or not entry.readable:
            return _outcome_of(entry)
        return await self._wait_for(entry_id, _outcome_of(entry))

    async def resolve_manually(self, entry_id: int, *, done: bool) -> Outcome[Any]:
        """Settle an unknown entry by the user's word."""
        entry = await self._own(entry_id, unclear=True)
        if entry.state is EntryState.UNKNOWN:
            state = EntryState.CONFIRMED_DONE if done else EntryState.CONFIRMED_NOT_DONE
            return await self._close_entry(entry, Settled(state, "By the user's word."))
        return _outcome_of(entry)

    async def close(self) -> None:
        """Break off what runs; what is not verified stays unknown."""
        tasks: set[asyncio.Task[Any]] = set(self._running.values())
        if self._recovering is not None:
            tasks.add(self._recovering)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _own(self, entry_id: int, *, unclear: bool = False) -> Entry:
        """Return an entry of this partner key; where ``unclear``, also one of which nobody knows whether it is.

        Raises:
            KeyError: it is of another, whose licenses this client does not see.

        """
        entry = await self.journal.entry(entry_id)
        kinship = (await self.journal.scope(self.account())).kinship(entry.account)
        if kinship is Kinship.SAME or (unclear and kinship is Kinship.UNCLEAR):
            return entry
        raise KeyError(entry_id)

    def _can_recover(self, entry: Entry) -> bool:
        """Whether an entry that nobody looks after can be settled or verified now."""
        if entry.state is EntryState.UNKNOWN:
            return entry.readable and bool(entry.change.conflict_key) and entry.id not in self._running
        return True

    async def _recover_entry(self, entry: Entry) -> Outcome[Any]:
        if entry.state is EntryState.QUEUED:
            return await self._close_entry(entry, Settled(EntryState.NOT_SENT, _NEVER_SENT))
        if entry.state is EntryState.SENT:
            outcome = await self._close_entry(entry, Settled(EntryState.UNKNOWN, _BROKEN_OFF))
            if not entry.change.conflict_key or not entry.readable:
                return outcome
            return await self._wait_for(entry.id, outcome)
        return await self._wait_for(entry.id, _outcome_of(entry))

    async def _close_entry(self, entry: Entry, end: Settled) -> Outcome[Any]:
        await self.journal.settle(entry.id, end)
        outcome = _outcome_of(await self.journal.entry(entry.id))
        self.on_outcome(outcome)
        return outcome

    async def _wait_for(self, entry_id: int, before: Outcome[Any]) -> Outcome[Any]:
        task = self._running.get(entry_id)
        mine = task is None
        if task is None:
            if self.closing.is_set():  # nothing new is begun that a close would have to wait for
                return before
            task = self._task(entry_id, _NO_OPERATION, before)
        await asyncio.wait({task})  # a caller that is canceled leaves it alone
        outcome = before if task.cancelled() else task.result()
        if mine:
            self.on_outcome(outcome)
        return outcome

    def _task(self, entry_id: int, operation_id: int, before: Outcome[Any]) -> asyncio.Task[Outcome[Any]]:
        task = asyncio.get_running_loop().create_task(self._verify(entry_id, operation_id, before))
        self._running[entry_id] = task
        task.add_done_callback(lambda _: self._running.pop(entry_id, None))
        return task

    async def _verify(self, entry_id: int, operation_id: int, before: Outcome[Any]) -> Outcome[Any]:
        """Verify it, note what was found, and return it.

        When the journal cannot be read or written meanwhile, what is unknown stays so.
        """
        verifier = Verifier(self.client, lambda: self.journal.keys(self.account()), self.policy.sleep)
        try:
            entry = await self.journal.entry(entry_id)
            end = await verifier.verify(
                entry,
                self.policy.pauses_after(self._age(entry), getattr(before.error, "code", None)),
                lambda seconds: self.on_check(entry_id, entry.change, operation_id, seconds),
            )
            await self.journal.settle(entry_id, end)
            return _outcome_of(await self.journal.entry(entry_id), before)
        except JournalUnavailable as error:
            return _outcome_with(before, error)

    def _age(self, entry: Entry) -> timedelta:
        """Return for how long an entry has certainly been sent.

        Two clocks have to agree, as one may be set meanwhile: this machine's, and the server's. A time too short costs
        some checks; one too long would let "not done" be said while a slow server may still do it.
        """
        now = self.client.server_now()
        if entry.sent_at is None or entry.server_date is None or now is None:
            return timedelta(0)
        return max(timedelta(0), min(utc_now() - entry.sent_at, now - entry.server_date))


def _outcome_of(entry: Entry, before: Outcome[Any] | None = None) -> Outcome[Any]:
    """The entry as an outcome; the error that made it unknown is kept from ``before``."""
    detail = entry.message
    if before is not None and before.detail and before.detail != detail:
        detail = f"{before.detail} {detail}"
    return Outcome(
        entry.change,
        entry.state,
        detail,
        error=before.error if before is not None else None,
        entry_id=entry.id,
        license_keys=entry.result,
    )


def _outcome_with(before: Outcome[Any], error: JournalUnavailable) -> Outcome[Any]:
    return Outcome(
        before.change,
        before.state,
        f"{before.detail} {error.sentence}",
        error=error,
        entry_id=before.entry_id,
    )
