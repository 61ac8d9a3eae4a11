"""The footer: the keys that work where the focus is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from textual import events

from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.messages import DataMessage
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

    class KeyChosen(DataMessage):
        """A key was clicked; it is given as footer and help write it."""

        key: str

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

    def key_at(self, column: int) -> str | None:
        """Return the key, as it is written here, on which or on whose words a column lies; None where there is none."""
        place = column - self.styles.padding.left
        key, end = "", 0
        for text, _ in self.parts(self.content_size.width):
            end += cell_len(text)
            is_words = text.startswith(" ")
            key = key if is_words else text
            if 0 <= place < end:
                return key or None
        return None

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        key = self.key_at(event.x)
        if key is not None:
            self.post_message(self.KeyChosen(key))

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
