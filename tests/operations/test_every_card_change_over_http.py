"""A specification: adding, keeping and deleting cards over real HTTP: requests, what comes of them, every refusal.

The card goes to Stripe in a form with the publishable key, and to nobody else; the sandbox's list of requests hides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.errors import (
    FateUnknown,
    Forbidden,
    InvalidParameter,
    NotFound,
    NotSignedIn,
    Refused,
)
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.models.stripe import (
    CardEntry,
    CardField,
    CardSaved,
    Declined,
    NeedsBrowser,
    RawCardsRefused,
    StripeConfiguration,
)
from jpmanage_tui.operations.change import Secrets
from jpmanage_tui.operations.changes import (
    ConfirmCard,
    CreateSetupIntent,
    DeleteCard,
    MakeCardPrimary,
    SaveCard,
)
from jpmanage_tui.operations.outcome import Outcome
from tests.operations.over_http import Caller, Refusal, Wire, World, form_of, json_of
from tests.sandbox.harness import API, bearer

CONFIGURATION = "/wpcom/v2/jetpack/stripe/configuration"
METHOD = f"{API}/stripe/payment-method"
GOOD = "4242424242424242"
BACK = "http://127.0.0.1:1/back"
CARDS = "SELECT payment_method_id, is_default FROM cards WHERE key_id = ? AND NOT detached"
KEY, KEY_NOCARD = 90121, 91266
ASK_INTENT = Wire("GET", CONFIGURATION, {"needs_intent": "true"}, token="user")


def typed(number: str = GOOD, *, month: int = 12, year: int = 2034, cvc: str = "123") -> CardEntry:
    return CardEntry(
        number=SecretStr(number), exp_month=month, exp_year=year, cvc=SecretStr(cvc), name="Ada Lovelace"
    )


@dataclass(frozen=True)
class Intent:
    """A setup intent and who asked for it."""

    caller: Caller
    configuration: StripeConfiguration

    @property
    def id(self) -> str:
        return self.configuration.setup_intent_id or ""

    @property
    def to_save(self) -> Secrets:
        return Secrets(setup_intent=self.configuration.client_secret)

    async def confirm(self, card: CardEntry) -> Outcome[Any]:
        secrets = Secrets(configuration=self.configuration, card=card, return_url=BACK)
        return await self.caller.run(ConfirmCard(), secrets)

    async def confirmed(self, number: str = GOOD) -> PaymentMethodId:
        outcome = await self.confirm(typed(number))
        assert isinstance(outcome.result, CardSaved), outcome.sentence
        return outcome.result.method


async def intent_of(caller: Caller) -> Intent:
    outcome = await caller.run(CreateSetupIntent())
    assert outcome.result is not None, outcome.sentence
    return Intent(caller, outcome.result)


async def saved(world: World, *, primary: bool) -> PaymentMethodId:
    """A card that was added in a browser."""
    answer = await world.http.post("/_sandbox/add-card", json={"primary": primary})
    return PaymentMethodId(answer.json()["id"])


def confirmation(intent: Intent) -> Wire:
    form = {
        "client_secret": "[hidden]",
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": "[card number]",
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "2034",
        "payment_method_data[card][cvc]": "[hidden]",
        "payment_method_data[billing_details][name]": "Ada Lovelace",
        "return_url": BACK,
    }
    return form_of(f"/v1/setup_intents/{intent.id}/confirm", form, "publishable")


# -- a new card ----------------------------------------------------------------------------


async def test_a_new_card_is_three_requests_each_with_its_own_token(world: World) -> None:
    caller = await world.caller()
    await world.forget()
    intent = await intent_of(caller)
    method = await intent.confirmed()
    outcome = await caller.run(SaveCard(method, True), intent.to_save)
    assert outcome.sentence == "Save payment method as primary: done."
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
            Forbidden,
            403,
            "rest_forbidden",
            "Sorry, you are not allowed to do that: this call takes a WordPress.com user's token.",
        ),
    ),
    ("no-such", Refusal(NotSignedIn, 401, "rest_unauthorized", "The OAuth2 token is invalid.")),
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
    assert isinstance(outcome.error, FateUnknown)
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
    assert (outcome.state.value, outcome.result) == ("done", declined)
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
    assert isinstance(outcome.error, Refused)
    assert (outcome.error.status, outcome.error.code) == (400, "setup_intent_unexpected_state")
    assert world.one("SELECT payment_method_id FROM setup_intents WHERE intent_id = ?", intent.id) == method


async def test_after_too_many_declines_the_intent_is_over_and_says_so(world: World) -> None:
    intent = await intent_of(await world.caller())
    for _ in range(5):
        assert isinstance((await intent.confirm(typed("4000000000000002"))).result, Declined)
    outcome = await intent.confirm(typed())
    assert isinstance(outcome.error, Refused)
    assert outcome.error.code == "setup_intent_unexpected_state"
    assert world.one("SELECT status FROM setup_intents WHERE intent_id = ?", intent.id) == "canceled"


# -- saving --------------------------------------------------------------------------------


async def test_a_200_with_an_error_inside_is_a_refusal(world: World) -> None:
    intent = await intent_of(await world.caller())
    cards = world.rows(CARDS, KEY)
    await world.forget()
    outcome = await intent.caller.run(SaveCard(PaymentMethodId("pm_nobody"), True), intent.to_save)
    Refusal(Refused, 200, None, "No such PaymentMethod: 'pm_nobody'").check(outcome)
    assert len(await world.sent()) == 1
    assert (world.rows(CARDS, KEY), world.changed()) == (cards, [])


async def test_a_card_of_another_setup_intent_is_refused(world: World) -> None:
    caller = await world.caller()
    first, second = await intent_of(caller), await intent_of(caller)
    method = await first.confirmed()
    await world.forget()
    outcome = await caller.run(SaveCard(method, True), second.to_save)
    words = "The card was not set up by this setup intent: it is requires_payment_method."
    Refusal(Refused, 400, "invalid_setup_intent", words).check(outcome)
    assert world.changed() == []
    assert method not in dict(world.rows(CARDS, KEY))


# -- cards that are there ------------------------------------------------------------------


async def test_a_saved_card_is_made_primary_without_an_intent(world: World) -> None:
    caller, method = await world.caller(), await saved(world, primary=False)
    await world.forget()
    outcome = await caller.run(MakeCardPrimary(method, "Visa …4242"))
    assert outcome.sentence == "Set Visa …4242 as primary card: done."
    body = {"payment_method_id": method, "use_as_primary_payment_method": True}
    assert await world.sent() == [json_of("POST", METHOD, body)]
    assert [card for card, primary in world.rows(CARDS, KEY) if primary] == [method]


async def test_a_card_that_is_not_there_cannot_be_made_primary(world: World) -> None:
    caller, cards = await world.caller(), world.rows(CARDS, KEY)
    outcome = await caller.run(MakeCardPrimary(PaymentMethodId("pm_gone"), "Visa …4242"))
    Refusal(Refused, 200, None, "No such PaymentMethod: 'pm_gone'").check(outcome)
    assert world.rows(CARDS, KEY) == cards


async def test_a_secondary_card_is_deleted_by_its_id_alone_and_the_primary_stays(world: World) -> None:
    caller = await world.caller()
    primary, method = await saved(world, primary=True), await saved(world, primary=False)
    await world.forget()
    outcome = await caller.run(DeleteCard(method, "Visa …4242"))
    assert (outcome.sentence, outcome.result) == ("Delete payment method Visa …4242: done.", primary)
    assert await world.sent() == [Wire("DELETE", METHOD, {"payment_method_id": method})]
    cards = dict(world.rows(CARDS, KEY))
    assert (cards[primary], method in cards) == (1, False)


async def test_deleting_the_primary_names_the_card_that_takes_over(world: World) -> None:
    caller = await world.caller()
    heir = await saved(world, primary=False)
    await saved(world, primary=False)
    primary = await saved(world, primary=True)
    await world.forget()
    outcome = await caller.run(DeleteCard(primary, "Visa …4242", heir))
    assert (outcome.state.value, outcome.result) == ("done", heir)
    query = {"payment_method_id": primary, "primary_payment_method_id": heir}
    assert await world.sent() == [Wire("DELETE", METHOD, query)]
    assert [card for card, is_default in world.rows(CARDS, KEY) if is_default] == [heir]


async def test_after_the_last_card_nothing_is_primary_and_nothing_can_be_issued(world: World) -> None:
    caller = await world.caller("sandbox-key-nocard", "sandbox-user-nocard")
    answer = await world.http.post("/_sandbox/add-card", json={}, headers=bearer("sandbox-key-nocard"))
    assert (await caller.client.partner.get()).has_valid_payment_method
    outcome = await caller.run(DeleteCard(PaymentMethodId(answer.json()["id"]), "Visa …4242"))
    assert (outcome.state.value, outcome.result) == ("done", None)
    assert not (await caller.client.partner.get()).has_valid_payment_method
    assert world.rows(CARDS, KEY_NOCARD) == []


async def another_keys(world: World) -> PaymentMethodId:
    answer = await world.http.post("/_sandbox/add-card", json={}, headers=bearer("sandbox-key-2"))
    return PaymentMethodId(answer.json()["id"])


async def test_a_card_that_is_not_there_or_anothers_is_not_deleted(world: World) -> None:
    caller = await world.caller()
    foreign = await another_keys(world)
    not_found = Refusal(NotFound, 404, "payment_method_not_found", "The payment method was not found.")
    await world.forget()
    for method in (PaymentMethodId("pm_gone"), foreign):
        not_found.check(await caller.run(DeleteCard(method, "Visa …4242")))
    assert world.changed() == []
    assert foreign in dict(world.rows(CARDS, 90377))


async def test_a_card_that_cannot_take_over_is_named_and_nothing_is_deleted(world: World) -> None:
    caller, method = await world.caller(), await saved(world, primary=True)
    cards = world.rows(CARDS, KEY)
    for heir in (method, PaymentMethodId("pm_gone")):
        outcome = await caller.run(DeleteCard(method, "Visa …4242", heir))
        assert isinstance(outcome.error, InvalidParameter)
        assert set(outcome.error.params) == {"primary_payment_method_id"}
    assert world.rows(CARDS, KEY) == cards


async def test_cards_take_a_partner_keys_token(world: World) -> None:
    intent, method = await intent_of(await world.caller("sandbox-user")), PaymentMethodId("pm_any")
    words = "Sorry, you are not allowed to do that: this call takes a partner key's token."
    forbidden = Refusal(Forbidden, 403, "rest_forbidden", words)
    await world.forget()
    forbidden.check(await intent.caller.run(SaveCard(method, True), intent.to_save))
    forbidden.check(await intent.caller.run(MakeCardPrimary(method, "Visa …4242")))
    forbidden.check(await intent.caller.run(DeleteCard(method, "Visa …4242")))
    assert [one.token for one in await world.sent()] == ["user"] * 3
    assert world.changed() == []
