from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api import coerce

MOMENT = datetime(2020, 9, 8, 16, 14, 58, tzinfo=UTC)
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(),
    st.lists(st.integers()),
    st.binary(),
)


@pytest.mark.parametrize(
    "raw",
    [
        "2020-09-08 16:14:58",
        " 2020-09-08 16:14:58 ",
        "2020-09-08T16:14:58Z",
        "2020-09-08T18:14:58+02:00",
        "1599581698",
        1599581698,
        1599581698.0,
        Decimal("1599581698"),
        datetime(2020, 9, 8, 16, 14, 58),
        datetime(2020, 9, 8, 18, 14, 58, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_every_date_format_of_the_contract_is_the_same_moment_in_utc(raw: object) -> None:
    assert coerce.utc_datetime(raw) == MOMENT
    assert coerce.utc_datetime(raw).tzinfo is UTC  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "  ",
        "0",
        0,
        "0000-00-00 00:00:00",
        "0000-00-00",
        "soon",
        "2020-13-40",
        "9" * 30,
        [],
        {},
        True,
    ],
)
def test_what_is_no_date_is_none(raw: object) -> None:
    assert coerce.utc_datetime(raw) is None


def test_a_bare_date_is_a_day_and_its_midnight_in_utc() -> None:
    assert coerce.calendar_date("2022-02-01") == date(2022, 2, 1)
    assert coerce.utc_datetime("2022-02-01") == datetime(2022, 2, 1, tzinfo=UTC)


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=ZONES).filter(lambda moment: 1971 < moment.year < 9000))
def test_any_moment_survives_its_iso_form(moment: datetime) -> None:
    assert coerce.utc_datetime(moment.isoformat()) == moment


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))
def test_any_moment_survives_the_vendors_form(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert coerce.utc_datetime(moment.isoformat(sep=" ")) == moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("9.99", "9.99"),
        (9, "9"),
        (Decimal("9.99"), "9.99"),
        (0.1, "0.1"),
        ("1,234,567.89", "1234567.89"),
        ("-3.50", "-3.50"),
        ("1e2", "100"),
        ("", None),
        ("free", None),
        ("1_000", None),
        ("NaN", None),
        ("Infinity", None),
        (float("inf"), None),
        ("1e99", None),
        ("\u0661\u0662", None),
        ("9" * 13, None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_an_amount_is_exact_or_none(raw: object, amount: str | None) -> None:
    assert coerce.amount(raw) == (None if amount is None else Decimal(amount))


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=2))
def test_thousands_commas_never_change_an_amount(amount: Decimal) -> None:
    assert coerce.amount(f"{amount:,f}") == amount
    assert coerce.amount(f"{amount:f}") == amount


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_a_whole_number_is_read_from_itself_and_from_its_digits(number: int) -> None:
    assert coerce.integer(number) == number
    assert coerce.integer(str(number)) == number
    assert coerce.integer(f"{number:,}") == number


@pytest.mark.parametrize("raw", ["1.5", 1.5, "x", "", None, True, [1], 10**19, "1e30"])
def test_what_is_no_whole_number_is_none(raw: object) -> None:
    assert coerce.integer(raw) is None


@pytest.mark.parametrize(
    ("raw", "positive"), [(5, 5), ("5", 5), (0, None), ("0", None), (-1, None), (None, None)]
)
def test_ids_that_are_zero_or_less_are_none(raw: object, positive: int | None) -> None:
    assert coerce.positive_integer(raw) == positive


@pytest.mark.parametrize("raw", [True, 1, "1", "true", "Yes", 1.0])
def test_true_as_php_writes_it(raw: object) -> None:
    assert coerce.boolean(raw) is True


@pytest.mark.parametrize("raw", [False, 0, "0", "", "false", None, [], [1], "no"])
def test_false_as_php_writes_it(raw: object) -> None:
    assert coerce.boolean(raw) is False


@given(JUNK)
def test_no_reader_falls_over_any_value(raw: object) -> None:
    moment = coerce.utc_datetime(raw)
    assert moment is None or moment.tzinfo is UTC
    amount = coerce.amount(raw)
    assert amount is None or amount.is_finite()
    assert isinstance(coerce.integer(raw), int | None)
    assert isinstance(coerce.text(raw), str | None)
    assert coerce.boolean(raw) in {True, False}
    coerce.is_given(raw)
    coerce.calendar_date(raw)
