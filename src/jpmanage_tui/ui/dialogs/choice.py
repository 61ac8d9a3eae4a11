"""Choosing one of a list: the palette, sort orders, a row's menu, partner keys, themes; what is searched for, too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich.cells import cell_len
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.config.keymap import key_label
from jpmanage_tui.ui.common.commands import ActiveCommands, CommandSet
from jpmanage_tui.ui.common.fuzzy import best_first
from jpmanage_tui.ui.common.history import History, history_of
from jpmanage_tui.ui.common.keymap import key_name
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.line import clip, pad
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

Answer = TypeVar("Answer")
PAUSE = 0.35
"""Seconds without a key press before the API is asked."""
LOOK_AGAIN = 1.0
"""Seconds before a source is asked again that may have more soon."""


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


@dataclass(frozen=True)
class FoundChoices:
    """What a source has now; `note` says what the choices are of. `growing`: there may be more soon."""

    choices: Sequence[Choice]
    note: str
    growing: bool = False


ChoiceSource = Callable[[str], Awaitable[FoundChoices]]
"""Returns the choices that match a text; '' is everything."""


class ChoiceList(VirtualList):
    """The lines of a choice."""

    DEFAULT_CSS = """
    ChoiceList { height: auto; max-height: 16; background: $surface; scrollbar-size-horizontal: 0; }
    """

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(id="choices")
        self.choices = list(choices)
        self.placeholder = ["Nothing matches."]
        self._most = 1
        """The most lines it had: it keeps their room, so that the box stays as it is while one types."""

    def line_count(self) -> int:
        """Return the number of choices."""
        return len(self.choices)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line a choice, or as many as there were at the most."""
        self._most = max(self._most, len(self.choices))
        return self._most

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
    """Return the choices that match `text` by the matcher of the palette, best first."""

    def texts(choice: Choice) -> tuple[str, ...]:
        place, _, name = choice.name.rpartition(": ")
        return (choice.words, name, *([f"{place} {choice.words}"] if place else []))

    return best_first(choices, text, texts)


