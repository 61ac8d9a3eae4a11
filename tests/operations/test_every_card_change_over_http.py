"""A specification: adding a card over real HTTP: the requests, and everything that may come of them.

The card goes to Stripe in a form with the publishable key, and to nobody else; the sandbox's list of requests hides it.
"""

from __future__ import annotations

import pytest

from jpmanage_tui.api.errors import (
    AuthenticationError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RequestRejectedError,
)
from jpmanage_tui.api.stripe import (
    CardEntry,
    CardField,
    CardSaved,
    Declined,
    NeedsBrowser,
    RawCardsRefused,
)
from jpmanage_tui.operations.mutations.cards import CreateSetupIntent, SaveCard
from tests.operations.over_http import Refusal, World, json_of
from tests.operations.some_cards import (
    ASK_INTENT,
    BACK,
    CARDS,
    KEY,
    METHOD,
    confirmation,
    intent_of,
    typed,
)

# -- a new card ----------------------------------------------------------------------------


async def test_a_new_card_is_three_requests_each_with_its_own_token(world: World) -> None:
    caller = await world.caller()
    await world.forget()
    intent = await intent_of(caller)
    method = await intent.confirmed()
    outcome = await caller.run(SaveCard(method, True), intent.to_save)
    assert outcome.sentence == "Add a card as primary: done."
    assert await world.sent() == [
        ASK_INTENT,
        confirmation(intent),
        json_of(
            "POST",
            METHOD,
            {
                "payment_method_id": method,
                "use_as_primary_payment_method": True,
                "stripe_setup_intent_id": f"{intent.id}_secret_[hidden]",
            },
        ),
    ]
    assert world.changed() == [("create_setup_intent", intent.id, ""), ("save_card", method, "primary")]
    assert dict(world.rows(CARDS, KEY))[method] == 1
    assert sum(primary for _, primary in world.rows(CARDS, KEY)) == 1


async def test_a_card_that_is_not_to_be_the_primary_one_says_so_with_false(world: World) -> None:
    intent = await intent_of(await world.caller())
    method = await intent.confirmed()
    await world.forget()
    assert (await intent.caller.run(SaveCard(method, False), intent.to_save)).happened
    (sent,) = await world.sent()
    assert sent.body["use_as_primary_payment_method"] is False
    assert dict(world.rows(CARDS, KEY))[method] == 0


async def test_the_configuration_alone_opens_no_intent(world: World) -> None:
    caller = await world.caller()
    await world.forget()
    configuration = await caller.client.stripe.configuration()
    assert configuration.client_secret is None
    assert [(entry["query"], entry["token"]) for entry in await world.log()] == [({}, "user")]
    assert (await world.sent(), world.changed()) == ([], [])


INTENT_REFUSED = [
    (
        "sandbox-key",
        Refusal(
            PermissionDeniedError,
            403,
            "rest_forbidden",
            "Sorry, you are not allowed to do that: this call takes a WordPress.com user's token.",
        ),
    ),
    ("no-such", Refusal(AuthenticationError, 401, "rest_unauthorized", "The OAuth2 token is invalid.")),
]


@pytest.mark.parametrize(("user", "refusal"), INTENT_REFUSED)
async def test_an_intent_takes_the_users_token(world: World, user: str, refusal: Refusal) -> None:
    caller = await world.caller(user=user)
    await world.forget()
    refusal.check(await caller.run(CreateSetupIntent()))
    assert len(await world.sent()) == 1
    assert world.changed() == []


@pytest.mark.parametrize(("state", "missing"), [("no-key", "public_key"), ("no-intent", "setup_intent_id")])
async def test_a_configuration_that_lacks_a_part_is_of_no_use_and_not_asked_for_twice(
    world: World, state: str, missing: str
) -> None:
    await world.turn(stripe_configuration=state)
    caller = await world.caller()
    await world.forget()
    outcome = await caller.run(CreateSetupIntent())
    assert outcome.unknown
    assert isinstance(outcome.error, OutcomeUnknownError)
    assert f"{missing} is missing" in outcome.sentence
    assert await world.sent() == [ASK_INTENT]


DECLINED: list[tuple[CardEntry, Declined]] = [
    (typed("4000000000000002"), Declined("Your card was declined.", "card_declined", "generic_decline")),
    (
        typed("4000000000009995"),
        Declined("Your card has insufficient funds.", "card_declined", "insufficient_funds"),
    ),
    (typed("4000000000009987"), Declined("Your card was declined.", "card_declined", "lost_card")),
    (typed("4000000000009979"), Declined("Your card was declined.", "card_declined", "stolen_card")),
    (
        typed("4000000000000069"),
        Declined("Your card has expired.", "expired_card", None, CardField.EXPIRY),
    ),
    (
        typed("4000000000000127"),
        Declined("Your card's security code is incorrect.", "incorrect_cvc", None, CardField.CVC),
    ),
    (
        typed("4000000000000119"),
        Declined(
            "An error occurred while processing your card. Try again in a little bit.", "processing_error"
        ),
    ),
    (
        typed("4242424242424241"),
        Declined("Your card number is incorrect.", "incorrect_number", None, CardField.NUMBER),
    ),
    (
        typed(month=13),
        Declined("Your card's expiration month is invalid.", "invalid_expiry_month", None, CardField.EXPIRY),
    ),
    (
        typed(year=2020),
        Declined("Your card's expiration year is invalid.", "invalid_expiry_year", None, CardField.EXPIRY),
    ),
    (
        typed(cvc="12"),
        Declined("Your card's security code is invalid.", "invalid_cvc", None, CardField.CVC),
    ),
]


