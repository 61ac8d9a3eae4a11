"""Puts the sandbox together."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from jpmanage_tui.sandbox import schema, switch_control as account_control
from jpmanage_tui.sandbox.auth import identify
from jpmanage_tui.sandbox.cards.setup_intents import PUBLISHABLE_KEY
from jpmanage_tui.sandbox.clock import Clock
from jpmanage_tui.sandbox.connections import Connections
from jpmanage_tui.sandbox.control import control_routes
from jpmanage_tui.sandbox.envelope import HTTPError
from jpmanage_tui.sandbox.fault_middleware import FaultMiddleware
from jpmanage_tui.sandbox.faults import FaultSet
from jpmanage_tui.sandbox.files import IN_PROCESS_ORIGIN, files_app
from jpmanage_tui.sandbox.log import RequestLog
from jpmanage_tui.sandbox.options import TOKENS, SandboxOptions, SandboxTokens
from jpmanage_tui.sandbox.respond import AppState, ByMethod, Endpoint, start_message
from jpmanage_tui.sandbox.routes import all_routes
from jpmanage_tui.sandbox.seed import fill
from jpmanage_tui.sandbox.store import Store, T


class Sandbox:
    """An embedded API. `asgi` is the application, `files_asgi` the second origin's, `tokens` what it honors.

    Its data is being made on its own thread when this returns; a request waits for it. Close it when done.
    """

    def __init__(self, options: SandboxOptions) -> None:
        self.tokens: SandboxTokens = TOKENS
        self.clock = Clock(options.now)
        self.faults = FaultSet(options.faults)
        self.log = RequestLog()
        self.connections = Connections()
        self.files_origin = IN_PROCESS_ORIGIN
        self.store = Store(options.directory, lambda connection: _prepare(connection, options, self.clock))
        self.asgi: ASGIApp = self._gated(self._application())
        self.files_asgi: ASGIApp = self._gated(files_app(self.store))

    async def ready(self) -> None:
        """Wait until the data is there. Raises SandboxError when it cannot be."""
        await self.store.ready()

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the store's thread, for checks that count what is in the database."""
        return await self.store.run(work)

    async def close(self) -> None:
        """Finish what is queued and close the database."""
        await self.store.close()

    def _gated(self, app: ASGIApp) -> ASGIApp:
        return FaultMiddleware(app, self.faults, self.log, self.clock, self._kind_of, self.connections)

    def _application(self) -> ASGIApp:
        house = AppState(self.store, self.clock, lambda: self.files_origin)
        methods: dict[str, dict[str, Endpoint]] = {}
        for spec in all_routes():
            methods.setdefault(spec.path, {})[spec.method] = Endpoint(house, spec)
        routes: list[BaseRoute] = [*control_routes(self.faults, self.log, self.store)]
        routes += account_control.control_routes(self.store, self.clock)
        routes += [Route(path, ByMethod(found), methods=list(found)) for path, found in methods.items()]
        app = Starlette(routes=routes, exception_handlers={HTTPException: self._no_route})
        app.router.redirect_slashes = False
        return app

    async def _no_route(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        message = "No route was found matching the URL and request method."
        reply = HTTPError(status, "rest_no_route", message, headers=headers).reply(request.url.path)
        started = start_message(reply, self.clock)
        response = Response(reply.content(), reply.status)
        response.raw_headers = started["headers"]
        return response

    async def _kind_of(self, token: str | None) -> str:
        if token == PUBLISHABLE_KEY:
            return "publishable"
        now = int(self.clock.now().timestamp())
        return (await self.store.run(lambda connection: identify(connection, token, now))).kind


def create_sandbox(options: SandboxOptions) -> Sandbox:
    """Make a sandbox. Raises SandboxError when an option or a fault cannot be read."""
    return Sandbox(options)


def _prepare(connection: sqlite3.Connection, options: SandboxOptions, clock: Clock) -> None:
    if schema.is_filled(connection):
        return
    schema.create(connection)
    fill(connection, options.licenses, options.seed, clock.now())
