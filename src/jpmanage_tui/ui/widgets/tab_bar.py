"""A line of tabs without figures."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

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
