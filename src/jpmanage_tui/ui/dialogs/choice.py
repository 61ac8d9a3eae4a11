"""Choosing one of a list: the palette, sort orders, a row's menu, partner keys, themes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input, Static

from jpmanage_tui.ui.common.commands import ActiveCommands, CommandSet
from jpmanage_tui.ui.common.keymap import key_label, key_name
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.input import Field
from jpmanage_tui.ui.widgets.line import clip, pad
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


@dataclass(frozen=True)
class Choice:
    """One line to choose: its name, its words, a hint at the right, and why it cannot be chosen now.

    `key` chooses it where there is no search, and stands at the right too, as footer and help write it. `changes`: to
    choose it changes something without a further question.
    """

    name: str
    words: str
    hint: str = ""
    reason: str | None = None
    key: str = ""
    changes: bool = False


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

    @property
    def current(self) -> Choice | None:
        """The choice under the cursor."""
        return self.choices[self.cursor] if self.cursor < len(self.choices) else None

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the words and the hint, or the reason why not."""
        choice = self.choices[line]
        told = choice.reason or "  ".join(part for part in (choice.hint, choice.key) if part)
        muted = self.get_component_rich_style("list--muted")
        hint = clip(told, max(width // 2, width - cell_len(choice.words) - 2))
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


def best_matches(choices: Sequence[Choice], text: str) -> list[Choice]:
    """Return the choices that match `text`: those that hold its words, then those that hold its letters in order."""
    from textual.fuzzy import Matcher

    from jpmanage_tui.rules.search.fold import fold

    found = matching(choices, text)
    matcher = Matcher("".join(fold(text).split()))
    scores = {one.name: matcher.match(fold(one.words)) for one in choices if one not in found}
    rest = [one for one in choices if scores.get(one.name)]
    return [*found, *sorted(rest, key=lambda one: -scores[one.name])]


class ChoiceDialog(Dialog[str]):
    """Returns the name of what was chosen. With `search`, a field narrows the list as the user types.

    `start` names the choice under the cursor at first; `typed` is what was typed before the dialog opened; `note` is a
    paragraph above the list, '' for none; `match` returns the choices that match a text, best first.
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
        note: str = "",
        match: Callable[[Sequence[Choice], str], list[Choice]] = matching,
    ) -> None:
        super().__init__(title)
        self._typed = typed
        self._match = match
        self._choices = list(choices)
        self._search = search
        self._start = start
        self._note = note

    def body(self) -> ComposeResult:
        """Compose the field and the list."""
        if self._note:
            yield self.text(f"! {self._note}", id="note")
        if self._search:
            yield Field(self._typed, placeholder="type to search", id="search")
        yield ChoiceList(self._choices)
        yield self.text("", muted=True, id="why")

    def on_mount(self) -> None:
        """Put the cursor on the present choice, or on the first that matches what was typed already."""
        choices = self.query_one(ChoiceList)
        if self._typed:
            self.query_one("#search", Field).cursor_position = len(self._typed)
            choices.choices = self._match(self._choices, self._typed)
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
        choices.choices = self._match(self._choices, event.value)
        choices.cursor = 0
        choices.refresh(layout=True)
        choices.changed()

    def press(self, event: events.Key) -> None:
        """Enter, or its key, chooses a line from wherever the focus is."""
        choices = self.query_one(ChoiceList)
        wanted = self._wanted(event)
        if wanted is not None:
            event.stop()
            choices.place(choices.choices.index(wanted))
            self._choose(wanted)
        elif event.key == "enter":
            event.stop()
        else:
            super().press(event)

    @on(Input.Submitted, "#search")
    def _submitted(self) -> None:
        choice = self.query_one(ChoiceList).current
        if choice is not None:
            self._choose(choice)

    def _wanted(self, event: events.Key) -> Choice | None:
        """Return the choice that a key chooses, None where it chooses none."""
        choices = self.query_one(ChoiceList)
        if event.key == "enter":
            return choices.current
        if self._search:
            return None
        key = key_label(key_name(event))
        return next((choice for choice in choices.choices if choice.key == key), None)

    def decides(self, event: events.Key) -> bool:
        """Return whether a key chooses something that changes something."""
        wanted = self._wanted(event)
        return wanted is not None and wanted.changes

    def _choose(self, choice: Choice) -> None:
        if choice.reason is not None:
            why = self.query_one("#why", Static)
            why.update(Text(choice.reason))
            why.add_class("-shown")
            return
        self.dismiss(choice.name)


async def choose_row_action(
    view: Widget, title: str, commands: CommandSet, actions: Sequence[tuple[str, str, str | None]]
) -> None:
    """Show the menu of the row under the cursor and run the chosen command, if the cursor is still on that row.

    `actions` are names, words, and why it cannot run now. Runs in a worker.
    """
    choices = [
        Choice(name, words, "", reason, key_for(name), commands.named(name).changes)
        for name, words, reason in actions
    ]
    row = getattr(view, "current", None)
    chosen = await view.app.push_screen_wait(ChoiceDialog(title, choices))
    if chosen is None:
        return
    if getattr(view, "current", None) != row:
        view.notify(f"{title}: the list has changed meanwhile. Nothing was done.", severity="warning")
        return
    ActiveCommands(commands, view).run(commands.named(chosen))


async def choose_order(view: Widget, orders: Mapping[str, str], present: str) -> str | None:
    """Show the orders of a list, by name with their words; return the name of the chosen one, None where none is.

    Runs in a worker.
    """
    choices = [Choice(name, words) for name, words in orders.items()]
    return await view.app.push_screen_wait(ChoiceDialog("Sort by", choices, start=present))
