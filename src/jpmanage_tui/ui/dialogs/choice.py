"""Choosing one of a list: the palette, sort orders, a row's menu, partner keys, themes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.field import Field
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


@dataclass(frozen=True)
class Choice:
    """One line to choose: its name, its words, a hint at the right, and why it cannot be chosen now."""

    name: str
    words: str
    hint: str = ""
    reason: str | None = None


class ChoiceList(VirtualList):
    """The lines of a choice."""

    DEFAULT_CSS = """
    ChoiceList { height: auto; max-height: 16; background: $surface; scrollbar-size-horizontal: 0; }
    """

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(id="choices")
        self.choices = list(choices)
        self.note = ["Nothing matches."]

    def line_count(self) -> int:
        """Return the number of choices."""
        return len(self.choices)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line a choice, one at the least."""
        return max(1, len(self.choices))

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the words and the hint, or the reason why not."""
        choice = self.choices[line]
        hint = choice.reason or choice.hint
        muted = self.get_component_rich_style("list--muted")
        room = max(10, width - cell_len(hint) - 2)
        words = pad(choice.words, room)
        return [(words, muted if choice.reason else self.rich_style), ("  ", self.rich_style), (hint, muted)]


def matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    """Return the choices that hold every word of `text`: first the one of that name, then those that begin with it."""
    from jpmanage_tui.rules.search.fold import fold, holds

    wanted = fold(text).strip()

    def rank(choice: Choice) -> int:
        if fold(choice.name) == wanted:
            return 0
        return 1 if fold(choice.words).startswith(wanted) else 2

    return sorted((one for one in choices if holds(f"{one.words} {one.name}", text)), key=rank)


class ChoiceDialog(Dialog[str]):
    """Returns the name of what was chosen. With `search`, a field narrows the list as the user types.

    `start` names the choice under the cursor at first; `typed` is what was typed before the dialog opened.
    """

    enter_words = "Choose"
    esc_words = "Close"
    DEFAULT_CSS = """
    ChoiceDialog #why { display: none; }
    ChoiceDialog #why.-shown { display: block; }
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        search: bool = False,
        start: str | None = None,
        typed: str = "",
    ) -> None:
        super().__init__(title)
        self._typed = typed
        self._choices = list(choices)
        self._search = search
        self._start = start

    def body(self) -> ComposeResult:
        """Compose the field and the list."""
        if self._search:
            yield Field(self._typed, placeholder="type to search", id="search")
        yield ChoiceList(self._choices)
        yield self.text("", muted=True, id="why")

    def on_mount(self) -> None:
        """Put the cursor on the present choice, or on the first that matches what was typed already."""
        choices = self.query_one(ChoiceList)
        if self._typed:
            self.query_one("#search", Field).cursor_position = len(self._typed)
            choices.choices = matching(self._choices, self._typed)
        names = [choice.name for choice in choices.choices]
        choices.cursor = names.index(self._start) if self._start in names else 0
        choices.changed()

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """Enter chooses from wherever the focus is."""
        return [("enter", self.enter_words), ("esc", self.esc_words)]

    def start_focus(self) -> str:
        """The field where there is one, else the list."""
        return "#search" if self._search else "#choices"

    @on(Input.Changed, "#search")
    def _narrow(self, event: Input.Changed) -> None:
        choices = self.query_one(ChoiceList)
        choices.choices = matching(self._choices, event.value)
        choices.cursor = 0
        choices.refresh(layout=True)
        choices.changed()

    def press(self, event: events.Key) -> None:
        """Move in the list from wherever the focus is; enter chooses."""
        choices = self.query_one(ChoiceList)
        steps = {"up": -1, "down": 1, "k": -1, "j": 1}
        pages = {"pageup": -1.0, "pagedown": 1.0}
        typing = isinstance(self.focused, Field)
        if event.key in steps and (not typing or event.key in ("up", "down")):
            event.stop()
            choices.move(steps[event.key])
        elif event.key in pages:
            event.stop()
            choices.page(pages[event.key])
        elif event.key == "enter":
            event.stop()
            self._choose(choices)
        else:
            super().press(event)

    @on(Input.Submitted, "#search")
    def _submitted(self) -> None:
        self._choose(self.query_one(ChoiceList))

    def _choose(self, choices: ChoiceList) -> None:
        if not choices.choices:
            return
        choice = choices.choices[choices.cursor]
        if choice.reason is not None:
            why = self.query_one("#why", Static)
            why.update(Text(choice.reason))
            why.add_class("-shown")
            return
        self.dismiss(choice.name)