class SearchDialog(Dialog[Answer]):
    """A list from which one thing is chosen, a field above it that searches, and a line below it.

    A subclass makes the list (`make_list`), shows what matches a text (`search`) and takes what is under the cursor
    (`choose`). Enter chooses from wherever the focus is; the list moves while one types.
    """

    DEFAULT_CSS = "SearchDialog #about { min-height: 2; }"
    """What is said of the choices takes one line or two: the box keeps its size while one types."""
    enter_words = "Choose"
    esc_words = "Close"
    placeholder = "type to search"
    has_field = True
    """Whether there is a field."""
    pause = PAUSE
    """Seconds without a key press before `search`; 0 where nobody is asked who could be asked too often."""

    def __init__(self, title: str, *, typed: str = "") -> None:
        """`typed` is what was typed before the dialog opened."""
        super().__init__(title)
        self._typed_before = typed
        self._typing: Timer | None = None

    def body(self) -> ComposeResult:
        """Compose the field, the list and the line."""
        if self.has_field:
            field = Input(self._typed_before, placeholder=self.placeholder, id="search")
            field.cursor_position = len(self._typed_before)
            yield field
        yield self.make_list()
        yield self.text("", muted=True, id="about")

    def make_list(self) -> VirtualList:
        """Return a new list."""
        raise NotImplementedError

    def search(self, text: str) -> None:
        """Show what matches `text`, which has no spaces around it; '' is everything."""
        raise NotImplementedError

    def choose(self) -> None:
        """Take what is under the cursor (enter)."""
        raise NotImplementedError

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """Enter chooses from wherever the focus is."""
        return [("enter", self.enter_words), ("esc", self.esc_words)]

    def start_focus(self) -> str:
        """The field where there is one, else the list."""
        return "#search" if self.has_field else "VirtualList"

    @property
    def typed(self) -> str:
        """What stands in the field, without the spaces around it."""
        return self.query_one("#search", Input).value.strip() if self.has_field else ""

    def about(self, words: str) -> None:
        """Say something in the line below the list."""
        self.query_one("#about", Static).update(words)

    def on_mount(self) -> None:
        """Show everything, or what matches a text that stands in the field already."""
        self.search(self.typed)

    def look(self) -> None:
        """Search now for what is typed, without waiting for the next key."""
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        self.search(self.typed)

    @on(Input.Changed, "#search")
    def _typed_on(self) -> None:
        if self._typing is not None:
            self._typing.stop()
        if self.pause:
            self._typing = self.set_timer(self.pause, self.look)
        else:
            self.look()

    @property
    def history(self) -> History:
        """What was searched for in such dialogs."""
        return history_of(self.app, type(self).__name__)

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Keep what was searched for; up brings it back in the next such dialog."""
        if result is not None:
            self.history.add(self.typed)
        return super().dismiss(result)

    def moves(self, event: events.Key) -> bool:
        """Up, in the field and on the first row, brings back what was searched for before."""
        field = self.focused
        if event.key == "up" and isinstance(field, Input) and not self.query_one(VirtualList).cursor:
            text = self.history.older(self.typed)
            if text is not None:
                event.stop()
                field.value = text
                field.cursor_position = len(text)
                return True
        return super().moves(event)

    @on(Input.Submitted, "#search")
    def _submitted(self) -> None:
        self.choose()

    def press(self, event: events.Key) -> None:
        """Enter chooses, wherever the focus is."""
        if event.key == "enter":
            event.stop()
            self.choose()
        else:
            super().press(event)


class ChoiceDialog(SearchDialog[str]):
    """Returns the name of what was chosen.

    The choices are `choices`, or come from a `source`, which is asked for those that match what is typed. Of `choices`
    those are shown that `match` returns, best first, where a field is wanted (`search`); `start` names the one under the
    cursor at first; `typed` is what was typed before the dialog opened. `note` is a paragraph above the list.
    """

    DEFAULT_CSS = """
    ChoiceDialog #about { min-height: 1; }
    ChoiceDialog.-source ChoiceList { height: 12; }
    ChoiceDialog.-source #about { min-height: 2; }
    """
    pause = 0.0

    class ChoicesLoaded(DataMessage):
        """What the source has for a text."""

        found: FoundChoices

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice] = (),
        *,
        source: ChoiceSource | None = None,
        search: bool = False,
        start: str | None = None,
        typed: str = "",
        note: str = "",
        placeholder: str = SearchDialog.placeholder,
        match: Callable[[Sequence[Choice], str], list[Choice]] = matching,
    ) -> None:
        super().__init__(title, typed=typed)
        self._choices = list(choices)
        self._source = source
        self.has_field = search or source is not None
        self._start = start
        self._note = note
        self.placeholder = placeholder
        self._match = match
        self._again: Timer | None = None
        self.set_class(source is not None, "-source")

    def body(self) -> ComposeResult:
        """Compose the note and what every search has; the line takes no room before something is said in it."""
        if self._note:
            yield self.text(f"! {self._note}", id="note")
        yield from super().body()

    def make_list(self) -> ChoiceList:
        """Return the list of choices."""
        return ChoiceList(self._choices)

    def on_mount(self) -> None:
        """Take away the line where nothing is said in it at first."""
        self.query_one("#about").display = self._source is not None

    def about(self, words: str) -> None:
        """Say something in the line below the list."""
        super().about(words)
        self.query_one("#about").display = True

    # -- the choices -------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Show the choices that match, or ask the source for them."""
        if self._source is None:
            self._show(self._match(self._choices, text) if self.has_field else self._choices, self._start)
            self._start = None
            return
        self._plan(None)
        self.run_worker(self._load(self._source, text), group="choices", exclusive=True, exit_on_error=False)

    async def _load(self, source: ChoiceSource, text: str) -> None:
        self.post_message(self.ChoicesLoaded(await source(text)))

    @on(ChoicesLoaded)
    def _choices_loaded(self, message: ChoicesLoaded) -> None:
        shown, found = self.query_one(ChoiceList), message.found
        if list(found.choices) != shown.choices:
            self._show(found.choices, shown.current.name if shown.current is not None else None)
        self.about(found.note)
        self._plan(LOOK_AGAIN if found.growing else None)

    def _show(self, choices: Sequence[Choice], present: str | None) -> None:
        """Show these choices, the cursor on the one of the name `present`, else on the first."""
        shown = self.query_one(ChoiceList)
        names = [choice.name for choice in choices]
        shown.choices = list(choices)
        shown.cursor = names.index(present) if present in names else 0
        shown.refresh(layout=True)
        shown.changed()

    def _plan(self, seconds: float | None) -> None:
        """Ask the source once more in so many seconds, and only then; with None not by itself."""
        if self._again is not None:
            self._again.stop()
        self._again = self.set_timer(seconds, self.look) if seconds is not None else None

    # -- choosing ----------------------------------------------------------------------------

    def choose(self) -> None:
        """Take the choice under the cursor, or say why it cannot be chosen."""
        choice = self.query_one(ChoiceList).current
        if choice is None:
            return
        if choice.reason is not None:
            self.about(choice.reason)
        else:
            self.dismiss(choice.name)

    def press(self, event: events.Key) -> None:
        """A choice's key chooses it, where there is no field."""
        choices = self.query_one(ChoiceList)
        wanted = self._wanted(event)
        if wanted is not None:
            event.stop()
            choices.move_cursor(choices.choices.index(wanted))
            self.choose()
        else:
            super().press(event)

    def _wanted(self, event: events.Key) -> Choice | None:
        """Return the choice that a key chooses, None where it chooses none."""
        choices = self.query_one(ChoiceList)
        if event.key == "enter":
            return choices.current
        if self.has_field:
            return None
        key = key_label(key_name(event))
        return next((choice for choice in choices.choices if choice.key == key), None)

    def decides(self, event: events.Key) -> bool:
        """Return whether a key chooses something that changes something."""
        wanted = self._wanted(event)
        return wanted is not None and wanted.changes


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
