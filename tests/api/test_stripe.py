"""Adding a card: the configuration, the confirmation at Stripe, and every outcome."""

import logging
import re
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    OutcomeUnknownError,
    RateLimitError,
    RequestRejectedError,
    ServerError,
)
from jpmanage_tui.api.request import Exchange
from jpmanage_tui.api.stripe import (
    CardEntry,
    CardField,
    CardSaved,
    Declined,
    InProgress,
    NeedsBrowser,
    NeedsSdk,
    RawCardsRefused,
    SetupOutcome,
    StripeConfiguration,
)
from tests.api.support import KEY, STRIPE, USER, Reply, Server, client_of, fails, form_of, query_of, reply

NUMBER, CVC = "4242424242424242", "987"
CARD = CardEntry(
    number=SecretStr(NUMBER), exp_month=4, exp_year=2034, cvc=SecretStr(CVC), name="Ada Lovelace"
)
SECRET = "seti_1_secret_hush"
CONFIGURATION = StripeConfiguration("https://js", "pk_live_1", "processor", SecretStr(SECRET))
RETURN = "http://127.0.0.1:9999/back"
ANSWER = {"js_url": "https://js", "public_key": "pk_1", "processor_id": "p", "setup_intent_id": SECRET}


def stripe_error(status: int, message: str, code: str | None = None, **more: Any) -> Reply:
    return reply(status, {"error": {"message": message, "code": code, **more}})


async def confirm(*script: Reply) -> tuple[SetupOutcome, Server]:
    server = Server(*script)
    async with client_of(server) as client:
        return await client.stripe.confirm(CONFIGURATION, CARD, RETURN), server


# --- the configuration


async def test_what_the_api_calls_the_intents_id_is_its_secret() -> None:
    async with client_of(Server(reply(200, ANSWER))) as client:
        configuration = await client.stripe.configuration(needs_intent=True)
    assert configuration.client_secret == SecretStr(SECRET)
    assert configuration.setup_intent_id == "seti_1"
    assert SECRET not in repr(configuration)


async def test_without_asking_there_is_no_intent() -> None:
    server = Server(reply(200, ANSWER | {"setup_intent_id": None}))
    async with client_of(server) as client:
        configuration = await client.stripe.configuration()
    assert (configuration.client_secret, configuration.setup_intent_id) == (None, None)
    assert server.only.url.query == b""


@pytest.mark.parametrize("missing", ["js_url", "public_key", "processor_id", "setup_intent_id"])
@pytest.mark.parametrize("value", ["", None, []])
async def test_a_configuration_with_a_part_missing_is_of_unknown_fate(missing: str, value: object) -> None:
    async with client_of(Server(reply(200, ANSWER | {missing: value}))) as client:
        with pytest.raises(OutcomeUnknownError, match=missing):
            await client.stripe.configuration(needs_intent=True)


async def test_a_plain_configuration_with_a_part_missing_is_a_server_error() -> None:
    async with client_of(Server(reply(200, ANSWER | {"public_key": ""}))) as client:
        with pytest.raises(ServerError):
            await client.stripe.configuration()


# --- the request


async def test_the_card_goes_to_stripe_only_as_a_form_with_the_publishable_key() -> None:
    _, server = await confirm(reply(200, {"status": "succeeded", "payment_method": "pm_1"}))
    request = server.only
    assert str(request.url) == f"{STRIPE}/v1/setup_intents/seti_1/confirm"
    assert request.headers["Authorization"] == "Bearer pk_live_1"
    assert form_of(request) == {
        "client_secret": SECRET,
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": NUMBER,
        "payment_method_data[card][exp_month]": "4",
        "payment_method_data[card][exp_year]": "2034",
        "payment_method_data[card][cvc]": CVC,
        "payment_method_data[billing_details][name]": "Ada Lovelace",
        "return_url": RETURN,
    }
    assert KEY not in str(request.headers.raw)
    assert USER not in str(request.headers.raw)


async def test_reading_back_sends_the_secret_to_stripe_with_the_publishable_key() -> None:
    server = Server(reply(200, {"status": "succeeded", "payment_method": "pm_1"}))
    async with client_of(server) as client:
        assert await client.stripe.retrieve(CONFIGURATION) == CardSaved("pm_1")  # type: ignore[arg-type]
    assert (server.only.method, query_of(server.only)) == ("GET", {"client_secret": SECRET})
    assert server.only.headers["Authorization"] == "Bearer pk_live_1"


async def test_no_part_of_a_card_is_in_a_log_an_exchange_an_error_or_a_representation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[Exchange] = []
    echo = stripe_error(
        400, f"Bad number 4242 4242 4242 4242 or {NUMBER}.", "parameter_invalid", type="invalid_request_error"
    )
    with caplog.at_level(logging.DEBUG):
        async with client_of(Server(echo), on_exchange=told.append) as client:
            with pytest.raises(RequestRejectedError) as caught:
                await client.stripe.confirm(CONFIGURATION, CARD, RETURN)
            with pytest.raises(RequestRejectedError):
                await client.stripe.retrieve(CONFIGURATION)
    written = f"{caplog.text}{told}{caught.value}{vars(caught.value)}{CARD!r}{CARD}{CONFIGURATION}"
    for secret in (NUMBER, "4242 4242", SECRET, "hush"):
        assert secret not in written
    # three digits may stand in an address of memory or a time of day too
    assert not re.search(rf"(?<![0-9a-fx.:]){CVC}(?![0-9a-f])", written)


