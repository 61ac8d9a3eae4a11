"""The line of a search: a field that is shown when one searches, and a pause in typing that is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from jpmanage_tui.ui.common.history import History

if TYPE_CHECKING:  # loaded when somebody searches
    from jpmanage_tui.ui.widgets.input import Input


PAUSE = 0.4
"""Seconds without a key press before a search is asked for: the API is not to be asked at every key."""


class SearchBar(Horizontal):
    """The field of a section's search, hidden until it is opened. It posts `Changed`."""

    DEFAULT_CSS = """
    SearchBar { height: 1; padding: 0 1; display: none; }
    SearchBar.-open { display: block; }
    SearchBar Static { width: 8; }
    """

    class Changed(Message):
        """A text is to be searched for, '' for none; `entered` when enter was pressed, not only a pause made."""

        def __init__(self, text: str, entered: bool) -> None:
            super().__init__()
            self.text = text
            self.entered = entered

    class Typed(Message):
        """Something was typed."""

    def __init__(self, placeholder: str, *, field_id: str = "search", pause: float = PAUSE) -> None:
        """`pause` is how long to wait for the next key, in seconds; 0 where nobody else is asked."""
        super().__init__()
        self._placeholder = placeholder
        self._field_id = field_id
        self._pause = pause
        self._typing: Timer | None = None
        self._field: Input | None = None
        self._history = History()

    @property
    def field(self) -> Input:
        """The field, which is made when it is first asked for."""
        if self._field is None:
            from jpmanage_tui.ui.widgets.input import Input

            self._field = Input(placeholder=self._placeholder, id=self._field_id)
            self.mount(Static("Search  ", markup=False), self._field)
        return self._field

    @property
    def text(self) -> str:
        """What stands in the field, without the spaces around it."""
        return self._field.value.strip() if self._field is not None else ""

    @property
    def typing(self) -> bool:
        """Whether the field has the focus."""
        return self._field is not None and self._field.has_focus

    def open(self) -> None:
        """Show the field and put the focus there."""
        self.add_class("-open")
        self.field.focus()

    def show_text(self, text: str) -> None:
        """Show a text without asking for it; '' takes the field away."""
        self.settle()
        self._history.add(text.strip())
        self.set_class(bool(text), "-open")
        if text == self.text:
            return
        from jpmanage_tui.ui.widgets.input import Input

        with self.field.prevent(Input.Changed):
            self.field.value = text

    def step_back(self) -> bool | None:
        """Return what one step back (esc) does: True, the field is left and keeps its text; False, its text is cleared,
        and the field goes; None, there is nothing to take back.
        """
        if self.typing and self.text:
            return True
        if not self.typing and not self.text:
            return None
        self.show_text("")
        return False

    def settle(self) -> None:
        """Wait for no further key: what was typed is asked for now, by whoever calls this, or no more."""
        if self._typing is not None:
            self._typing.stop()
            self._typing = None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Ask for what was typed after a pause."""
        event.stop()
        self.post_message(self.Typed())
        self.settle()
        asked = self.Changed(event.value.strip(), False)
        if self._pause:
            self._typing = self.set_timer(self._pause, lambda: self.post_message(asked))
        else:
            self.post_message(asked)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask for what was typed at once."""
        event.stop()
        self._enter(event.value.strip())

    def _enter(self, text: str) -> None:
        self.settle()
        self._history.add(text)
        self.post_message(self.Changed(text, True))

    def on_key(self, event: events.Key) -> None:
        """Bring back what was searched for before (up) and after it (down); after the last, down goes to the list."""
        if event.key not in ("up", "down") or not self.typing:
            return
        event.stop()
        text = self._history.older(self.text) if event.key == "up" else self._history.newer()
        if text is not None:
            self.field.value = text
            self.field.cursor_position = len(text)
        elif event.key == "down":
            self._enter(self.text)
