"""The requestor: tokens, retries of reads, and changes that are sent once."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    MissingTokenError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    RequestRejectedError,
    ServerError,
)
from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.options import Timeouts
from jpmanage_tui.api.tokens import StaticTokens, TokenKind
from tests.api.support import (
    CONNECT_TROUBLE,
    COUNTS,
    ISSUED,
    KEY,
    LATE_TROUBLE,
    SCAN,
    USER,
    CutBody,
    Pauses,
    Renewing,
    Reply,
    Server,
    client_of,
    error,
    fails,
    reply,
)


async def read(*script: Reply, pauses: Pauses | None = None) -> Server:
    server = Server(*script)
    async with client_of(server, pauses=pauses) as client:
        await client.licenses.counts()
    return server


# --- tokens


async def test_each_call_carries_the_token_of_its_kind_and_no_other() -> None:
    server = Server(COUNTS, reply(200, {"id": 1, "keys": []}), reply(200, []))
    async with client_of(server) as client:
        await client.licenses.counts()
        await client.partner.get()
        await client.products.public_families()
    sent = [request.headers.get("Authorization") for request in server.requests]
    assert sent == [f"Bearer {KEY}", f"Bearer {USER}", None]


@pytest.mark.parametrize("key", [None, SecretStr("")])
async def test_without_its_token_a_call_fails_before_any_request(key: SecretStr | None) -> None:
    server = Server(COUNTS)
    async with client_of(server, StaticTokens(key, SecretStr(USER))) as client:
        with pytest.raises(MissingTokenError) as caught:
            await client.licenses.counts()
    assert caught.value.kind is TokenKind.KEY
    assert "partner key" in caught.value.message
    assert server.requests == []


@pytest.mark.parametrize("token", ["caf\u00e9", "two words", "line\nbreak", "tab\t", "\x1b[0m"])
async def test_a_token_that_no_header_can_carry_is_refused_before_any_request(token: str) -> None:
    server = Server(COUNTS)
    async with client_of(server, StaticTokens(SecretStr(token))) as client:
        for ask in (client.licenses.counts, lambda: client.licenses.issue(SCAN)):
            with pytest.raises(AuthenticationError) as caught:
                await ask()
            assert token not in str(caught.value)
    assert server.requests == []


async def test_a_read_answered_401_is_tried_once_more_with_a_renewed_token() -> None:
    server, tokens = Server(error(401, "rest_unauthorized"), COUNTS), Renewing("fresh")
    async with client_of(server, tokens) as client:
        assert (await client.licenses.counts()).attached == 1
    assert tokens.asked == [(TokenKind.KEY, KEY)]
    assert [request.headers["Authorization"] for request in server.requests] == [
        f"Bearer {KEY}",
        "Bearer fresh",
    ]


async def test_a_second_401_is_final() -> None:
    server, tokens = Server(error(401, "rest_unauthorized")), Renewing("fresh", "fresher")
    async with client_of(server, tokens) as client:
        with pytest.raises(AuthenticationError):
            await client.licenses.counts()
    assert len(server.requests) == 2


async def test_a_change_answered_401_is_not_repeated_by_the_client() -> None:
    server, tokens = Server(error(401, "rest_unauthorized")), Renewing("fresh")
    async with client_of(server, tokens) as client:
        with pytest.raises(AuthenticationError):
            await client.licenses.issue(SCAN)
    assert len(server.requests) == 1
    assert tokens.asked == []


# --- retries of reads


@pytest.mark.parametrize(
    "trouble",
    [error(500, "x"), error(502), error(408), error(425), fails(httpx.ReadError), fails(httpx.ConnectError)],
)
async def test_a_read_survives_two_troubles(trouble: Reply) -> None:
    pauses = Pauses()
    server = await read(trouble, trouble, COUNTS, pauses=pauses)
    assert len(server.requests) == 3
    assert 0.25 <= pauses.seconds[0] <= 0.75
    assert 0.5 <= pauses.seconds[1] <= 1.5


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (error(500, "x"), ServerError),
        (fails(httpx.ReadTimeout), ApiConnectionError),
        (error(429), RateLimitError),
    ],
)
async def test_a_read_gives_up_after_three_tries(trouble: Reply, kind: type[ApiError]) -> None:
    server = Server(trouble)
    async with client_of(server) as client:
        with pytest.raises(kind):
            await client.licenses.counts()
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RequestRejectedError),
        (402, RequestRejectedError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (409, RequestRejectedError),
    ],
)
async def test_a_refused_read_is_not_repeated(status: int, kind: type[ApiError]) -> None:
    server = Server(error(status, "some_code"))
    async with client_of(server) as client:
        with pytest.raises(kind) as caught:
            await client.licenses.counts()
    assert (caught.value.status, caught.value.code) == (status, "some_code")
    assert caught.value.message == "The vendor's words."
    assert len(server.requests) == 1


async def test_retry_after_in_seconds_is_honored() -> None:
    pauses = Pauses()
    await read(reply(429, Retry_After="7"), COUNTS, pauses=pauses)
    assert pauses.seconds == [7.0]


async def test_retry_after_as_a_date_is_measured_by_the_servers_own_clock() -> None:
    pauses = Pauses()
    limited = reply(429, Date="Tue, 01 Jan 2030 00:00:00 GMT", Retry_After="Tue, 01 Jan 2030 00:00:09 GMT")
    await read(limited, COUNTS, pauses=pauses)
    assert pauses.seconds == [pytest.approx(9, abs=0.5)]


async def test_a_wish_to_wait_longer_than_the_cap_is_reported_at_once() -> None:
    server = Server(reply(429, Retry_After="3600"))
    async with client_of(server) as client:
        with pytest.raises(RateLimitError) as caught:
            await client.licenses.counts()
    assert caught.value.retry_after == 3600
    assert len(server.requests) == 1


async def test_no_retry_is_begun_that_would_outlast_the_total_time() -> None:
    server, pauses = Server(reply(429, Retry_After="15")), Pauses()
    async with client_of(server, timeouts=Timeouts(total=5), pauses=pauses) as client:
        with pytest.raises(RateLimitError):
            await client.licenses.counts()
    assert pauses.seconds == []


# --- what changes something is sent once


@pytest.mark.parametrize("kind", CONNECT_TROUBLE)
async def test_a_change_that_provably_never_left_is_no_answer(kind: type[httpx.TransportError]) -> None:
    server = Server(fails(kind))
    async with client_of(server) as client:
        with pytest.raises(ApiConnectionError):
            await client.licenses.issue(SCAN)
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", LATE_TROUBLE)
async def test_a_change_that_may_have_left_is_of_unknown_fate(kind: type[httpx.TransportError]) -> None:
    server = Server(fails(kind))
    async with client_of(server) as client:
        with pytest.raises(OutcomeUnknownError):
            await client.licenses.issue(SCAN)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425, 302])
async def test_a_change_answered_by_a_failing_server_is_of_unknown_fate(status: int) -> None:
    server = Server(reply(status, text="<html>gateway</html>", Location="https://elsewhere.example/"))
    async with client_of(server) as client:
        with pytest.raises(OutcomeUnknownError) as caught:
            await client.licenses.revoke(LicenseKey("jetpack-scan_x"))
    assert caught.value.status == status
    assert len(server.requests) == 1


async def test_a_change_is_not_sent_along_a_redirect_within_the_origin_either() -> None:
    server = Server(reply(307, Location="/wpcom/v2/elsewhere"), ISSUED)
    async with client_of(server) as client:
        with pytest.raises(OutcomeUnknownError):
            await client.licenses.issue(SCAN)
    assert len(server.requests) == 1


async def test_the_code_of_a_500_that_is_a_business_error_is_kept() -> None:
    server = Server(error(500, "unable_to_pay_invoice", "The card was declined."))
    async with client_of(server) as client:
        with pytest.raises(OutcomeUnknownError) as caught:
            await client.licenses.issue(SCAN)
    assert (caught.value.code, caught.value.message) == ("unable_to_pay_invoice", "The card was declined.")


@pytest.mark.parametrize(
    "text", ["<html>", '{"license_key": "a', "", "[]", '{"license_key": null}', '"x"', "NaN"]
)
async def test_an_issue_whose_2xx_cannot_be_read_is_of_unknown_fate(text: str) -> None:
    server = Server(reply(200, text=text))
    async with client_of(server) as client:
        with pytest.raises(OutcomeUnknownError) as caught:
            await client.licenses.issue(SCAN)
    assert caught.value.status == 200
    assert len(server.requests) == 1


async def test_a_change_whose_2xx_is_cut_off_is_of_unknown_fate() -> None:
    server = Server(lambda request: httpx.Response(200, stream=CutBody()))
    async with client_of(server) as client:
        with pytest.raises(OutcomeUnknownError):
            await client.licenses.assign(LicenseKey("a_b"), BlogId(5))


@pytest.mark.parametrize("body", [None, {}, [], {"license_id": 1}])
async def test_an_assignment_needs_nothing_in_its_answer(body: object) -> None:
    server = Server(reply(200, body))
    async with client_of(server) as client:
        await client.licenses.assign(LicenseKey("a_b"), BlogId(5))
    assert server.asked == ["POST /wpcom/v2/jetpack-licensing/license/a_b/site"]


async def test_a_change_is_not_repeated_on_429() -> None:
    server = Server(reply(429, Retry_After="1"))
    async with client_of(server) as client:
        with pytest.raises(RateLimitError) as caught:
            await client.licenses.issue(SCAN)
    assert caught.value.retry_after == 1
    assert len(server.requests) == 1


async def test_a_200_that_carries_an_error_is_a_refusal() -> None:
    server = Server(reply(200, {"error": "invalid_site", "message": "No such site."}))
    async with client_of(server) as client:
        with pytest.raises(RequestRejectedError) as caught:
            await client.licenses.assign(LicenseKey("a_b"), BlogId(5))
    assert (caught.value.code, caught.value.message, caught.value.status) == (
        "invalid_site",
        "No such site.",
        200,
    )


async def test_an_unknown_fate_knows_the_servers_date_from_before_it_was_sent() -> None:
    dated = reply(200, {}, Date="Tue, 01 Jan 2030 00:00:00 GMT")
    server = Server(dated, reply(500, Date="Tue, 01 Jan 2030 01:00:00 GMT"))
    async with client_of(server) as client:
        await client.licenses.counts()
        with pytest.raises(OutcomeUnknownError) as caught:
            await client.licenses.issue(SCAN)
    before = caught.value.server_date_before
    assert before is not None
    assert timedelta(0) <= before - datetime(2030, 1, 1, tzinfo=UTC) < timedelta(minutes=1)
