"""Stripe's rules about a typed card: what it checks, and what each test card does (contract: account 2.2, 2.4).

A number is looked at here and forgotten: what goes on is its brand, its last four digits and its behavior.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jpmanage_tui.sandbox.cards.saved_cards import NewCard
from jpmanage_tui.sandbox.jsontypes import Json, as_int


class StripeError(Exception):
    """An error as Stripe tells it."""

    def __init__(
        self, status: int, kind: str, message: str, *, code: str = "", decline: str = "", param: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.code = code
        self.decline = decline
        self.param = param

    def body(self) -> dict[str, Json]:
        """Return the object under ``error``; members that do not apply are left out."""
        optional = {"code": self.code, "decline_code": self.decline, "param": self.param}
        return {
            "type": self.kind,
            "message": self.message,
            **{name: value for name, value in optional.items() if value},
        }


def request_error(message: str, *, code: str = "", param: str = "", status: int = 400) -> StripeError:
    """Return the error of a request that is wrong in itself."""
    return StripeError(status, "invalid_request_error", message, code=code, param=param)


def card_error(code: str, message: str, *, decline: str = "", param: str = "") -> StripeError:
    """Return the error of a card that is refused."""
    return StripeError(402, "card_error", message, code=code, decline=decline, param=param)


@dataclass(frozen=True)
class Behavior:
    """What a card does: `refusal` when it is set up, `challenge` asks for 3-D Secure first, `charge` is the message
    with which later charges fail ("" when they succeed).
    """

    refusal: tuple[str, str, str] | None = None
    challenge: bool = False
    charge: str = ""


_DECLINED = "Your card was declined."
BEHAVIORS: dict[str, Behavior] = {
    "ok": Behavior(),
    "generic_decline": Behavior(("card_declined", "generic_decline", _DECLINED)),
    "insufficient_funds": Behavior(
        ("card_declined", "insufficient_funds", "Your card has insufficient funds.")
    ),
    "lost_card": Behavior(("card_declined", "lost_card", _DECLINED)),
    "stolen_card": Behavior(("card_declined", "stolen_card", _DECLINED)),
    "live_card": Behavior(
        (
            "card_declined",
            "test_mode_live_card",
            "Your card was declined. Your request was in test mode, but used a non test card.",
        )
    ),
    "expired_card": Behavior(("expired_card", "", "Your card has expired.")),
    "incorrect_cvc": Behavior(("incorrect_cvc", "", "Your card's security code is incorrect.")),
    "processing_error": Behavior(
        (
            "processing_error",
            "",
            "An error occurred while processing your card. Try again in a little bit.",
        )
    ),
    "challenged": Behavior(challenge=True),
    "challenged_poor": Behavior(challenge=True, charge="Your card has insufficient funds."),
    "challenged_declined": Behavior(("card_declined", "generic_decline", _DECLINED), challenge=True),
    "will_not_pay": Behavior(charge=_DECLINED),
}
"""Refusals are (code, decline code, message)."""

TEST_CARDS: dict[str, str] = {
    "4242424242424242": "ok",
    "5555555555554444": "ok",
    "378282246310005": "ok",
    "6011111111111117": "ok",
    "4000002500003155": "challenged",
    "4000002760003184": "challenged",
    "4000000000003220": "challenged",
    "4000008260003178": "challenged_poor",
    "4000008400001629": "challenged_declined",
    "4000000000000002": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000009987": "lost_card",
    "4000000000009979": "stolen_card",
    "4000000000000069": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "4000000000000119": "processing_error",
    "4000000000000341": "will_not_pay",
}
"""The published test numbers. Any other number that could be real is declined as one."""

BRANDS: tuple[tuple[str, tuple[int, int]], ...] = (
    ("visa", (4000, 4999)),
    ("mastercard", (5100, 5599)),
    ("mastercard", (2221, 2720)),
    ("amex", (3400, 3499)),
    ("amex", (3700, 3799)),
    ("discover", (6011, 6011)),
    ("discover", (6440, 6599)),
    ("jcb", (3528, 3589)),
    ("diners", (3000, 3059)),
    ("diners", (3600, 3699)),
    ("unionpay", (6200, 6299)),
)
SURFACE_REFUSAL = (
    "This integration surface is unsupported for publishable key tokenization. To enable this integration surface,"
    " please go to https://dashboard.stripe.com/settings/integration."
)
UNSAFE_REFUSAL = (
    "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens that"
    " map to the test card you are using."
)


def raw_refusal(state: str) -> StripeError | None:
    """Return the refusal of raw card numbers that the switch ``raw-cards`` stands for; neither has a code."""
    sentences = {"surface": SURFACE_REFUSAL, "unsafe": UNSAFE_REFUSAL}
    return (
        request_error(sentences[state], status=402 if state == "unsafe" else 400)
        if state in sentences
        else None
    )


def read_card(fields: Mapping[str, Json], name: str | None, now: datetime) -> NewCard:
    """Check a typed card (``number``, ``exp_month``, ``exp_year``, ``cvc``) against `now` and return what is kept.

    Raises StripeError.
    """
    digits = "".join(str(fields.get("number", "")).replace("-", " ").split())
    if not digits:
        raise request_error(
            "Missing required param: card[number].", code="parameter_missing", param="card[number]"
        )
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 19):
        raise card_error(
            "invalid_number", "The card number is not a valid credit card number.", param="card[number]"
        )
    if not luhn(digits):
        raise card_error("incorrect_number", "Your card number is incorrect.", param="card[number]")
    month, year = _expiry(fields, now)
    brand = brand_of(digits)
    _check_cvc(str(fields.get("cvc") or ""), brand)
    return NewCard(brand, digits[-4:], month, year, name, TEST_CARDS.get(digits, "live_card"))


def luhn(digits: str) -> bool:
    """Tell whether the check digit of a card number fits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def brand_of(digits: str) -> str:
    """Return the brand by the first digits, ``unknown`` for one not listed."""
    start = int(digits[:4])
    return next((brand for brand, (first, last) in BRANDS if first <= start <= last), "unknown")


def _expiry(fields: Mapping[str, Json], now: datetime) -> tuple[int, int]:
    month, year = as_int(fields.get("exp_month")), as_int(fields.get("exp_year"))
    if month is None or not 1 <= month <= 12:
        raise card_error(
            "invalid_expiry_month", "Your card's expiration month is invalid.", param="card[exp_month]"
        )
    if year is not None and 0 <= year < 100:
        year += 2000
    if year is None or not now.year <= year <= now.year + 50:
        raise card_error(
            "invalid_expiry_year", "Your card's expiration year is invalid.", param="card[exp_year]"
        )
    if (year, month) < (now.year, now.month):
        raise card_error(
            "invalid_expiry_month", "Your card's expiration month is invalid.", param="card[exp_month]"
        )
    return month, year


def _check_cvc(cvc: str, brand: str) -> None:
    size = 4 if brand == "amex" else 3
    if cvc and not (cvc.isascii() and cvc.isdigit() and len(cvc) == size):
        raise card_error("invalid_cvc", "Your card's security code is invalid.", param="card[cvc]")
