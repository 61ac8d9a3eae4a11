"""Payment methods, by raw HTTP (contract: account 1.4)."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.account_help import (
    CARD,
    CARDS,
    KEY,
    KEY_2,
    KEY_NOCARD,
    PARTNER,
    USER,
    USER_NOCARD,
    cards,
    changes,
    new_intent,
    save_new_card,
)
from tests.sandbox.harness import API, bearer


async def test_a_page_of_cards_has_the_contracts_shape(api: httpx.AsyncClient) -> None:
    page = (await api.get(CARDS, headers=KEY, params={"starting_after": "", "ending_before": ""})).json()
    assert (page["has_more"], page["per_page"]) == (False, 10)
    assert [sorted(card) for card in page["items"]] == [["card", "created", "id", "is_default", "name"]] * 3
    assert sorted(page["items"][0]["card"]) == ["brand", "exp_month", "exp_year", "last4"]
    assert [card["is_default"] for card in page["items"]] == [False, True, False]
    assert all(card["created"].isdigit() for card in page["items"])


async def test_cursors_walk_the_cards_both_ways(api: httpx.AsyncClient) -> None:
    first = (await api.get(CARDS, headers=KEY_2)).json()
    assert (len(first["items"]), first["has_more"]) == (10, True)
    after = {"starting_after": first["items"][-1]["id"]}
    second = (await api.get(CARDS, headers=KEY_2, params=after)).json()
    assert (len(second["items"]), second["has_more"]) == (2, False)
    assert second["items"][-1]["is_default"]
    before = {"ending_before": second["items"][0]["id"]}
    back = (await api.get(CARDS, headers=KEY_2, params=before)).json()
    assert (back["items"], back["has_more"]) == (first["items"], False)


async def test_a_cursor_that_names_nothing_is_refused(api: httpx.AsyncClient) -> None:
    answer = await api.get(CARDS, headers=KEY, params={"starting_after": "pm_none"})
    assert (answer.status_code, answer.json()["code"]) == (400, "rest_invalid_param")


async def test_cards_take_a_key_token_and_each_key_has_its_own(api: httpx.AsyncClient) -> None:
    assert (await api.get(CARDS, headers=USER)).status_code == 403
    assert (await api.get(CARDS)).status_code == 401
    assert (await cards(api, KEY_NOCARD)) == []


async def test_the_first_card_becomes_primary_though_it_was_not_asked_for(api: httpx.AsyncClient) -> None:
    issue = {"product": "jetpack-scan"}
    refused = await api.post(f"{API}/license", json=issue, headers=KEY_NOCARD)
    assert refused.json()["code"] == "missing_valid_payment_method"
    card = await save_new_card(api, primary=False, token=KEY_NOCARD)
    found = await cards(api, KEY_NOCARD)
    assert [(one["id"], one["is_default"], one["name"]) for one in found] == [(card, True, "Ada Lovelace")]
    partner = (await api.get(PARTNER, headers=USER_NOCARD)).json()
    assert partner["has_valid_payment_method"] is True
    assert (await api.post(f"{API}/license", json=issue, headers=KEY_NOCARD)).status_code == 200


@pytest.mark.parametrize("primary", [True, False])
async def test_a_further_card_is_primary_only_when_asked(api: httpx.AsyncClient, primary: bool) -> None:
    before = next(card["id"] for card in await cards(api) if card["is_default"])
    card = await save_new_card(api, "378282246310005", primary=primary)
    found = {one["id"]: one for one in await cards(api)}
    assert [one for one in found if found[one]["is_default"]] == [card if primary else before]
    assert found[card]["card"] == {"brand": "amex", "exp_month": 12, "exp_year": 2030, "last4": "0005"}


async def test_saving_the_same_card_twice_adds_one(api: httpx.AsyncClient) -> None:
    card = await save_new_card(api)
    again = await api.post(CARD, headers=KEY, json={"payment_method_id": card})
    assert again.json() == {"success": True}
    assert [one["id"] for one in await cards(api)].count(card) == 1
    assert len(await changes(api, "save_card")) == 1


async def test_a_saved_card_is_made_primary_without_an_intent(api: httpx.AsyncClient) -> None:
    other = (await cards(api))[0]
    body = {"payment_method_id": other["id"], "use_as_primary_payment_method": True}
    assert (await api.post(CARD, headers=KEY, json=body)).json() == {"success": True}
    assert [one["id"] for one in await cards(api) if one["is_default"]] == [other["id"]]


async def test_a_card_stripe_does_not_know_is_refused_by_a_200_with_error(api: httpx.AsyncClient) -> None:
    for unknown in ("pm_none", (await cards(api, KEY_2))[0]["id"]):
        answer = await api.post(CARD, headers=KEY, json={"payment_method_id": unknown})
        assert answer.status_code == 200
        assert unknown in answer.json()["error"]
    assert await changes(api, "save_card") == []


async def test_a_card_whose_intent_did_not_succeed_is_refused(api: httpx.AsyncClient) -> None:
    stripe = await new_intent(api)
    pending = (await stripe.confirm("4000002500003155")).json()["payment_method"]
    body = {"payment_method_id": pending, "stripe_setup_intent_id": stripe.secret}
    answer = await api.post(CARD, headers=KEY, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_setup_intent")
    assert (await api.post(CARD, headers=KEY, json={})).json()["code"] == "rest_missing_callback_param"


@pytest.mark.parametrize("place", ["query", "body"])
async def test_the_arguments_of_a_deletion_are_taken_from_query_and_body(
    api: httpx.AsyncClient, place: str
) -> None:
    old, new = (await cards(api))[1], (await cards(api))[2]
    arguments = {"payment_method_id": old["id"], "primary_payment_method_id": new["id"]}
    if place == "query":
        answer = await api.request("DELETE", CARD, headers=KEY, params=arguments)
    else:
        answer = await api.request("DELETE", CARD, headers=KEY, json=arguments)
    assert answer.json() == {"success": True, "primary_payment_method_id": new["id"]}
    assert {one["id"]: one["is_default"] for one in await cards(api)}[new["id"]]
    assert old["id"] not in [one["id"] for one in await cards(api)]


async def test_deleting_the_primary_without_a_successor_makes_the_newest_primary(
    api: httpx.AsyncClient,
) -> None:
    newest, primary, _ = await cards(api)
    answer = await api.delete(CARD, headers=KEY, params={"payment_method_id": primary["id"]})
    assert answer.json()["primary_payment_method_id"] == newest["id"]


async def test_deleting_a_secondary_with_a_successor_moves_the_primary(api: httpx.AsyncClient) -> None:
    newest, _, oldest = await cards(api)
    arguments = {"payment_method_id": oldest["id"], "primary_payment_method_id": newest["id"]}
    await api.delete(CARD, headers=KEY, params=arguments)
    assert [one["id"] for one in await cards(api) if one["is_default"]] == [newest["id"]]


async def test_deleting_a_secondary_alone_leaves_the_primary(api: httpx.AsyncClient) -> None:
    newest, primary, _ = await cards(api)
    answer = await api.delete(CARD, headers=KEY, params={"payment_method_id": newest["id"]})
    assert answer.json()["primary_payment_method_id"] == primary["id"]


async def test_deleting_the_last_card_stops_issuing(api: httpx.AsyncClient) -> None:
    answers = [
        await api.delete(CARD, headers=KEY, params={"payment_method_id": card["id"]})
        for card in await cards(api)
    ]
    assert answers[-1].json() == {"success": True, "primary_payment_method_id": ""}
    assert (await api.get(PARTNER, headers=USER)).json()["has_valid_payment_method"] is False
    refused = await api.post(f"{API}/license", json={"product": "jetpack-scan"}, headers=KEY)
    assert refused.json()["code"] == "missing_valid_payment_method"
    await save_new_card(api)
    assert (await api.get(PARTNER, headers=USER)).json()["has_valid_payment_method"] is True


async def test_what_is_no_card_of_the_key_cannot_be_deleted_nor_succeed(api: httpx.AsyncClient) -> None:
    foreign, own = (await cards(api, KEY_2))[0]["id"], (await cards(api))[0]["id"]
    assert (await api.delete(CARD, headers=KEY, params={"payment_method_id": foreign})).status_code == 404
    for successor, status in ((foreign, 404), ("pm_none", 400), (own, 400)):
        arguments = {"payment_method_id": own, "primary_payment_method_id": successor}
        assert (await api.delete(CARD, headers=KEY, params=arguments)).status_code == status
    assert len(await cards(api)) == 3


async def test_a_card_added_in_a_browser_appears_in_the_list(api: httpx.AsyncClient) -> None:
    token = bearer("sandbox-key")
    added = await api.post("/_sandbox/add-card", json={"number": "5555555555554444"}, headers=token)
    assert added.status_code == 201
    assert (await cards(api))[0] == added.json()
    assert (await cards(api))[0]["is_default"] is False
    to_the_first_key = await api.post("/_sandbox/add-card", json={"key_id": None})
    assert (await cards(api))[0] == to_the_first_key.json()
    by_id = await api.post("/_sandbox/add-card", json={"key_id": 90_121, "primary": True})
    assert [one["id"] for one in await cards(api) if one["is_default"]] == [by_id.json()["id"]]


@pytest.mark.parametrize(
    "wanted", [{"key_id": 1}, {"key_id": 90_121, "number": "4000000000000002"}, {"exp_month": 13}]
)
async def test_a_browser_adds_no_card_to_an_unknown_key_nor_one_that_is_declined_or_mistyped(
    api: httpx.AsyncClient, wanted: dict[str, object]
) -> None:
    answer = await api.post("/_sandbox/add-card", json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_card")
    assert len(await cards(api)) == 3
