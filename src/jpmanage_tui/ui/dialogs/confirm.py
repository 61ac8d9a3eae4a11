"""Asking before something is changed: what it will do, by name, with cancel as the default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.field import Field
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.push_button import PushButton
from jpmanage_tui.ui.widgets.tick_box import TickBox
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

GAP = 2


@dataclass(frozen=True)
class Yes:
    """The user said yes; `ticked` is the state of the tick box, False where the question had none."""

    ticked: bool = False


@dataclass(frozen=True)
class Row:
    """One of several things that a question is about: what, where, which one; `sign` is one cell before it."""

    what: str
    where: str
    which: str
    sign: str = " "


@dataclass(frozen=True)
class Question:
    """A question: `title`, paragraphs of `text`, the words of the button that does it.

    `tick` is the words and the first state of a tick box. `type_this` must be typed before the button works: for
    what touches two licences or more and cannot be undone (design: what SSH asks). `rows` name one by one what it is
    about, below the first paragraph, in a list that scrolls.
    """

    title: str
    text: Sequence[str]
    button: str
    tick: tuple[str, bool] | None = None
    type_this: str | None = None
    danger: bool = False
    rows: Sequence[Row] = ()


class RowList(VirtualList, can_focus=False):
    """The rows of a question; up and down scroll them."""

    DEFAULT_CSS = (
        "RowList { height: auto; scrollbar-size-horizontal: 0; background: $surface; margin: 1 0 0 0; }"
    )

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__(id="rows")
        self._rows = rows
        self._which = max((cell_len(row.which) for row in rows), default=0)
        self._where = max((cell_len(row.where) for row in rows), default=0)

    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line a row, up to a third of the screen."""
        return max(1, min(len(self._rows), self.app.size.height // 3))

    def sign(self, line: int) -> str:
        """Return the row's own sign."""
        return self._rows[line].sign

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return what, where, and which one; the last is never cut."""
        row = self._rows[line]
        room = max(12, width - self._which - 2 * GAP)
        where = min(self._where, room // 2)
        return [
            (pad(row.what, room - where) + " " * GAP, self.rich_style),
            (pad(row.where, where) + " " * GAP, self.rich_style),
            (row.which, self.get_component_rich_style("list--muted")),
        ]


class ConfirmDialog(Dialog[Yes]):
    """Asks one question. Cancel has the focus, so that enter alone changes nothing."""

    DEFAULT_CSS = """
    ConfirmDialog {
        & > .dialog--box { overflow-y: auto; scrollbar-size-vertical: 1; }
        & .confirm--type { height: 1; margin: 1 0 0 0; }
        & .confirm--type Static { width: auto; height: 1; }
        & #typed { width: 12; text-style: bold; }
        & #wrong { width: 1fr; color: $error; text-style: bold; }
    }
    """
    first_focus: ClassVar[str | None] = "#cancel"

    def __init__(self, question: Question) -> None:
        super().__init__(question.title)
        self._question = question

    def body(self) -> ComposeResult:
        """Compose the text, the rows, the tick box, the field and the two buttons."""
        question = self._question
        for number, paragraph in enumerate(question.text):
            yield self.text(paragraph)
            if number == 0 and question.rows:
                yield RowList(question.rows)
        if question.tick is not None:
            yield TickBox(*question.tick, id="tick")
        if question.type_this is not None:
            with Horizontal(classes="confirm--type"):
                yield Static(f"Type {question.type_this} to confirm: \\[", classes="label")
                yield Field(id="typed")
                yield Static("]  ")
                yield Static("", markup=False, id="wrong")
        go = PushButton(question.button, id="go", danger=question.danger)
        if question.type_this is not None:
            go.off = f"Type {question.type_this} first."
        yield self.buttons(PushButton("Cancel", id="cancel"), go)

    @property
    def _typed(self) -> str:
        return self.query_one("#typed", Field).value.strip().replace(",", "")

    def _say(self, words: str) -> None:
        self.query_one("#wrong", Static).update(words)

    def press(self, event: events.Key) -> None:
        """Scroll the rows with up and down; what is typed goes to the field, whatever has the focus."""
        moves = {"up": -1, "down": 1}
        pages = {"pageup": -1.0, "pagedown": 1.0}
        character = event.character or ""
        if event.key in moves and self._question.rows:
            event.stop()
            self.query_one(RowList).move(moves[event.key])
        elif event.key in pages and self._question.rows:
            event.stop()
            self.query_one(RowList).page(pages[event.key])
        elif self._question.type_this is not None and character.isdigit():
            event.stop()
            field = self.query_one("#typed", Field)
            field.focus()
            field.insert_text_at_cursor(character)
        else:
            super().press(event)

    @on(Input.Changed, "#typed")
    def _compare(self) -> None:
        wanted = self._question.type_this
        self.query_one("#go", PushButton).off = None if self._typed == wanted else f"Type {wanted} first."
        self._say("")

    @on(Input.Submitted, "#typed")
    def _submitted(self) -> None:
        if not self._typed:
            self.dismiss(None)
        elif self._typed == self._question.type_this:
            self.query_one("#go", PushButton).focus()
        else:
            self._say(f"That is not {self._question.type_this}.")

    @on(PushButton.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(PushButton.Pressed, "#go")
    def _go(self, event: PushButton.Pressed) -> None:
        if event.button.off:
            wanted = self._question.type_this
            self._say(f"That is not {wanted}." if self._typed else event.button.off)
            self.query_one("#typed", Field).focus()
            return
        tick = self.query_one("#tick", TickBox).ticked if self._question.tick is not None else False
        self.dismiss(Yes(tick))
