"""Cards: the rules of the form for a new one, and of the list of saved ones (contract: account 2.1, 4)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from unicodedata import category, normalize

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.payment_methods import Card, PaymentMethod
from jpmanage_tui.api.stripe import CardField

SOON_DAYS = 60
_NUMBER_INSIDE = re.compile(r"\d(?:[ -]?\d){11}", re.ASCII)
_EXPIRY = re.compile(r"\s*(\d{1,2})\s*[/\-. ]\s*(\d{2}|\d{4})\s*|(\d{2})(\d{2})", re.ASCII)
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_FOURS = (4, 4, 4, 4, 3)


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand: Stripe's word for it, its name, the lengths its numbers have, and how digits are grouped.

    ``check_digit``: the last digit of every number of it is one (ISO/IEC 7812-1, Luhn).
    """

    word: str
    name: str
    lengths: tuple[int, ...]
    groups: tuple[int, ...] = _FOURS
    cvc: int = 3
    check_digit: bool = True


UNKNOWN = Brand("unknown", "Card", tuple(range(12, 20)))
_VISA = Brand("visa", "Visa", (13, 16, 19))
_MASTERCARD = Brand("mastercard", "Mastercard", (16,))
_AMEX = Brand("amex", "American Express", (15,), (4, 6, 5), 4)
_DISCOVER = Brand("discover", "Discover", (16, 17, 18, 19))
_DINERS = Brand("diners", "Diners Club", (14, 15, 16, 17, 18, 19), (4, 6, 4, 5))
_JCB = Brand("jcb", "JCB", (16, 17, 18, 19))
_UNIONPAY = Brand("unionpay", "UnionPay", (16, 17, 18, 19), check_digit=False)  # not every bank there has one
_BRANDS = (_VISA, _MASTERCARD, _AMEX, _DISCOVER, _DINERS, _JCB, _UNIONPAY)

# First and last prefix of each range, as issued to the networks (ISO/IEC 7812).
_RANGES: tuple[tuple[str, str, Brand], ...] = (
    ("34", "34", _AMEX),
    ("37", "37", _AMEX),
    ("300", "305", _DINERS),
    ("36", "36", _DINERS),
    ("38", "39", _DINERS),
    ("3528", "3589", _JCB),
    ("4", "4", _VISA),
    ("51", "55", _MASTERCARD),
    ("2221", "2720", _MASTERCARD),
    ("6011", "6011", _DISCOVER),
    ("644", "649", _DISCOVER),
    ("65", "65", _DISCOVER),
    ("62", "62", _UNIONPAY),
    ("8100", "8171", _UNIONPAY),
)


class Expiry(Enum):
    """How a saved card's expiry stands."""

    VALID = "valid"
    SOON = "expires soon"
    PAST = "expired"
    UNKNOWN = "unknown"


def digits(number: str) -> str:
    """Return a card number without blanks, hyphens and invisible marks; digits of full width are plain ones."""
    return re.sub(r"[\s\-]", "", _plain(number))


def _plain(text: str) -> str:
    """Return what was typed or pasted without marks that are not seen, with digits and signs of full width plain."""
    if text.isascii():
        return text
    shown = "".join(one for one in text if category(one) != "Cf")
    return normalize("NFKC", _DASHES.sub("-", shown))


def brand_of(number: str) -> Brand:
    """Return the brand by the first digits typed; UNKNOWN while they do not tell."""
    typed = digits(number)
    for first, last, brand in _RANGES:
        if first <= typed[: len(first)] <= last and len(typed) >= len(first):
            return brand
    return UNKNOWN


def brand_name(word: str) -> str:
    """Return a brand's name for the word the API uses (``visa``); the word itself where it is unknown."""
    return next((brand.name for brand in _BRANDS if brand.word == word.lower()), word or UNKNOWN.name)


def card_name(brand: str, last4: str) -> str:
    """Return how sentences name a card by what may be kept of it: "Visa …4242"."""
    return f"{brand} …{last4 or '????'}"


def typed_card_name(number: str) -> str:
    """Return the same for a number that was typed in: never more of it than its last four digits."""
    return card_name(brand_of(number).name, digits(number)[-4:])


def grouped(number: str) -> str:
    """Return a number in the groups printed on the card, as far as it is typed."""
    typed, parts = digits(number), []
    for size in brand_of(typed).groups:
        parts.append(typed[:size])
        typed = typed[size:]
    return " ".join(part for part in (*parts, typed) if part)


