"""Fixtures: every HTTP test of the sandbox runs in process and over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from jpmanage_tui.sandbox.options import SandboxOptions
from tests.sandbox.harness import WAYS, options

Open = Callable[[SandboxOptions], Awaitable[httpx.AsyncClient]]


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest) -> str:
    """The way a test reaches its sandbox."""
    return str(request.param)


@pytest.fixture
async def open_sandbox(way: str) -> AsyncIterator[Open]:
    """Open sandboxes with options of the test's own; they are closed after it."""
    async with AsyncExitStack() as stack:

        async def open_one(chosen: SandboxOptions) -> httpx.AsyncClient:
            return await stack.enter_async_context(WAYS[way](chosen))

        yield open_one


@pytest.fixture
async def api(open_sandbox: Open) -> httpx.AsyncClient:
    """A client without a token of a sandbox with 250 licenses."""
    return await open_sandbox(options())
