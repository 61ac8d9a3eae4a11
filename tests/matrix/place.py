"""The sandbox of a cell: in this process, or served over HTTP for programs that are killed. Its database is a file."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from jpmanage_tui.sandbox.app import create_sandbox
from jpmanage_tui.sandbox.transport import SandboxTransport
from tests.matrix.database import Difference, Tables, difference, read_tables
from tests.matrix.orders import Image, options
from tests.matrix.program import Network, until
from tests.operations.over_http import changes_something
from tests.sandbox.harness import API_ORIGIN, running_sandbox
from tests.sandbox.plain_http import plain_transport


@dataclass
class Place:
    """Where a cell happens: the sandbox's address and a way to it, its file, and what was in it at the beginning."""

    folder: Path
    database: Path
    url: str
    network: Network
    http: httpx.AsyncClient
    before: Tables = field(repr=False)
    over_http: bool = False

    @property
    def journal(self) -> Path:
        """The journal that the programs of the cell share."""
        return self.folder / "journal.sqlite"

    def changed(self) -> Difference:
        """Return what was changed in the database since the beginning."""
        return difference(self.before, read_tables(self.database))

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Ask the database."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5)) as connection:
            return connection.execute(question).fetchall()

    async def faults(self, *specs: str) -> None:
        """Put faults in force; over HTTP once those that were have struck what they were for, which in this process ends
        with its program.
        """
        if self.over_http:
            await self.quiet()
        (await self.http.put("/_sandbox/faults", json=list(specs))).raise_for_status()

    async def log(self) -> list[dict[str, Any]]:
        """Return every request that has come."""
        found: list[dict[str, Any]] = (await self.http.get("/_sandbox/requests")).json()
        return found

    async def quiet(self) -> None:
        """Wait until the sandbox is through with what a program has sent that was killed, and did not wait for it."""
        await until(self._is_quiet)

    async def _is_quiet(self) -> bool:
        """Whether the sandbox is through with every request that has come, with those that hang too."""
        return all(entry["seconds"] is not None for entry in await self.log())

    async def sent(self) -> int:
        """Return how many changing requests have come."""
        return sum(changes_something(entry) for entry in await self.log())


@asynccontextmanager
async def in_process(image: Image, folder: Path) -> AsyncIterator[Place]:
    """Open a sandbox in this process as it was prepared."""
    database = image.place(folder)
    before = read_tables(database)
    sandbox = create_sandbox(options(folder))
    try:
        await sandbox.ready()

        def network() -> httpx.AsyncBaseTransport:
            return SandboxTransport(sandbox)

        async with httpx.AsyncClient(base_url=API_ORIGIN, transport=network()) as http:
            yield Place(folder, database, API_ORIGIN, network, http, before)
    finally:
        await sandbox.close()


@asynccontextmanager
async def served(image: Image, folder: Path) -> AsyncIterator[Place]:
    """Serve a sandbox over HTTP as it was prepared."""
    database = image.place(folder)
    before = read_tables(database)
    with running_sandbox(options(folder)) as url:
        async with httpx.AsyncClient(base_url=url, timeout=20, transport=plain_transport()) as http:
            yield Place(folder, database, url, plain_transport, http, before, over_http=True)
