"""What holds for all requests of a client: the account, the times, the retries, the listeners, the environment."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import httpx
import pytest

from jpmanage_tui.api.certificates import Certificates, read_certificates, trusting_nothing
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    MissingTokenError,
    OutcomeUnknownError,
    ServerError,
)
from jpmanage_tui.api.ids import ProductSlug, RequestId
from jpmanage_tui.api.options import AccountContext, Timeouts
from jpmanage_tui.api.request import Exchange
from jpmanage_tui.api.tokens import StaticTokens, TokenKind
from tests.api.endpoints import ENDPOINTS, Endpoint
from tests.api.support import (
    KEY,
    TOKENS,
    USER,
    Pauses,
    Renewing,
    Server,
    body_of,
    client_of,
    error,
    fails,
    query_of,
    reply,
)

AGENCY = AccountContext(licensing_token=TokenKind.USER, parameters={"agency_id": 7})
"""An account without partner keys (contract: agency 1 and 2)."""


@pytest.mark.parametrize("point", ENDPOINTS, ids=str)
async def test_every_request_is_made_for_the_account(point: Endpoint) -> None:
    server = Server(reply(200, point.answer))
    async with client_of(server) as client:
        await point.call(client.with_options(account=AGENCY))
    request = server.only
    belongs_to_key = point.token == KEY
    token = USER if belongs_to_key else point.token
    assert request.headers.get("Authorization") == (f"Bearer {token}" if token else None)
    in_body = belongs_to_key and (request.method == "POST" or point.body is not None)
    added = {"agency_id": "7"} if belongs_to_key and not in_body else {}
    assert query_of(request) == point.query | added
    assert body_of(request) == ({**(point.body or {}), "agency_id": 7} if in_body else point.body)


async def test_a_token_that_the_account_takes_is_what_is_missed_refreshed_and_named() -> None:
    async with client_of(Server(reply(200, {})), tokens=StaticTokens()) as client:
        with pytest.raises(MissingTokenError) as missed:
            await client.with_options(account=AGENCY).licenses.counts()
    assert missed.value.kind is TokenKind.USER
    tokens = Renewing("fresh")
    async with client_of(Server(error(401), reply(200, {})), tokens=tokens) as client:
        await client.with_options(account=AGENCY).licenses.counts()
    assert [kind for kind, _ in tokens.asked] == [TokenKind.USER]
    assert AGENCY.token_kind(TokenKind.KEY) is TokenKind.USER
    assert AGENCY.token_kind(TokenKind.NONE) is TokenKind.NONE
    assert client.account_context.token_kind(TokenKind.KEY) is TokenKind.KEY


@pytest.mark.parametrize("retries", [0, 1, 4])
async def test_a_read_is_sent_again_as_often_as_the_options_say_and_a_change_never(retries: int) -> None:
    server = Server(fails(httpx.ReadError))
    async with client_of(server) as client:
        patient = client.with_options(max_retries=retries)
        with pytest.raises(ApiConnectionError):
            await patient.licenses.counts()
        assert len(server.requests) == retries + 1
        with pytest.raises(OutcomeUnknownError):
            await patient.licenses.issue(ProductSlug("jetpack-scan"))
        assert len(server.requests) == retries + 2
        with pytest.raises(ApiConnectionError):
            await client.licenses.counts()
    assert len(server.requests) == retries + 2 + 3


async def test_the_times_of_the_options_are_those_of_the_request() -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        return httpx.Response(200, request=request)

    server = Server(reply(200, {}))
    times = Timeouts(connect=1.0, read=2.0, write=3.0, pool=4.0)
    async with client_of(server) as client:
        await client.with_options(timeouts=times).licenses.counts()
        assert server.only.extensions["timeout"] == {"connect": 1.0, "read": 2.0, "write": 3.0, "pool": 4.0}
        server.script = [hang]
        with pytest.raises(ApiConnectionError, match="in time"):
            await client.with_options(timeouts=Timeouts(total=0.01)).licenses.counts()


async def test_options_add_up_and_leave_the_client_they_were_asked_of_alone() -> None:
    heard: list[str] = []

    def first(exchange: Exchange) -> None:
        heard.append(f"first {exchange.status}")

    def second(exchange: Exchange) -> None:
        heard.append(f"second {exchange.status}")

    server = Server(reply(200, {}))
    async with client_of(server, on_exchange=first) as client:
        changed = client.with_options(account=AGENCY).with_options(on_exchange=second)
        await changed.licenses.counts()
        assert query_of(server.requests[-1]) == {"agency_id": "7"}
        await client.licenses.counts()
        assert query_of(server.requests[-1]) == {}
    assert heard == ["first 200", "second 200", "first 200"]


@pytest.mark.parametrize(
    ("raised", "text"),
    [
        (ApiError("It was refused."), "It was refused."),
        (ServerError("It failed.", status=502), "It failed. (HTTP 502)"),
        (
            AuthenticationError("No.", status=401, request_id=RequestId("req-9")),
            "No. (HTTP 401, request id req-9)",
        ),
        (OutcomeUnknownError("Cut.", request_id=RequestId("req-9")), "Cut. (request id req-9)"),
        (MissingTokenError(TokenKind.USER), "This needs a WordPress.com user's token, and none is known."),
    ],
)
def test_the_text_of_an_error_has_status_and_request_id(raised: ApiError, text: str) -> None:
    assert str(raised) == text


async def test_the_text_of_a_refusal_over_http_is_for_support() -> None:
    def refused(request: httpx.Request) -> httpx.Response:
        body = {"code": "rest_forbidden", "message": "Sorry.", "data": {"status": 403}}
        return httpx.Response(403, json=body, headers={"X-Jetpack-Request-Id": "req-5"})

    async with client_of(Server(refused)) as client:
        with pytest.raises(ApiError) as caught:
            await client.licenses.counts()
    assert str(caught.value) == "Sorry. (HTTP 403, request id req-5)"
    assert caught.value.message == "Sorry."


@pytest.mark.parametrize("trusted", [True, False])
async def test_the_environment_counts_where_it_is_trusted(
    trusted: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALL_PROXY", "ftp://proxy.example")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for lower in ("all_proxy", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(lower, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    client = LicensingClient(
        tokens=TOKENS, api_url="https://host.invalid", trust_env=trusted, max_retries=0, sleep=Pauses()
    )
    async with client:
        with pytest.raises(ApiConnectionError) as caught:
            await client.licenses.counts()
    assert ("ALL_PROXY" in caught.value.message) is trusted


def test_certificates_of_the_environment_count_where_it_is_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with pytest.raises(OSError, match=r"missing|No such file"):
        read_certificates(trusting_nothing())
    context = trusting_nothing()
    read_certificates(context, trust_env=False)
    assert context.get_ca_certs()


async def test_certificates_that_do_not_trust_the_environment_are_read_without_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    context = await Certificates(trust_env=False).context()
    assert isinstance(context, ssl.SSLContext)
    with pytest.raises(OSError, match=r"missing|No such file"):
        await Certificates().context()