async def test_without_an_intent_nothing_is_confirmed() -> None:
    server = Server(reply(200, {}))
    bare = StripeConfiguration("https://js", "pk_1", "p")
    async with client_of(server) as client:
        with pytest.raises(ValueError, match="intent"):
            await client.stripe.confirm(bare, CARD, RETURN)
    assert server.requests == []


# --- the outcomes

REDIRECT = {
    "type": "redirect_to_url",
    "redirect_to_url": {"url": "https://hooks.stripe/3ds", "return_url": RETURN},
}
OUTCOMES: list[tuple[dict[str, Any], object]] = [
    ({"status": "succeeded", "payment_method": "pm_1"}, CardSaved("pm_1")),  # type: ignore[arg-type]
    ({"status": "succeeded", "payment_method": {"id": "pm_2"}}, CardSaved("pm_2")),  # type: ignore[arg-type]
    (
        {"status": "requires_action", "next_action": REDIRECT},
        NeedsBrowser("https://hooks.stripe/3ds", RETURN),
    ),
    ({"status": "requires_action", "next_action": {"type": "use_stripe_sdk"}}, NeedsSdk("use_stripe_sdk")),
    (
        {
            "status": "requires_action",
            "next_action": {"type": "x", "redirect_to_url": {"url": "javascript:alert(1)"}},
        },
        NeedsSdk("x"),
    ),
    ({"status": "requires_action", "next_action": None}, InProgress("requires_action")),
    ({"status": "processing"}, InProgress("processing")),
    ({}, InProgress("")),
    ({"status": "requires_payment_method"}, InProgress("requires_payment_method")),
    ({"status": "canceled"}, Declined("The card was not accepted.")),
    (
        {
            "status": "requires_payment_method",
            "last_setup_error": {
                "code": "setup_intent_authentication_failure",
                "message": "Not authenticated.",
            },
        },
        Declined("Not authenticated.", "setup_intent_authentication_failure"),
    ),
]


@pytest.mark.parametrize(("body", "outcome"), OUTCOMES)
async def test_an_intent_says_what_came_of_it(body: dict[str, Any], outcome: object) -> None:
    found, _ = await confirm(reply(200, body))
    assert found == outcome


async def test_success_without_a_card_is_of_unknown_fate() -> None:
    with pytest.raises(OutcomeUnknownError):
        await confirm(reply(200, {"status": "succeeded"}))


@pytest.mark.parametrize(
    ("code", "decline", "field"),
    [
        ("card_declined", "generic_decline", None),
        ("card_declined", "insufficient_funds", None),
        ("expired_card", None, CardField.EXPIRY),
        ("incorrect_cvc", None, CardField.CVC),
        ("invalid_cvc", None, CardField.CVC),
        ("incorrect_number", None, CardField.NUMBER),
        ("invalid_expiry_month", None, CardField.EXPIRY),
        ("invalid_expiry_year", None, CardField.EXPIRY),
        ("processing_error", None, None),
    ],
)
async def test_a_decline_names_its_code_and_field(
    code: str, decline: str | None, field: CardField | None
) -> None:
    more = {"decline_code": decline} if decline else {}
    found, server = await confirm(stripe_error(402, "Stripe's words.", code, type="card_error", **more))
    assert found == Declined("Stripe's words.", code, decline, field)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "message",
    [
        "This integration surface is unsupported for publishable key tokenization. See the dashboard.",
        "Sending credit card numbers directly to the Stripe API is generally unsafe. Use Elements.",
    ],
)
@pytest.mark.parametrize("status", [400, 402, 403])
async def test_the_refusal_of_raw_card_numbers_is_known_by_its_sentence(message: str, status: int) -> None:
    found, _ = await confirm(stripe_error(status, message, type="invalid_request_error"))
    assert found == RawCardsRefused(message)


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (stripe_error(400, "Unexpected state.", "setup_intent_unexpected_state"), RequestRejectedError),
        (stripe_error(401, "Invalid API Key."), AuthenticationError),
        (reply(429), RateLimitError),
        (reply(500, text="<html>"), OutcomeUnknownError),
        (fails(httpx.ReadTimeout), OutcomeUnknownError),
        (fails(httpx.ConnectError), ApiConnectionError),
        (reply(200, text="<html>"), OutcomeUnknownError),
    ],
)
async def test_a_confirmation_is_sent_once_whatever_comes(script: Reply, kind: type[ApiError]) -> None:
    server = Server(script)
    async with client_of(server) as client:
        with pytest.raises(kind):
            await client.stripe.confirm(CONFIGURATION, CARD, RETURN)
    assert len(server.requests) == 1


async def test_a_refused_publishable_key_never_asks_for_another_token_of_ours() -> None:
    server = Server(stripe_error(401, "Invalid API Key."))
    async with client_of(server) as client:
        with pytest.raises(AuthenticationError):
            await client.stripe.retrieve(CONFIGURATION)
    assert len(server.requests) == 1
