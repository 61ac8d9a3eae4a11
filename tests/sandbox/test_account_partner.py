"""The partner record, countries and regions, by raw HTTP (contract: account 1.1 to 1.3, 1.6, 6)."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.account_help import INVOICES, KEY, KEY_TOS, PARTNER, USER, USER_NEW, changes, save_new_card
from tests.sandbox.conftest import Open
from tests.sandbox.harness import API, bearer, options

USER_TOS = bearer("sandbox-user-tos")
REGIONS = "/wpcom/v2/woocommerce/countries/regions/"
DETAILS = {
    "name": "Fjord & Fern",
    "contact_person": "Ingrid Næss",
    "company_website": "https://fjordfern.example",
    "company_type": "agency",
    "managed_sites": "6-20",
    "country": "US",
    "state": "OR",
    "city": "Portland",
    "line1": "1 Main St",
    "line2": "",
    "postal_code": "97201",
}


async def test_a_partner_has_the_contracts_shape(api: httpx.AsyncClient) -> None:
    partner = (await api.get(PARTNER, headers=USER)).json()
    assert set(partner) == {
        "id",
        "slug",
        "name",
        "contact_person",
        "company_website",
        "company_type",
        "managed_sites",
        "address",
        "keys",
        "tos",
        "partner_type",
        "has_valid_payment_method",
        "can_issue_licenses",
    }
    assert set(partner["address"]) == {"country", "state", "city", "line1", "line2", "postal_code"}
    assert (partner["address"]["country"], partner["address"]["state"]) == ("US", "TX")
    assert partner["tos"] == "consented"
    for key in partner["keys"]:
        assert set(key) == {"id", "name", "oauth2_token", "disabled_on", "has_licenses", "latest_invoice"}


async def test_the_partner_takes_the_users_token_only(api: httpx.AsyncClient) -> None:
    for method in ("GET", "POST", "PUT"):
        assert (await api.request(method, PARTNER, headers=KEY)).status_code == 403
        assert (await api.request(method, PARTNER)).status_code == 401


async def test_a_user_without_a_partner_is_told_by_a_code(api: httpx.AsyncClient) -> None:
    for method in ("GET", "PUT"):
        answer = await api.request(method, PARTNER, headers=USER_NEW)
        assert answer.json()["code"] == "no_partner_found"


async def test_signing_up_makes_a_partner_with_a_key_that_works(api: httpx.AsyncClient) -> None:
    body = {**DETAILS, "tos": "consented", "partner_program_opt_in": True, "referrer": "manage-lp"}
    created = await api.post(PARTNER, json=body, headers=USER_NEW)
    assert created.status_code == 200, created.text
    partner = created.json()
    assert (partner["name"], partner["tos"], partner["has_valid_payment_method"]) == (
        DETAILS["name"],
        "consented",
        False,
    )
    assert partner["address"] == {name: DETAILS[name] for name in partner["address"]}
    assert (await api.get(PARTNER, headers=USER_NEW)).json() == partner
    me = (await api.get("/rest/v1.1/me", headers=USER_NEW)).json()
    assert (me["has_jetpack_partner_access"], me["jetpack_partner_types"]) == (True, ["agency"])
    (change,) = await changes(api, "create_partner")
    assert change["detail"] == "opt_in=1 referrer=manage-lp"
    token = bearer(partner["keys"][0]["oauth2_token"])
    assert (await api.get(f"{API}/licenses", headers=token)).json()["items"] == []
    assert (await api.get(INVOICES, headers=token)).json() == {"items": [], "has_more": False}
    await save_new_card(api, token=token)
    assert (
        await api.post(f"{API}/license", json={"product": "jetpack-scan"}, headers=token)
    ).status_code == 200
    again = await api.post(PARTNER, json=body, headers=USER_NEW)
    assert (again.status_code, again.json()["code"]) == (400, "partner_already_exists")


async def test_signing_up_needs_the_terms_and_a_name(api: httpx.AsyncClient) -> None:
    absent = await api.post(PARTNER, json={"contact_person": "A"}, headers=USER_NEW)
    assert absent.json()["code"] == "rest_missing_callback_param"
    assert absent.json()["data"]["params"] == ["tos", "name"]
    empty = await api.post(PARTNER, json={"tos": "no", "name": " "}, headers=USER_NEW)
    assert set(empty.json()["data"]["params"]) == {"tos", "name"}
    assert (await api.get(PARTNER, headers=USER_NEW)).json()["code"] == "no_partner_found"


async def test_an_update_changes_what_is_given_and_answers_with_the_whole_partner(
    api: httpx.AsyncClient,
) -> None:
    before = (await api.get(PARTNER, headers=USER)).json()
    updated = (await api.put(PARTNER, json={"city": "Dallas", "line2": ""}, headers=USER)).json()
    assert updated == {**before, "address": {**before["address"], "city": "Dallas", "line2": ""}}
    full = (await api.put(PARTNER, json=DETAILS, headers=USER)).json()
    assert (full["name"], full["address"]["state"], full["keys"]) == ("Fjord & Fern", "OR", before["keys"])
    assert len(await changes(api, "update_partner")) == 2


async def test_accepting_the_terms_opens_issuing(api: httpx.AsyncClient) -> None:
    issue = {"product": "jetpack-scan"}
    assert (await api.post(f"{API}/license", json=issue, headers=KEY_TOS)).json()[
        "code"
    ] == "tos_not_consented"
    accepted = await api.put(PARTNER, json={"tos": "consented"}, headers=USER_TOS)
    assert accepted.json()["tos"] == "consented"
    assert len(await changes(api, "accept_terms")) == 1
    after = await api.post(f"{API}/license", json=issue, headers=KEY_TOS)
    assert after.json()["code"] == "missing_valid_payment_method"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"company_website": "nowhere"}, {"company_website"}),
        ({"company_website": ""}, {"company_website"}),
        ({"company_website": "ftp://a.example"}, {"company_website"}),
        ({"company_website": "https://a b.example"}, {"company_website"}),
        ({"name": ""}, {"name"}),
        ({"country": "XX"}, {"country"}),
        ({"country": "US", "state": "ON"}, {"state"}),
        ({"state": "ZZ"}, {"state"}),
        (
            {"country": "CA", "state": "TX", "name": "", "company_website": "x"},
            {"state", "name", "company_website"},
        ),
        ({"managed_sites": "lots"}, {"managed_sites"}),
        ({"company_type": "cartel"}, {"company_type"}),
        ({"city": "x" * 201}, {"city"}),
        ({"tos": "not_consented"}, {"tos"}),
    ],
)
async def test_what_does_not_validate_is_named_and_nothing_is_changed(
    api: httpx.AsyncClient, given: dict[str, str], named: set[str]
) -> None:
    before = (await api.get(PARTNER, headers=USER)).json()
    refused = await api.put(PARTNER, json={"line1": "Elsewhere", **given}, headers=USER)
    assert (refused.status_code, refused.json()["code"]) == (400, "rest_invalid_param")
    assert set(refused.json()["data"]["params"]) == named
    assert set(refused.json()["data"]["details"]) == named
    assert (await api.get(PARTNER, headers=USER)).json() == before


@pytest.mark.parametrize(
    "given",
    [
        {"company_website": "shop.example/about"},
        {"country": "FR", "state": ""},
        {"country": "DE", "state": "anything"},
        {"country": "CA", "state": "QC"},
        {"country": "US", "state": ""},
        {"managed_sites": "", "company_type": ""},
        {"name": "山田ウェブ制作"},
    ],
)
async def test_what_the_web_may_send_is_accepted(api: httpx.AsyncClient, given: dict[str, str]) -> None:
    answer = await api.put(PARTNER, json=given, headers=USER)
    assert answer.status_code == 200, answer.text
    flat = {**answer.json(), **answer.json()["address"]}
    assert {name: flat[name] for name in given} == given


async def test_an_update_whose_answer_is_lost_is_made_all_the_same(open_sandbox: Open) -> None:
    api = await open_sandbox(options(faults=("PUT */partner 502=after x1",)))
    lost = await api.put(PARTNER, json={"city": "Dallas"}, headers=USER)
    assert lost.status_code == 502
    assert (await api.get(PARTNER, headers=USER)).json()["address"]["city"] == "Dallas"


async def test_countries_and_regions_are_one_flat_object(api: httpx.AsyncClient) -> None:
    found = (await api.get(REGIONS, params={"_locale": "en"}, headers=USER)).json()
    assert found == (await api.get(REGIONS.rstrip("/"), headers=USER)).json()
    assert found["FR"] == "France"
    assert found["US:TX"] == "United States (US) — Texas"
    assert "US" not in found
    assert (found["CA"], found["CA:ON"]) == ("Canada", "Canada — Ontario")
    countries = {code.partition(":")[0] for code in found}
    assert len(countries) == 249
    assert all(len(code) == 2 and code.isupper() for code in countries)
    assert all((" — " in label) == (":" in code) for code, label in found.items())
    with_regions = {code.partition(":")[0] for code in found if ":" in code}
    offered = (
        "AR AU BR CA CL CN CO CR EG ES HK HN ID IE IN IR IT JM JP MX MZ NG NI PA PE PH SV TH TR UA US UY VE"
    )
    assert set(offered.split()) <= with_regions
    assert "ZA" in with_regions


async def test_countries_need_a_token(api: httpx.AsyncClient) -> None:
    assert (await api.get(REGIONS)).status_code == 401
