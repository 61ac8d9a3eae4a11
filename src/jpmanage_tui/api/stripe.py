"""Adding a card: the vendor's Stripe configuration, then the setup intent at Stripe itself.

The card goes to Stripe only, with the publishable key that the API gives; no token of ours goes there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, SecretStr

from jpmanage_tui.api import coerce
from jpmanage_tui.api.errors import ApiError, PermissionDeniedError, RequestRejectedError
from jpmanage_tui.api.failures import words_of_code
from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.request import ApiRequest, ApiResponse, Json, Scalar, segment
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.requestor import Requestor


@dataclass(frozen=True, slots=True)
class StripeConfiguration:
    """What the vendor gives to talk to Stripe; ``public_key`` is publishable, ``client_secret`` is not.

    ``client_secret`` is None unless an intent was asked for.
    """

    js_url: str
    public_key: str
    processor_id: str
    client_secret: SecretStr | None = None

    @property
    def setup_intent_id(self) -> str | None:
        """The intent's id: the part of its secret before ``_secret_``."""
        if self.client_secret is None:
            return None
        return self.client_secret.get_secret_value().partition("_secret_")[0]


class CardEntry(BaseModel):
    """A card as typed in; lives in memory from the form to Stripe and shows nothing of itself."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    number: SecretStr
    exp_month: int
    exp_year: int
    cvc: SecretStr
    name: str


class CardField(Enum):
    """The field of the card form that a refusal belongs to."""

    NUMBER = "number"
    EXPIRY = "expiry"
    CVC = "cvc"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class CardSaved:
    """Stripe has taken the card; its id goes to the API next."""

    method: PaymentMethodId


@dataclass(frozen=True, slots=True)
class NeedsBrowser:
    """3-D Secure: the bank wants to see the user at ``url``; afterwards the browser comes to
    ``return_url``.
    """

    url: str = field(repr=False)  # opens the challenge
    return_url: str = ""


@dataclass(frozen=True, slots=True)
class NeedsSdk:
    """3-D Secure in a form that only Stripe's own page can finish; ``kind`` is Stripe's word."""

    kind: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Stripe or the bank refused the card; ``field`` tells which part of it, None when it is the card as
    such.
    """

    message: str
    code: str | None = None
    decline_code: str | None = None
    field: CardField | None = None


@dataclass(frozen=True, slots=True)
class RawCardsRefused:
    """Stripe takes no card numbers from programs on this account, the normal case: use the vendor's own
    page.
    """

    message: str


@dataclass(frozen=True, slots=True)
class InProgress:
    """Not settled yet; ``status`` is Stripe's word. Look again."""

    status: str


SetupOutcome = CardSaved | NeedsBrowser | NeedsSdk | Declined | RawCardsRefused | InProgress


# Stripe gives these no code (contract: account 2.3).
_RAW_CARDS = ("unsupported for publishable key tokenization", "generally unsafe")
_FIELDS = {
    "number": CardField.NUMBER,
    "cvc": CardField.CVC,
    "expiry": CardField.EXPIRY,
    "expired": CardField.EXPIRY,
}
_DEFAULT = "The card was not accepted."


