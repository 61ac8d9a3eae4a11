"""The tabs of the license list: the vendor's filters with their counts."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.api.licenses import LicenseCounts, LicenseFilter
from jpmanage_tui.rules.text import short
from jpmanage_tui.ui.widgets.line import Line

TABS: tuple[tuple[LicenseFilter, str, str], ...] = (
    (LicenseFilter.NOT_REVOKED, "All Active", "Active"),
    (LicenseFilter.DETACHED, "Unassigned", "Unass."),
    (LicenseFilter.ATTACHED, "Assigned", "Assig."),
    (LicenseFilter.REVOKED, "Revoked", "Revok."),
    (LicenseFilter.STANDARD, "Bought elsewhere", "Elsewhere"),
)
"""Filter, words, and the words where there is little room; the order is the vendor's (contract: licenses 2.1)."""

TINY = 2
"""Letters of a tab's words where there is least room: they tell the tabs apart."""

FILTERS = tuple(tab[0] for tab in TABS)
ANY_STATE = "Any state"


def tab_words(filter: LicenseFilter | None) -> str:
    """Return the name of a filter as its tab reads."""
    return next((words for tab, words, _ in TABS if tab is filter), ANY_STATE)


class LicenseTabs(Line):
    """One line of tabs; the present one is bold, reversed and between marks, so that no color is needed."""

    COMPONENT_CLASSES = {"tabs--current", "tabs--count"}
    DEFAULT_CSS = """
    LicenseTabs {
        padding: 0 1;
        & > .tabs--current { text-style: bold reverse; color: $primary; }
        & > .tabs--count { color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._filter: LicenseFilter | None = LicenseFilter.NOT_REVOKED
        self._counts: LicenseCounts | None = None

    def show_tabs(self, filter: LicenseFilter | None, counts: LicenseCounts | None) -> None:
        """Show which filter is on, and the counts as far as the API has said them."""
        if (filter, counts) != (self._filter, self._counts):
            self._filter, self._counts = filter, counts
            self.refresh()

    def count(self, filter: LicenseFilter) -> int | None:
        """Return the count of a filter, None before the API has said it."""
        return None if self._counts is None else int(getattr(self._counts, filter.value))

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the tabs in the longest form that fits, in which the present one keeps its words as long as it can;
        the present one and its place where none does.
        """
        long = [words for _, words, _ in TABS]
        shorter = [words for _, _, words in TABS]
        kept = [words if tab is self._filter else less for tab, words, less in TABS]
        forms = (
            (long, False),
            (long, True),
            ([*long[:-1], kept[-1]], True),
            (kept, True),
            (shorter, True),
        )
        for words, shortened in forms:
            parts = self._form(words, shortened=shortened)
            if sum(cell_len(text) for text, _ in parts) <= width:
                return parts
        if self._filter is None:
            return [(f" {ANY_STATE} ", self.style("tabs--current"))]
        count = self.count(self._filter)
        figure = "" if count is None else f" {short(count)}"
        place = f" {FILTERS.index(self._filter) + 1}/{len(TABS)}"
        names = next((long, shorter) for filter, long, shorter in TABS if filter is self._filter)
        fits = [name for name in names if cell_len(f" {name}{figure} {place}") <= width]
        return [(f" {(*fits, names[1])[0]}{figure} ", self.style("tabs--current")), (place, self.rich_style)]

    def _form(self, words: Sequence[str], *, shortened: bool) -> list[tuple[str, Style]]:
        parts: list[tuple[str, Style]] = []
        for (filter, _, _), name in zip(TABS, words, strict=True):
            count = self.count(filter)
            figure = "" if count is None else f" {short(count) if shortened else f'{count:,}'}"
            if filter is self._filter:
                parts.append((f" {name}{figure} ", self.style("tabs--current")))
            else:
                parts.append((f" {name}", self.rich_style))
                parts.append((f"{figure} ", self.style("tabs--count")))
        if self._filter is None:
            parts.append((f" {ANY_STATE} ", self.style("tabs--current")))
        return parts
