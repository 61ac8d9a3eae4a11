"""A listener on this machine to which a browser on the same machine comes back."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping
from types import TracebackType

from jpmanage_tui.ui.terminal.links import browser_command

HOST = "127.0.0.1"
LONGEST = 16 * 1024
"""Bytes of a request that are read at most."""
PATIENCE = 5.0
"""Seconds that a connection may take to ask."""
_PAGE = b"<!doctype html><meta charset=utf-8><title>jpmanage</title><p>Done. You can close this page.</p>"


def within_reach(env: Mapping[str, str] | None = None) -> bool:
    """Say whether a browser that the user sees runs on this machine: only then a listener here can be reached."""
    return browser_command(os.environ if env is None else env) is not None


class Loopback:
    """Listens on a port of its own while it is entered; `came` is set when the browser has come back.

    What the browser says in its address is not read: whoever waits looks for itself (contract: account 2.2).
    """

    def __init__(self) -> None:
        self.came = asyncio.Event()
        self._path = f"/{secrets.token_urlsafe(18)}"
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The address to come back to."""
        if self._server is None:
            raise RuntimeError("the listener is not open")
        port = self._server.sockets[0].getsockname()[1]
        return f"http://{HOST}:{port}{self._path}"

    async def __aenter__(self) -> Loopback:
        """Open the listener. Raises OSError where no port can be had."""
        self._server = await asyncio.start_server(self._serve, HOST, 0, limit=LONGEST)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the listener."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                ours = self._is_ours(head)
                body, status = (_PAGE, b"200 OK") if ours else (b"", b"404 Not Found")
                writer.write(
                    b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n"
                    b"Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n%s"
                    % (status, len(body), body)
                )
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            ours = False  # a connection that asks for nothing in time is none of ours
        finally:
            writer.close()
        if ours:
            self.came.set()

    def _is_ours(self, head: bytes) -> bool:
        words = head.split(b"\r\n", 1)[0].split(b" ")
        if len(words) != 3 or words[0] != b"GET":
            return False
        return secrets.compare_digest(words[1].partition(b"?")[0], self._path.encode())
