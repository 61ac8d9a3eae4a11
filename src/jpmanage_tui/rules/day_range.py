"""Ranges of days, in UTC as the vendor's dates are: how one is read from a field, and from when until when it goes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

HOW_TO_WRITE = "write 2026-01-31, 2026-01 or 2026, or a range: 2026-01..2026-03"
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_BETWEEN = re.compile(r"\s*(?:\.\.+|…)\s*")


class DayRangeError(ValueError):
    """A text that means no range of days; its own text is a sentence for the user."""


class DayRange(NamedTuple):
    """Days from `first` to `last`, both included; None where that end is open."""

    first: date | None = None
    last: date | None = None

    @property
    def start(self) -> datetime | None:
        """The moment (UTC) at which the first day begins, None where that end is open."""
        return datetime.combine(self.first, time.min, UTC) if self.first is not None else None

    @property
    def end(self) -> datetime | None:
        """The moment (UTC) at which the last day is over, None where that end is open."""
        if self.last is None or self.last == date.max:
            return None
        return datetime.combine(self.last + timedelta(days=1), time.min, UTC)

    @property
    def words(self) -> str:
        """The range as a filter says it: "2026-01-01 to 2026-03-31", "on 2026-01-01", "from 2026-03-01 on"."""
        if self.first is None:
            return f"until {self.last}" if self.last is not None else "on any day"
        if self.last is None:
            return f"from {self.first} on"
        return f"on {self.first}" if self.first == self.last else f"{self.first} to {self.last}"


def read_day_range(text: str) -> DayRange:
    """Return the days that `text` means: a day, a month, a year, or two of those with ".." between them.

    Of a range one end may be left out: then it is open. Raises DayRangeError.
    """
    ends = _BETWEEN.split(text.strip())
    if len(ends) == 1:
        return DayRange(*_days(ends[0]))
    if len(ends) > 2 or not any(ends):
        raise DayRangeError(f"A range has one or two ends: {HOW_TO_WRITE}.")
    first = _days(ends[0])[0] if ends[0] else None
    last = _days(ends[1])[1] if ends[1] else None
    if first is not None and last is not None and last < first:
        raise DayRangeError(f"The range ends before it begins: {first} is after {last}.")
    return DayRange(first, last)


def month_of(day: date) -> DayRange:
    """Return the month in which `day` is."""
    return DayRange(*_days(str(day)[:7]))


def year_of(day: date) -> DayRange:
    """Return the year in which `day` is."""
    return DayRange(*_days(str(day)[:4]))


def _days(text: str) -> tuple[date, date]:
    """Return the first and the last day of a day, month or year. Raises DayRangeError."""
    written = _DAY.fullmatch(text)
    if written is None:
        raise DayRangeError(f"“{text}” is no day, month or year: {HOW_TO_WRITE}.")
    year, month, day = (int(number) if number is not None else None for number in written.groups())
    try:
        first = date(year or 0, month if month is not None else 1, day if day is not None else 1)
    except ValueError:
        kind = "day" if day is not None else "month" if month is not None else "year"
        raise DayRangeError(f"There is no {kind} {text}.") from None
    if day is not None:
        return first, first
    if month in (None, 12):
        return first, date(first.year, 12, 31)
    return first, date(first.year, first.month + 1, 1) - timedelta(days=1)
