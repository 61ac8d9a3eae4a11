"""Who may ask what: the two tokens, and the partners behind the fixed ones."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.harness import API, bearer

KEY_ROUTES = (
    ("GET", f"{API}/licenses"),
    ("GET", f"{API}/licenses/counts"),
    ("GET", f"{API}/license?license_key=x"),
    ("POST", f"{API}/license"),
    ("DELETE", f"{API}/license"),
    ("POST", f"{API}/licenses"),
    ("POST", f"{API}/license/x/site"),
    ("DELETE", f"{API}/license/x/site"),
    ("GET", f"{API}/license/x/children"),
    ("GET", f"{API}/license/x/download"),
    ("GET", f"{API}/partner/product-families"),
    ("POST", f"{API}/site-connection"),
    ("GET", "/wpcom/v2/jetpack-agency/sites"),
)
USER_ROUTES = (
    ("GET", f"{API}/partner"),
    ("PUT", f"{API}/partner"),
    ("GET", f"{API}/user/licenses"),
    ("GET", f"{API}/user/licenses/counts"),
    ("GET", "/rest/v1.1/me"),
)


async def test_every_route_refuses_a_request_without_a_token(api: httpx.AsyncClient) -> None:
    for method, path in KEY_ROUTES + USER_ROUTES:
        answer = await api.request(method, path)
        assert answer.status_code == 401, path
        assert answer.headers["X-Jetpack-Request-Id"]


async def test_every_route_of_a_key_refuses_a_users_token(api: httpx.AsyncClient) -> None:
    for method, path in KEY_ROUTES:
        answer = await api.request(method, path, headers=bearer("sandbox-user"))
        assert (answer.status_code, answer.json()["code"]) == (403, "rest_forbidden"), path


async def test_every_route_of_a_user_refuses_a_keys_token(api: httpx.AsyncClient) -> None:
    for method, path in USER_ROUTES:
        answer = await api.request(method, path, headers=bearer("sandbox-key"))
        assert answer.status_code == 403, path


async def test_a_token_that_nobody_issued_is_401_in_the_envelope_of_each_api_version(
    api: httpx.AsyncClient,
) -> None:
    new = await api.get(f"{API}/licenses", headers=bearer("made-up"))
    assert new.status_code == 401
    assert new.json() == {
        "code": "rest_unauthorized",
        "message": "The OAuth2 token is invalid.",
        "data": {"status": 401},
    }
    old = await api.get("/rest/v1.1/me", headers=bearer("made-up"))
    assert (old.status_code, set(old.json())) == (401, {"error", "message"})


async def test_the_public_lists_of_products_need_no_token(api: httpx.AsyncClient) -> None:
    for path in ("product-families", "public/manage-pricing"):
        assert (await api.get(f"{API}/{path}")).status_code == 200


async def test_the_users_partner_has_both_keys_and_their_tokens(api: httpx.AsyncClient) -> None:
    partner = (await api.get(f"{API}/partner", headers=bearer("sandbox-user"))).json()
    assert [key["oauth2_token"] for key in partner["keys"]] == ["sandbox-key", "sandbox-key-2"]
    assert partner["tos"] == "consented"
    assert partner["has_valid_payment_method"] is True
    assert set(partner["address"]) == {"country", "city", "line1", "line2", "postal_code", "state"}


async def test_a_user_without_a_partner_is_told_no_partner_found(api: httpx.AsyncClient) -> None:
    answer = await api.get(f"{API}/partner", headers=bearer("sandbox-user-new"))
    assert answer.json()["code"] == "no_partner_found"
    me = (await api.get("/rest/v1.1/me", headers=bearer("sandbox-user-new"))).json()
    assert me["has_jetpack_partner_access"] is False
    assert me["jetpack_partner_types"] == []


async def test_open_terms_are_accepted_by_put_and_stay_accepted(api: httpx.AsyncClient) -> None:
    user = bearer("sandbox-user-tos")
    assert (await api.get(f"{API}/partner", headers=user)).json()["tos"] == "not_consented"
    refused = await api.post(
        f"{API}/license", json={"product": "jetpack-scan"}, headers=bearer("sandbox-key-tos")
    )
    assert refused.json()["code"] == "tos_not_consented"
    answer = await api.put(f"{API}/partner", json={"tos": "consented"}, headers=user)
    assert answer.json()["tos"] == "consented"
    assert (await api.get(f"{API}/partner", headers=user)).json()["tos"] == "consented"


@pytest.mark.parametrize("token", ["sandbox-user", "sandbox-user-nocard"])
async def test_me_tells_that_an_agency_is_a_partner(api: httpx.AsyncClient, token: str) -> None:
    me = (await api.get("/rest/v1.1/me", headers=bearer(token))).json()
    assert me["has_jetpack_partner_access"] is True
    assert me["jetpack_partner_types"] == ["agency"]


async def test_each_key_has_licenses_of_its_own_and_no_other_key_may_see_one(api: httpx.AsyncClient) -> None:
    first, second = bearer("sandbox-key"), bearer("sandbox-key-2")
    mine = (await api.get(f"{API}/licenses", headers=first)).json()["items"]
    theirs = (await api.get(f"{API}/licenses", headers=second)).json()["items"]
    assert mine
    assert theirs
    assert not {row["license_key"] for row in mine} & {row["license_key"] for row in theirs}
    answer = await api.get(f"{API}/license", params={"license_key": theirs[0]["license_key"]}, headers=first)
    assert (answer.status_code, answer.content) == (403, b"")


async def test_the_partner_without_a_card_may_not_issue(api: httpx.AsyncClient) -> None:
    partner = (await api.get(f"{API}/partner", headers=bearer("sandbox-user-nocard"))).json()
    assert partner["has_valid_payment_method"] is False
    answer = await api.post(
        f"{API}/license", json={"product": "jetpack-scan"}, headers=bearer("sandbox-key-nocard")
    )
    assert answer.json()["code"] == "missing_valid_payment_method"
    assert (await api.get("/_sandbox/changes")).json() == []
