"""A sandbox over real HTTP that keeps every request as it came, unmasked, for a test that looks for secrets in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jpmanage_tui.sandbox.app import Sandbox, create_sandbox
from jpmanage_tui.sandbox.options import SandboxOptions
from tests.sandbox.harness import options, running_sandbox


@dataclass
class Heard:
    """One request: the host it was sent to, its Authorization header, its target, its other headers and its body."""

    host: str
    authorization: str
    target: str
    headers: str
    body: str = ""

    @property
    def rest(self) -> str:
        """All of it but target and Authorization."""
        return f"{self.headers}\n\n{self.body}"


class _Ear:
    """Takes the place of an application, and listens."""

    def __init__(self, app: ASGIApp, heard: list[Heard]) -> None:
        self._app = app
        self._heard = heard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        target = scope["raw_path"].decode() + "?" + scope["query_string"].decode()
        others = "\n".join(f"{name}: {value}" for name, value in headers.items() if name != "authorization")
        entry = Heard(headers["host"], headers.get("authorization", ""), target, others)
        self._heard.append(entry)

        async def listen() -> Message:
            message = await receive()
            entry.body += message.get("body", b"").decode("latin-1")
            return message

        await self._app(scope, listen, send)


@contextmanager
def recording_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[Heard]]]:
    """Serve a sandbox; its address, and the requests that come."""
    heard: list[Heard] = []

    def create(chosen: SandboxOptions) -> Sandbox:
        sandbox = create_sandbox(chosen)
        sandbox.asgi, sandbox.files_asgi = _Ear(sandbox.asgi, heard), _Ear(sandbox.files_asgi, heard)
        return sandbox

    monkeypatch.setattr("tests.sandbox.harness.create_sandbox", create)
    with running_sandbox(options(40)) as url:
        yield url, heard
