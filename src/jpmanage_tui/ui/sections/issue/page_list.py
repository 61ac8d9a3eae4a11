"""A page of prepared lines: the choice of the site, the review, the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rich.style import Style
from rich.text import Text

from jpmanage_tui.ui.widgets.virtual_list import VirtualList

PLAIN, MUTED, STRONG = "", "list--muted", "list--strong"


@dataclass(frozen=True)
class Row:
    """One paragraph: parts of (text, style name). `target` is what the cursor stands on there; None: it does not.

    The text wraps; what is wrapped is indented by `indent` cells.
    """

    parts: tuple[tuple[str, str], ...] = ()
    target: Any = None
    indent: int = 0

    @classmethod
    def of(cls, words: str = "", style: str = PLAIN, *, target: Any = None, indent: int = 0) -> Row:
        """Return a row of one text in one style."""
        return cls(((words, style),), target, indent)


class PageList(VirtualList):
    """Shows rows, wrapped to the width; the cursor stands on rows with a target."""

    DEFAULT_CSS = "PageList { display: none; }"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._page: tuple[Row, ...] = ()
        self._wrapped: list[tuple[Row, bool, Text]] = []

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; the cursor stays with the target it is on, where that is still there."""
        before = self.target
        self._page = tuple(rows)
        self._wrap()
        if before is not None:
            self.cursor = next(
                (n for n, (row, first, _) in enumerate(self._wrapped) if first and row.target == before), 0
            )
        if not self.selectable(self.cursor):
            self.cursor = next((n for n in range(len(self._wrapped)) if self.selectable(n)), 0)
        self.changed()

    def _wrap(self) -> None:
        width = max(10, self.scrollable_content_region.width - 2)
        self._wrapped = []
        for row in self._page:
            text = Text.assemble(*((words, style) for words, style in row.parts))
            lines = [text]
            if text.cell_len > width or "\n" in text.plain:
                lines = list(text.wrap(self.app.console, width)) or [text]
            if row.indent and len(lines) > 1:
                rest = _stripped(text[len(lines[0].plain) :])
                lines = [lines[0], *rest.wrap(self.app.console, max(10, width - row.indent))]
            for number, line in enumerate(lines):
                line.rstrip()
                self._wrapped.append((row, number == 0, line))

    def resized(self) -> None:
        """Wrap again for the new width."""
        self.show_rows(self._page)
        self.show(self.cursor)

    @property
    def target(self) -> Any:
        """What the cursor stands on, None for nothing."""
        return self._wrapped[self.cursor][0].target if 0 <= self.cursor < len(self._wrapped) else None

    def point_at(self, target: Any) -> None:
        """Put the cursor on the row with this target, where there is one."""
        lines = (n for n, (row, first, _) in enumerate(self._wrapped) if first and row.target == target)
        self.move_cursor(next(lines, self.cursor))

    def line_count(self) -> int:
        """Return the number of lines after wrapping."""
        return len(self._wrapped)

    def selectable(self, line: int) -> bool:
        """Return whether a row with a target begins on the line."""
        if not 0 <= line < len(self._wrapped):
            return False
        row, first, _ = self._wrapped[line]
        return first and row.target is not None

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the line in its styles."""
        row, first, text = self._wrapped[line]
        painted: list[tuple[str, Style]] = [] if first else [(" " * row.indent, self.rich_style)]
        edges = sorted({0, len(text), *(edge for span in text.spans for edge in (span.start, span.end))})
        for start, end in pairwise(edges):
            name = next((str(span.style) for span in text.spans if span.start <= start < span.end), "")
            style = self.get_component_rich_style(name) if name else self.rich_style
            painted.append((text.plain[start:end], style))
        return painted


def _stripped(text: Text) -> Text:
    lead = len(text.plain) - len(text.plain.lstrip())
    return text[lead:]
