"""The sandbox's own routes: what was asked, what was changed, and faults while it runs."""

from __future__ import annotations

import json
import sqlite3

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jpmanage_tui.sandbox.faults import FaultError, FaultSet
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.log import RequestLog
from jpmanage_tui.sandbox.store import Store


def control_routes(faults: FaultSet, log: RequestLog, store: Store) -> list[Route]:
    """Return the routes under ``/_sandbox``; they take no token, are not logged and meet no fault."""

    async def requests(request: Request) -> Response:
        if request.method == "DELETE":
            log.clear()
        return JSONResponse(log.entries())

    async def put_faults(request: Request) -> Response:
        if request.method != "GET":
            try:
                faults.replace(_specs(await request.body()))
            except FaultError as error:
                return JSONResponse({"code": "bad_fault", "message": str(error)}, status_code=400)
        return JSONResponse(faults.specs())

    async def changes(request: Request) -> Response:
        return JSONResponse(await store.run(_changes))

    return [
        Route("/_sandbox/requests", requests, methods=["GET", "DELETE"]),
        Route("/_sandbox/faults", put_faults, methods=["GET", "PUT"]),
        Route("/_sandbox/changes", changes, methods=["GET"]),
    ]


def _specs(body: bytes) -> list[str]:
    try:
        value = json.loads(body)
    except ValueError as error:
        raise FaultError("Send the faults as a JSON list of strings.") from error
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise FaultError("Send the faults as a JSON list of strings.")
    return value


def _changes(connection: sqlite3.Connection) -> list[Json]:
    rows = connection.execute("SELECT * FROM changes ORDER BY change_id")
    return [dict(row) for row in rows]
