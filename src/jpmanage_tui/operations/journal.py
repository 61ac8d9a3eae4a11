"""The journal: every change is written here before it is sent, and how it ended after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.operations.baseline import NO_BASELINE, Baseline
from jpmanage_tui.operations.change import Change
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.store import JournalStore, Settled

R = TypeVar("R")
FILE_NAME = "journal.sqlite"
KEPT = timedelta(days=400)
UNSETTLED = (EntryState.QUEUED, EntryState.SENT, EntryState.UNKNOWN)


def utc_now() -> datetime:
    """Return this machine's time, aware, in UTC."""
    return datetime.now(UTC)


class Journal:
    """The journal for the event loop: one thread owns the file, and every call waits for it without blocking.

    The file is opened by the first call, and by the next one where that failed: who only looks needs none. Every
    method raises JournalUnavailable when the file cannot be used; see :class:`JournalStore` for what each does.
    """

    def __init__(self, path: Path | None, clock: Callable[[], datetime] = utc_now) -> None:
        """``path`` is the file (None: in memory, gone when closed); ``clock`` gives aware times."""
        self._path = path
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._opened: JournalStore | None = None

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

    async def close(self) -> None:
        """Close the file, if it was opened, and end the thread; what was asked before is written first."""
        await self._run(lambda: self._opened.close() if self._opened is not None else None)
        self._thread.shutdown(wait=False)

    async def add(self, account: str, change: Change[Any], owner: str) -> Entry:
        """Note a change as queued; see :meth:`JournalStore.add`."""
        return await self._run(lambda: self._store.add(account, change, owner, self._clock()))

    async def mark_sent(self, entry_id: int, baseline: Baseline = NO_BASELINE) -> bool:
        """Note that it is about to be sent; see :meth:`JournalStore.mark_sent`."""
        return await self._run(lambda: self._store.mark_sent(entry_id, self._clock(), baseline))

    async def mark_queued(self, entry_id: int) -> None:
        """Note that it waits to be sent again; see :meth:`JournalStore.mark_queued`."""
        await self._run(lambda: self._store.mark_queued(entry_id))

    async def settle(self, entry_id: int, end: Settled) -> bool:
        """Note how it ended; see :meth:`JournalStore.settle`."""
        return await self._run(lambda: self._store.settle(entry_id, end, self._clock()))

    async def adopt(self, entry: Entry, owner: str) -> bool:
        """Take over an entry whose owner is gone; see :meth:`JournalStore.adopt`."""
        return await self._run(lambda: self._store.adopt(entry, owner))

    async def entry(self, entry_id: int) -> Entry:
        """Return one entry; see :meth:`JournalStore.entry`."""
        return await self._run(lambda: self._store.entry(entry_id))

    async def entries(
        self,
        account: str | None = None,
        states: Collection[EntryState] = tuple(EntryState),
        limit: int = 200,
        within: str = "",
    ) -> tuple[Entry, ...]:
        """Return entries, newest first; see :meth:`JournalStore.entries`."""
        return await self._run(lambda: self._store.entries(account, states, limit, within))

    async def unsettled(self, account: str) -> tuple[Entry, ...]:
        """Return what is queued, sent or unknown of ``account``, oldest first."""
        return (await self.entries(account, UNSETTLED, limit=10_000))[::-1]

    async def keys(self, account: str) -> frozenset[LicenseKey]:
        """Return the codes of the licences that ``account``'s entries brought."""
        return await self._run(lambda: self._store.keys(account))

    async def prune(self, older_than: timedelta = KEPT) -> int:
        """Forget what was settled longer ago than ``older_than`` and return how many entries that were."""
        return await self._run(lambda: self._store.prune(self._clock() - older_than))

    async def _run(self, job: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)
