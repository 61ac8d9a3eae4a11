"""The footer: the keys that work where the focus is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.widgets.line import Line

HELP = "Help"


class Footer(Line):
    """One line of keys and words; repainted only when they change. The help stands last where its key works."""

    COMPONENT_CLASSES = {"footer--key"}
    DEFAULT_CSS = """
    Footer {
        background: $panel; color: $text-muted; text-style: $muted-style; padding: 0 1;
        & > .footer--key { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[tuple[str, str], ...] = ()
        self._helped = True

    def show_keys(self, keys: Sequence[tuple[str, str]], *, helped: bool = True) -> bool:
        """Show these (key, words) pairs, as many as fit; returns whether they are others than before.

        `helped` says whether the help's key works where the focus is: in a field it is text.
        """
        if (tuple(keys), helped) == (self._keys, self._helped):
            return False
        self._keys, self._helped = tuple(keys), helped
        self.refresh()
        return True

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the pairs that fit, then the help where it works."""
        key_style, help_key = self.style("footer--key"), key_for("help")
        last = [(help_key, key_style), (f" {HELP}", self.rich_style)] if self._helped else []
        room = width - sum(cell_len(text) for text, _ in last)
        parts: list[tuple[str, Style]] = []
        for key, words in self._keys:
            size = cell_len(key) + cell_len(words) + 3
            if size - (0 if last else 2) > room:
                break
            room -= size
            parts += [(key, key_style), (f" {words}  ", self.rich_style)]
        return [*parts, *last]
