"""Ranges of days, as they are typed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.rules.day_range import DayRange, DayRangeError, month_of, read_day_range, year_of

DAYS = st.dates()


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("typed", "first", "last", "words"),
    [
        ("2026-01-01..2026-03-31", "2026-01-01", "2026-03-31", "2026-01-01 to 2026-03-31"),
        (" 2026-1-5 ", "2026-01-05", "2026-01-05", "on 2026-01-05"),
        ("2026-02", "2026-02-01", "2026-02-28", "2026-02-01 to 2026-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-02-01 to 2024-02-29"),
        ("2026", "2026-01-01", "2026-12-31", "2026-01-01 to 2026-12-31"),
        ("2025-12..2026-01", "2025-12-01", "2026-01-31", "2025-12-01 to 2026-01-31"),
        ("2024 .. 2025-06-15", "2024-01-01", "2025-06-15", "2024-01-01 to 2025-06-15"),
        ("2026-03-01..", "2026-03-01", None, "from 2026-03-01 on"),
        ("..2026-03", None, "2026-03-31", "until 2026-03-31"),
        ("2026-03…2026-04", "2026-03-01", "2026-04-30", "2026-03-01 to 2026-04-30"),
        ("9999-12", "9999-12-01", "9999-12-31", "9999-12-01 to 9999-12-31"),
    ],
)
def test_a_day_a_month_a_year_or_a_range_of_them_is_read(
    typed: str, first: str | None, last: str | None, words: str
) -> None:
    found = read_day_range(typed)
    assert found == DayRange(day(first) if first else None, day(last) if last else None)
    assert found.words == words


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2026-13", "There is no month 2026-13."),
        ("2026-02-30", "There is no day 2026-02-30."),
        ("0000", "There is no year 0000."),
        ("2026-0", "There is no month 2026-0."),
        ("soon", "“soon” is no day, month or year: write "),
        ("2026-01-01-01", "“2026-01-01-01” is no day, month or year: write "),
        ("٢٠٢٦", "“٢٠٢٦” is no day, month or year: write "),
        ("2026-03..2026-02", "The range ends before it begins: 2026-03-01 is after 2026-02-28."),
        ("..", "A range has one or two ends: write "),
        ("2025..2026..2027", "A range has one or two ends: write "),
    ],
)
def test_what_means_no_days_is_told_in_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(DayRangeError) as refused:
        read_day_range(typed)
    assert str(refused.value).startswith(sentence)
    assert str(refused.value).endswith(".")


@given(DAYS, DAYS, st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_in_the_range_when_its_day_in_utc_is(one: date, other: date, moment: datetime) -> None:
    first, last = sorted((one, other))
    found = read_day_range(f"{first}..{last}")
    after_start = found.start is None or found.start <= moment
    before_end = found.end is None or moment < found.end
    assert (after_start and before_end) == (first <= moment.date() <= last)


@given(DAYS)
def test_a_month_and_a_year_hold_the_day_and_end_where_the_next_begins(one: date) -> None:
    for whole in (month_of(one), year_of(one)):
        assert whole.first is not None
        assert whole.last is not None
        assert whole.first <= one <= whole.last
        assert whole.first.day == 1
        assert whole.last == date.max or (whole.last + timedelta(days=1)).day == 1
