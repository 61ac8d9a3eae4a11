"""An answer without a message has a sentence of ours, by its code where that says more than its status."""

from __future__ import annotations

import pytest

from jpmanage_tui.api.errors import ApiError, InvalidParameterError, RequestRejectedError
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.stripe import Declined
from tests.api.support import Server, client_of, reply
from tests.api.test_stripe import CARD, CONFIGURATION, RETURN, stripe_error

EMPTY: list[object] = ["", None, "   ", "\x1b[31m", "\u200e\u202e", [], {}]
empty = pytest.mark.parametrize("message", EMPTY)


async def told(status: int, body: object) -> ApiError:
    async with client_of(Server(reply(status, body))) as client:
        with pytest.raises(ApiError) as caught:
            await client.partner.get()
    return caught.value


@empty
@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (500, "could_not_retrieve_subscription", "The product details could not be retrieved."),
        (403, "missing_valid_payment_method", "A valid payment method is needed first."),
        (404, "no_partner_found", "This WordPress.com account is not registered as a partner."),
        (403, "no_partner_found", "This WordPress.com account is not registered as a partner."),
        (403, "partner_not_connected_to_site", "The partner's WordPress.com user is not an administrator of that site."),
        (400, "some_code", "The server refused the request."),
        (401, "rest_forbidden", "The server does not accept the token."),
        (403, None, "The server does not allow this."),
        (404, "x", "The server knows nothing by that name."),
        (422, "x", "The server refused the request (HTTP 422)."),
        (500, "x", "The server failed (HTTP 500)."),
        (200, "x", "The server refused the request."),
    ],
)  # fmt: skip
async def test_an_error_without_a_message_has_our_sentence(
    status: int, code: str | None, words: str, message: object
) -> None:
    body = {"error": code, "message": message} if status == 200 else {"code": code, "message": message}
    error = await told(status, body)
    assert (error.message, error.code) == (words, code)


async def test_the_vendors_own_sentence_wins() -> None:
    error = await told(500, {"code": "could_not_retrieve_subscription", "message": "Sorry."})
    assert error.message == "Sorry."


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"error": "The card was refused."}, None, "The card was refused."),
        ({"error": "invalid_site", "message": "No such site."}, "invalid_site", "No such site."),
        (
            {"error": "invalid_grant", "error_description": "It has expired."},
            "invalid_grant",
            "It has expired.",
        ),
        ({"error": {"type": "api_error", "message": "Sorry."}}, "api_error", "Sorry."),
        (
            {"error": {"type": "card_error", "code": "expired_card", "message": "Expired."}},
            "expired_card",
            "Expired.",
        ),
    ],
)
async def test_each_form_of_an_error_is_read(body: object, code: str | None, words: str) -> None:
    error = await told(400, body)
    assert (error.code, error.message) == (code, words)


async def test_a_sentence_without_end_is_cut() -> None:
    error = await told(400, {"code": "x", "message": "long " * 10_000})
    assert len(error.message) == 2000


@empty
async def test_a_refused_field_is_never_left_without_a_sentence(message: object) -> None:
    body = {"code": "rest_invalid_param", "message": "Invalid.", "data": {"params": {"name": message}}}
    error = await told(400, body)
    assert isinstance(error, InvalidParameterError)
    assert error.params == {"name": "Invalid."}


@empty
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("card_declined", "The card was declined."),
        ("expired_card", "The card has expired."),
        ("incorrect_cvc", "The security code is not right."),
        ("incorrect_number", "The card number is not right."),
        ("processing_error", "The card could not be processed; try again later."),
    ],
)
async def test_a_card_that_stripe_declines_without_a_message_is_told_by_its_code(
    code: str, words: str, message: object
) -> None:
    at_once = reply(402, {"error": {"type": "card_error", "code": code, "message": message}})
    later = reply(
        200, {"status": "requires_payment_method", "last_setup_error": {"code": code, "message": message}}
    )
    for answer in (at_once, later):
        async with client_of(Server(answer)) as client:
            outcome = await client.stripe.confirm(CONFIGURATION, CARD, RETURN)
        assert isinstance(outcome, Declined)
        assert (outcome.message, outcome.code) == (words, code)


async def test_a_bank_that_did_not_approve_without_a_message_is_told_so() -> None:
    error = {"code": "setup_intent_authentication_failure", "message": ""}
    answer = reply(200, {"status": "requires_payment_method", "last_setup_error": error})
    async with client_of(Server(answer)) as client:
        outcome = await client.stripe.confirm(CONFIGURATION, CARD, RETURN)
    assert isinstance(outcome, Declined)
    assert outcome.message == "The bank did not approve the card."


async def test_stripes_own_sentence_wins() -> None:
    async with client_of(Server(stripe_error(402, "Try another card.", "card_declined"))) as client:
        outcome = await client.stripe.confirm(CONFIGURATION, CARD, RETURN)
    assert isinstance(outcome, Declined)
    assert outcome.message == "Try another card."


@empty
async def test_a_success_that_is_none_has_a_sentence(message: object) -> None:
    body = {"success": False, "message": message, "code": "missing_valid_payment_method"}
    async with client_of(Server(reply(200, body))) as client:
        with pytest.raises(RequestRejectedError) as caught:
            await client.payment_methods.make_primary(PaymentMethodId("pm_1"))
    assert caught.value.message == "A valid payment method is needed first."
