"""Signing in with WordPress.com."""

import base64
import hashlib
import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    OutcomeUnknownError,
    RequestRejectedError,
)
from jpmanage_tui.api.oauth import AuthorizationRequest, OAuthClient, OAuthRoutes, SignInRefused, code_from
from jpmanage_tui.api.tokens import StaticTokens
from tests.api.support import API, Reply, Server, body_of, client_of, fails, form_of, reply

BACK = "http://127.0.0.1:4711/callback"
PUBLIC = OAuthClient("cid")
LEGACY = OAuthClient("77", SecretStr("app-secret"), OAuthRoutes.LEGACY)
TOKENS = {"access_token": "at-1", "refresh_token": "rt-1", "expires_in": "1209600", "token_type": "bearer"}


async def begun(client: OAuthClient = PUBLIC) -> AuthorizationRequest:
    async with client_of(Server(reply())) as api:
        return api.oauth.authorization(client, BACK)


async def test_a_public_client_is_registered_on_the_fly() -> None:
    server = Server(reply(201, {"client_id": "cid", "client_id_issued_at": 1}))
    async with client_of(server, StaticTokens()) as client:
        assert await client.oauth.register([BACK]) == PUBLIC
    assert server.asked == ["POST /oauth2-1/register"]
    assert body_of(server.only) == {
        "client_name": "jpmanage-tui",
        "redirect_uris": [BACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    assert "Authorization" not in server.only.headers


async def test_a_registration_without_an_id_is_of_unknown_fate() -> None:
    async with client_of(Server(reply(201, {}))) as client:
        with pytest.raises(OutcomeUnknownError, match="client_id"):
            await client.oauth.register([BACK])


async def test_the_page_to_open_carries_a_state_and_a_challenge_of_the_verifier() -> None:
    request = await begun()
    parts = urlsplit(request.url)
    query = dict(parse_qsl(parts.query))
    verifier = request.verifier.get_secret_value()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{API}/oauth2-1/authorize"
    assert query == {
        "response_type": "code",
        "client_id": "cid",
        "redirect_uri": BACK,
        "scope": "global",
        "state": request.state.get_secret_value(),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    assert 43 <= len(verifier) <= 128
    assert verifier not in repr(request)


async def test_every_try_has_a_state_and_a_verifier_of_its_own() -> None:
    one, other = await begun(), await begun()
    assert one.state != other.state
    assert one.verifier != other.verifier


async def test_a_registered_app_uses_the_older_pages() -> None:
    request = await begun(LEGACY)
    assert request.url.startswith(f"{API}/oauth2/authorize?")
    assert "code_challenge" not in request.url
    assert "app-secret" not in request.url


async def test_the_code_is_read_from_the_address_one_is_sent_back_to() -> None:
    request = await begun()
    state = request.state.get_secret_value()
    assert code_from(request, f"  {BACK}?code=abc&state={state}\n") == SecretStr("abc")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("code=abc", "does not belong"),
        ("code=abc&state=other", "does not belong"),
        ("code=abc&state=\u00e9", "does not belong"),
        ("state={state}", "no code"),
        ("error=access_denied&state={state}", "access_denied"),
        ("error=x&error_description=Nope%1B%5B2J&state={state}", "Nope$"),
    ],
)
async def test_an_address_that_is_not_the_end_of_this_try_is_refused(query: str, words: str) -> None:
    request = await begun()
    with pytest.raises(SignInRefused, match=words):
        code_from(request, f"{BACK}?{query.format(state=request.state.get_secret_value())}")


async def test_a_code_is_exchanged_for_tokens_with_the_verifier_and_no_secret() -> None:
    server, request = Server(reply(200, TOKENS)), await begun()
    async with client_of(server) as client:
        tokens = await client.oauth.exchange(request, SecretStr("abc"))
    assert server.asked == ["POST /oauth2-1/token"]
    assert form_of(server.only) == {
        "grant_type": "authorization_code",
        "code": "abc",
        "redirect_uri": BACK,
        "code_verifier": request.verifier.get_secret_value(),
        "client_id": "cid",
    }
    assert (tokens.access_token, tokens.refresh_token) == (SecretStr("at-1"), SecretStr("rt-1"))
    assert tokens.expires_at is not None
    assert abs(tokens.expires_at - datetime.now(UTC) - timedelta(days=14)) < timedelta(minutes=1)
    assert "at-1" not in repr(tokens)


async def test_a_registered_app_exchanges_with_its_secret() -> None:
    server, request = Server(reply(200, TOKENS)), await begun(LEGACY)
    async with client_of(server) as client:
        await client.oauth.exchange(request, SecretStr("abc"))
    assert server.asked == ["POST /oauth2/token"]
    form = form_of(server.only)
    assert (form["client_id"], form["client_secret"]) == ("77", "app-secret")
    assert "code_verifier" not in form


@pytest.mark.parametrize(
    "expiry", [{}, {"expires_in": None}, {"expires_in": 0}, {"expires_in": "soon"}, {"expires_in": 1e15}]
)
async def test_neither_expiry_nor_refresh_is_assumed(expiry: dict[str, object]) -> None:
    request = await begun()
    async with client_of(Server(reply(200, {"access_token": "at-1"} | expiry))) as client:
        tokens = await client.oauth.exchange(request, SecretStr("abc"))
    assert (tokens.expires_at, tokens.refresh_token) == (None, None)


async def test_a_refresh_keeps_the_old_refresh_token_where_no_new_one_is_given() -> None:
    server = Server(reply(200, {"access_token": "at-2"}), reply(200, TOKENS))
    async with client_of(server) as client:
        first = await client.oauth.refresh(PUBLIC, SecretStr("rt-0"))
        second = await client.oauth.refresh(PUBLIC, SecretStr("rt-0"))
    assert (first.access_token, first.refresh_token) == (SecretStr("at-2"), SecretStr("rt-0"))
    assert second.refresh_token == SecretStr("rt-1")
    assert form_of(server.requests[0]) == {
        "grant_type": "refresh_token",
        "refresh_token": "rt-0",
        "client_id": "cid",
    }


@pytest.mark.parametrize(
    ("script", "kind", "code"),
    [
        (
            reply(400, {"error": "invalid_grant", "error_description": "Expired."}),
            RequestRejectedError,
            "invalid_grant",
        ),
        (reply(401, {"error": "invalid_client", "message": "Who?"}), AuthenticationError, "invalid_client"),
        (reply(200, {"error": "invalid_grant"}), RequestRejectedError, "invalid_grant"),
        (reply(200, {}), OutcomeUnknownError, None),
        (reply(500, text="<html>"), OutcomeUnknownError, None),
        (fails(httpx.ReadTimeout), OutcomeUnknownError, None),
        (fails(httpx.ConnectError), ApiConnectionError, None),
    ],
)
async def test_a_refresh_is_sent_once_whatever_comes(
    script: Reply, kind: type[ApiError], code: str | None
) -> None:
    server = Server(script)
    async with client_of(server) as client:
        with pytest.raises(kind) as caught:
            await client.oauth.refresh(PUBLIC, SecretStr("rt-0"))
    assert caught.value.code == code
    assert len(server.requests) == 1


async def test_a_token_is_revoked_by_a_form_and_a_dead_one_counts_as_revoked() -> None:
    server = Server(
        reply(200), reply(400, {"error": "invalid_token"}), reply(400, {"error": "invalid_client"})
    )
    async with client_of(server) as client:
        await client.oauth.revoke(PUBLIC, SecretStr("at-1"))
        await client.oauth.revoke(PUBLIC, SecretStr("at-1"))
        with pytest.raises(RequestRejectedError):
            await client.oauth.revoke(PUBLIC, SecretStr("at-1"))
    assert set(server.asked) == {"POST /oauth2-1/revoke"}
    assert form_of(server.requests[0]) == {"token": "at-1", "client_id": "cid"}


async def test_no_token_of_a_sign_in_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with client_of(Server(reply(200, TOKENS))) as client:
            await client.oauth.refresh(LEGACY, SecretStr("rt-0"))
            await client.oauth.revoke(LEGACY, SecretStr("at-1"))
    for secret in ("rt-0", "at-1", "rt-1", "app-secret"):
        assert secret not in caplog.text
