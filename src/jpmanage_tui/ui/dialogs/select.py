"""A row of a form that holds one of several values: opened with enter, space, or the first letter.

Textual's own `Select` is not used: it lays an `OptionList` over the form, in which an arrow takes 156 bytes on the line
(17 to 35 in our lists), typing only jumps to the next value that begins so, where here any word of it finds it, and on
24 lines there is room for a few values only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from textual import events, on
from textual.reactive import reactive

from jpmanage_tui.ui.common.keys import takes_text
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.widgets.form import FormRow
from jpmanage_tui.ui.widgets.line import Line, clip

if TYPE_CHECKING:
    from jpmanage_tui.ui.dialogs.choice import Choice

SEARCH_FROM = 8
"""From so many values on the list is searched by typing."""


class SelectLine(Line, can_focus=True):
    """The value as it is shown, with a sign that there is a list behind it."""

    COMPONENT_CLASSES = {"pick--focus", "pick--muted"}
    DEFAULT_CSS = """
    SelectLine {
        background: $field; text-style: $field-style;
        & > .pick--focus { text-style: bold reverse; }
        & > .pick--muted { color: $text-muted; text-style: $muted-style; }
    }
    """

    class OpenRequested(DataMessage):
        """The user wants the list; `typed` is the letter that asked for it, or ''."""

        line: SelectLine
        typed: str

    words: reactive[str] = reactive("")
    hint: reactive[str] = reactive("")

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return the words, or the hint where nothing is chosen."""
        style = self.style("pick--focus") if self.has_focus else self.rich_style
        if self.words:
            return [(clip(self.words, width - 2), style), (" ▾", self.style("pick--muted"))]
        hint = style if self.has_focus else self.style("pick--muted")
        return [(clip(self.hint, width - 2), hint), (" ▾", self.style("pick--muted"))]

    def on_focus(self) -> None:
        """Show the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that the focus went."""
        self.refresh()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether a key is text: a letter opens the list (Textual's rule for who takes it)."""
        return takes_text(key, character)

    def on_key(self, event: events.Key) -> None:
        """Open the list on enter and space, and on a letter, which is then searched for."""
        character = event.character or ""
        if event.key in ("enter", "space"):
            event.stop()
            self.post_message(self.OpenRequested(self, ""))
        elif character.isprintable() and character.strip():
            event.stop()
            self.post_message(self.OpenRequested(self, character))

    def on_click(self) -> None:
        """Open the list with the mouse, where the user has switched it on."""
        self.focus()
        self.post_message(self.OpenRequested(self, ""))


class Select(FormRow):
    """A labeled choice. Its value is a choice's name; one that is not among the choices is kept and shown as it is."""

    class Changed(DataMessage):
        """The user chose another value; `value` is its name."""

        row: Select
        value: str

        @property
        def control(self) -> Select:
            """The row."""
            return self.row

    def __init__(
        self,
        name: str,
        label: str,
        choices: Sequence[Choice] = (),
        value: str = "",
        *,
        hint: str = "choose",
    ) -> None:
        super().__init__(name, label)
        self.line = SelectLine()
        self.line.set_reactive(SelectLine.hint, hint)
        self.missing = f"There is nothing to choose for {label} yet."
        self._choices = tuple(choices)
        self._value = value
        self._show()

    @property
    def control(self) -> SelectLine:
        """The line that takes the focus."""
        return self.line

    @property
    def value(self) -> str:
        """The name of the chosen value."""
        return self._value

    @value.setter
    def value(self, value: str) -> None:
        self._value = value
        self._show()

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be chosen."""
        return self._choices

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer other choices; the value stays."""
        self._choices = tuple(choices)
        self._show()

    def _show(self) -> None:
        words = next((choice.words for choice in self._choices if choice.name == self._value), self._value)
        self.line.words = words if self._value else ""

    @on(SelectLine.OpenRequested)
    def _asked(self, event: SelectLine.OpenRequested) -> None:
        event.stop()
        from jpmanage_tui.ui.dialogs.choice import ChoiceDialog

        if not self._choices:
            self.error = self.missing
            return
        search = len(self._choices) >= SEARCH_FROM
        dialog = ChoiceDialog(
            self.label, self._choices, search=search, start=self._value, typed=event.typed if search else ""
        )
        self.app.push_screen(dialog, self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name is None or name == self._value:
            return
        self.error = ""
        self.value = name
        self.post_message(self.Changed(self, name))
