"""The sandbox over real HTTP."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import uvicorn
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from jpmanage_tui.sandbox.app import Sandbox, create_sandbox
from jpmanage_tui.sandbox.connections import Connections
from jpmanage_tui.sandbox.options import SandboxError, SandboxOptions

GRACE = 1
"""Seconds that requests under way get when the server is told to stop (some hang on purpose)."""
KEEP_ALIVE = 75
"""Seconds that an idle connection stays open."""


def serve(options: SandboxOptions, host: str, port: int) -> int:
    """Serve a sandbox until SIGINT, SIGTERM or SIGHUP; port 0 picks one.

    Prints the ``export JPMANAGE_…`` lines once it listens and its data is there. Returns the exit code: 128
    and the signal's number, or 1, with a sentence on stderr, when it cannot be started.
    """
    try:
        return asyncio.run(_serve(options, host, port, sys.stdout))
    except (SandboxError, OSError) as error:
        sys.stderr.write(f"jpmanage sandbox: {error}\n")
        return 1


async def _serve(options: SandboxOptions, host: str, port: int, out: TextIO) -> int:
    with _signals() as received:
        sandbox = create_sandbox(options)
        try:
            ready = asyncio.ensure_future(sandbox.ready())
            stopped = asyncio.ensure_future(received.wait())
            await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not received.number:
                await ready
                await _listen_until(stopped, sandbox, host, port, out)
            stopped.cancel()
        finally:
            await sandbox.close()
        return 128 + received.number if received.number else 0


async def _listen_until(
    stopped: asyncio.Future[None], sandbox: Sandbox, host: str, port: int, out: TextIO
) -> None:
    server = SandboxServer(sandbox, host, port)
    stopped.add_done_callback(lambda _: server.stop())
    announce(sandbox, server.url, out)
    await server.run()


def announce(sandbox: Sandbox, url: str, out: TextIO) -> None:
    """Write the lines that point a shell at the sandbox, and flush."""
    values = (
        ("API_URL", url),
        ("STRIPE_URL", url),
        ("TOKEN", sandbox.tokens.key),
        ("USER_TOKEN", sandbox.tokens.user),
    )
    out.writelines(f"export JPMANAGE_{name}={value}\n" for name, value in values)
    out.flush()


class SandboxServer:
    """A server for the API and, on a port of its own, the second origin. It listens as soon as it is made."""

    def __init__(self, sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen. Raises OSError when `host` or `port` cannot be had."""
        self._main = _listen(host, port)
        try:
            self._files = _listen(host, 0)
        except OSError:
            self._main.close()
            raise
        self.url = _url(host, self._main)
        sandbox.files_origin = _url(host, self._files)
        main = GZipMiddleware(sandbox.asgi, minimum_size=1000)
        config = uvicorn.Config(
            _ByPort({self._files.getsockname()[1]: sandbox.files_asgi}, main),
            http=_tracked(sandbox.connections),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Server(config)

    async def run(self) -> None:
        """Serve until told to stop."""
        await self._server.serve([self._main, self._files])

    def stop(self) -> None:
        """Tell it to stop; safe from any thread."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    """uvicorn's server without its signal handling, which raises the signal again before we have closed the
    store.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


class _ByPort:
    """Sends a request to the application of the port it came in at."""

    def __init__(self, others: dict[int, ASGIApp], main: ASGIApp) -> None:
        self._others = others
        self._main = main

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._others.get(scope["server"][1], self._main)(scope, receive, send)


def _tracked(connections: Connections) -> type[H11Protocol]:
    """Return uvicorn's HTTP/1.1 protocol, telling `connections` which connections are open."""

    class Tracked(H11Protocol):
        """HTTP/1.1 over a connection that can be broken on purpose."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            """Remember the connection."""
            connections.opened(transport)
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            """Forget the connection."""
            connections.closed(self.transport)
            super().connection_lost(exc)

    return Tracked


class _Received:
    """The signal that told us to stop; `number` is 0 before one has come."""

    def __init__(self) -> None:
        self.number = 0
        self._came = asyncio.Event()

    def note(self, number: int) -> None:
        """Note a signal; the first counts."""
        self.number = self.number or number
        self._came.set()

    async def wait(self) -> None:
        """Wait for a signal."""
        await self._came.wait()


@contextmanager
def _signals() -> Iterator[_Received]:
    """Catch SIGINT, SIGTERM and SIGHUP, so that the store is closed before the program ends."""
    received = _Received()
    loop = asyncio.get_running_loop()
    watched = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in watched:
        loop.add_signal_handler(number, received.note, number)
    try:
        yield received
    finally:
        for number in watched:
            loop.remove_signal_handler(number)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off only for sockets that say they are TCP; it costs 40 ms an answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def _url(host: str, listening: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listening.getsockname()[1]}"
