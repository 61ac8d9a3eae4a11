"""A line of tabs, without figures or with the number of what each of them lists."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.rules.text import short
from jpmanage_tui.ui.widgets.line import Line


class TabBar(Line):
    """Tabs as (words, words where there is little room); the present one is bold and reversed: no color is needed."""

    COMPONENT_CLASSES = {"tabs--current"}
    DEFAULT_CSS = """
    TabBar { padding: 0 1; & > .tabs--current { text-style: bold reverse; color: $primary; } }
    """

    def __init__(self, tabs: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._tabs = tuple(tabs)
        self._current = 0

    def show(self, index: int) -> None:
        """Show which tab is on, counted from 0."""
        if index != self._current:
            self._current = index
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the tabs in the longest form that fits; the present one and its place where none does."""
        for form in range(2):
            texts = [f" {words[form]} " for words in self._tabs]
            if cell_len("".join(texts)) <= width:
                return [(text, self._style_of(number)) for number, text in enumerate(texts)]
        place = f" {self._current + 1}/{len(self._tabs)}"
        return [
            (f" {self._tabs[self._current][0]} ", self._style_of(self._current)),
            (place, self.rich_style),
        ]

    def _style_of(self, index: int) -> Style:
        return self.style("tabs--current") if index == self._current else self.rich_style


class CountedTabBar(Line):
    """Tabs with counts. Tabs are (label, short label); `no_tab` is what stands behind them where none of them is shown.

    The present one is bold, reversed and between spaces, so that no color is needed.
    """

    COMPONENT_CLASSES = {"tabs--current", "tabs--count"}
    DEFAULT_CSS = """
    CountedTabBar {
        padding: 0 1;
        & > .tabs--current { text-style: bold reverse; color: $primary; }
        & > .tabs--count { color: $text-muted; text-style: $muted-style; }
    }
    """

    def __init__(self, tabs: Sequence[tuple[str, str]], no_tab: str) -> None:
        super().__init__()
        self._tabs = tuple(tabs)
        self._no_tab = no_tab
        self._current: int | None = 0
        self._counts: tuple[int, ...] = ()

    def show(self, current: int | None, counts: Sequence[int] = ()) -> None:
        """Show which tab is on, counted from 0, None for none of them; and the counts of all, once they are known."""
        if (current, tuple(counts)) != (self._current, self._counts):
            self._current, self._counts = current, tuple(counts)
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the tabs in the longest form that fits, in which the present one keeps its label as long as it can;
        the present one and its place where none does.
        """
        labels = [label for label, _ in self._tabs]
        short_labels = [short_label for _, short_label in self._tabs]
        kept = [tab[0] if index == self._current else tab[1] for index, tab in enumerate(self._tabs)]
        forms = (
            (labels, False),
            (labels, True),
            ([*labels[:-1], kept[-1]], True),
            (kept, True),
            (short_labels, True),
        )
        for form, short_counts in forms:
            parts = self._form(form, short_counts=short_counts)
            if sum(cell_len(text) for text, _ in parts) <= width:
                return parts
        if self._current is None:
            return [(f" {self._no_tab} ", self.style("tabs--current"))]
        count = self._count(self._current, short_counts=True)
        place = f" {self._current + 1}/{len(self._tabs)}"
        names = self._tabs[self._current]
        fits = [name for name in names if cell_len(f" {name}{count} {place}") <= width]
        return [(f" {(*fits, names[1])[0]}{count} ", self.style("tabs--current")), (place, self.rich_style)]

    def _count(self, index: int, *, short_counts: bool) -> str:
        if not self._counts:
            return ""
        return f" {short(self._counts[index]) if short_counts else f'{self._counts[index]:,}'}"

    def _form(self, labels: Sequence[str], *, short_counts: bool) -> list[tuple[str, Style]]:
        parts: list[tuple[str, Style]] = []
        for index, label in enumerate(labels):
            count = self._count(index, short_counts=short_counts)
            if index == self._current:
                parts.append((f" {label}{count} ", self.style("tabs--current")))
            else:
                parts.append((f" {label}", self.rich_style))
                parts.append((f"{count} ", self.style("tabs--count")))
        if self._current is None:
            parts.append((f" {self._no_tab} ", self.style("tabs--current")))
        return parts
