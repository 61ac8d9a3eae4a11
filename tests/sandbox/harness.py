"""Runs sandboxes for tests, over real HTTP and in process, alike."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

import httpx

from jpmanage_tui.sandbox.app import Sandbox, create_sandbox
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.sandbox.server import SandboxServer
from jpmanage_tui.sandbox.transport import SandboxTransport

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
"""The time at which the sandboxes of tests stand still."""

API = "/wpcom/v2/jetpack-licensing"
API_ORIGIN = "https://public-api.wordpress.com"
TIMEOUT = httpx.Timeout(5.0, read=10.0)


def options(
    licenses: int = 250, *, seed: int = 1, faults: tuple[str, ...] = (), now: datetime | None = NOW
) -> SandboxOptions:
    """Return the options that tests use unless they ask for others."""
    return SandboxOptions(licenses=licenses, seed=seed, now=now, faults=faults)


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def running_sandbox(chosen: SandboxOptions) -> Iterator[str]:
    """Serve a sandbox over real HTTP on a thread of its own; the value is its base URL."""
    listening: list[tuple[SandboxServer, str]] = []
    failures: list[BaseException] = []
    ready = threading.Event()

    async def run() -> None:
        sandbox = create_sandbox(chosen)
        try:
            await sandbox.ready()
            server = SandboxServer(sandbox)
            listening.append((server, server.url))
            ready.set()
            await server.run()
        finally:
            await sandbox.close()

    def target() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            ready.set()

    thread = threading.Thread(target=target, name="sandbox-server")
    thread.start()
    try:
        assert ready.wait(60), "the sandbox did not start"
        assert listening, f"the sandbox did not start: {failures}"
        yield listening[0][1]
    finally:
        if listening:
            listening[0][0].stop()
        thread.join(30)
        assert not thread.is_alive(), "the sandbox did not stop"


@asynccontextmanager
async def in_process(chosen: SandboxOptions) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a sandbox in this process."""
    sandbox: Sandbox = create_sandbox(chosen)
    try:
        async with httpx.AsyncClient(
            transport=SandboxTransport(sandbox), base_url=API_ORIGIN, timeout=TIMEOUT
        ) as client:
            yield client
    finally:
        await sandbox.close()


@asynccontextmanager
async def over_http(chosen: SandboxOptions) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a sandbox that is served over real HTTP."""
    with running_sandbox(chosen) as url:
        async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT, trust_env=False) as client:
            yield client


WAYS = {"in process": in_process, "over http": over_http}
"""The two ways in which every HTTP test runs."""


def as_key(client: httpx.AsyncClient, token: str = "sandbox-key") -> httpx.AsyncClient:
    """Make `client` carry a token from now on, and return it."""
    client.headers.update(bearer(token))
    return client


async def rows(client: httpx.AsyncClient, **query: str | int) -> list[dict[str, Json]]:
    """Return all rows of a list of licences, page by page."""
    found: list[dict[str, Json]] = []
    page = 1
    while True:
        answer = await client.get(f"{API}/licenses", params={"per_page": 100, **query, "page": page})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += body["items"]
        if page >= body["total_pages"]:
            return found
        page += 1


async def row_of(client: httpx.AsyncClient, license_key: str, **query: str | int) -> dict[str, Json]:
    """Return the one row of a licence that the flat list holds in any state."""
    found = await rows(client, search=license_key, filter="all", **query)
    assert len(found) == 1, found
    return found[0]


async def issue(client: httpx.AsyncClient, product: str = "jetpack-scan", **more: Json) -> str:
    """Issue a licence and return its key."""
    answer = await client.post(f"{API}/license", json={"product": product, **more})
    assert answer.status_code == 200, answer.text
    key = answer.json()["license_key"]
    assert isinstance(key, str)
    return key


async def free_site(client: httpx.AsyncClient) -> int:
    """Connect a new site, which has no licence yet, and return its blog id."""
    number = len(await changes(client))
    answer = await client.post(
        f"{API}/site-connection", json={"url": f"https://new-{number}.example", "local_user": 1}
    )
    assert answer.json()["code"] == "success", answer.text
    return int(answer.json()["blog_id"])


async def changes(client: httpx.AsyncClient) -> list[dict[str, Json]]:
    """Return the changes that are in the database."""
    answer = await client.get("/_sandbox/changes")
    return list(answer.json())


async def set_faults(client: httpx.AsyncClient, *specs: str) -> None:
    """Put faults in force in place of those that are."""
    answer = await client.put("/_sandbox/faults", json=list(specs))
    assert answer.status_code == 200, answer.text
