"""The type of what JSON can hold, and helpers that narrow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""Anything that can be written as JSON."""


LARGEST = 10**15
"""Whole numbers beyond this are no ids, pages or quantities; the database could not take much larger ones."""


def as_int(value: Json) -> int | None:
    """Return `value` as a whole number when it is one or spells one (``"12"``), else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) <= LARGEST else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= LARGEST else None
    if isinstance(value, str):
        text = value.strip()
        digits = text[1:] if text[:1] in "+-" else text
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None
    return None


def as_bool(value: Json) -> bool:
    """Return the truth of an argument the way a PHP server reads it: "", "0", "false" and null are false."""
    if isinstance(value, str):
        return value.strip().lower() not in {"", "0", "false", "no"}
    return bool(value)
