"""A specification: signing in, renewing and signing out over real HTTP: requests, what they do, every refusal.

A listing of the requests hides codes, tokens and verifiers; that they were the right ones is shown by what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.errors import (
    ApiError,
    AuthenticationError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RequestRejectedError,
)
from jpmanage_tui.api.oauth import (
    AuthorizationRequest,
    OAuthClient,
    OAuthRoutes,
    SignInRefused,
    TokenSet,
    code_from,
)
from jpmanage_tui.operations.mutation import Secrets
from jpmanage_tui.operations.mutations.account import RefreshUserToken
from jpmanage_tui.operations.operation import Outcome
from tests.operations.over_http import Caller, World, form_of, json_of

BACK = "http://127.0.0.1:43211/callback"
REGISTER = json_of(
    "POST",
    "/oauth2-1/register",
    {
        "client_name": "jpmanage-tui",
        "redirect_uris": [BACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    },
    "none",
)
APP = OAuthClient("98765", SecretStr("sandbox-app-secret"), OAuthRoutes.LEGACY)
LIVES = "SELECT count(*) FROM tokens WHERE token = ? AND revoked_at IS NULL"


@dataclass(frozen=True)
class Try:
    """One try to sign in, with the address that a browser came back to."""

    caller: Caller
    request: AuthorizationRequest
    address: str

    @property
    def code(self) -> SecretStr:
        return code_from(self.request, self.address)

    async def exchange(self) -> TokenSet:
        return await self.caller.client.oauth.exchange(self.request, self.code)


async def begun(world: World, client: OAuthClient | None = None) -> Try:
    """Register, and let a browser approve."""
    caller = await world.caller(None, None)
    client = client or await caller.client.oauth.register([BACK])
    request = caller.client.oauth.authorization(client, BACK)
    answer = await world.http.get(request.url)
    return Try(caller, request, answer.headers["location"])


def exchanged(client: OAuthClient) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": "[hidden]",
        "redirect_uri": BACK,
        "client_id": client.client_id,
    }


async def test_signing_in_registers_a_client_and_exchanges_a_code_with_its_verifier(world: World) -> None:
    attempt = await begun(world)
    tokens = await attempt.exchange()
    client = attempt.request.client
    form = exchanged(client) | {"code_verifier": "[hidden]"}
    assert await world.sent() == [REGISTER, form_of("/oauth2-1/token", form)]
    assert world.changed() == [
        ("register_client", client.client_id, "none"),
        ("grant_token", client.client_id, ""),
    ]
    assert world.one(LIVES, tokens.access_token.get_secret_value()) == 1
    assert tokens.refresh_token is not None
    assert tokens.expires_at is not None
    signed_in = await world.caller(None, tokens.access_token.get_secret_value())
    assert (await signed_in.client.partner.get()).name


async def test_the_page_to_open_asks_for_a_code_with_state_and_challenge(world: World) -> None:
    attempt = await begun(world)
    query = {name: values[0] for name, values in parse_qs(urlsplit(attempt.request.url).query).items()}
    state, challenge = query.pop("state"), query.pop("code_challenge")
    assert query == {
        "response_type": "code",
        "client_id": attempt.request.client.client_id,
        "redirect_uri": BACK,
        "scope": "global",
        "code_challenge_method": "S256",
    }
    assert parse_qs(urlsplit(attempt.address).query)["state"] == [state]
    assert challenge != attempt.request.verifier.get_secret_value()


async def test_a_registered_app_signs_in_by_the_older_pair_with_its_secret(world: World) -> None:
    attempt = await begun(world, APP)
    tokens = await attempt.exchange()
    form = exchanged(APP) | {"client_secret": "[hidden]"}
    assert await world.sent() == [form_of("/oauth2/token", form)]
    assert (tokens.refresh_token, tokens.expires_at) == (None, None)


async def test_a_server_that_registers_no_loopback_address_says_so(world: World) -> None:
    await world.turn(oauth_loopback="refused")
    caller = await world.caller(None, None)
    with pytest.raises(RequestRejectedError) as caught:
        await caller.client.oauth.register([BACK])
    assert (caught.value.status, caught.value.code) == (400, "invalid_redirect_uri")
    assert (await world.sent(), world.changed()) == ([REGISTER], [])


async def test_a_denied_approval_ends_the_try_with_the_servers_words(world: World) -> None:
    await world.turn(oauth_approval="denied")
    attempt = await begun(world)
    with pytest.raises(SignInRefused, match="The request was denied"):
        attempt.code  # noqa: B018
    assert await world.sent() == [REGISTER], "no code, no exchange"


async def test_a_code_serves_once_with_its_own_verifier_and_its_own_client(world: World) -> None:
    attempt, other = await begun(world), await begun(world)
    await attempt.exchange()
    oauth = attempt.caller.client.oauth
    wrong = AuthorizationRequest(
        other.request.client, other.request.url, BACK, other.request.state, attempt.request.verifier
    )
    foreign = AuthorizationRequest(
        OAuthClient("dyn-nobody"), other.request.url, BACK, other.request.state, other.request.verifier
    )
    tries = [
        (attempt.request, attempt.code, 400, "invalid_grant", "The code was used before."),
        (wrong, other.code, 400, "invalid_grant", "The code verifier does not fit."),
        (foreign, other.code, 401, "invalid_client", "The client is not known."),
    ]
    for request, code, status, name, words in tries:
        await world.forget()
        with pytest.raises(ApiError) as caught:
            await oauth.exchange(request, code)
        assert (caught.value.status, caught.value.code, caught.value.message) == (status, name, words)
        assert len(await world.sent()) == 1
        assert not [change for change in world.changed() if change[0] == "grant_token"]


async def test_a_token_of_a_client_registered_on_the_fly_may_not_open_the_partner(world: World) -> None:
    await world.turn(oauth_partner="refused")
    tokens = await (await begun(world)).exchange()
    signed_in = await world.caller(None, tokens.access_token.get_secret_value())
    with pytest.raises(PermissionDeniedError) as caught:
        await signed_in.client.partner.get()
    assert caught.value.code == "rest_forbidden"


# -- renewing ------------------------------------------------------------------------------


async def renew(world: World, attempt: Try, tokens: TokenSet) -> tuple[Outcome[None], list[TokenSet]]:
    """Renew a sign-in through the queue, as the program does."""
    fresh: list[TokenSet] = []

    async def trade() -> None:
        assert tokens.refresh_token is not None
        oauth = attempt.caller.client.oauth
        fresh.append(await oauth.refresh(attempt.request.client, tokens.refresh_token))

    await world.forget()
    outcome = await attempt.caller.run(RefreshUserToken("default"), Secrets(renew=trade))
    return outcome, fresh


def refreshed(attempt: Try) -> dict[str, str]:
    client_id = attempt.request.client.client_id
    return {"grant_type": "refresh_token", "refresh_token": "[hidden]", "client_id": client_id}


async def test_a_sign_in_is_renewed_by_its_refresh_token_which_serves_once(world: World) -> None:
    attempt = await begun(world)
    tokens = await attempt.exchange()
    outcome, (fresh,) = await renew(world, attempt, tokens)
    assert outcome.sentence == "Renew the sign-in of default: done."
    assert await world.sent() == [form_of("/oauth2-1/token", refreshed(attempt))]
    assert [kind for kind, _, _ in world.changed()] == ["refresh_token"]
    assert world.one(LIVES, fresh.access_token.get_secret_value()) == 1
    assert world.one(LIVES, tokens.access_token.get_secret_value()) == 0, "the old one ended"
    again, nothing = await renew(world, attempt, tokens)
    assert (again.state.value, nothing) == ("refused", [])
    assert isinstance(again.error, RequestRejectedError)
    assert again.error.code == "invalid_grant"
    assert len(await world.sent()) == 1
    stale = await world.caller(None, tokens.access_token.get_secret_value())
    with pytest.raises(AuthenticationError):
        await stale.client.partner.get()


@pytest.mark.parametrize("fault", ["reset-after", "500=after", "malformed"])
async def test_a_renewal_whose_answer_is_lost_is_not_sent_again(world: World, fault: str) -> None:
    attempt = await begun(world)
    tokens = await attempt.exchange()
    await world.faults(f"POST /oauth2-1/token {fault} x1")
    outcome, nothing = await renew(world, attempt, tokens)
    assert (outcome.unknown, nothing) == (True, [])
    assert isinstance(outcome.error, OutcomeUnknownError)
    assert await world.sent() == [form_of("/oauth2-1/token", refreshed(attempt))]


# -- signing out ---------------------------------------------------------------------------


async def test_signing_out_ends_the_token_and_what_could_renew_it(world: World) -> None:
    attempt = await begun(world)
    tokens = await attempt.exchange()
    client = attempt.request.client
    await world.forget()
    await attempt.caller.client.oauth.revoke(client, tokens.access_token)
    form = {"token": "[hidden]", "client_id": client.client_id}
    assert await world.sent() == [form_of("/oauth2-1/revoke", form)]
    assert world.changed() == [("revoke_token", client.client_id, "")]
    assert world.one(LIVES, tokens.access_token.get_secret_value()) == 0
    outcome, nothing = await renew(world, attempt, tokens)
    assert (outcome.state.value, nothing) == ("refused", [])


async def test_signing_out_of_what_has_ended_is_no_error(world: World) -> None:
    attempt = await begun(world)
    await world.forget()
    await attempt.caller.client.oauth.revoke(attempt.request.client, SecretStr("gone-long-ago"))
    assert len(await world.sent()) == 1
    assert world.changed() == []
