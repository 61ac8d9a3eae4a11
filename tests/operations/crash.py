"""A program that sends a change and is killed before the answer comes; run by a test as a process of its
own.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutations.licenses import AssignLicense
from jpmanage_tui.operations.queue import OperationsQueue
from tests.operations.conftest import ACCOUNT
from tests.operations.fakes import FakeServer, Fault, license_row

KEY = LicenseKey("jetpack-scan_abc")


async def main(path: Path) -> None:
    """Send one change, queue another, say "sent", and hang."""
    journal = await Journal.open(path)
    server = FakeServer(rows=[license_row(KEY), license_row("jetpack-scan_two")])
    server.faults = [Fault(RuntimeError(), hold=asyncio.Event())]
    queue = OperationsQueue(server, journal, ACCOUNT)
    queue.submit(AssignLicense(KEY, BlogId(7), "a.example", "Jetpack Scan"))
    queue.submit(AssignLicense(LicenseKey("jetpack-scan_two"), BlogId(7), "a.example", "Jetpack Scan"))
    await server.arrivals(1)
    assert len(await journal.entries()) == 2
    print("sent", flush=True)  # noqa: T201 - what the test waits for
    await asyncio.Event().wait()
