"""The header: which program, which account, which key and which mode; and a warning when an invoice is past due."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from textual.reactive import reactive

from jpmanage_tui.ui.widgets.line import Line, clip

ROOMY = 98
"""Cells from which on the title stands in full."""


class Header(Line):
    """One line that always says account, key and mode (design: what SSH asks)."""

    COMPONENT_CLASSES = {"header--mode", "header--warning", "header--muted", "header--title"}
    DEFAULT_CSS = """
    Header {
        background: $panel; color: $foreground; padding: 0 1;
        & > .header--title { text-style: bold; }
        & > .header--muted { color: $text-muted; }
        & > .header--mode { text-style: bold reverse; color: $accent; }
        & > .header--warning { text-style: bold; color: $error; }
    }
    """

    account: reactive[str] = reactive("")
    key_name: reactive[str] = reactive("")
    modes: reactive[tuple[str, ...]] = reactive(())
    warning: reactive[str] = reactive("")

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the line: title and account at the left, warning and modes at the right."""
        left: list[tuple[str, Style]] = [
            ("Jetpack Licensing" if width >= ROOMY else "Jetpack", self.style("header--title"))
        ]
        if self.account:
            left += [("  ", self.rich_style), (self.account, self.rich_style)]
        if self.key_name:
            left.append((f"  key {self.key_name}", self.style("header--muted")))
        right: list[tuple[str, Style]] = []
        if self.warning:
            # the modes always stand: where there is little room, the warning is cut before them
            modes = sum(cell_len(mode) + 3 for mode in self.modes)
            warning = clip(self.warning, width - modes - 2)
            right += [(warning, self.style("header--warning")), (" ", self.rich_style)]
        for mode in self.modes:
            right += [(" ", self.rich_style), (f" {mode} ", self.style("header--mode"))]
        room = width - sum(cell_len(text) for text, _ in right) - 1
        shown: list[tuple[str, Style]] = []
        for text, style in left:
            text = clip(text, room)
            room -= cell_len(text)
            shown.append((text, style))
        return [*shown, (" " * (room + 1), self.rich_style), *right]
