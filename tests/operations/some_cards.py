"""Cards to type, setup intents to confirm and cards that are saved, for the specifications about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.stripe import CardEntry, CardSaved, StripeConfiguration
from jpmanage_tui.operations.mutation import Secrets
from jpmanage_tui.operations.mutations.cards import ConfirmCard, CreateSetupIntent
from jpmanage_tui.operations.operation import Outcome
from tests.operations.over_http import Caller, Wire, World, form_of
from tests.sandbox.harness import API

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
