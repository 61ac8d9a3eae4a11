"""Between ASGI and handlers: finds the arguments, runs the handler on the store, writes the answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope, Send

from jpmanage_tui.sandbox.auth import admit, bearer, identify
from jpmanage_tui.sandbox.body import MAX_BODY, read_body
from jpmanage_tui.sandbox.call import Call, RouteSpec
from jpmanage_tui.sandbox.clock import Clock
from jpmanage_tui.sandbox.envelope import HTTPError, Reply
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.store import Store


@dataclass(frozen=True)
class AppState:
    """What every endpoint shares. `files_origin` tells the second origin's base URL."""

    store: Store
    clock: Clock
    files_origin: Callable[[], str]


class Endpoint:
    """An ASGI application for one route."""

    def __init__(self, house: AppState, spec: RouteSpec) -> None:
        self._house = house
        self._spec = spec

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            reply = await self._house.store.run(lambda connection: self._handle(connection, scope))
        except HTTPError as refusal:
            reply = refusal.reply(scope["path"])
        await write(reply, self._house.clock, send)

    def _handle(self, connection: sqlite3.Connection, scope: Scope) -> Reply:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        now = self._house.clock.now()
        caller = identify(connection, bearer(headers.get("authorization")), int(now.timestamp()))
        admit(caller, self._spec.token)
        body: bytes = scope["state"]["body"]
        if len(body) > MAX_BODY:
            raise HTTPError(413, "rest_body_too_large", "The request is too large.")
        args = {**query_of(scope), **read_body(body, headers.get("content-type", ""))}
        call = Call(
            conn=connection,
            caller=caller,
            path=scope.get("path_params", {}),
            args=args,
            now=now,
            flags=scope["state"]["flags"],
            files_origin=self._house.files_origin(),
            base_url=f"{scope['scheme']}://{headers.get('host', 'localhost')}",
            authorization=headers.get("authorization", ""),
        )
        answer = self._spec.handler(call)
        return answer if isinstance(answer, Reply) else Reply(answer)


class ByMethod:
    """An ASGI application for one path: picks the endpoint of the request's method."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; HEAD is answered as GET."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        await self._endpoints[method](scope, receive, send)


def query_of(scope: Scope) -> dict[str, Json]:
    """Return the arguments in a request's query."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def start_message(reply: Reply, clock: Clock) -> Message:
    """Return the ASGI message that begins `reply`, with the headers every answer carries.

    An answer of Stripe's has an id of Stripe's own (``Request-Id``) and none of the API's.
    """
    own = {} if "Request-Id" in reply.headers else {"X-Jetpack-Request-Id": clock.request_id()}
    headers = {
        "Date": clock.http_date(),
        "Content-Type": reply.content_type,
        "Content-Length": str(len(reply.content())),
        **own,
        "Cache-Control": "no-store",
        **reply.headers,
    }
    return {
        "type": "http.response.start",
        "status": reply.status,
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
    }


async def write(reply: Reply, clock: Clock, send: Send) -> None:
    """Send a whole answer."""
    await send(start_message(reply, clock))
    await send({"type": "http.response.body", "body": reply.content()})