@pytest.mark.parametrize(
    ("card", "declined"), DECLINED, ids=[row[1].decline_code or str(row[1].code) for row in DECLINED]
)
async def test_a_declined_card_is_an_answer_with_stripes_code_and_the_field_and_can_be_typed_again(
    world: World, card: CardEntry, declined: Declined
) -> None:
    intent = await intent_of(await world.caller())
    cards = world.rows(CARDS, KEY)
    await world.forget()
    outcome = await intent.confirm(card)
    assert (outcome.state.value, outcome.result) == ("refused", declined)
    assert "declined" in outcome.detail.lower()
    assert declined.message in outcome.detail
    (sent,) = await world.sent()
    assert (sent.path, sent.token) == (f"/v1/setup_intents/{intent.id}/confirm", "publishable")
    assert (world.rows(CARDS, KEY), world.changed()) == (cards, [])
    status = "SELECT status FROM setup_intents WHERE intent_id = ?"
    assert world.one(status, intent.id) == "requires_payment_method"
    assert await intent.confirmed()


@pytest.mark.parametrize(
    ("state", "words"),
    [("surface", "unsupported for publishable key tokenization"), ("unsafe", "generally unsafe")],
)
async def test_that_stripe_takes_no_raw_cards_is_known_by_its_sentence_as_there_is_no_code(
    world: World, state: str, words: str
) -> None:
    await world.turn(raw_cards=state)
    intent = await intent_of(await world.caller())
    outcome = await intent.confirm(typed())
    assert isinstance(outcome.result, RawCardsRefused)
    assert words in outcome.result.message
    assert outcome.sentence == (
        "Add a card: refused, nothing was changed. Stripe takes no card numbers from programs on this account."
    )
    assert world.one("SELECT status FROM setup_intents WHERE intent_id = ?", intent.id) != "succeeded"


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184", "4000000000003220"])
async def test_a_card_that_needs_the_bank_is_saved_once_the_bank_agreed(world: World, number: str) -> None:
    intent = await intent_of(await world.caller())
    outcome = await intent.confirm(typed(number))
    assert isinstance(outcome.result, NeedsBrowser)
    assert outcome.result.return_url == BACK
    waiting = await intent.caller.client.stripe.retrieve(intent.configuration)
    assert isinstance(waiting, NeedsBrowser)
    page, _, challenge = outcome.result.url.partition("?")
    back = await world.http.post(f"{page}/approve?{challenge}")
    assert back.headers["location"].startswith(BACK)
    settled = await intent.caller.client.stripe.retrieve(intent.configuration)
    assert isinstance(settled, CardSaved)
    assert (await intent.caller.run(SaveCard(settled.method, False), intent.to_save)).happened
    assert settled.method in dict(world.rows(CARDS, KEY))


async def test_a_challenge_that_fails_is_told_with_its_code_and_saves_nothing(world: World) -> None:
    intent = await intent_of(await world.caller())
    outcome = await intent.confirm(typed("4000002760003184"))
    assert isinstance(outcome.result, NeedsBrowser)
    page, _, challenge = outcome.result.url.partition("?")
    await world.http.post(f"{page}/decline?{challenge}")
    settled = await intent.caller.client.stripe.retrieve(intent.configuration)
    assert isinstance(settled, Declined)
    assert settled.code == "setup_intent_authentication_failure"


async def test_a_bank_that_declines_after_the_challenge_is_told_like_any_decline(world: World) -> None:
    intent = await intent_of(await world.caller())
    outcome = await intent.confirm(typed("4000008400001629"))
    assert isinstance(outcome.result, NeedsBrowser)
    page, _, challenge = outcome.result.url.partition("?")
    await world.http.post(f"{page}/approve?{challenge}")
    settled = await intent.caller.client.stripe.retrieve(intent.configuration)
    assert settled == Declined("Your card was declined.", "card_declined", "generic_decline")


async def test_an_intent_that_has_its_card_takes_no_other(world: World) -> None:
    intent = await intent_of(await world.caller())
    method = await intent.confirmed()
    outcome = await intent.confirm(typed("5555555555554444"))
    assert outcome.state.value == "refused"
    assert isinstance(outcome.error, RequestRejectedError)
    assert (outcome.error.status, outcome.error.code) == (400, "setup_intent_unexpected_state")
    assert world.one("SELECT payment_method_id FROM setup_intents WHERE intent_id = ?", intent.id) == method


async def test_after_too_many_declines_the_intent_is_over_and_says_so(world: World) -> None:
    intent = await intent_of(await world.caller())
    for _ in range(5):
        assert isinstance((await intent.confirm(typed("4000000000000002"))).result, Declined)
    outcome = await intent.confirm(typed())
    assert isinstance(outcome.error, RequestRejectedError)
    assert outcome.error.code == "setup_intent_unexpected_state"
    assert world.one("SELECT status FROM setup_intents WHERE intent_id = ?", intent.id) == "canceled"
