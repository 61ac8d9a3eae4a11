"""Looking up entries of unknown fate: after a lost answer, at the next start, and when the user asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jpmanage_tui.operations.change import Change
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import JournalUnavailable
from jpmanage_tui.operations.journal import Journal, utc_now
from jpmanage_tui.operations.operation import Operation
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.operations.owner import Owner, is_alive
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.operations.settle import Settler
from jpmanage_tui.operations.store import Settled

Told = Callable[[Outcome[Any]], None]
TellLook = Callable[[int, Change[Any], int, float], None]
"""Hears the entry, its change, its operation (0: of an earlier run) and the seconds until the look."""

_NEVER_SENT = "The program ended before it was sent."
_NO_OPERATION = 0


@dataclass
class Lookup:
    """The looks that run for one queue, at most one for an entry; they read from the server and change
    nothing.
    """

    client: ClientPort
    journal: Journal
    account: str
    policy: Policy
    owner: Owner
    closing: asyncio.Event
    tell: TellLook
    announce: Told
    """Hears how entries without an operation of this run ended."""

    def __post_init__(self) -> None:
        """Nothing runs yet."""
        self._running: dict[int, asyncio.Task[Outcome[Any]]] = {}

    @property
    def busy(self) -> bool:
        """Whether a look is running."""
        return bool(self._running)

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

    async def pending(self) -> tuple[Outcome[Any], ...]:
        """Settle what earlier runs left; see ``OperationsQueue.settle_pending``."""
        left = [entry for entry in await self.journal.unsettled(self.account) if self._is_ours(entry)]
        taken = [entry for entry in left if await self.journal.adopt(entry, self.owner.name)]
        return tuple(await asyncio.gather(*(self._settle_left(entry) for entry in taken)))

    async def again(self, entry_id: int) -> Outcome[Any]:
        """Look up one entry, or wait for the look that runs already."""
        entry = await self._own(entry_id)
        if entry.state is not EntryState.UNKNOWN:
            return _as_told(entry)
        return await self._awaited(entry_id, _as_told(entry))

    async def accept(self, entry_id: int, *, done: bool) -> Outcome[Any]:
        """Settle an unknown entry by the user's word."""
        entry = await self._own(entry_id)
        if entry.state is EntryState.UNKNOWN:
            state = EntryState.FOUND_DONE if done else EntryState.FOUND_NOT_DONE
            return await self._close_entry(entry, Settled(state, "By the user's word."))
        return _as_told(entry)

    async def close(self) -> None:
        """Break off the looks; what they look for stays unknown."""
        tasks = set(self._running.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _own(self, entry_id: int) -> Entry:
        entry = await self.journal.entry(entry_id)
        if entry.account != self.account:  # this client would look at another account's licences
            raise KeyError(entry_id)
        return entry

    def _is_ours(self, entry: Entry) -> bool:
        if entry.state is EntryState.UNKNOWN:
            if not entry.change.target or entry.id in self._running:
                return False  # nothing to look by, or being looked up
            return entry.owner == self.owner.name or not is_alive(entry.owner)
        return not is_alive(entry.owner)

    async def _settle_left(self, entry: Entry) -> Outcome[Any]:
        if entry.state is EntryState.QUEUED:
            return await self._close_entry(entry, Settled(EntryState.NOT_SENT, _NEVER_SENT))
        if entry.state is EntryState.SENT:
            said = Settled(EntryState.UNKNOWN, "The program ended before an answer came.")
            told = await self._close_entry(entry, said)
            if not entry.change.target:
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
        settler = Settler(self.client, lambda: self.journal.keys(self.account), self.policy.sleep)
        try:
            entry = await self.journal.entry(entry_id)
            age = utc_now() - entry.sent_at if entry.sent_at is not None else timedelta(0)
            found = await settler.settle(
                entry,
                self.policy.pauses_after(age, getattr(before.error, "code", None)),
                lambda seconds: self.tell(entry_id, entry.change, operation_id, seconds),
            )
            await self.journal.settle(entry_id, found)
            return _as_told(await self.journal.entry(entry_id), before)
        except JournalUnavailable as error:
            return _as_told_with(before, error)


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
