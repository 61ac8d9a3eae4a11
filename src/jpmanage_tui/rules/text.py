"""Counts, dates and what a reading left out, in words: one form on every screen, in exports and on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


def format_date(moment: datetime | None) -> str:
    """Return a date as the lists print it, YYYY-MM-DD in UTC, or a dash (contract: licenses 0)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d") if moment else "—"


def format_datetime(moment: datetime | None) -> str:
    """Return a date with its time, in UTC and saying so, or a dash."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else "—"


def format_time(moment: datetime) -> str:
    """Return the time of day of `moment` in the user's own time zone, as HH:MM."""
    return moment.astimezone().strftime("%H:%M")


def pluralize(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: "1 license", "2,000 licenses"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def counted(words: str, one: str) -> str:
    """Return a count with its noun, where the count is in words already: "1 license", "50+ licenses"."""
    return f"{words} {one if words == '1' else one + 's'}"


def matching(words: str, one: str, text: str) -> str:
    """Return how many match what was searched: "1 site matches “blue”", "50+ sites match “blue”"."""
    return f"{counted(words, one)} match{'es' if words == '1' else ''} “{text}”"


def not_read(count: int) -> str:
    """Return how many rows of an answer could not be read, in brackets; empty where all could."""
    return f"({count:,} could not be read)" if count else ""


class Source(Protocol):
    """What yields all rows, and knows at its end what it left out: a paginator of the client is one."""

    @property
    def left_out(self) -> int:
        """How many rows could not be read."""

    @property
    def cut_short(self) -> bool:
        """Whether more may be missing, and nobody knows how many."""


def lacking(source: Source, one: str) -> str:
    """Return what a reading left out, in a few words; `one` is the noun of a row. Empty where it has all there is."""
    if source.left_out:
        return f"{pluralize(source.left_out, one)} could not be read"
    return "more may be missing: the list did not come to its end" if source.cut_short else ""


NOT_READ = "· could not be read ·"
"""Stands in the place of a row that came and could not be read."""


def short(count: int) -> str:
    """Return a count in at most four cells: 950, 12k, 1.2M."""
    if count < 10_000:
        return f"{count}"
    if count < 1_000_000:
        return f"{count // 1000}k"
    return f"{count / 1_000_000:.1f}M"
