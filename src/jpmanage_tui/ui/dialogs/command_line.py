"""The command line: a command is typed by its name, completed with tab; up and down bring back what was typed before."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from jpmanage_tui.ui.common.command_index import CommandEntry
from jpmanage_tui.ui.common.command_line import Resolved, RowNumber, completions, resolve
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceList, SearchDialog
from jpmanage_tui.ui.widgets.input import Input


class CommandLineDialog(SearchDialog[Resolved | RowNumber]):
    """Returns the command that was typed, or the number of a row; what cannot be done is said, and the line stays.

    The list below the field shows what the line may become.
    """

    DEFAULT_CSS = """
    CommandLineDialog #line { height: 1; }
    CommandLineDialog #line Static { width: 1; }
    CommandLineDialog #line Input { width: 1fr; }
    CommandLineDialog ChoiceList { height: 12; }
    """
    enter_words = "Run"
    placeholder = "a command: invoices, theme dark, sort, q"
    pause = 0.0

    def __init__(self, entries: Sequence[CommandEntry]) -> None:
        super().__init__("Command line")
        self._entries = entries
        self._completing = False
        """Whether what stands in the field is what tab put there."""

    def body(self) -> ComposeResult:
        """Compose the line behind its colon, the list, and what is said of the line."""
        with Horizontal(id="line"):
            yield Static(":")
            yield Input(placeholder=self.placeholder, id="search")
        yield self.make_list()
        yield self.text("", muted=True, id="about")

    def make_list(self) -> ChoiceList:
        """Return the list of what the line may become."""
        return ChoiceList(())

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """Enter runs; tab completes."""
        return [
            ("enter", self.enter_words),
            ("tab", "Complete"),
            ("↑", "Typed before"),
            ("esc", self.esc_words),
        ]

    @property
    def _field(self) -> Input:
        return self.query_one("#search", Input)

    def search(self, text: str) -> None:
        """Show what the line may become."""
        self._completing = False
        self.about("")
        shown = self.query_one(ChoiceList)
        shown.choices = [
            Choice(one.line, one.line, one.words, key=one.key, reason=None)
            for one in completions(self._field.value, self._entries)
        ]
        shown.cursor = 0
        shown.refresh(layout=True)
        shown.changed()

    def choose(self) -> None:
        """Do what the line says; an empty one closes."""
        line = self.typed
        if not line:
            self.dismiss(None)
            return
        self.history.add(line)
        meant = resolve(line, self._entries)
        if isinstance(meant, Resolved) and meant.entry.reason is not None:
            meant = meant.entry.reason_text
        if isinstance(meant, str):
            self.about(meant)
        else:
            self.dismiss(meant)

    def decides(self, event: events.Key) -> bool:
        """Return whether a key runs a command that changes something."""
        meant = resolve(self.typed, self._entries) if event.key == "enter" else None
        return isinstance(meant, Resolved) and meant.entry.command.changes

    def _put(self, line: str) -> None:
        """Put a line into the field; the list is left to who calls."""
        field = self._field
        with field.prevent(Input.Changed):
            field.value = line
        field.cursor_position = len(line)

    def _complete(self, step: int) -> None:
        """Put what is under the list's cursor into the field; once more, what comes after or before it."""
        shown = self.query_one(ChoiceList)
        if not shown.choices:
            return
        if self._completing:
            shown.move_cursor((shown.cursor + step) % len(shown.choices))
        elif step < 0:
            shown.move_cursor(len(shown.choices) - 1)
        if shown.current is not None:
            self._put(shown.current.name)
            self._completing = True

    def moves(self, event: events.Key) -> bool:
        """Every key is the line's."""
        del event
        return False

    def _recall(self, line: str | None) -> None:
        if line is not None:
            self._put(line)
            self.look()

    def press(self, event: events.Key) -> None:
        """Complete, bring back what was typed before, or close an empty line with backspace."""
        if event.key in ("tab", "shift+tab"):
            event.stop()
            self._complete(1 if event.key == "tab" else -1)
        elif event.key in ("up", "down"):
            event.stop()
            self._recall(self.history.older(self.typed) if event.key == "up" else self.history.newer())
        elif event.key == "backspace" and not self._field.value:
            event.stop()
            self.dismiss(None)
        else:
            super().press(event)
