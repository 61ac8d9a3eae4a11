"""Choosing a theme: each is shown on the whole screen while the cursor is on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.text import Text
from textual import events, on

from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, ChoiceList
from jpmanage_tui.ui.dialogs.dialog import EDGES, FULL_BELOW
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


class ThemeDialog(ChoiceDialog):
    """Returns the name of the chosen theme, which the app shows already; esc brings the one before back.

    `themes` are the names with a hint each, `reason_of` says why one cannot be had, `present` is the one in use.
    """

    DEFAULT_CSS = "ThemeDialog #about { min-height: 3; }"

    def __init__(
        self, themes: Mapping[str, str], reason_of: Callable[[str], str | None], present: str
    ) -> None:
        choices = [Choice(name, name, hint, reason_of(name)) for name, hint in themes.items()]
        super().__init__("Theme", choices, start=present)
        self._present = present
        self._reasons = [choice.reason for choice in choices if choice.reason]

    def on_mount(self) -> None:
        """Keep the room for what is said of a theme: the box does not jump."""
        self.about("")

    def on_resize(self, event: events.Resize) -> None:
        """Keep room for the longest of the reasons."""
        room = max(1, (event.size.width if event.size.width < FULL_BELOW else self.BOX) - EDGES)
        lines = [len(Text(reason).wrap(self.app.console, room)) for reason in self._reasons]
        self.query_one("#about").styles.min_height = max([3, *lines])

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
