"""The request id that the journal keeps is that of the change's own answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.ids import BlogId, InvoiceId, LicenseKey
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.operations.mutations.licenses import AssignLicense
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.queue import OperationsQueue
from tests.api.support import Reply, Server, client_of, reply
from tests.operations.over_http import World
from tests.operations.some_cards import intent_of

ASSIGN = AssignLicense(LicenseKey("jetpack-scan_abc"), BlogId(7), "a.example", "Jetpack Scan")
CONNECT = ConnectSite("https://a.example", "1")
PAY = PayInvoice(InvoiceId("in_1"), "A-1", None, "USD")


class Awaiting(httpx.AsyncByteStream):
    """A body that comes only once something else has happened."""

    def __init__(self, content: bytes, event: asyncio.Event) -> None:
        self.content = content
        self.event = event

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await self.event.wait()
        yield self.content


async def journaled(client: LicensingClient, change: Mutation[Any], folder: Path) -> str | None:
    """Send a change through a queue and return the request id in the journal."""
    journal = await Journal.open(folder / "journal.sqlite")
    queue = OperationsQueue(client, journal, "account", policy=Policy(check_pauses=(), answered_pauses=()))
    await queue.submit(change).outcome()
    (entry,) = await journal.entries()
    await queue.close()
    await journal.close()
    return entry.request_id


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {}), (400, {"code": "no", "message": "No."}), (500, {}), (200, {"error": "no"})],
    ids=["done", "refused", "server error", "an error in a 200"],
)
async def test_a_read_that_is_answered_meanwhile_leaves_no_id_in_the_journal(
    tmp_path: Path, status: int, body: object
) -> None:
    asked, read = asyncio.Event(), asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            await asked.wait()
            return httpx.Response(200, json={}, headers={"X-Jetpack-Request-Id": "of-the-read"})
        asked.set()
        content = Awaiting(json.dumps(body).encode(), read)
        return httpx.Response(status, stream=content, headers={"X-Jetpack-Request-Id": "of-the-change"})

    async with client_of(Server(answer)) as client:
        change = asyncio.create_task(journaled(client, ASSIGN, tmp_path))
        await client.licenses.counts()
        assert client.last_request_id == "of-the-read"
        read.set()
        assert await change == "of-the-change"


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (CONNECT, {"code": "what?"}),
        (PAY, {"id": "in_1", "status": "open"}),
    ],
    ids=["connect", "pay"],
)
async def test_an_answer_that_decides_nothing_is_kept_with_its_id(
    tmp_path: Path, change: Mutation[Any], body: object
) -> None:
    async with client_of(Server(reply(200, body, X_Jetpack_Request_Id="req-1"))) as client:
        assert await journaled(client, change, tmp_path) == "req-1"


@pytest.mark.parametrize("answer", [reply(200, {}), reply(400, {"code": "no"})])
async def test_an_answer_without_an_id_borrows_none(tmp_path: Path, answer: Reply) -> None:
    server = Server(reply(200, {}, X_Jetpack_Request_Id="of-the-read"), answer)
    async with client_of(server) as client:
        await client.licenses.counts()
        assert await journaled(client, ASSIGN, tmp_path) is None


async def test_a_card_handed_to_stripe_is_kept_with_stripes_own_id(world: World) -> None:
    caller = await world.caller()
    await (await intent_of(caller)).confirmed()
    confirmed, prepared = await caller.queue.entries()
    assert (prepared.change.kind, confirmed.change.kind) == (
        "create_setup_intent",
        "confirm_card",
    )
    assert prepared.request_id
    assert not prepared.request_id.startswith("req_")
    assert confirmed.request_id
    assert confirmed.request_id.startswith("req_")
    assert caller.client.last_request_id == prepared.request_id
