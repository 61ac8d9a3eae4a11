"""The header: which section, which account, which key and which mode; and a warning when an invoice is past due."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from textual.reactive import reactive

from jpmanage_tui.ui.widgets.line import Line, clip

ROOMY = 98
"""Cells from which on the program's name stands before the section's."""
PROGRAM = "Jetpack Licensing   "
"""The name, as wide as the sidebar: the section's title stands above what it shows."""


class Header(Line):
    """One line that always says section, account, key and mode (design: what SSH asks).

    The title of a section stands here and nowhere else: in every section at the same place, in the sidebar's words.
    """

    COMPONENT_CLASSES = {"header--mode", "header--warning", "header--muted", "header--title"}
    DEFAULT_CSS = """
    Header {
        background: $panel; color: $foreground; padding: 0 1;
        & > .header--title { text-style: bold; color: $primary; }
        & > .header--muted { color: $text-muted; text-style: $muted-style; }
        & > .header--mode { text-style: bold reverse; color: $accent; }
        & > .header--warning { text-style: bold; color: $error; }
    }
    """

    section: reactive[str] = reactive("")
    account: reactive[str] = reactive("")
    key_name: reactive[str] = reactive("")
    modes: reactive[tuple[str, ...]] = reactive(())
    warning: reactive[str] = reactive("")

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the line: section, account and key at the left, warning and modes at the right.

        Section, key and modes stand whatever the room: before they are cut the program's name goes, then an account
        of the key's own name (it would be said twice), then what the warning is about, then the account.
        """
        modes = sum(cell_len(mode) + 3 for mode in self.modes)
        key = f"key {self.key_name}" if self.key_name else ""
        program, warning = PROGRAM if width >= ROOMY else "", self.warning
        account = self.account
        needed = cell_len(f"{self.section}  {account}  {key} ") + modes
        if needed + cell_len(program) + cell_len(warning) > width:
            program = ""
        if needed + cell_len(warning) > width and account == self.key_name:
            needed -= cell_len(f"{account}  ")
            account = ""
        if needed + cell_len(warning) > width:
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
        left = self._left(program, account, key, room)
        filled = room - sum(cell_len(text) for text, _ in left) + 1
        return [*left, (" " * filled, self.rich_style), *right]

    def _left(self, program: str, account: str, key: str, room: int) -> list[tuple[str, Style]]:
        room -= cell_len(program)
        section = clip(self.section, room)
        key = clip(key, room - cell_len(section) - 2)
        account = clip(account, room - sum(cell_len(text) + 2 for text in (section, key) if text))
        parts = (
            (section, self.style("header--title")),
            (account, self.rich_style),
            (key, self.style("header--muted")),
        )
        left: list[tuple[str, Style]] = [(program, self.rich_style)] if program else []
        between = False
        for text, style in parts:
            if text:
                left += [("  ", self.rich_style)] * between + [(text, style)]
                between = True
        return left
