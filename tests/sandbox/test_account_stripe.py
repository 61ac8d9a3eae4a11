"""Stripe and its configuration, by raw HTTP (contract: account 1.7, 2.2 to 2.4)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox.account_help import CONFIGURATION, KEY, RETURN, USER, new_intent, turn
from tests.sandbox.conftest import Open
from tests.sandbox.harness import bearer, options

DECLINES = [
    ("4000000000000002", "card_declined", "generic_decline"),
    ("4000000000009995", "card_declined", "insufficient_funds"),
    ("4000000000009987", "card_declined", "lost_card"),
    ("4000000000009979", "card_declined", "stolen_card"),
    ("4000000000000069", "expired_card", None),
    ("4000000000000127", "incorrect_cvc", None),
    ("4000000000000119", "processing_error", None),
    ("4111111111111111", "card_declined", "test_mode_live_card"),
]
WRONG = [
    ({"number": "4242424242424241"}, "incorrect_number", "number"),
    ({"number": "42424242"}, "invalid_number", "number"),
    ({"exp_month": "13"}, "invalid_expiry_month", "exp_month"),
    ({"exp_year": "2025"}, "invalid_expiry_year", "exp_year"),
    ({"exp_month": "02", "exp_year": "26"}, "invalid_expiry_month", "exp_month"),
    ({"cvc": "12"}, "invalid_cvc", "cvc"),
    ({"number": "378282246310005", "cvc": "123"}, "invalid_cvc", "cvc"),
]


async def test_the_configuration_makes_an_intent_only_when_it_is_asked_for_one(
    api: httpx.AsyncClient,
) -> None:
    plain = (await api.get(CONFIGURATION, headers=USER)).json()
    assert set(plain) == {"js_url", "public_key", "processor_id", "setup_intent_id"}
    assert plain["setup_intent_id"] is None
    first, second = await new_intent(api), await new_intent(api)
    assert first.secret != second.secret
    assert first.secret.startswith("seti_")
    assert "_secret_" in first.secret


@pytest.mark.parametrize(
    ("state", "missing"), [("no-key", {"public_key": ""}), ("no-intent", {"setup_intent_id": None})]
)
async def test_the_configuration_may_lack_a_part(
    api: httpx.AsyncClient, state: str, missing: dict[str, str | None]
) -> None:
    await turn(api, stripe_configuration=state)
    told = (await api.get(CONFIGURATION, params={"needs_intent": "true"}, headers=USER)).json()
    assert {name: value for name, value in told.items() if not value} == missing


async def test_the_configuration_takes_the_users_token_only(api: httpx.AsyncClient) -> None:
    assert (await api.get(CONFIGURATION, headers=KEY)).status_code == 403
    assert (await api.get(CONFIGURATION)).status_code == 401


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("4242 4242 4242 4242", "visa"),
        ("5555555555554444", "mastercard"),
        ("378282246310005", "amex"),
        ("6011111111111117", "discover"),
    ],
)
async def test_a_good_card_succeeds_and_keeps_brand_and_last_four(
    api: httpx.AsyncClient, number: str, brand: str
) -> None:
    stripe = await new_intent(api)
    cvc = "1234" if brand == "amex" else "123"
    answer = await stripe.confirm(number, cvc=cvc)
    assert answer.status_code == 200
    assert answer.json()["status"] == "succeeded"
    assert answer.json()["payment_method"].startswith("pm_")
    assert answer.json()["next_action"] is None
    assert (await stripe.read())["status"] == "succeeded"


@pytest.mark.parametrize(("number", "code", "decline"), DECLINES)
async def test_a_declined_card_answers_402_with_its_code_and_may_be_tried_again(
    api: httpx.AsyncClient, number: str, code: str, decline: str | None
) -> None:
    stripe = await new_intent(api)
    answer = await stripe.confirm(number)
    assert answer.status_code == 402
    error = answer.json()["error"]
    assert (error["type"], error["code"], error.get("decline_code")) == ("card_error", code, decline)
    assert error["setup_intent"]["status"] == "requires_payment_method"
    intent = await stripe.read()
    assert intent["last_setup_error"]["code"] == code
    assert intent["payment_method"] is None
    assert (await stripe.confirm()).json()["status"] == "succeeded"


@pytest.mark.parametrize(("fields", "code", "param"), WRONG)
async def test_a_mistyped_card_is_refused_with_the_field_that_is_wrong(
    api: httpx.AsyncClient, fields: dict[str, str], code: str, param: str
) -> None:
    answer = await (await new_intent(api)).confirm(**fields)
    assert answer.status_code == 402
    assert answer.json()["error"]["code"] == code
    assert param in answer.json()["error"]["param"]


async def test_an_intent_is_canceled_after_too_many_refusals(api: httpx.AsyncClient) -> None:
    stripe = await new_intent(api)
    for _ in range(5):
        assert (await stripe.confirm("4000000000000002")).status_code == 402
    assert (await stripe.read())["status"] == "canceled"
    again = await stripe.confirm()
    assert again.status_code == 400
    assert again.json()["error"]["code"] == "setup_intent_unexpected_state"


async def test_a_succeeded_intent_cannot_be_confirmed_again(api: httpx.AsyncClient) -> None:
    stripe = await new_intent(api)
    await stripe.confirm()
    assert (await stripe.confirm()).json()["error"]["code"] == "setup_intent_unexpected_state"


async def test_the_client_secret_and_the_publishable_key_are_needed(api: httpx.AsyncClient) -> None:
    stripe = await new_intent(api)
    secret = {"client_secret": stripe.secret}
    assert (await api.get(stripe.path, headers=stripe.headers)).status_code == 400
    wrong = await api.get(stripe.path, headers=stripe.headers, params={"client_secret": "x"})
    assert (wrong.status_code, wrong.json()["error"]["param"]) == (400, "client_secret")
    assert (await api.get(stripe.path, params=secret)).status_code == 401
    for token in ("sandbox-user", "sandbox-key", "sk_test_1"):
        assert (await api.get(stripe.path, params=secret, headers=bearer(token))).status_code == 401
    missing = await api.get("/v1/setup_intents/seti_none", params=secret, headers=stripe.headers)
    assert missing.json()["error"]["code"] == "resource_missing"


async def test_the_publishable_key_may_come_by_basic_or_in_the_form(api: httpx.AsyncClient) -> None:
    stripe = await new_intent(api)
    key = stripe.headers["Authorization"].removeprefix("Bearer ")
    basic = await api.get(stripe.path, params={"client_secret": stripe.secret}, auth=(key, ""))
    assert basic.status_code == 200
    stripe.headers = {}
    assert (await stripe.confirm(key=key)).json()["status"] == "succeeded"


async def test_a_payment_method_can_be_made_first_and_confirmed_then(api: httpx.AsyncClient) -> None:
    stripe = await new_intent(api)
    form = {
        "type": "card",
        "card[number]": "4242424242424242",
        "card[exp_month]": "1",
        "card[exp_year]": "30",
    }
    made = await api.post("/v1/payment_methods", data=form, headers=stripe.headers)
    assert made.json()["card"] == {"brand": "visa", "last4": "4242", "exp_month": 1, "exp_year": 2030}
    body = {"client_secret": stripe.secret, "payment_method": made.json()["id"]}
    confirmed = await api.post(f"{stripe.path}/confirm", data=body, headers=stripe.headers)
    assert confirmed.json()["payment_method"] == made.json()["id"]


@pytest.mark.parametrize(
    ("state", "words"),
    [("surface", "unsupported for publishable key tokenization"), ("unsafe", "generally unsafe")],
)
async def test_raw_cards_are_refused_by_one_of_two_sentences_without_a_code(
    api: httpx.AsyncClient, state: str, words: str
) -> None:
    await turn(api, raw_cards=state)
    stripe = await new_intent(api)
    answer = await stripe.confirm()
    assert answer.status_code in (400, 402)
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert "code" not in answer.json()["error"]
    assert words in answer.json()["error"]["message"]
    await turn(api, raw_cards=None)
    assert (await stripe.confirm()).json()["status"] == "succeeded"


async def test_three_d_secure_leads_to_a_page_and_back_once_approved(api: httpx.AsyncClient) -> None:
    stripe = await new_intent(api)
    answer = (await stripe.confirm("4000002500003155")).json()
    assert answer["status"] == "requires_action"
    assert answer["next_action"]["type"] == "redirect_to_url"
    target = answer["next_action"]["redirect_to_url"]
    assert target["return_url"] == RETURN
    page = await api.get(target["url"])
    assert page.status_code == 200
    assert "Approve" in page.text
    back = await api.post(target["url"].replace("?", "/approve?"))
    assert back.status_code == 303
    told = parse_qs(urlsplit(back.headers["location"]).query)
    assert back.headers["location"].startswith("http://127.0.0.1:9/back?from=bank&")
    assert told["setup_intent_client_secret"] == [stripe.secret]
    assert told["redirect_status"] == ["succeeded"]
    intent = await stripe.read()
    assert (intent["status"], intent["next_action"]) == ("succeeded", None)
    assert (await api.post(target["url"].replace("?", "/decline?"))).status_code == 410


@pytest.mark.parametrize(
    ("number", "decision", "code"),
    [
        ("4000002760003184", "decline", "setup_intent_authentication_failure"),
        ("4000008400001629", "approve", "card_declined"),
    ],
)
async def test_a_challenge_that_fails_leaves_the_intent_waiting_for_another_card(
    api: httpx.AsyncClient, number: str, decision: str, code: str
) -> None:
    stripe = await new_intent(api)
    url = (await stripe.confirm(number)).json()["next_action"]["redirect_to_url"]["url"]
    back = await api.post(url.replace("?", f"/{decision}?"))
    assert "redirect_status=failed" in back.headers["location"]
    intent = await stripe.read()
    assert (intent["status"], intent["last_setup_error"]["code"]) == ("requires_payment_method", code)
    assert (await stripe.confirm()).json()["status"] == "succeeded"


async def test_without_a_return_url_only_stripes_own_kits_can_finish_a_challenge(
    api: httpx.AsyncClient,
) -> None:
    stripe = await new_intent(api)
    answer = await stripe.confirm("4000000000003220", use_stripe_sdk="true")
    assert answer.json()["next_action"]["type"] == "use_stripe_sdk"


async def test_a_challenge_with_a_wrong_mark_decides_nothing(api: httpx.AsyncClient) -> None:
    stripe = await new_intent(api)
    await stripe.confirm("4000002500003155")
    intent_id = stripe.path.rpartition("/")[2]
    assert (await api.post(f"/_sandbox/3ds/{intent_id}/approve?challenge=src_x")).status_code == 410
    assert (await stripe.read())["status"] == "requires_action"


async def test_no_card_number_nor_cvc_is_kept_in_the_log(api: httpx.AsyncClient) -> None:
    await (await new_intent(api)).confirm("4000 0000 0000 0002", cvc="987")
    await api.post(f"{CONFIGURATION}", json={"card": "4242-4242-4242-4242"}, headers=USER)
    logged = (await api.get("/_sandbox/requests")).text
    for secret in ("4000 0000 0000 0002", "4000000000000002", "987", "4242-4242-4242-4242"):
        assert f'"{secret}"' not in logged
    assert "payment_method_data[card][number]" in logged


async def test_faults_strike_stripes_routes_too(open_sandbox: Open) -> None:
    api = await open_sandbox(options(faults=("POST /v1/* reset-after x1",)))
    stripe = await new_intent(api)
    with pytest.raises(httpx.TransportError):
        await stripe.confirm()
    assert (await stripe.read())["status"] == "succeeded"
