"""A listener on this machine to which a browser on the same machine comes back (RFC 8252, section 7.3)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
CALLBACK = "/callback"
PATIENCE = 10.0
"""Seconds for one request: a browser sends it in one go."""
_LONGEST = 16 * 1024
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>jpmanage</title>
<body style="font-family: sans-serif; margin: 4em auto; max-width: 32em"><h1>jpmanage</h1><p>{words}</p></body></html>
"""


@dataclass(frozen=True)
class CallbackResponse:
    """What the browser is told: whether the address was what was waited for, and a sentence for the page."""

    good: bool
    words: str


Take = Callable[[str], CallbackResponse]
"""Takes the address that the browser came to, and says what to tell it."""


class CallbackServer:
    """A listener on 127.0.0.1 for one path; `take` judges each address that a browser comes to.

    It answers with one plain page without scripts and serves nothing else. Use it as an async context manager.
    """

    def __init__(self, take: Take, port: int = 0, path: str = CALLBACK) -> None:
        """`port` 0 picks a free one; nothing listens yet."""
        self._take = take
        self._port = port
        self._path = path
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listen. Raises OSError when the port cannot be had."""
        self._server = await asyncio.start_server(self._serve, HOST, self._port, limit=_LONGEST)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def address(self) -> str:
        """The address to be sent back to. Raises RuntimeError where nothing listens."""
        if self._server is None:
            raise RuntimeError("the listener is not open")
        return address_at(self._port, self._path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                status, words = self._answer(head.split(b"\r\n", 1)[0].decode("latin-1"))
                writer.write(_response(status, words))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return  # not a browser, or one that left: the wait goes on
        finally:
            writer.close()

    def _answer(self, line: str) -> tuple[int, str]:
        method, _, rest = line.partition(" ")
        target = rest.rpartition(" ")[0]
        if not secrets.compare_digest(target.partition("?")[0].encode("latin-1"), self._path.encode("ascii")):
            return 404, "There is nothing here."
        if method != "GET":
            return 405, "There is nothing to send here."
        said = self._take(f"http://{HOST}:{self._port}{target}")
        return (200 if said.good else 400), said.words


def address_at(port: int, path: str = CALLBACK) -> str:
    """Return the address to be sent back to at a port of this machine."""
    return f"http://{HOST}:{port}{path}"


def _response(status: int, words: str) -> bytes:
    from html import escape

    body = _PAGE.format(words=escape(words)).encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",  # the address holds the code
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode("ascii") + body
