"""The second origin: files (invoice PDFs, downloads) on a host of their own, where no token may arrive."""

from __future__ import annotations

import io
import zipfile

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from jpmanage_tui.sandbox.invoices import documents
from jpmanage_tui.sandbox.store import Store

IN_PROCESS_ORIGIN = "https://files.jpmanage-sandbox.example"
"""The second origin's base URL when nothing listens; `.example` resolves nowhere (RFC 2606)."""


def files_app(store: Store) -> ASGIApp:
    """Return the second origin's application. Its handlers find the store in ``request.app.state.store``."""
    app = Starlette(routes=list(ROUTES))
    app.state.store = store
    return RefuseTokens(app)


class RefuseTokens:
    """Answers 403 to any request that carries an Authorization header, as a pre-signed URL's host does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI event."""
        if scope["type"] == "http" and "authorization" in Headers(scope=scope):
            message = "This host takes no Authorization header.\n"
            await PlainTextResponse(message, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


async def download(request: Request) -> Response:
    """Answer with a small, valid zip archive named after the product."""
    slug = request.path_params["slug"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        readme = zipfile.ZipInfo(f"{slug}/readme.txt", (2024, 1, 1, 0, 0, 0))
        bundle.writestr(readme, f"{slug}: an empty plug-in, from the sandbox.\n")
    return Response(archive.getvalue(), media_type="application/zip")


ROUTES: list[Route] = [Route("/download/{slug}.zip", download, methods=["GET"]), *documents.ROUTES]
