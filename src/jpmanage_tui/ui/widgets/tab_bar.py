"""A line of tabs, without figures or with the number of what each of them lists."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from rich.cells import cell_len
from rich.style import Style
from textual import events

from jpmanage_tui.rules.text import short
from jpmanage_tui.ui.common.accessibility import CURRENT, is_accessible
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.widgets.line import Line


class TabChosen(DataMessage):
    """A tab was clicked, which stands so many behind the one that is on (before it where negative)."""

    step: int


class ClickableTabs(Line):
    """A line of tabs that takes clicks."""

    def tab_ends(self, width: int) -> Sequence[int]:
        """Return behind which cell each tab ends, in a line of `width` cells; nothing where only one is shown."""
        raise NotImplementedError

    @property
    def shown_tab(self) -> int:
        """The tab that is on, counted from 0; 0 where none of them is."""
        raise NotImplementedError

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse; the next one where only one is shown."""
        column = event.x - self.styles.padding.left
        ends = self.tab_ends(self.content_size.width)
        if not ends:
            self.post_message(TabChosen(1))
        elif 0 <= column < ends[-1]:
            index = next(index for index, end in enumerate(ends) if column < end)
            if index != self.shown_tab:
                self.post_message(TabChosen(index - self.shown_tab))


class TabBar(ClickableTabs):
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
        texts = self._texts(width)
        if texts:
            return [(text, self._style_of(number)) for number, text in enumerate(texts)]
        place = f" {self._current + 1}/{len(self._tabs)}"
        return [
            (f" {self._tabs[self._current][0]} ", self._style_of(self._current)),
            (place, self.rich_style),
        ]

    def _texts(self, width: int) -> list[str]:
        """Return the tabs in the longest form that fits, nothing where none does."""
        for form in range(2):
            texts = [f" {words[form]}{self._said(number)} " for number, words in enumerate(self._tabs)]
            if cell_len("".join(texts)) <= width:
                return texts
        return []

    def tab_ends(self, width: int) -> Sequence[int]:
        """Return where each tab ends."""
        return list(accumulate(map(cell_len, self._texts(width))))

    @property
    def shown_tab(self) -> int:
        """The tab that is on."""
        return self._current

    def _said(self, index: int) -> str:
        return CURRENT if index == self._current and is_accessible(self) else ""

    def _style_of(self, index: int) -> Style:
        return self.style("tabs--current") if index == self._current else self.rich_style


class CountedTabBar(ClickableTabs):
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
        parts = self._fitting(width)
        if parts:
            return parts
        if self._current is None:
            return [(f" {self._no_tab} ", self.style("tabs--current"))]
        count = self._count(self._current, short_counts=True)
        place = f" {self._current + 1}/{len(self._tabs)}"
        names = self._tabs[self._current]
        fits = [name for name in names if cell_len(f" {name}{count} {place}") <= width]
        return [(f" {(*fits, names[1])[0]}{count} ", self.style("tabs--current")), (place, self.rich_style)]

    def _fitting(self, width: int) -> list[tuple[str, Style]]:
        """Return the tabs in the longest form that fits, nothing where none does."""
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
        return []

    def tab_ends(self, width: int) -> Sequence[int]:
        """Return where each tab ends: each but the one that is on has a part for its count."""
        sizes, parts = [], iter(self._fitting(width))
        for index, (text, _) in zip(range(len(self._tabs)), parts, strict=False):
            sizes.append(cell_len(text) + (0 if index == self._current else cell_len(next(parts)[0])))
        return list(accumulate(sizes))

    @property
    def shown_tab(self) -> int:
        """The tab that is on, the first where none is."""
        return self._current or 0

    def _count(self, index: int, *, short_counts: bool) -> str:
        if not self._counts:
            return ""
        return f" {short(self._counts[index]) if short_counts else f'{self._counts[index]:,}'}"

    def _form(self, labels: Sequence[str], *, short_counts: bool) -> list[tuple[str, Style]]:
        parts: list[tuple[str, Style]] = []
        for index, label in enumerate(labels):
            count = self._count(index, short_counts=short_counts)
            if index == self._current:
                said = CURRENT if is_accessible(self) else ""
                parts.append((f" {label}{count}{said} ", self.style("tabs--current")))
            else:
                parts.append((f" {label}", self.rich_style))
                parts.append((f"{count} ", self.style("tabs--count")))
        if self._current is None:
            parts.append((f" {self._no_tab} ", self.style("tabs--current")))
        return parts
