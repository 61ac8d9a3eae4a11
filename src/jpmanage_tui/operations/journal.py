"""The journal: every change is written here before it is sent, and how it ended after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import JournalReadOnly
from jpmanage_tui.operations.mutation import EMPTY_SNAPSHOT, Mutation, Snapshot
from jpmanage_tui.operations.run import ItemState, Run, RunItem, RunItemId, RunPlan, RunState
from jpmanage_tui.operations.run_store import RunStore, UndoableEntries
from jpmanage_tui.operations.scopes import KeyToken, Scope
from jpmanage_tui.operations.store import JournalStore, Settled
from jpmanage_tui.rules.prices import Price

R = TypeVar("R")
FILE_NAME = "journal.sqlite"
KEPT = timedelta(days=400)


def utc_now() -> datetime:
    """Return this machine's time, aware, in UTC."""
    return datetime.now(UTC)


class Journal:
    """The journal for the event loop: one thread owns the file, and every call waits for it without blocking.

    The file is opened by the first call, and by the next one where that failed: a program that changes nothing needs
    none. Every method raises JournalUnavailable when the file cannot be used; :class:`JournalStore` says what each does.
    """

    def __init__(self, path: Path | None, clock: Callable[[], datetime] = utc_now) -> None:
        """``path`` is the file (None: in memory, gone when closed); ``clock`` gives aware times."""
        self._path = path
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._opened: JournalStore | None = None
        self._links: list[KeyToken] = []

    @classmethod
    async def open(cls, path: Path | None, clock: Callable[[], datetime] = utc_now) -> Journal:
        """Return the journal with its file opened.

        Raises:
            JournalUnavailable: it cannot be made or opened.

        """
        journal = cls(path, clock)
        opened = False
        try:
            await journal._run(lambda: journal._store)
            opened = True
        finally:
            if not opened:
                journal._thread.shutdown(wait=False)
        return journal

    @property
    def _store(self) -> JournalStore:
        """The file, opened if need be; for the journal's own thread."""
        if self._opened is None:
            self._opened = JournalStore(self._path)
        return self._opened

    def link(self, tokens: Iterable[KeyToken]) -> None:
        """Take over which keys tokens belong to; it is noted with the next use of the journal, which it does not open."""
        self._thread.submit(self._links.extend, tuple(tokens))

    async def close(self) -> None:
        """Close the file, if it was opened, and end the thread; what was asked before is written first."""
        await self._run(lambda: self._opened.close() if self._opened is not None else None)
        self._thread.shutdown(wait=False)

    async def add(
        self,
        account: str,
        change: Mutation[Any],
        owner: str,
        acknowledged: frozenset[int] = frozenset(),
        run_item: RunItemId | None = None,
    ) -> Entry:
        """Note a change as queued; see :meth:`JournalStore.add`."""
        return await self._write(
            lambda it: it.add(account, change, owner, self._clock(), acknowledged, run_item)
        )

    async def mark_sent(
        self, entry_id: int, snapshot: Snapshot = EMPTY_SNAPSHOT, account: str | None = None
    ) -> bool:
        """Note that it is about to be sent; see :meth:`JournalStore.mark_sent`."""
        return await self._write(lambda it: it.mark_sent(entry_id, self._clock(), snapshot, account))

    async def mark_queued(self, entry_id: int) -> None:
        """Note that it waits to be sent again; see :meth:`JournalStore.mark_queued`."""
        await self._write(lambda it: it.mark_queued(entry_id))

    async def settle(self, entry_id: int, end: Settled) -> bool:
        """Note how it ended; see :meth:`JournalStore.settle`."""
        return await self._write(lambda it: it.settle(entry_id, end, self._clock()))

    async def claim(self, entry: Entry, owner: str) -> bool:
        """Take over an entry whose owner is gone; see :meth:`JournalStore.claim`."""
        return await self._write(lambda it: it.claim(entry, owner))

    async def give_up_sent(self, account: str, message: str) -> int:
        """Note as unknown what ended programs were sending for others; see :meth:`JournalStore.give_up_sent`."""
        return await self._write(lambda it: it.give_up_sent(account, message))

    async def prune(self, older_than: timedelta = KEPT) -> int:
        """Forget what was settled longer ago than ``older_than`` and return how many entries that were."""
        return await self._write(lambda it: it.prune(self._clock() - older_than))

    async def release(self, owner: str) -> None:
        """Say that a queue is closed; see :meth:`JournalStore.release`."""
        await self._run(lambda: self._opened.release(owner) if self._opened is not None else None)

    async def entry(self, entry_id: int) -> Entry:
        """Return one entry; see :meth:`JournalStore.entry`."""
        return await self._read(lambda it: it.entry(entry_id))

    async def scope(self, account: str) -> Scope:
        """Return which accounts are the same partner key; see :meth:`JournalStore.scope`."""
        return await self._read(lambda it: it.scope(account))

    async def entries(
        self,
        account: str | None = None,
        states: Collection[EntryState] = tuple(EntryState),
        limit: int = 200,
    ) -> tuple[Entry, ...]:
        """Return entries, newest first; see :meth:`JournalStore.entries`."""
        return await self._read(lambda it: it.entries(account, states, limit))

    async def history(
        self, account: str, limit: int | None = 200, *, outside_runs: bool = False
    ) -> tuple[Entry, ...]:
        """Return entries of all keys of the partner, newest first; see :meth:`JournalStore.history`."""
        return await self._read(lambda it: it.history(account, limit, outside_runs=outside_runs))

    async def abandoned(self, account: str, owner: str) -> tuple[Entry, ...]:
        """Return what nobody looks after, oldest first; see :meth:`JournalStore.abandoned`."""
        return await self._read(lambda it: it.abandoned(account, owner))

    async def keys(self, account: str) -> frozenset[LicenseKey]:
        """Return the codes of the licenses that entries brought; see :meth:`JournalStore.keys`."""
        return await self._read(lambda it: it.keys(account))

    # -- runs: each does what the method of RunStore does whose name it has ------------------

    async def add_run(self, account: str, plan: RunPlan, owner: str) -> Run:
        """Write a run down; see :meth:`RunStore.add`."""
        return await self._write(lambda it: RunStore(it).add(account, plan, owner, self._clock()))

    async def run(self, run_id: int) -> Run:
        """Return a run; see :meth:`RunStore.run`."""
        return await self._read(lambda it: RunStore(it).run(run_id))

    async def runs(self, account: str, limit: int | None = 200) -> tuple[Run, ...]:
        """Return runs, newest first; see :meth:`RunStore.runs`."""
        return await self._read(lambda it: RunStore(it).runs(account, limit))

    async def open_runs(self, account: str) -> tuple[Run, ...]:
        """Return the runs that are not over, oldest first; see :meth:`RunStore.open_runs`."""
        return await self._read(lambda it: RunStore(it).open_runs(account))

    async def run_named(self, account: str, name: str) -> Run | None:
        """Return the last run of this name; see :meth:`RunStore.named`."""
        return await self._read(lambda it: RunStore(it).named(account, name))

    async def run_requested(self, account: str, request: str) -> Run | None:
        """Return the last run that a command asked for in this way; see :meth:`RunStore.requested`."""
        return await self._read(lambda it: RunStore(it).requested(account, request))

    async def run_items(self, run_id: int, start: int = 0, count: int | None = None) -> tuple[RunItem, ...]:
        """Return items of a run; see :meth:`RunStore.items`."""
        return await self._read(lambda it: RunStore(it).items(run_id, start, count))

    async def run_item_states(self, run_id: int) -> tuple[ItemState, ...]:
        """Return how each item of a run stands; see :meth:`RunStore.item_states`."""
        return await self._read(lambda it: RunStore(it).item_states(run_id))

    async def runs_with(self, account: str, text: str) -> frozenset[int]:
        """Return the runs of which a change has a text; see :meth:`RunStore.runs_with`."""
        return await self._read(lambda it: RunStore(it).runs_with(account, text))

    async def run_items_at(self, run_id: int, positions: Collection[int]) -> tuple[RunItem, ...]:
        """Return the items of a run at these positions; see :meth:`RunStore.items_at`."""
        return await self._read(lambda it: RunStore(it).items_at(run_id, positions))

    async def undoable(
        self,
        account: str,
        run_id: int | None = None,
        *,
        entry_id: int | None = None,
        without: Collection[int] = (),
    ) -> UndoableEntries | None:
        """Return what can be undone; see :meth:`RunStore.undoable`."""
        return await self._read(
            lambda it: RunStore(it).undoable(account, run_id, entry_id=entry_id, without=without)
        )

    async def claim_run(self, run_id: int, owner: str) -> Run:
        """Take a run over; see :meth:`RunStore.claim`."""
        return await self._write(lambda it: RunStore(it).claim(run_id, owner))

    async def begin_run(self, run_id: int, owner: str) -> bool:
        """Note that a run is under way; see :meth:`RunStore.begin`."""
        return await self._write(lambda it: RunStore(it).begin(run_id, owner))

    async def stop_run(self, run_id: int, owner: str, state: RunState, reason: str = "") -> Run:
        """Note that nobody works on a run; see :meth:`RunStore.stop`."""
        return await self._write(lambda it: RunStore(it).stop(run_id, owner, state, reason, self._clock()))

    async def cancel_run(self, run_id: int, owner: str) -> Run:
        """Note that the rest of a run is never begun; see :meth:`RunStore.cancel`."""
        return await self._write(lambda it: RunStore(it).cancel(run_id, owner, self._clock()))

    async def retry_run(self, run_id: int, owner: str, *, card_just_added: bool = False) -> Run:
        """Have what failed of a run begun again; see :meth:`RunStore.retry`."""
        return await self._write(
            lambda it: RunStore(it).retry(run_id, owner, card_just_added=card_just_added)
        )

    async def leave_out(self, run_id: int, owner: str, positions: Collection[int]) -> Run:
        """Note that items of a run are never begun; see :meth:`RunStore.leave_out`."""
        return await self._write(lambda it: RunStore(it).leave_out(run_id, owner, positions, self._clock()))

    async def put_back(self, run_id: int, position: int) -> None:
        """Have an item of a run begun again; see :meth:`RunStore.put_back`."""
        await self._write(lambda it: RunStore(it).put_back(run_id, position))

    async def pass_over(self, run_id: int, notes: Mapping[int, str]) -> None:
        """Note why items are not begun; see :meth:`RunStore.pass_over`."""
        await self._write(lambda it: RunStore(it).pass_over(run_id, notes))

    async def confirm_prices(self, run_id: int, owner: str, prices: Mapping[int, Price | None]) -> None:
        """Note prices that were confirmed anew; see :meth:`RunStore.confirm_prices`."""
        await self._write(lambda it: RunStore(it).confirm_prices(run_id, owner, prices))

    async def _write(self, job: Callable[[JournalStore], R]) -> R:
        """Do what writes, after the links that are not noted yet."""
        return await self._run(lambda: job(self._linked()))

    async def _read(self, job: Callable[[JournalStore], R]) -> R:
        """Do what reads: also where the links cannot be noted because the file can only be read."""

        def read() -> R:
            try:
                store = self._linked()
            except JournalReadOnly:
                store = self._store
            return job(store)

        return await self._run(read)

    def _linked(self) -> JournalStore:
        store = self._store
        if self._links:
            store.link(self._links, self._clock())
            self._links.clear()
        return store

    async def _run(self, job: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)
