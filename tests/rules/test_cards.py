from datetime import date

import pytest
from hypothesis import example, given, strategies as st

from jpmanage_tui.api.ids import PaymentMethodId
from jpmanage_tui.api.payment_methods import Card, PaymentMethod
from jpmanage_tui.api.stripe import CardField
from jpmanage_tui.rules import cards
from jpmanage_tui.rules.cards import Expiry

TODAY = date(2024, 3, 15)
GOOD = {"number": "4242 4242 4242 4242", "expiry": "4/34", "cvc": "123", "name": "Ada Lovelace"}


def wrong(**changes: str) -> set[CardField]:
    entry = GOOD | changes
    return set(cards.check(entry["number"], entry["expiry"], entry["cvc"], entry["name"], TODAY))


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("4242424242424242", "visa"),
        ("4", "visa"),
        ("5555555555554444", "mastercard"),
        ("2221000000000009", "mastercard"),
        ("2720999999999996", "mastercard"),
        ("2721000000000000", "unknown"),
        ("378282246310005", "amex"),
        ("34", "amex"),
        ("6011111111111117", "discover"),
        ("6500000000000002", "discover"),
        ("30569309025904", "diners"),
        ("3530111333300000", "jcb"),
        ("6200000000000005", "unionpay"),
        ("5", "unknown"),
        ("3", "unknown"),
        ("", "unknown"),
        ("9999", "unknown"),
    ],
)
def test_the_brand_is_known_by_the_first_digits(number: str, brand: str) -> None:
    assert cards.brand_of(number).word == brand


@pytest.mark.parametrize(
    ("word", "name"), [("visa", "Visa"), ("AMEX", "American Express"), ("elo", "elo"), ("", "Card")]
)
def test_a_brand_is_named_as_people_know_it(word: str, name: str) -> None:
    assert cards.brand_name(word) == name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("4242424242424242", "4242 4242 4242 4242"),
        ("42424", "4242 4"),
        ("378282246310005", "3782 822463 10005"),
        ("30569309025904", "3056 930902 5904"),
        ("4242 4242-4242 4242 999", "4242 4242 4242 4242 999"),
        ("", ""),
    ],
)
def test_a_number_is_grouped_as_on_the_card(typed: str, shown: str) -> None:
    assert cards.grouped(typed) == shown


@given(st.text("0123456789", max_size=25))
def test_grouping_changes_no_digit(number: str) -> None:
    assert cards.digits(cards.grouped(number)) == number


@pytest.mark.parametrize(
    "number",
    ["4242424242424242", "5555555555554444", "378282246310005", "6011111111111117", "4000002500003155"],
)
def test_the_vendors_test_cards_are_right(number: str) -> None:
    assert wrong(number=number, cvc="1234" if number.startswith("37") else "123") == set()


@pytest.mark.parametrize(
    "number", ["", "4242424242424241", "4242", "4242x424242424242", "\u0664242424242424242", "0" * 30]
)
def test_a_number_that_is_none_is_told_under_its_field(number: str) -> None:
    assert wrong(number=number) == {CardField.NUMBER}


@given(st.integers(0, 15), st.integers(1, 9))
@example(0, 2)
def test_one_wrong_digit_is_always_found_where_there_is_a_check_digit(place: int, by: int) -> None:
    number = "4242424242424242"
    digit = str((int(number[place]) + by) % 10)
    number = number[:place] + digit + number[place + 1 :]
    assert (CardField.NUMBER in wrong(number=number)) == cards.brand_of(number).check_digit


@pytest.mark.parametrize(
    "number", ["6222021234567890", "6222021234567891", "8100000000000000", "62" + "1" * 17]
)
def test_where_a_scheme_has_no_check_digit_stripe_decides(number: str) -> None:
    assert cards.brand_of(number).word == "unionpay"
    assert wrong(number=number) == set()
    assert wrong(number=number[:12]) == {CardField.NUMBER}, "its length is known all the same"


@pytest.mark.parametrize("brand", cards._BRANDS, ids=lambda brand: brand.word)
def test_every_other_scheme_has_a_check_digit(brand: cards.Brand) -> None:
    assert brand.check_digit == (brand.word != "unionpay")


@given(
    mark=st.sampled_from(
        "\u00ad\u200b\u200c\u200d\u200e\u202a\u202c\u2060\u2066\ufeff\u00a0\u2009\u3000\u2011\u2013 -"
    ),
    places=st.lists(st.integers(0, 16), max_size=5),
)
def test_marks_that_are_not_seen_and_blanks_do_not_break_a_number(mark: str, places: list[int]) -> None:
    typed = "4242424242424242"
    for place in places:
        typed = typed[:place] + mark + typed[place:]
    assert cards.digits(typed) == "4242424242424242"
    assert cards.grouped(typed) == "4242 4242 4242 4242"
    assert wrong(number=typed, cvc=f"{mark}1{mark}23") == set()


def test_digits_of_full_width_are_digits() -> None:
    assert wrong(number="４２４２４２４２４２４２４２４２", cvc="１２３", expiry="０４／３４") == set()
    assert cards.digits("４２") == "42"


