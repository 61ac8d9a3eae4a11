"""Choosing a theme: each is shown on the whole screen while the cursor is on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import on

from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, ChoiceList
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


class ThemeDialog(ChoiceDialog):
    """Returns the name of the chosen theme, which the app shows already; esc brings the one before back.

    `themes` are the names with a hint each, `reason_of` says why one cannot be had, `present` is the one in use.
    """

    DEFAULT_CSS = "ThemeDialog #about { height: 3; }"

    def __init__(
        self, themes: Mapping[str, str], reason_of: Callable[[str], str | None], present: str
    ) -> None:
        choices = [Choice(name, name, hint, reason_of(name)) for name, hint in themes.items()]
        super().__init__("Theme", choices, start=present)
        self._present = present

    def on_mount(self) -> None:
        """Keep the room for what is said of a theme: the box does not jump."""
        self.about("")

    @on(VirtualList.Highlighted)
    def _preview(self) -> None:
        """Show the theme under the cursor, and why one cannot be had."""
        choice = self.query_one(ChoiceList).current
        if choice is None or self.app.screen is not self:
            return
        self.about(choice.reason or "")
        self.app.theme = self._present if choice.reason else choice.name

    def step_back(self) -> None:
        """Show the theme again that was in use."""
        self.app.theme = self._present
        super().step_back()
