"""WordPress.com sign-in, by raw HTTP (contract: account 7.3)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from jpmanage_tui.sandbox.sign_in.oauth import APP_ID, APP_SECRET, s256
from tests.sandbox.account_help import PARTNER, changes, turn
from tests.sandbox.conftest import Open
from tests.sandbox.harness import bearer, options

BACK = "http://127.0.0.1:43211/callback"
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"


async def register(api: httpx.AsyncClient, *uris: str, **more: str) -> httpx.Response:
    body = {
        "client_name": "jpmanage",
        "redirect_uris": list(uris or (BACK,)),
        "token_endpoint_auth_method": "none",
    }
    return await api.post("/oauth2-1/register", json={**body, **more})


async def authorize(api: httpx.AsyncClient, client_id: str, **more: str) -> httpx.Response:
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": BACK,
        "state": "s-1",
        "scope": "global",
        "code_challenge": s256(VERIFIER),
        "code_challenge_method": "S256",
        **more,
    }
    return await api.get("/oauth2-1/authorize", params=query)


def told(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def exchange(api: httpx.AsyncClient, client_id: str, code: str, **more: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **more,
    }
    return await api.post("/oauth2-1/token", data=form)


async def sign_in(api: httpx.AsyncClient) -> tuple[str, dict[str, Any]]:
    client_id = (await register(api)).json()["client_id"]
    code = told(await authorize(api, client_id))["code"]
    answer = await exchange(api, client_id, code)
    assert answer.status_code == 200, answer.text
    return client_id, answer.json()


async def test_signing_in_gives_a_token_that_opens_the_partner(api: httpx.AsyncClient) -> None:
    _, tokens = await sign_in(api)
    assert set(tokens) == {"access_token", "token_type", "scope", "refresh_token", "expires_in"}
    assert (tokens["expires_in"], tokens["scope"]) == (1_209_600, "global")
    partner = await api.get(PARTNER, headers=bearer(tokens["access_token"]))
    assert partner.json()["name"] == "Nordlicht Digital"


async def test_the_authorize_page_leads_back_with_code_and_state(api: httpx.AsyncClient) -> None:
    client_id = (await register(api)).json()["client_id"]
    answer = await authorize(api, client_id)
    assert answer.headers["location"].startswith(f"{BACK}?")
    assert set(told(answer)) == {"code", "state"}
    assert told(answer)["state"] == "s-1"


async def test_a_registered_client_is_public_unless_it_asks_for_a_secret(api: httpx.AsyncClient) -> None:
    public = await register(api)
    assert public.status_code == 201
    assert "client_secret" not in public.json()
    assert public.json()["redirect_uris"] == [BACK]
    assert "client_secret" in (await register(api, token_endpoint_auth_method="client_secret_post")).json()


@pytest.mark.parametrize("uri", ["http://evil.example/back", "ftp://127.0.0.1/x", "javascript:alert(1)"])
async def test_registration_refuses_addresses_that_are_neither_https_nor_loopback(
    api: httpx.AsyncClient, uri: str
) -> None:
    refused = await register(api, uri)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_redirect_uri")


async def test_registration_may_be_told_to_refuse_loopback_addresses(api: httpx.AsyncClient) -> None:
    await turn(api, oauth_loopback="refused")
    assert (await register(api)).json()["error"] == "invalid_redirect_uri"
    assert (await register(api, "https://app.example/back")).status_code == 201


async def test_a_loopback_address_may_come_with_another_port_and_no_other_path(
    api: httpx.AsyncClient,
) -> None:
    client_id = (await register(api)).json()["client_id"]
    other_port = await authorize(api, client_id, redirect_uri="http://127.0.0.1:50000/callback")
    assert "code" in told(other_port)
    other_path = await authorize(api, client_id, redirect_uri="http://127.0.0.1:43211/elsewhere")
    assert (other_path.status_code, other_path.json()["error"]) == (400, "invalid_request")
    unknown = await authorize(api, "nobody")
    assert (unknown.status_code, unknown.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
async def test_a_wrong_request_leads_back_with_an_error(
    api: httpx.AsyncClient, wrong: dict[str, str], error: str
) -> None:
    client_id = (await register(api)).json()["client_id"]
    answer = told(await authorize(api, client_id, **wrong))
    assert (answer["error"], answer["state"]) == (error, "s-1")
    assert "code" not in answer


async def test_approval_can_be_denied(api: httpx.AsyncClient) -> None:
    await turn(api, oauth_approval="denied")
    client_id = (await register(api)).json()["client_id"]
    assert told(await authorize(api, client_id))["error"] == "access_denied"


@pytest.mark.parametrize(
    "wrong",
    [{"code_verifier": "another"}, {"code_verifier": ""}, {"redirect_uri": f"{BACK}2"}, {"code": "guess"}],
)
async def test_a_code_is_worth_nothing_without_its_verifier_and_address(
    api: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    client_id = (await register(api)).json()["client_id"]
    code = told(await authorize(api, client_id))["code"]
    refused = await exchange(api, client_id, **{"code": code, **wrong})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert await changes(api, "grant_token") == []


async def test_a_code_used_twice_ends_the_token_it_gave(api: httpx.AsyncClient) -> None:
    client_id = (await register(api)).json()["client_id"]
    code = told(await authorize(api, client_id))["code"]
    token = (await exchange(api, client_id, code)).json()["access_token"]
    assert (await exchange(api, client_id, code)).json()["error"] == "invalid_grant"
    assert (await api.get(PARTNER, headers=bearer(token))).status_code == 401


async def test_a_refresh_token_works_once_and_ends_the_old_token(api: httpx.AsyncClient) -> None:
    client_id, old = await sign_in(api)
    form = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": old["refresh_token"]}
    new = (await api.post("/oauth2-1/token", data=form)).json()
    assert new["refresh_token"] != old["refresh_token"]
    assert (await api.get(PARTNER, headers=bearer(new["access_token"]))).status_code == 200
    assert (await api.get(PARTNER, headers=bearer(old["access_token"]))).status_code == 401
    assert (await api.post("/oauth2-1/token", data=form)).json()["error"] == "invalid_grant"


async def test_a_token_expires_when_its_time_is_over(open_sandbox: Open) -> None:
    api = await open_sandbox(options(20, now=None))
    await turn(api, oauth_expires_in=0)
    _, tokens = await sign_in(api)
    assert (await api.get(PARTNER, headers=bearer(tokens["access_token"]))).status_code == 401


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_revoking_either_token_ends_both(api: httpx.AsyncClient, which: str) -> None:
    client_id, tokens = await sign_in(api)
    assert (await api.post("/oauth2-1/revoke", data={"token": tokens[which]})).status_code == 200
    assert (await api.get(PARTNER, headers=bearer(tokens["access_token"]))).status_code == 401
    form = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": tokens["refresh_token"]}
    assert (await api.post("/oauth2-1/token", data=form)).json()["error"] == "invalid_grant"


async def test_revoking_what_is_not_known_is_no_error_and_ends_nothing(api: httpx.AsyncClient) -> None:
    for token in ("nothing", "sandbox-user"):
        assert (await api.post("/oauth2-1/revoke", data={"token": token})).status_code == 200
    assert (await api.get(PARTNER, headers=bearer("sandbox-user"))).status_code == 200


async def test_the_partner_may_refuse_tokens_of_registered_clients_only(api: httpx.AsyncClient) -> None:
    _, tokens = await sign_in(api)
    await turn(api, oauth_partner="refused")
    signed_in = bearer(tokens["access_token"])
    assert (await api.get(PARTNER, headers=signed_in)).status_code == 403
    assert (await api.get("/rest/v1.1/me", headers=signed_in)).status_code == 200
    assert (await api.get(PARTNER, headers=bearer("sandbox-user"))).status_code == 200
    app = await app_token(api)
    assert (await api.get(PARTNER, headers=bearer(app.json()["access_token"]))).status_code == 200


async def test_who_signs_in_can_be_chosen(api: httpx.AsyncClient) -> None:
    await turn(api, oauth_user="sandbox-user-new")
    _, tokens = await sign_in(api)
    answer = await api.get(PARTNER, headers=bearer(tokens["access_token"]))
    assert answer.json()["code"] == "no_partner_found"


async def app_token(api: httpx.AsyncClient, secret: str = APP_SECRET) -> httpx.Response:
    query = {
        "response_type": "code",
        "client_id": APP_ID,
        "redirect_uri": BACK,
        "state": "x",
        "scope": "global",
    }
    code = told(await api.get("/oauth2/authorize", params=query))["code"]
    form = {"grant_type": "authorization_code", "client_id": APP_ID, "client_secret": secret}
    return await api.post("/oauth2/token", data={**form, "redirect_uri": BACK, "code": code})


async def test_the_older_pair_gives_a_token_that_says_nothing_of_its_end(api: httpx.AsyncClient) -> None:
    tokens = (await app_token(api)).json()
    assert set(tokens) == {"access_token", "token_type", "scope"}
    assert (await api.get(PARTNER, headers=bearer(tokens["access_token"]))).status_code == 200


async def test_the_older_pair_needs_the_apps_secret(api: httpx.AsyncClient) -> None:
    refused = await app_token(api, "wrong")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_a_client_with_a_secret_may_show_it_by_basic(api: httpx.AsyncClient) -> None:
    made = (await register(api, token_endpoint_auth_method="client_secret_basic")).json()
    code = told(await authorize(api, made["client_id"]))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    refused = await exchange(api, made["client_id"], code)
    assert refused.json()["error"] == "invalid_client"
    given = await api.post("/oauth2-1/token", data=form, auth=(made["client_id"], made["client_secret"]))
    assert given.status_code == 200


async def test_no_secret_of_the_sign_in_is_in_the_log(api: httpx.AsyncClient) -> None:
    client_id, tokens = await sign_in(api)
    form = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": tokens["refresh_token"]}
    await api.post("/oauth2-1/token", data=form)
    await api.post("/oauth2-1/revoke", data={"token": tokens["access_token"]})
    logged = (await api.get("/_sandbox/requests")).text
    assert "/oauth2-1/token" in logged
    for secret in (tokens["access_token"], tokens["refresh_token"], VERIFIER):
        assert secret not in logged


async def test_faults_strike_the_sign_in(open_sandbox: Open) -> None:
    api = await open_sandbox(options(20, faults=("POST /oauth2-1/token 500=after x1",)))
    client_id = (await register(api)).json()["client_id"]
    code = told(await authorize(api, client_id))["code"]
    assert (await exchange(api, client_id, code)).status_code == 500
    assert (await exchange(api, client_id, code)).json()["error"] == "invalid_grant"