@pytest.mark.parametrize("mark", ["\u200b", "\u202a", "\u00a0", "\u2011"])
def test_a_number_with_such_marks_does_not_slip_into_the_name(mark: str) -> None:
    assert wrong(name=f"Ada {mark.join('4242424242424242')}") == {CardField.NAME}


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("\u200b04/27\u202c", (4, 2027)),
        ("04/27", (4, 2027)),
        ("4/27", (4, 2027)),
        ("4 / 2027", (4, 2027)),
        ("0427", (4, 2027)),
        ("12-30", (12, 2030)),
        ("13/27", None),
        ("0/27", None),
        ("427", None),
        ("4/7", None),
        ("", None),
        ("april", None),
    ],
)
def test_an_expiry_is_read_as_people_write_it(text: str, parsed: tuple[int, int] | None) -> None:
    assert cards.parse_expiry(text) == parsed


@pytest.mark.parametrize(
    ("expiry", "right"), [("3/24", True), ("2/24", False), ("12/23", False), ("1/75", False), ("x", False)]
)
def test_a_card_is_good_to_the_end_of_its_month(expiry: str, right: bool) -> None:
    assert wrong(expiry=expiry) == (set() if right else {CardField.EXPIRY})


@pytest.mark.parametrize("cvc", ["", "12", "1234", "12a"])
def test_a_security_code_of_the_wrong_length_is_told(cvc: str) -> None:
    assert wrong(cvc=cvc) == {CardField.CVC}


def test_american_express_has_a_security_code_of_four() -> None:
    assert wrong(number="378282246310005", cvc="123") == {CardField.CVC}


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("Ada 4242424242424242", False),
        ("4242 4242 4242 4242", False),
        ("Ada4242-424242-42424", False),
        ("Ada Lovelace 2nd", True),
        ("Studio 1815 GmbH, 10115", True),
    ],
)
def test_a_card_number_that_slipped_into_the_name_is_not_sent(name: str, right: bool) -> None:
    assert wrong(name=name) == (set() if right else {CardField.NAME})


def test_every_empty_field_is_told_at_once() -> None:
    assert wrong(number="", expiry="", cvc="", name="  ") == set(CardField)


@given(st.text(), st.text(), st.text(), st.text())
def test_no_sentence_repeats_what_was_typed(number: str, expiry: str, cvc: str, name: str) -> None:
    told = " ".join(cards.check(number, expiry, cvc, name, TODAY).values())
    for typed in (number, cvc):
        assert len(typed) < 5 or typed not in told


@pytest.mark.parametrize(
    ("month", "year", "state"),
    [
        (2, 2024, Expiry.PAST),
        (12, 2023, Expiry.PAST),
        (3, 2024, Expiry.SOON),
        (4, 2024, Expiry.SOON),
        (5, 2024, Expiry.VALID),
        (12, 2024, Expiry.VALID),
        (0, 0, Expiry.UNKNOWN),
        (13, 2030, Expiry.UNKNOWN),
    ],
)
def test_a_saved_card_expires_soon_in_its_last_sixty_days(month: int, year: int, state: Expiry) -> None:
    assert cards.expiry_of(Card(exp_month=month, exp_year=year), TODAY) is state


def test_a_saved_card_is_past_from_the_first_day_of_the_next_month() -> None:
    card = Card(exp_month=3, exp_year=2024)
    assert cards.expiry_of(card, date(2024, 3, 31)) is Expiry.SOON
    assert cards.expiry_of(card, date(2024, 4, 1)) is Expiry.PAST


def test_an_expiry_is_printed_with_the_month_unpadded() -> None:
    assert cards.expiry_words(Card(exp_month=4, exp_year=2027)) == "4/27"
    assert cards.expiry_words(Card(exp_month=12, exp_year=2105)) == "12/05"
    assert cards.expiry_words(Card()) == "–"


def methods(*primary: bool) -> list[PaymentMethod]:
    return [
        PaymentMethod.model_validate({"id": f"pm_{index}", "is_default": default})
        for index, default in enumerate(primary)
    ]


def ids(found: tuple[PaymentMethod, ...]) -> list[str]:
    return [method.id for method in found]


def test_the_primary_card_comes_first_and_the_others_as_the_api_orders_them() -> None:
    assert ids(cards.primary_first(methods(False, False, True, False))) == ["pm_2", "pm_0", "pm_1", "pm_3"]


def test_secondary_cards_are_numbered_only_where_there_are_several() -> None:
    assert cards.roles(methods(True, False)) == ("Primary Card", "Secondary Card")
    assert cards.roles(methods(True, False, False)) == (
        "Primary Card",
        "Secondary Card 1",
        "Secondary Card 2",
    )


def test_another_card_takes_over_only_when_the_primary_goes() -> None:
    three = methods(False, True, False)
    assert ids(cards.may_take_over(three, PaymentMethodId("pm_1"))) == ["pm_0", "pm_2"]
    assert ids(cards.may_take_over(three, PaymentMethodId("pm_0"))) == []
    assert ids(cards.may_take_over(methods(True), PaymentMethodId("pm_0"))) == []
    assert ids(cards.may_take_over(three, PaymentMethodId("gone"))) == []


def test_the_first_card_is_primary_whether_one_wants_or_not() -> None:
    assert cards.primary_is_locked_on([])
    assert not cards.primary_is_locked_on(methods(True))
