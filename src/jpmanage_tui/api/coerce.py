"""Reading of single values as the API may send them: numbers as strings, several date formats, null, junk.

Every reader returns None for what it cannot read; the model decides whether that matters.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from jpmanage_tui.api.text import sanitize_text

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_ZERO_DATE = re.compile(r"0000-00-00([ T]00:00:00(\.0+)?Z?)?", re.ASCII)
_MONEY_DIGITS = 12  # before the point; more is not an amount of money
_ID_DIGITS = 18  # what fits 64 bits


def text(value: object) -> str | None:
    """Return a cleaned string without outer blanks; numbers become their digits; anything else None."""
    if isinstance(value, str):
        return sanitize_text(value).strip()
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    return None


def text_or_none(value: object) -> str | None:
    """Return a cleaned string, None where it is empty or not a string."""
    return text(value) or None


def amount(value: object) -> Decimal | None:
    """Return an amount of money in major units, exact; thousands commas are dropped (contract: licenses
    0).
    """
    return _read_decimal(value, _MONEY_DIGITS)


def _read_decimal(value: object, most_digits: int) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    if isinstance(value, int) and abs(value) >= 10**most_digits:
        return None
    digits = str(value).replace(",", "").replace("\u00a0", "").strip()
    if len(digits) > 60 or not _NUMBER.fullmatch(digits):
        return None
    number = Decimal(digits)
    return number if number.is_zero() or number.adjusted() < most_digits else None


def integer(value: object) -> int | None:
    """Return a whole number of at most 18 digits from a number or its digits; None for anything else."""
    number = _read_decimal(value, _ID_DIGITS)
    if number is None or number != number.to_integral_value():
        return None
    return int(number)


def positive_integer(value: object) -> int | None:
    """Return a whole number above zero, else None (the API writes "none" as 0, null or an empty string)."""
    number = integer(value)
    return number if number is not None and number > 0 else None


def boolean(value: object) -> bool:
    """Return a truth value as PHP writes it: true, 1, "1", "true", "yes"."""
    if isinstance(value, str):
        return value.strip().lower() in {"1", "true", "yes", "on"}
    return isinstance(value, bool | int | float | Decimal) and bool(value)


def is_given(value: object) -> bool:
    """Tell whether a date field says anything; empty strings, 0 and zero dates count as absent (licenses
    2.2).
    """
    if isinstance(value, str):
        text = value.strip()
        return text not in {"", "0"} and not _ZERO_DATE.fullmatch(text)
    return bool(value)


def utc_datetime(value: object) -> datetime | None:
    """Return an aware UTC datetime from any format the contract names, None when there is none.

    Formats: ``YYYY-MM-DD HH:MM:SS`` without a zone (UTC), a bare date (midnight UTC), ISO 8601 with or
    without a zone, Unix seconds as number or digits (contract: licenses 0, account 1.5).
    """
    if not is_given(value):
        return None
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    seconds = amount(value)
    if seconds is not None:
        return _from_unix(seconds)
    return _from_iso(value.strip()) if isinstance(value, str) else None


def calendar_date(value: object) -> date | None:
    """Return a calendar day (of UTC where a time was given), None when there is none."""
    moment = utc_datetime(value)
    return moment.date() if moment is not None else None


def _from_iso(text: str) -> datetime | None:
    try:
        return _in_utc(datetime.fromisoformat(text))
    except ValueError:
        return None


def _from_unix(seconds: Decimal) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(seconds), tz=UTC)
    except (ValueError, OverflowError, OSError):  # out of the calendar
        return None


def _in_utc(moment: datetime) -> datetime | None:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None
