"""The filters that are on, in words and as the line above the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.rules.license_query import NO_FILTERS, Filters
from jpmanage_tui.ui.widgets.line import Line, clip

if TYPE_CHECKING:
    from jpmanage_tui.ui.dialogs.choice import Choice

AGES = (7, 30, 90, 180, 365, 730)
"""The usual ages in days."""
MOST_DAYS = 36_500


def age_text(days: int) -> str:
    """Return an age as dialog and filter line say it."""
    return f"Older than {days:,} day{'' if days == 1 else 's'}"


def age_choices(text: str) -> list[Choice]:
    """Return the ages to choose from: the number of days that was typed, else the usual ones."""
    from jpmanage_tui.ui.dialogs.choice import Choice

    digits = text.strip()
    if digits:
        days = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0
        return [Choice(str(days), age_text(days))] if 0 < days <= MOST_DAYS else []
    return [Choice(str(days), age_text(days)) for days in AGES]


def filter_text(filters: Filters) -> str:
    """Return the line of the filters."""
    words = [
        f"site {filters.site}" if filters.site is not None else "",
        f"product {filters.product}" if filters.product is not None else "",
        age_text(filters.older_than).lower() if filters.older_than is not None else "",
    ]
    return "Filter  " + " · ".join(word for word in words if word)


class FilterLine(Line):
    """The filters that are on; it takes a line only while there are any."""

    DEFAULT_CSS = """
    FilterLine { padding: 0 1; display: none; text-style: bold; }
    FilterLine.-open { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._filters = NO_FILTERS

    def show_filters(self, filters: Filters) -> None:
        """Show these filters."""
        if filters != self._filters:
            self._filters = filters
            self.set_class(bool(filters), "-open")
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the line; the key that takes a filter away only where it fits in whole."""
        words, hint = filter_text(self._filters), "   esc takes one away"
        room = cell_len(words) + cell_len(hint) <= width
        return [(words + hint if room else clip(words, width), self.rich_style)]
