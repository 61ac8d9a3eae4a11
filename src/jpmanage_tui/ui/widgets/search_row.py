"""The line of a search: a field that is shown when one searches, and a pause in typing that is waited for."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from jpmanage_tui.ui.widgets.field import Field

PAUSE = 0.4
"""Seconds without a key press before a search is asked for: the API is not to be asked at every key."""


class SearchRow(Horizontal):
    """The field of a section's search, hidden until it is opened. It posts `Asked`."""

    DEFAULT_CSS = """
    SearchRow { height: 1; padding: 0 1; display: none; }
    SearchRow.-open { display: block; }
    SearchRow Static { width: 8; }
    """

    class Asked(Message):
        """A text is to be searched for, '' for none; `entered` when enter was pressed, not only a pause made."""

        def __init__(self, text: str, entered: bool) -> None:
            super().__init__()
            self.text = text
            self.entered = entered

    def __init__(self, placeholder: str, *, field_id: str = "search", pause: float = PAUSE) -> None:
        """`pause` is how long to wait for the next key, in seconds; 0 where nobody else is asked."""
        super().__init__()
        self._placeholder = placeholder
        self._field_id = field_id
        self._pause = pause
        self._typing: Timer | None = None

    def compose(self) -> ComposeResult:
        """Compose the word and the field."""
        yield Static("Search  ", markup=False)
        yield Field(placeholder=self._placeholder, id=self._field_id)

    @property
    def field(self) -> Field:
        """The field."""
        return self.query_one(Field)

    @property
    def text(self) -> str:
        """What stands in the field, without the spaces around it."""
        return self.field.value.strip()

    @property
    def typing(self) -> bool:
        """Whether the field has the focus."""
        return self.field.has_focus

    def open(self) -> None:
        """Show the field and put the focus there."""
        self.add_class("-open")
        self.field.focus()

    def show_text(self, text: str) -> None:
        """Show a text without asking for it; '' takes the field away."""
        self.settle()
        with self.field.prevent(Input.Changed):
            self.field.value = text
        self.set_class(bool(text), "-open")

    def settle(self) -> None:
        """Wait for no further key: what was typed is asked for now, by whoever calls this, or no more."""
        if self._typing is not None:
            self._typing.stop()
            self._typing = None

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self.settle()
        asked = self.Asked(event.value.strip(), False)
        if self._pause:
            self._typing = self.set_timer(self._pause, lambda: self.post_message(asked))
        else:
            self.post_message(asked)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.settle()
        self.post_message(self.Asked(event.value.strip(), True))
