"""The SQLite store: one connection, one thread that owns it, one queue of work."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from jpmanage_tui.sandbox.options import SandboxError

T = TypeVar("T")
Prepare = Callable[[sqlite3.Connection], None]

FILE_NAME = "sandbox.sqlite"


class Store:
    """Runs functions on the thread that owns the connection, one after another, each in one transaction.

    Opening (and seeding, by `prepare`) is the first piece of work in the queue, so making a store returns at
    once and the first request waits for the data instead of the event loop.
    """

    def __init__(self, directory: Path | None, prepare: Prepare) -> None:
        self._directory = directory
        self._prepare = prepare
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-store")
        self._opened = self._executor.submit(self._open)

    async def ready(self) -> None:
        """Wait until the data is there. Raises what went wrong when opening or seeding."""
        await asyncio.shield(asyncio.wrap_future(self._opened))

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` with the connection in a transaction and return its result.

        What `work` raises rolls the transaction back and is raised here. Work that has begun is finished even
        when the caller is canceled.
        """
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._transact, work)

    async def close(self) -> None:
        """Finish the queue and close the connection. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._executor, self._shut)
        self._executor.shutdown(wait=False)

    def _shut(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._opened.result()
        if self._connection is None:
            raise SandboxError("The sandbox is closed.")
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        return result

    def _open(self) -> None:
        connection = sqlite3.connect(self._target(), isolation_level=None, cached_statements=256)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA busy_timeout=5000")
            connection.execute("BEGIN IMMEDIATE")
            self._prepare(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _target(self) -> str:
        if self._directory is None:
            return ":memory:"
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._directory / FILE_NAME
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        return str(path)
