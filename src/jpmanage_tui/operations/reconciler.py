"""Looking up entries of unknown fate: after a lost answer, at the next start, and when the user asks."""

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
KnownKeys = Callable[[], Awaitable[frozenset[LicenseKey]]]
Progress = Callable[[float], None]
Told = Callable[[Outcome[Any]], None]
TellLook = Callable[[int, Mutation[Any], int, float], None]
"""Hears the entry, its change, its operation (0: of an earlier run) and the seconds until the look."""

_NEVER_SENT = "The program ended before it was sent."
_BROKEN_OFF = "The program ended before an answer came."
_NO_OPERATION = 0


@dataclass(frozen=True)
class Verifier:
    """Looks at the server until a fate is known, or cannot be.

    ``pauses`` are the seconds to wait before each look; only after the last one may be said that a change
    was not done, or that what it should take away is gone. ``known`` gives the codes of the licenses that the
    journal knows, fresh for each look.
    """

    client: ClientPort
    known: KnownKeys
    sleep: Sleep

    async def settle(self, entry: Entry, pauses: tuple[float, ...], progress: Progress) -> Settled:
        """Return how ``entry`` ended as far as looking told: found done, found not done, or still unknown.

        ``progress`` is called with the seconds until each look. Nothing is changed on the server.
        """
        last = Verification(CheckResult.BLIND, "It was not looked up.")
        for pause in pauses:
            progress(pause)
            await self.sleep(pause)
            last, again = await self._look(entry)
            if last.result is CheckResult.DONE:
                return Settled(EntryState.CONFIRMED_DONE, last.sentence, result=last.keys)
            if not again:
                break
        if last.result is CheckResult.GONE:
            return Settled(EntryState.CONFIRMED_DONE, last.sentence)
        if last.result is CheckResult.NOT_YET:
            return Settled(EntryState.CONFIRMED_NOT_DONE, f"{last.sentence} So it was not done.")
        return Settled(EntryState.UNKNOWN, last.sentence)

    async def _look(self, entry: Entry) -> tuple[Verification, bool]:
        """Return what one look showed, and whether another can show more."""
        try:
            known = await self.known() | set(entry.before)
            look = await entry.change.verify(self.client, Snapshot(entry.server_date, tuple(known)))
        except (TokenUnavailableError, AuthenticationError) as error:
            return Verification(CheckResult.BLIND, f"It could not be looked up: {error.message}"), False
        except ApiConnectionError:
            return Verification(
                CheckResult.BLIND, "It could not be looked up: there is no answer from the server."
            ), True
        except ApiError as error:
            return Verification(CheckResult.BLIND, f"It could not be looked up: {error.message}"), True
        return look, look.result is not CheckResult.UNCLEAR


