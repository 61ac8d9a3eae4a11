"""The requestor: bounds of time and size, redirects, errors, and what the client tells about itself."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from jpmanage_tui.api import requestor
from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    InvalidParameterError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    ServerError,
)
from jpmanage_tui.api.options import Timeouts
from jpmanage_tui.api.request import Exchange
from tests.api.support import (
    API,
    COUNTS,
    KEY,
    SCAN,
    CutBody,
    Pauses,
    Reply,
    Server,
    client_of,
    error,
    fails,
    reply,
)


async def hang(request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError


class Bytes(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self.content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content


def gzipped(content: bytes) -> Reply:
    return lambda request: httpx.Response(200, stream=Bytes(content), headers={"Content-Encoding": "gzip"})


async def read(*script: Reply, pauses: Pauses | None = None) -> Server:
    server = Server(*script)
    async with client_of(server, pauses=pauses) as client:
        await client.licenses.counts()
    return server


# --- time and size


async def test_a_read_that_hangs_ends_at_the_total_time() -> None:
    async with client_of(Server(hang), timeouts=Timeouts(total=0.05)) as client:
        with pytest.raises(ApiConnectionError, match="in time"):
            await client.licenses.counts()


async def test_a_change_that_hangs_ends_at_the_total_time_with_unknown_fate() -> None:
    async with client_of(Server(hang), timeouts=Timeouts(total=0.05)) as client:
        with pytest.raises(OutcomeUnknownError):
            await client.licenses.issue(SCAN)


async def test_the_time_outs_of_each_phase_reach_the_transport() -> None:
    server = Server(COUNTS)
    timeouts = Timeouts(connect=1, read=2, write=3, pool=4, total=50)
    async with client_of(server, timeouts=timeouts) as client:
        await client.licenses.counts()
    assert server.only.extensions["timeout"] == {"connect": 1, "read": 2, "write": 3, "pool": 4}


async def test_a_cancelled_read_stays_cancelled() -> None:
    began = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        began.set()
        return await hang(request)

    async with client_of(Server(answer)) as client:
        task = asyncio.create_task(client.licenses.counts())
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_body_over_the_limit_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requestor, "BODY_LIMIT", 1000)
    async with client_of(Server(gzipped(gzip.compress(b" " * 100_000)))) as client:
        with pytest.raises(ServerError, match="larger than"):
            await client.licenses.counts()


async def test_a_compressed_body_is_read() -> None:
    server = Server(gzipped(gzip.compress(json.dumps({"attached": 9}).encode())))
    async with client_of(server) as client:
        assert (await client.licenses.counts()).attached == 9
    assert "gzip" in server.only.headers["Accept-Encoding"]


async def test_broken_compression_is_a_server_error() -> None:
    async with client_of(Server(gzipped(b"not gzip at all"))) as client:
        with pytest.raises(ServerError, match="compression"):
            await client.licenses.counts()


@pytest.mark.parametrize(
    "text",
    [
        "<html>502</html>",
        '{"attached": 1',
        "[" * 100_000,
        '{"a": NaN}',
        '"text"',
        "7",
        '{"attached": 1e99999999999999999999}',
        "9" * 5000,
    ],
)
async def test_a_read_that_is_not_what_it_should_be_is_a_clean_error_and_not_repeated(text: str) -> None:
    server = Server(reply(200, text=text))
    async with client_of(server) as client:
        with pytest.raises(ServerError) as caught:
            await client.licenses.counts()
    assert len(caught.value.message) < 120
    assert len(server.requests) == 1


async def test_a_read_whose_body_is_cut_is_tried_again() -> None:
    server = await read(lambda request: httpx.Response(200, stream=CutBody()), COUNTS)
    assert len(server.requests) == 2


async def test_a_refusal_whose_body_is_cut_is_a_refusal_all_the_same() -> None:
    server = Server(lambda request: httpx.Response(403, stream=CutBody()))
    async with client_of(server) as client:
        with pytest.raises(PermissionDeniedError):
            await client.licenses.counts()
    assert len(server.requests) == 1


async def test_an_html_502_is_a_server_error_with_words_of_our_own() -> None:
    async with client_of(Server(reply(502, text="<html><b>Bad gateway</b></html>"))) as client:
        with pytest.raises(ServerError) as caught:
            await client.licenses.counts()
    assert caught.value.message == "The server failed (HTTP 502)."
    assert caught.value.code is None


async def test_a_403_without_a_body_is_forbidden() -> None:
    async with client_of(Server(reply(403))) as client:
        with pytest.raises(PermissionDeniedError) as caught:
            await client.licenses.counts()
    assert caught.value.message


# --- redirects


async def test_a_redirect_within_the_origin_is_followed_with_the_token() -> None:
    server = await read(reply(301, Location="/wpcom/v2/elsewhere"), COUNTS)
    assert server.asked[1] == "GET /wpcom/v2/elsewhere"
    assert server.requests[1].headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "target", ["https://api.example/x", "https://api.example:443/x", "//API.example/x", "x"]
)
async def test_a_redirect_that_names_its_own_origin_is_followed(target: str) -> None:
    server = await read(reply(302, Location=target), COUNTS)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/x",
        "http://api.example/x",
        "https://api.example:8443/x",
        "http://api.example:443/x",
        "https://api.example.evil.example/x",
        "https://api.example@evil.example/x",
        "https://user:word@api.example/x",
        "//evil.example",
        "https://[",
        "ftp://api.example/x",
    ],
)
async def test_a_redirect_to_another_origin_is_not_followed(target: str) -> None:
    server = Server(reply(302, Location=target), COUNTS)
    async with client_of(server) as client:
        with pytest.raises(ServerError):
            await client.licenses.counts()
    assert len(server.requests) == 1


async def test_a_redirect_that_leads_nowhere_is_an_error() -> None:
    server = Server(reply(302), COUNTS)
    async with client_of(server) as client:
        with pytest.raises(ServerError, match="redirects"):
            await client.licenses.counts()
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 201, 304])
async def test_an_address_in_an_answer_that_is_no_redirect_is_not_followed(status: int) -> None:
    server = Server(reply(status, {"attached": 3}, Location="/wpcom/v2/elsewhere"), COUNTS)
    async with client_of(server) as client:
        if status == 304:
            with pytest.raises(ServerError):
                await client.licenses.counts()
        else:
            assert (await client.licenses.counts()).attached == 3
    assert len(server.requests) == 1


async def test_redirects_in_a_circle_end() -> None:
    server = Server(reply(302, Location="/wpcom/v2/again"))
    async with client_of(server) as client:
        with pytest.raises(ServerError):
            await client.licenses.counts()
    assert len(server.requests) == 4


# --- errors


async def test_refused_fields_are_named() -> None:
    params = {"company_website": "Invalid\x1b[0m parameter."}
    server = Server(error(400, "rest_invalid_param", params=params, details={"company_website": {}}))
    async with client_of(server) as client:
        with pytest.raises(InvalidParameterError) as caught:
            await client.licenses.counts()
    assert caught.value.params == {"company_website": "Invalid parameter."}


async def test_missing_fields_are_named_by_a_list() -> None:
    server = Server(error(400, "rest_missing_callback_param", params=["product"]))
    async with client_of(server) as client:
        with pytest.raises(InvalidParameterError) as caught:
            await client.licenses.counts()
    assert list(caught.value.params) == ["product"]


async def test_an_error_carries_what_support_asks_for() -> None:
    server = Server(
        reply(404, {"code": "rest_no_route", "message": "No\x07 route"}, X_Jetpack_Request_Id="req-1")
    )
    async with client_of(server) as client:
        with pytest.raises(NotFoundError) as caught:
            await client.licenses.counts()
        assert client.last_request_id == "req-1"
    error = caught.value
    assert (error.code, error.message, error.request_id) == ("rest_no_route", "No route", "req-1")
    assert (error.method, error.path) == ("GET", "/wpcom/v2/jetpack-licensing/licenses/counts")


@pytest.mark.parametrize(
    "trouble", [error(401), error(500), fails(httpx.ReadError), reply(200, text="<html>")]
)
async def test_no_error_drags_the_request_and_its_token_along(trouble: Reply) -> None:
    async with client_of(Server(trouble)) as client:
        with pytest.raises(ApiError) as caught:
            await client.licenses.issue(SCAN)
    linked: BaseException | None = caught.value
    while linked is not None:
        assert not isinstance(linked, httpx.HTTPError)
        assert KEY not in repr(vars(linked))
        linked = linked.__cause__ or linked.__context__


async def test_a_client_that_was_closed_sends_nothing_and_says_so() -> None:
    server = Server(COUNTS)
    client = client_of(server)
    await client.licenses.counts()
    await client.aclose()
    for ask in (client.licenses.counts, lambda: client.licenses.issue(SCAN)):
        with pytest.raises(ApiConnectionError, match="closed meanwhile; nothing was sent"):
            await ask()
    assert len(server.requests) == 1


# --- what the client tells


async def test_the_servers_clock_moves_on_from_its_last_date() -> None:
    server = Server(reply(200, {}, Date="Tue, 01 Jan 2030 00:00:00 GMT"))
    async with client_of(server) as client:
        assert client.server_now() is None
        await client.licenses.counts()
        first, second = client.server_now(), client.server_now()
    assert first is not None
    assert second is not None
    assert datetime(2030, 1, 1, tzinfo=UTC) <= first <= second < datetime(2030, 1, 1, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("date", ["yesterday", "", "Tue, 99 Jan 2030 00:00:00 GMT"])
async def test_a_date_that_is_none_is_ignored(date: str) -> None:
    async with client_of(Server(reply(200, {}, Date=date))) as client:
        await client.licenses.counts()
        assert client.server_now() is None


async def test_every_try_is_told_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    told: list[Exchange] = []
    server = Server(error(500), reply(200, {}, X_Jetpack_Request_Id="req-2"))
    with caplog.at_level(logging.DEBUG):
        async with client_of(server, on_exchange=told.append) as client:
            await client.licenses.counts()
    path = "/wpcom/v2/jetpack-licensing/licenses/counts"
    assert [(one.method, one.path, one.status, one.error_name) for one in told] == [
        ("GET", path, 500, "ServerError"),
        ("GET", path, 200, None),
    ]
    assert told[1].request_id == "req-2"
    assert "req-2" in caplog.text
    assert KEY not in caplog.text


async def test_httpx_itself_logs_no_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await read(COUNTS)
    assert {record.name for record in caplog.records} == {"jpmanage.api"}


async def test_no_cookie_is_kept() -> None:
    server = await read(reply(500, Set_Cookie="session=1; Path=/"), COUNTS)
    assert "Cookie" not in server.requests[1].headers


async def test_a_client_names_no_secret_in_its_representation() -> None:
    async with client_of(Server(COUNTS)) as client:
        assert KEY not in repr(client)
        assert client.api_url == API
