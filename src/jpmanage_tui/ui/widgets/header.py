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
        & > .header--muted { color: $text-muted; text-style: $muted-style; }
        & > .header--mode { text-style: bold reverse; color: $accent; }
        & > .header--warning { text-style: bold; color: $error; }
    }
    """

    account: reactive[str] = reactive("")
    key_name: reactive[str] = reactive("")
    modes: reactive[tuple[str, ...]] = reactive(())
    warning: reactive[str] = reactive("")

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the line: title and account at the left, warning and modes at the right.

        Key and modes stand whatever the room: before they are cut the title goes, then what the warning is about,
        then the account.
        """
        modes = sum(cell_len(mode) + 3 for mode in self.modes)
        key = f"key {self.key_name}" if self.key_name else ""
        title, warning = "Jetpack Licensing" if width >= ROOMY else "Jetpack", self.warning
        needed = cell_len(f"  {self.account}  {key} ") + modes
        if needed + cell_len(title) + cell_len(warning) > width:
            title = ""
        if needed + cell_len(title) + cell_len(warning) > width:
            warning = warning.partition(":")[0]
        right: list[tuple[str, Style]] = []
        if warning:
            right += [
                (clip(warning, width - modes - 2), self.style("header--warning")),
                (" ", self.rich_style),
            ]
        for mode in self.modes:
            right += [(" ", self.rich_style), (f" {mode} ", self.style("header--mode"))]
        room = max(0, width - sum(cell_len(text) for text, _ in right) - 1)
        left = self._left(title, key, room)
        filled = room - sum(cell_len(text) for text, _ in left) + 1
        return [*left, (" " * filled, self.rich_style), *right]

    def _left(self, title: str, key: str, room: int) -> list[tuple[str, Style]]:
        key = clip(key, room)
        account = clip(self.account, room - cell_len(title) - cell_len(key) - 2 * bool(title) - 2 * bool(key))
        parts = (
            (title, self.style("header--title")),
            (account, self.rich_style),
            (key, self.style("header--muted")),
        )
        left: list[tuple[str, Style]] = []
        for text, style in parts:
            if text:
                left += [("  ", self.rich_style)] * bool(left) + [(text, style)]
        return left
