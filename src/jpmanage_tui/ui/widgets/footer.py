"""The footer: the keys that work where the focus is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.ui.commands.keys import key_of
from jpmanage_tui.ui.widgets.line import Line

HELP = "Help"


class Footer(Line):
    """One line of keys and words; repainted only when they change. The help always stands last."""

    COMPONENT_CLASSES = {"footer--key"}
    DEFAULT_CSS = """
    Footer {
        background: $panel; color: $text-muted; padding: 0 1;
        & > .footer--key { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[tuple[str, str], ...] = ()

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these (key, words) pairs, as many as fit."""
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.refresh()

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the pairs that fit, then the help."""
        key_style, help_key = self.style("footer--key"), key_of("help")
        room = width - cell_len(f"{help_key} {HELP}")
        parts: list[tuple[str, Style]] = []
        for key, words in self._keys:
            size = cell_len(key) + cell_len(words) + 3
            if size > room:
                break
            room -= size
            parts += [(key, key_style), (f" {words}  ", self.rich_style)]
        return [*parts, (help_key, key_style), (f" {HELP}", self.rich_style)]