@dataclass
class Reconciler:
    """The looks that run for one queue, at most one for an entry; they read from the server and change
    nothing.
    """

    client: ClientPort
    journal: Journal
    account: Callable[[], str]
    policy: Policy
    owner: str
    closing: asyncio.Event
    tell: TellLook
    announce: Told
    """Hears how entries without an operation of this run ended."""
    recovered: Told
    """Hears the same of those that another program left while this one ran."""

    def __post_init__(self) -> None:
        """Nothing runs yet."""
        self._running: dict[int, asyncio.Task[Outcome[Any]]] = {}
        self._recovering: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a look is running, or about to."""
        return bool(self._running) or (self._recovering is not None and not self._recovering.done())

    @property
    def tasks(self) -> tuple[asyncio.Task[Outcome[Any]], ...]:
        """The looks that are running, to wait for."""
        return tuple(self._running.values())

    def start(self, entry_id: int, operation: Operation[Any], told: Told, before: Outcome[Any]) -> None:
        """Look up a change that just became unknown, in the background, and tell how that ended.

        ``before`` is told instead when the looking is broken off.
        """
        task = self._task(entry_id, operation.id, before)

        def end(done: asyncio.Task[Outcome[Any]]) -> None:
            broken = done.cancelled() or done.exception() is not None
            told(before if broken else done.result())
            if broken and not done.cancelled():
                done.get_loop().call_exception_handler(
                    {"message": "A look broke", "exception": done.exception()}
                )

        task.add_done_callback(end)

    async def recover(self) -> tuple[Outcome[Any], ...]:
        """Settle what earlier runs left; see ``OperationsQueue.recover``."""
        await self.journal.give_up_sent(self.account(), _BROKEN_OFF)
        return await self._settle_all(await self._abandoned())

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
            outcomes = await self._settle_all(await self._abandoned(own=False))
        except OperationError:
            return  # who asked for a change was told so; the next one, or the next start, tries again
        for outcome in outcomes:
            self.recovered(outcome)

    async def _abandoned(self, *, own: bool = True) -> list[Entry]:
        """Return what nobody looks after and can be settled or looked up now; with this queue's own unknown ones."""
        left = await self.journal.left_behind(self.account(), self.owner)
        return [entry for entry in left if self._is_due(entry) and (own or entry.owner != self.owner)]

    async def _settle_all(self, left: list[Entry]) -> tuple[Outcome[Any], ...]:
        taken = [entry for entry in left if await self.journal.claim(entry, self.owner)]
        return tuple(await asyncio.gather(*(self._settle_left(entry) for entry in taken)))

    async def recheck(self, entry_id: int) -> Outcome[Any]:
        """Look up one entry, or wait for the look that runs already."""
        entry = await self._own(entry_id)
        if entry.state is not EntryState.UNKNOWN or not entry.readable:
            return _as_told(entry)
        return await self._awaited(entry_id, _as_told(entry))

    async def resolve_manually(self, entry_id: int, *, done: bool) -> Outcome[Any]:
        """Settle an unknown entry by the user's word."""
        entry = await self._own(entry_id, unclear=True)
        if entry.state is EntryState.UNKNOWN:
            state = EntryState.CONFIRMED_DONE if done else EntryState.CONFIRMED_NOT_DONE
            return await self._close_entry(entry, Settled(state, "By the user's word."))
        return _as_told(entry)

    async def close(self) -> None:
        """Break off the looks; what they look for stays unknown."""
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

    def _is_due(self, entry: Entry) -> bool:
        """Whether an entry that nobody looks after can be settled or looked up now."""
        if entry.state is EntryState.UNKNOWN:
            return entry.readable and bool(entry.change.conflict_key) and entry.id not in self._running
        return True

    async def _settle_left(self, entry: Entry) -> Outcome[Any]:
        if entry.state is EntryState.QUEUED:
            return await self._close_entry(entry, Settled(EntryState.NOT_SENT, _NEVER_SENT))
        if entry.state is EntryState.SENT:
            told = await self._close_entry(entry, Settled(EntryState.UNKNOWN, _BROKEN_OFF))
            if not entry.change.conflict_key or not entry.readable:
                return told
            return await self._awaited(entry.id, told)
        return await self._awaited(entry.id, _as_told(entry))

    async def _close_entry(self, entry: Entry, end: Settled) -> Outcome[Any]:
        await self.journal.settle(entry.id, end)
        outcome = _as_told(await self.journal.entry(entry.id))
        self.announce(outcome)
        return outcome

    async def _awaited(self, entry_id: int, before: Outcome[Any]) -> Outcome[Any]:
        task = self._running.get(entry_id)
        mine = task is None
        if task is None:
            task = self._task(entry_id, _NO_OPERATION, before)
        await asyncio.wait({task})  # a caller that is cancelled leaves the look alone
        outcome = before if task.cancelled() else task.result()
        if mine:
            self.announce(outcome)
        return outcome

    def _task(self, entry_id: int, operation_id: int, before: Outcome[Any]) -> asyncio.Task[Outcome[Any]]:
        task = asyncio.get_running_loop().create_task(self._look(entry_id, operation_id, before))
        self._running[entry_id] = task
        task.add_done_callback(lambda _: self._running.pop(entry_id, None))
        return task

    async def _look(self, entry_id: int, operation_id: int, before: Outcome[Any]) -> Outcome[Any]:
        """Look, note what was found, and return it.

        When the journal cannot be read or written meanwhile, what is unknown stays so.
        """
        verifier = Verifier(self.client, lambda: self.journal.keys(self.account()), self.policy.sleep)
        try:
            entry = await self.journal.entry(entry_id)
            found = await verifier.settle(
                entry,
                self.policy.pauses_after(self._age(entry), getattr(before.error, "code", None)),
                lambda seconds: self.tell(entry_id, entry.change, operation_id, seconds),
            )
            await self.journal.settle(entry_id, found)
            return _as_told(await self.journal.entry(entry_id), before)
        except JournalUnavailable as error:
            return _as_told_with(before, error)

    def _age(self, entry: Entry) -> timedelta:
        """Return for how long an entry has certainly been sent.

        Two clocks have to agree, as one may be set meanwhile: this machine's, and the server's. A time too short costs
        some looks; one too long would let "not done" be said while a slow server may still do it.
        """
        now = self.client.server_now()
        if entry.sent_at is None or entry.server_date is None or now is None:
            return timedelta(0)
        return max(timedelta(0), min(utc_now() - entry.sent_at, now - entry.server_date))


def _as_told(entry: Entry, before: Outcome[Any] | None = None) -> Outcome[Any]:
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


def _as_told_with(before: Outcome[Any], error: JournalUnavailable) -> Outcome[Any]:
    return Outcome(
        before.change,
        before.state,
        f"{before.detail} {error.sentence}",
        error=error,
        entry_id=before.entry_id,
    )
