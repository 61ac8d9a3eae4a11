"""Carries httpx's requests to a sandbox in the same process, as a network would.

Unlike httpx's own ASGI transport it streams, enforces the request's time-outs, turns an exception into a
500, and lets the application go on when the client has gone: a change may be made though its answer is lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
from starlette.types import ASGIApp, Message, Scope

from jpmanage_tui.sandbox.app import Sandbox
from jpmanage_tui.sandbox.connections import EXTENSION
from jpmanage_tui.sandbox.envelope import dump

HOSTS = frozenset({"public-api.wordpress.com", "api.stripe.com", "sandbox.example", "localhost", "127.0.0.1"})
"""The hosts that stand for the API; the second origin is the host of ``sandbox.files_origin``."""

log = logging.getLogger(__name__)


class SandboxTransport(httpx.AsyncBaseTransport):
    """Sends requests to a sandbox. Hosts that it does not know cannot be connected to.

    Closing it ends what is still running; it does not close the sandbox.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._running: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises what httpx raises over a network, for example ReadError."""
        app = self._app_for(request)
        body = await request.aread()
        exchange = _Exchange(request)
        task = asyncio.create_task(exchange.serve(app, _scope(request, exchange), body))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            status, headers = await exchange.head()
        except BaseException:
            exchange.leave()
            raise
        return httpx.Response(status, headers=headers, stream=_Body(exchange), request=request)

    async def aclose(self) -> None:
        """End what is still running."""
        for task in list(self._running):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _app_for(self, request: httpx.Request) -> ASGIApp:
        host = request.url.host
        if host == httpx.URL(self._sandbox.files_origin).host:
            return self._sandbox.files_asgi
        if host in HOSTS:
            return self._sandbox.asgi
        raise httpx.ConnectError(f"The sandbox has no host {host}", request=request)


class _Exchange:
    """One request and its answer on the way. It is also the connection that a fault breaks."""

    def __init__(self, request: httpx.Request) -> None:
        self._request = request
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue()
        self._left = asyncio.Event()
        self._started = False
        self._broken = False
        timeout = request.extensions.get("timeout") or {}
        self._read_timeout: float | None = timeout.get("read")

    async def serve(self, app: ASGIApp, scope: Scope, body: bytes) -> None:
        """Run the application for this request, to its end even when nobody waits for it."""
        sent = False

        async def receive() -> Message:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": body, "more_body": False}
            await self._left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            self._started = True
            if not self._left.is_set():
                self._messages.put_nowait(message)

        try:
            await app(scope, receive, send)
        except Exception:
            # The border between server and network: what a server does not catch is a 500.
            log.exception("The sandbox failed at %s %s", scope["method"], scope["path"])
            self._fail()
        finally:
            self._messages.put_nowait(None)

    def _fail(self) -> None:
        if self._started:
            self._broken = True
            return
        body = dump(
            {"code": "internal_server_error", "message": "The sandbox failed.", "data": {"status": 500}}
        )
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        self._messages.put_nowait({"type": "http.response.start", "status": 500, "headers": headers})
        self._messages.put_nowait({"type": "http.response.body", "body": body})

    def reset(self) -> None:
        """Break the connection at once (see `connections.Connection`)."""
        while not self._messages.empty():
            self._messages.get_nowait()
        self._messages.put_nowait(None)
        self._left.set()

    def hang_up(self) -> None:
        """Close the connection after what was written (see `connections.Connection`)."""
        self._broken = True
        self._messages.put_nowait(None)
        self._left.set()

    def leave(self) -> None:
        """Note that the client has gone."""
        self._left.set()

    async def head(self) -> tuple[int, list[tuple[bytes, bytes]]]:
        """Wait for the answer's status and headers."""
        message = await self._next()
        if message is None:
            raise httpx.ReadError("The connection was reset", request=self._request)
        return int(message["status"]), list(message.get("headers", []))

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes."""
        while True:
            message = await self._next()
            if message is None:
                break
            if message.get("body"):
                yield bytes(message["body"])
            if not message.get("more_body", False):
                return
        raise httpx.RemoteProtocolError(
            "The peer closed the connection without sending the complete body", request=self._request
        )

    async def _next(self) -> Message | None:
        try:
            async with asyncio.timeout(self._read_timeout):
                return await self._messages.get()
        except TimeoutError as error:
            raise httpx.ReadTimeout("No answer in time", request=self._request) from error


class _Body(httpx.AsyncByteStream):
    """An answer's body on the way."""

    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._exchange.chunks():
            yield chunk

    async def aclose(self) -> None:
        self._exchange.leave()


def _scope(request: httpx.Request, exchange: _Exchange) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
        "root_path": "",
        "state": {},
        "extensions": {EXTENSION: exchange},
    }
