"""The transport that carries requests to a sandbox in the same process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from jpmanage_tui.sandbox.app import Sandbox, create_sandbox
from jpmanage_tui.sandbox.transport import SandboxTransport
from tests.sandbox.harness import API_ORIGIN, options


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A small sandbox."""
    made = create_sandbox(options(5))
    yield made
    await made.close()


def client_of(sandbox: Sandbox, app: ASGIApp | None = None) -> httpx.AsyncClient:
    """Return a client of `sandbox`, or of another application in its place."""
    if app is not None:
        sandbox.asgi = app
    return httpx.AsyncClient(transport=SandboxTransport(sandbox), base_url=API_ORIGIN)


async def start(send: Send, *, status: int = 200) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
    )


async def test_a_body_arrives_piece_by_piece_while_the_application_still_writes(sandbox: Sandbox) -> None:
    go_on = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"two"})

    async with client_of(sandbox, app) as client, client.stream("GET", "/x") as answer:
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"one"
        assert not go_on.is_set()
        go_on.set()
        assert await anext(pieces) == b"two"


async def test_an_exception_becomes_a_500_and_is_logged(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("broken")

    with caplog.at_level(logging.ERROR):
        async with client_of(sandbox, app) as client:
            answer = await client.get("/x")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_server_error")
    assert "broken" in caplog.text


async def test_an_exception_after_the_start_cuts_the_body(sandbox: Sandbox) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        raise KeyError("broken")

    async with client_of(sandbox, app) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/x")


async def test_the_read_time_out_holds_for_the_start_and_for_each_piece(sandbox: Sandbox) -> None:
    async def silent(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    async def stalling(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await asyncio.Event().wait()

    for app in (silent, stalling):
        async with client_of(sandbox, app) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get("/x", timeout=httpx.Timeout(5, read=0.05))


async def test_the_application_goes_on_when_the_client_has_gone(sandbox: Sandbox) -> None:
    told, done = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        assert (await receive())["type"] == "http.disconnect"
        told.set()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        done.set()

    async with client_of(sandbox, app) as client:
        request = asyncio.create_task(client.get("/x"))
        await asyncio.sleep(0)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        async with asyncio.timeout(5):
            await told.wait()
            await done.wait()


async def test_closing_the_transport_ends_what_still_runs(sandbox: Sandbox) -> None:
    ended = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with client_of(sandbox, app) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/x", timeout=httpx.Timeout(5, read=0.05))
        assert not ended.is_set()
    assert ended.is_set()


async def test_hosts_that_the_sandbox_does_not_have_cannot_be_connected_to(sandbox: Sandbox) -> None:
    async with client_of(sandbox) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("https://somewhere-else.example/")
        assert (await client.get("https://api.stripe.com/v1/nothing")).status_code == 404


async def test_the_second_origin_refuses_a_token(sandbox: Sandbox) -> None:
    async with client_of(sandbox) as client:
        url = f"{sandbox.files_origin}/download/woocommerce-bookings.zip"
        assert (await client.get(url)).status_code == 200
        assert (await client.get(url, headers={"Authorization": "Bearer sandbox-key"})).status_code == 403


async def test_a_closed_sandbox_answers_500_instead_of_hanging(sandbox: Sandbox) -> None:
    async with client_of(sandbox) as client:
        await sandbox.close()
        await sandbox.close()
        assert (await client.get("/rest/v1.1/me")).status_code == 500
