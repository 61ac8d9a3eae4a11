"""GET /_sandbox/requests: what was asked, in order, without secrets."""

from __future__ import annotations

import json

import httpx
import pytest

from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.log import HIDDEN, HIDDEN_CARD, redact
from tests.sandbox.account_help import new_intent
from tests.sandbox.harness import API, as_key, bearer, set_faults


async def logged(api: httpx.AsyncClient) -> list[dict[str, Json]]:
    return list((await api.get("/_sandbox/requests")).json())


async def test_requests_are_shown_in_order_with_the_kind_of_token_and_the_status(
    api: httpx.AsyncClient,
) -> None:
    await api.get(
        f"{API}/licenses", params={"filter": "detached", "page": "2"}, headers=bearer("sandbox-key")
    )
    await api.get(f"{API}/partner", headers=bearer("sandbox-user"))
    await api.post(f"{API}/license", json={"product": "nonsense"}, headers=bearer("sandbox-key"))
    await api.get(f"{API}/product-families")
    await api.get(f"{API}/licenses", headers=bearer("made-up"))
    entries = await logged(api)
    assert [(e["method"], e["path"], e["token"], e["status"]) for e in entries] == [
        ("GET", f"{API}/licenses", "key", 200),
        ("GET", f"{API}/partner", "user", 200),
        ("POST", f"{API}/license", "key", 400),
        ("GET", f"{API}/product-families", "none", 200),
        ("GET", f"{API}/licenses", "unknown", 401),
    ]
    assert entries[0]["query"] == {"filter": "detached", "page": "2"}
    assert entries[2]["body"] == {"product": "nonsense"}
    assert [entry["number"] for entry in entries] == [1, 2, 3, 4, 5]
    assert all(isinstance(entry["seconds"], float) for entry in entries)


async def test_no_token_is_in_the_log(api: httpx.AsyncClient) -> None:
    await api.get(f"{API}/licenses", headers=bearer("sandbox-key"))
    await api.get(f"{API}/licenses", headers=bearer("a-real-token-by-mistake"))
    text = json.dumps(await logged(api))
    assert "sandbox-key" not in text
    assert "a-real-token-by-mistake" not in text


async def test_a_request_that_got_no_answer_is_logged_without_a_status(api: httpx.AsyncClient) -> None:
    await set_faults(as_key(api), "GET */counts reset-before x1", "GET */licenses hang-before x1")
    with pytest.raises(httpx.ReadError):
        await api.get(f"{API}/licenses/counts")
    with pytest.raises(httpx.ReadTimeout):
        await api.get(f"{API}/licenses", timeout=httpx.Timeout(5, read=0.1))
    assert [entry["status"] for entry in await logged(api)] == [None, None]


async def test_the_log_can_be_cleared_and_does_not_show_its_own_routes(api: httpx.AsyncClient) -> None:
    await api.get(f"{API}/product-families")
    assert len(await logged(api)) == 1
    assert (await api.delete("/_sandbox/requests")).json() == []
    assert await logged(api) == []


@pytest.mark.parametrize(
    "number", ["4242424242424242", "4242 4242 4242 4242", "3782-822463-10005", 4242424242424242]
)
async def test_card_numbers_and_secrets_are_replaced_in_any_kind_of_body(
    api: httpx.AsyncClient, number: str | int
) -> None:
    await api.post(
        f"{API}/license", json={"product": number, "cvc": "123", "deep": [{"note": f"pay {number} now"}]}
    )
    await api.post(
        "/v1/setup_intents/seti_1/confirm",
        data={"payment_method_data[card][number]": str(number), "payment_method_data[card][cvc]": "987"},
    )
    await api.post(
        "/oauth2-1/token", data={"code_verifier": "vvv", "refresh_token": "rrr", "grant_type": "x"}
    )
    await api.get("/v1/setup_intents/seti_1", params={"client_secret": "seti_1_secret_sss"})
    text = json.dumps([[entry["query"], entry["body"]] for entry in await logged(api)])
    for secret in (str(number), "123", "987", "vvv", "rrr", "sss"):
        assert secret not in text
    assert HIDDEN_CARD in text
    assert HIDDEN in text
    assert '"grant_type": "x"' in text


def test_what_looks_like_a_card_is_told_from_a_license_code_and_an_id() -> None:
    assert redact("jetpack-scan_4242424242424242abcdefghi") == "jetpack-scan_4242424242424242abcdefghi"
    assert redact(190_000_001) == 190_000_001
    assert redact("card 4242424242424242.") == f"card {HIDDEN_CARD}."


async def test_a_body_that_cannot_be_read_is_logged_by_its_length(api: httpx.AsyncClient) -> None:
    await api.post(
        f"{API}/license", content=b"{4242424242424242", headers={"Content-Type": "application/json"}
    )
    assert (await logged(api))[0]["body"] == "[17 bytes that cannot be read]"


async def test_the_client_secret_of_a_setup_intent_is_hidden_under_any_name_and_its_id_is_not(
    api: httpx.AsyncClient,
) -> None:
    stripe = await new_intent(api)
    intent, _, secret = stripe.secret.partition("_secret_")
    await api.post(
        f"{API}/stripe/payment-method",
        json={"payment_method_id": "pm_1", "stripe_setup_intent_id": stripe.secret},
        headers=bearer("sandbox-key"),
    )
    await api.get(f"{API}/license", params={"license_key": f"by mistake {stripe.secret}."})
    await stripe.read()
    text = (await api.get("/_sandbox/requests")).text
    assert secret not in text
    saved = next(entry["body"] for entry in await logged(api) if entry["body"])
    assert saved == {"payment_method_id": "pm_1", "stripe_setup_intent_id": f"{intent}_secret_{HIDDEN}"}


async def test_only_an_argument_that_is_called_code_is_one(api: httpx.AsyncClient) -> None:
    await api.put(f"{API}/partner", json={"postal_code": "8010"}, headers=bearer("sandbox-user"))
    await api.post("/oauth2-1/token", data={"code": "8010"})
    assert [entry["body"] for entry in await logged(api)] == [{"postal_code": "8010"}, {"code": HIDDEN}]


async def test_how_a_body_was_written_and_that_stripes_key_came_are_shown(api: httpx.AsyncClient) -> None:
    await (await new_intent(api)).confirm()
    await api.post(f"{API}/license", json={"product": "x"}, headers=bearer("sandbox-key"))
    assert [(entry["token"], entry["content_type"]) for entry in await logged(api)] == [
        ("user", ""),
        ("publishable", "application/x-www-form-urlencoded"),
        ("key", "application/json"),
    ]
