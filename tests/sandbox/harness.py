"""Runs sandboxes for tests, over real HTTP and in process, alike."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

import httpx
from starlette.types import Receive, Scope, Send

from jpmanage_tui.sandbox.app import Sandbox, create_sandbox
from jpmanage_tui.sandbox.connections import Connections
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.sandbox.server import SandboxServer
from jpmanage_tui.sandbox.transport import SandboxTransport
from tests.sandbox.plain_http import plain_transport

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


class _Front(Sandbox):
    """Stands before the sandbox of the test that runs; a connection that comes while there is none is broken."""

    def __init__(self) -> None:
        self.behind: Sandbox | None = None
        self.files_origin = ""
        self.asgi = self._serve
        self.files_asgi = self._serve_files
        self.connections = _Wires(self)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._sandbox().asgi(scope, receive, send)

    async def _serve_files(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._sandbox().files_asgi(scope, receive, send)

    def _sandbox(self) -> Sandbox:
        if self.behind is None:
            raise RuntimeError("a request came after its test had ended")
        return self.behind


class _Wires(Connections):
    """The open connections, each known to the sandbox that was there when it came."""

    def __init__(self, front: _Front) -> None:
        super().__init__()
        self._front = front
        self._open_for: dict[asyncio.Transport, Connections] = {}

    def opened(self, transport: asyncio.Transport) -> None:
        if self._front.behind is None:
            transport.abort()
            return
        self._open_for[transport] = self._front.behind.connections
        self._front.behind.connections.opened(transport)

    def closed(self, transport: asyncio.Transport) -> None:
        connections = self._open_for.pop(transport, None)
        if connections is not None:
            connections.closed(transport)

    def break_all(self) -> None:
        """Break what a test has left open, and so what still waits for it."""
        for transport in list(self._open_for):
            transport.abort()


class _HttpServer:
    """A real server on a thread of its own, for one sandbox after another: stopping one takes a quarter of a second."""

    def __init__(self) -> None:
        self.url = ""
        self._front = _Front()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._server: SandboxServer | None = None
        self._thread = threading.Thread(target=self._run, name="sandbox-server", daemon=True)
        self._thread.start()
        assert self._ready.wait(60), "the server did not start"
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:
            self._failure = error
            raise
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        self._server = SandboxServer(self._front)
        self.url = self._server.url
        self._ready.set()
        await self._server.run()

    def open(self, chosen: SandboxOptions) -> None:
        """Serve a new sandbox from now on."""
        asyncio.run_coroutine_threadsafe(self._open(chosen), self._loop).result(60)

    async def _open(self, chosen: SandboxOptions) -> None:
        sandbox = create_sandbox(chosen)
        sandbox.files_origin = self._front.files_origin
        try:
            await sandbox.ready()
        except BaseException:
            await sandbox.close()
            raise
        self._front.behind = sandbox

    def close(self) -> None:
        """Serve nothing until the next one; what is under way is broken off."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(60)

    async def _close(self) -> None:
        sandbox, self._front.behind = self._front.behind, None
        assert isinstance(self._front.connections, _Wires)
        self._front.connections.break_all()
        if sandbox is not None:
            await sandbox.close()

    def stop(self) -> None:
        """End the thread."""
        if self._server is not None:
            self._server.stop()
        self._thread.join(30)
        assert not self._thread.is_alive(), "the server did not stop"


_IDLE: list[_HttpServer] = []
"""The servers of this process that serve no test now."""


def stop_servers() -> None:
    """Stop the servers that the tests of this process were served by."""
    while _IDLE:
        _IDLE.pop().stop()


@contextmanager
def running_sandbox(chosen: SandboxOptions) -> Iterator[str]:
    """Serve a sandbox over real HTTP; the value is its base URL. Nothing of the test before is left in it."""
    server = _IDLE.pop() if _IDLE else _HttpServer()
    try:
        server.open(chosen)
        yield server.url
    finally:
        server.close()
        _IDLE.append(server)


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
        async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT, transport=plain_transport()) as client:
            yield client


WAYS = {"in process": in_process, "over http": over_http}
"""The two ways in which every HTTP test runs."""


def as_key(client: httpx.AsyncClient, token: str = "sandbox-key") -> httpx.AsyncClient:
    """Make `client` carry a token from now on, and return it."""
    client.headers.update(bearer(token))
    return client


async def rows(client: httpx.AsyncClient, **query: str | int) -> list[dict[str, Json]]:
    """Return all rows of a list of licenses, page by page."""
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
    """Return the one row of a license that the flat list holds in any state."""
    found = await rows(client, search=license_key, filter="all", **query)
    assert len(found) == 1, found
    return found[0]


async def issue(client: httpx.AsyncClient, product: str = "jetpack-scan", **more: Json) -> str:
    """Issue a license and return its key."""
    answer = await client.post(f"{API}/license", json={"product": product, **more})
    assert answer.status_code == 200, answer.text
    key = answer.json()["license_key"]
    assert isinstance(key, str)
    return key


async def free_site(client: httpx.AsyncClient) -> int:
    """Connect a new site, which has no license yet, and return its blog id."""
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