class StripeResource:
    """Stripe, as far as adding a card needs it. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: "Requestor", stripe_url: str) -> None:
        self._requestor = requestor
        self._url = stripe_url

    async def configuration(self, needs_intent: bool = False) -> StripeConfiguration:
        """Return the publishable key and, with ``needs_intent``, a new setup intent (user's token).

        With an intent it changes something at every call: ask at submit, never on opening a page. Raises
        ServerError (OutcomeUnknownError with an intent) when a part is missing.
        """
        query: dict[str, Scalar] = {"needs_intent": True} if needs_intent else {}
        call = ApiRequest(
            "GET",
            "/wpcom/v2/jetpack/stripe/configuration",
            TokenKind.USER,
            changing=needs_intent,
            query=query,
        )
        answer = await self._requestor.send(call)
        body = answer.mapping()
        texts = {name: coerce.text(body.get(name)) or "" for name in ("js_url", "public_key", "processor_id")}
        missing = sorted(name for name, text in texts.items() if not text)
        secret = coerce.text_or_none(body.get("setup_intent_id"))  # really the intent's client secret
        if needs_intent and secret is None:
            missing.append("setup_intent_id")
        if missing:
            answer.unreadable(f"{', '.join(missing)} is missing")
        return StripeConfiguration(**texts, client_secret=SecretStr(secret) if secret else None)

    async def confirm(
        self, configuration: StripeConfiguration, card: CardEntry, return_url: str
    ) -> SetupOutcome:
        """Hand the card to Stripe; return what came of it. Changes, at Stripe.

        ``return_url`` is where the browser ends after a 3-D Secure challenge. After OutcomeUnknownError, ``retrieve``
        tells what became of it.
        """
        form = {
            "client_secret": _secret(configuration),
            "payment_method_data[type]": "card",
            "payment_method_data[card][number]": card.number.get_secret_value(),
            "payment_method_data[card][exp_month]": str(card.exp_month),
            "payment_method_data[card][exp_year]": str(card.exp_year),
            "payment_method_data[card][cvc]": card.cvc.get_secret_value(),
            "payment_method_data[billing_details][name]": card.name,
            "return_url": return_url,
        }
        call = self._call("POST", configuration, "/confirm", form=form)
        try:
            return _outcome(await self._requestor.send(call))
        except (RequestRejectedError, PermissionDeniedError) as error:
            return _refusal(error)

    async def retrieve(self, configuration: StripeConfiguration) -> SetupOutcome:
        """Return how the setup intent stands now; safe to repeat."""
        query = {"client_secret": _secret(configuration)}
        return _outcome(await self._requestor.send(self._call("GET", configuration, "", query=query)))

    def _call(
        self,
        method: str,
        configuration: StripeConfiguration,
        route: str,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, Scalar] | None = None,
    ) -> ApiRequest:
        intent = segment(configuration.setup_intent_id or "")
        return ApiRequest(
            method,
            f"/v1/setup_intents/{intent}{route}",
            TokenKind.NONE,
            changing=method == "POST",
            form=form,
            query=query or {},
            bearer=configuration.public_key,
            origin=self._url,
        )


def _secret(configuration: StripeConfiguration) -> str:
    if configuration.client_secret is None:
        raise ValueError("the configuration has no setup intent")
    return configuration.client_secret.get_secret_value()


def _outcome(answer: ApiResponse) -> SetupOutcome:
    """What an intent says; a field that is absent is unknown (contract: account 2.2)."""
    body = answer.mapping()
    status = coerce.text(body.get("status")) or ""
    if status == "succeeded":
        method = body.get("payment_method")
        name = coerce.text_or_none(method.get("id") if isinstance(method, dict) else method)
        if name is None:
            answer.unreadable("payment_method is missing")
        return CardSaved(PaymentMethodId(name))
    if status == "requires_action":
        return _action(body.get("next_action"))
    if status in {"requires_payment_method", "canceled"}:
        return _last_error(body.get("last_setup_error"), status)
    return InProgress(status)


def _action(action: Json) -> SetupOutcome:
    if not isinstance(action, dict):
        return InProgress("requires_action")
    redirect = action.get("redirect_to_url")
    if isinstance(redirect, dict):
        url = coerce.text(redirect.get("url")) or ""
        if url.startswith(("https://", "http://")):
            return NeedsBrowser(url, coerce.text(redirect.get("return_url")) or "")
    return NeedsSdk(coerce.text(action.get("type")) or "")


def _last_error(error: Json, status: str) -> SetupOutcome:
    if not isinstance(error, dict):
        return Declined(_DEFAULT) if status == "canceled" else InProgress(status)
    code = coerce.text_or_none(error.get("code"))
    return _declined(
        coerce.text(error.get("message")) or "", code, coerce.text_or_none(error.get("decline_code"))
    )


def _refusal(error: ApiError) -> SetupOutcome:
    words = error.message.lower()
    if any(part in words for part in _RAW_CARDS):
        return RawCardsRefused(error.message)
    if error.extra.get("type") not in {"card_error", "validation_error"} and error.status != 402:
        raise error
    return _declined(error.message, error.code, error.extra.get("decline_code"))


def _declined(message: str, code: str | None, decline_code: str | None) -> Declined:
    field = next((field for word, field in _FIELDS.items() if word in (code or "")), None)
    return Declined(message or words_of_code(code) or _DEFAULT, code, decline_code, field)