def parse_expiry(text: str) -> tuple[int, int] | None:
    """Return month and four-digit year of ``MM/YY``, ``MM/YYYY`` or ``MMYY``; None where it is neither."""
    match = _EXPIRY.fullmatch(_plain(text))
    if match is None:
        return None
    month, year = int(match[1] or match[3]), int(match[2] or match[4])
    return (month, year + 2000 if year < 100 else year) if 1 <= month <= 12 else None


def check(number: str, expiry: str, cvc: str, name: str, today: date) -> Mapping[CardField, str]:
    """Return a sentence for each field of the form that is not right; empty when the card can be sent.

    ``today`` is the user's. The check digit is checked by python-stdnum; where a scheme has none, Stripe decides.
    """
    sentences = {
        CardField.NAME: _check_name(name),
        CardField.NUMBER: _check_number(digits(number)),
        CardField.EXPIRY: _check_expiry(expiry, today),
        CardField.CVC: _check_cvc(digits(cvc), brand_of(number)),
    }
    return {field: sentence for field, sentence in sentences.items() if sentence}


def _check_name(name: str) -> str:
    """The name is stored and shown: a number that slipped into it must not go along."""
    if not name.strip():
        return "The name on the card is required."
    return "The name holds a card number; take it out." if _NUMBER_INSIDE.search(_plain(name)) else ""


def _check_number(number: str) -> str:
    from stdnum import luhn  # loaded when a card is typed in

    if not number:
        return "The card number is required."
    if not (number.isascii() and number.isdigit()):
        return "A card number has digits only."
    brand = brand_of(number)
    if len(number) not in brand.lengths:
        return "The card number is not complete."
    if brand.check_digit and not luhn.is_valid(number):
        return "This is not a card number; check the digits."
    return ""


def _check_expiry(expiry: str, today: date) -> str:
    parsed = parse_expiry(expiry)
    if parsed is None:
        return "The expiry is written MM/YY."
    month, year = parsed
    if (year, month) < (today.year, today.month):
        return "The card has expired."
    return "" if year <= today.year + 50 else "The year of expiry is not right."


def _check_cvc(cvc: str, brand: Brand) -> str:
    if not cvc:
        return "The security code is required."
    lengths = {3, 4} if brand is UNKNOWN else {brand.cvc}
    right = cvc.isascii() and cvc.isdigit() and len(cvc) in lengths
    return "" if right else f"The security code of this card has {brand.cvc} digits."


def expiry_of(card: Card, today: date) -> Expiry:
    """Return how a saved card's expiry stands; it is good to the last day of its month, soon in the last
    60 days.
    """
    if not 1 <= card.exp_month <= 12 or not 1 <= card.exp_year < 9999:
        return Expiry.UNKNOWN
    turn = card.exp_month == 12
    gone = date(card.exp_year + turn, 1 if turn else card.exp_month + 1, 1)
    if gone <= today:
        return Expiry.PAST
    return Expiry.SOON if (gone - today).days <= SOON_DAYS else Expiry.VALID


def expiry_words(card: Card) -> str:
    """Return the expiry as the vendor prints it: month unpadded, two digits of the year; a dash if not
    given.
    """
    if not card.exp_month or not card.exp_year:
        return "–"
    return f"{card.exp_month}/{card.exp_year % 100:02d}"


def primary_first(methods: Sequence[PaymentMethod]) -> tuple[PaymentMethod, ...]:
    """Return the primary card first, the others in the API's order."""
    return tuple(sorted(methods, key=lambda method: not method.is_default))


def roles(methods: Sequence[PaymentMethod]) -> tuple[str, ...]:
    """Return "Primary Card" or "Secondary Card" for each, numbered where there are several secondaries."""
    many = sum(not method.is_default for method in methods) > 1
    words, count = [], 0
    for method in methods:
        if method.is_default:
            words.append("Primary Card")
            continue
        count += 1
        words.append(f"Secondary Card {count}" if many else "Secondary Card")
    return tuple(words)


def may_take_over(methods: Sequence[PaymentMethod], deleted: PaymentMethodId) -> tuple[PaymentMethod, ...]:
    """Return the cards that can become primary when ``deleted`` goes; the first is the vendor's own choice.

    Empty when a secondary card goes (nothing changes hands) or when it is the last card.
    """
    going = next((method for method in methods if method.id == deleted), None)
    if going is None or not going.is_default:
        return ()
    return tuple(method for method in methods if method.id != deleted)


def primary_is_locked_on(methods: Sequence[PaymentMethod]) -> bool:
    """Tell whether "Set as primary payment method" cannot be unticked: for the first card."""
    return not methods
