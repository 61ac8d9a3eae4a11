"""The outermost layer of the application: reads the request, logs it and lets faults strike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jpmanage_tui.sandbox.auth import bearer
from jpmanage_tui.sandbox.body import MAX_BODY, read_body
from jpmanage_tui.sandbox.clock import Clock
from jpmanage_tui.sandbox.connections import Connections, gone
from jpmanage_tui.sandbox.envelope import HTTPError, Reply
from jpmanage_tui.sandbox.faults import Fault, FaultSet
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.log import Entry, RequestLog
from jpmanage_tui.sandbox.respond import query_of, start_message

CONTROL = "/_sandbox"
KindOf = Callable[[str | None], Awaitable[str]]

HTML_502 = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass
class Captured:
    """An answer held back, so that a fault can spoil it after the handler's work is done."""

    start: Message = field(default_factory=dict)
    body: bytes = b""

    async def send(self, message: Message) -> None:
        """Take the place of the server's send."""
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")


class FaultMiddleware:
    """Wraps the application. The body is read first and replayed; control routes are neither logged nor faulted."""

    def __init__(
        self,
        app: ASGIApp,
        faults: FaultSet,
        log: RequestLog,
        clock: Clock,
        kind_of: KindOf,
        connections: Connections,
    ) -> None:
        self._app = app
        self._faults = faults
        self._log = log
        self._clock = clock
        self._kind_of = kind_of
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI event."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["path"] = scope["path"].rstrip("/") or "/"
        body = await _read_all(receive)
        if body is None:
            return
        scope.setdefault("state", {}).update(body=body, flags=frozenset())
        if scope["path"].startswith(CONTROL):
            await self._app(scope, _replay(body, receive), send)
            return
        entry = self._log.begin(
            scope["method"],
            _header(scope, b"host") or "",
            scope["path"],
            query_of(scope),
            _loggable(body, _header(scope, b"content-type")),
            self._clock.now().isoformat(),
        )
        entry.caller = await self._kind_of(bearer(_header(scope, b"authorization")))
        entry.content_type = (_header(scope, b"content-type") or "").partition(";")[0]
        await self._under_faults(scope, body, receive, send, entry)

    async def _under_faults(
        self, scope: Scope, body: bytes, receive: Receive, send: Send, entry: Entry
    ) -> None:
        verdict = self._faults.judge(scope["method"], scope["path"])
        scope["state"]["flags"] = verdict.flags
        await asyncio.sleep(verdict.delay)
        replay = _replay(body, receive)
        seen = _Watch(send, entry)
        fault = verdict.failure
        entry.fault = fault.kind if fault is not None else None
        if fault is None:
            await self._app(scope, replay, seen)
        elif fault.after:
            captured = Captured()
            await self._app(scope, replay, captured.send)
            await self._strike(fault, scope, receive, seen, captured)
        else:
            await self._strike(fault, scope, receive, seen, Captured())
        if seen.status is None:
            entry.settle(None)

    async def _strike(self, fault: Fault, scope: Scope, receive: Receive, send: Send, held: Captured) -> None:
        if fault.kind.startswith("reset"):
            self._connections.under(scope).reset()
            await gone(receive)
        elif fault.kind.startswith("hang"):
            await gone(receive)
        elif fault.kind == "cut":
            await self._cut(fault, scope, receive, send, held)
        else:
            reply = _spoiled(fault, scope["path"], held)
            await send(start_message(reply, self._clock))
            await send({"type": "http.response.body", "body": reply.content()})

    async def _cut(self, fault: Fault, scope: Scope, receive: Receive, send: Send, held: Captured) -> None:
        size = int(fault.arg) if fault.arg else len(held.body) // 2
        await send(held.start)
        await send({"type": "http.response.body", "body": held.body[:size], "more_body": True})
        self._connections.under(scope).hang_up()
        await gone(receive)


class _Watch:
    """A send that notes the answer's status in the log."""

    def __init__(self, send: Send, entry: Entry) -> None:
        self._send = send
        self._entry = entry
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._entry.settle(self.status)
        await self._send(message)


def _spoiled(fault: Fault, path: str, held: Captured) -> Reply:
    if fault.kind == "502":
        return Reply(HTML_502, 502, content_type="text/html")
    if fault.kind == "malformed":
        return Reply(held.body[: max(1, len(held.body) // 2)] + b"<!-- ", held.start["status"])
    if fault.kind == "429":
        seconds = fault.told_seconds
        headers = {} if seconds is None else {"Retry-After": f"{max(0, round(seconds))}"}
        return HTTPError(429, "rate_limited", "Bandwidth limit exceeded.", headers=headers).reply(path)
    if fault.kind == "401":
        return HTTPError(401, "rest_unauthorized", "The OAuth2 token is invalid.").reply(path)
    code = fault.arg if fault.arg not in ("", "before", "after") else "internal_server_error"
    return HTTPError(500, code, "There has been a critical error on this website.").reply(path)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _read_all(receive: Receive) -> bytes | None:
    """Return the request's body (cut off where it is too long), or None when the client went away."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece: bytes = message.get("body", b"")
        body = (body + piece)[: MAX_BODY + 1]
        if not message.get("more_body", False):
            return body


def _loggable(body: bytes, content_type: str | None) -> Json:
    try:
        return read_body(body, content_type or "") or None
    except HTTPError:
        return f"[{len(body)} bytes that cannot be read]"


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None
