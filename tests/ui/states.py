"""What the tests of loading and of empty sections share."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from jpmanage_tui.sandbox import fault_middleware as gate
from jpmanage_tui.sandbox.transport import SandboxTransport
from tests.ui.harness import SMALL, Run, signed_in_as


class _Held:
    """The module asyncio, but that a sleep lasts until `released`."""

    def __init__(self) -> None:
        self.released = asyncio.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)

    async def sleep(self, _seconds: float) -> None:
        await self.released.wait()


@asynccontextmanager
async def held_back() -> AsyncIterator[None]:
    """Let no answer of the sandbox come before the block ends."""
    held = _Held()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "asyncio", held)
        yield
        held.released.set()


async def loads(run: Run, key: str, waiting: str, *ready: str) -> None:
    """Open a section by `key`: placeholders and `waiting` stand there at once, and `ready` when the answer came."""
    async with held_back():
        await run.press(key)
        await run.until(lambda: run.status == waiting, waiting)
        assert "· · ·" in "\n".join(run.lines(run.app.main))
    await run.sees(*ready)
    assert "· · ·" not in "\n".join(run.lines(run.app.main))
    assert run.status != waiting


@asynccontextmanager
async def newcomer(size: tuple[int, int] = SMALL) -> AsyncIterator[Run]:
    """Run the app on an account that has nothing yet: its terms are accepted by keyboard."""
    async with signed_in_as(size, user="sandbox-user-tos") as run:
        await run.sees("Terms of service")
        await run.press("tab", "enter")
        await run.sees("This account has no licenses yet.")
        yield run


async def revoke(run: Run, where: str) -> None:
    """Let the licenses for which the SQL `where` holds be revoked long ago, as somebody elsewhere did."""
    await change(run, f"UPDATE licenses SET revoked_at = issued_at + 1 WHERE {where}")


async def change(run: Run, sql: str) -> None:
    """Change something of the sandbox, as somebody elsewhere did."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(sql)

    await run.sandbox.store.run(work)


@asynccontextmanager
async def answers_held(*methods: str) -> AsyncIterator[asyncio.Event]:
    """Let no answer to a request of these methods come before the event is set, or the block ends.

    What such a request changes is committed before: what is held is the answer alone.
    """
    release = asyncio.Event()
    carry = SandboxTransport.handle_async_request

    async def held(self: SandboxTransport, request: httpx.Request) -> httpx.Response:
        response = await carry(self, request)
        if request.method in methods:
            await release.wait()
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SandboxTransport, "handle_async_request", held)
        yield release
        release.set()
