"""Asking before something is changed: what it will do, by name, with cancel as the default."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events, on
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from jpmanage_tui.api.text import to_punycode
from jpmanage_tui.config.keymap import key_label
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.ui.common.guarded_screen import TOO_SOON
from jpmanage_tui.ui.common.keymap import key_name
from jpmanage_tui.ui.common.keys import command_of, repaints
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.terminal.app import TerminalApp
from jpmanage_tui.ui.terminal.keyboard import CLUMP, Press, WrittenFrame
from jpmanage_tui.ui.widgets.button import PRESSES, Button
from jpmanage_tui.ui.widgets.checkbox import Checkbox
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.line import clip_address, pad, pad_address
from jpmanage_tui.ui.widgets.list_commands import moving_command
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

_WORD = re.compile(r"[^\s…“”„«»‘’\"'(),;<>]+[^\s…“”„«»‘’\"'(),;<>.:!?]")
"""A word without the punctuation around it."""
GAP = 2
LEAST_ROWS = 3
FRAME, BUTTONS, MARGIN = 2, 2, 1
"""Lines of the box's frame, of the buttons with what is above them, and above the rows."""
CLOSED = "Closed, nothing done: {key} is no answer (a paste?)."
CLICKED_TOO_SOON = "Ignored: that click came too soon; wait a moment, then click again."
NOT_BY_Y = "y answers only what is free, can be undone, mails nobody: tab, enter."


@dataclass(frozen=True)
class Confirmed:
    """The user said yes; `checked` is the state of the tick box, False where the question had none."""

    checked: bool = False


@dataclass(frozen=True)
class Row:
    """One of several things that a question is about: what, where, which one; `sign` is one cell before it.

    `tag` stands behind `where` in rows whose places would look the same though they are not.
    """

    what: str
    where: str
    which: str
    sign: str = " "
    tag: str = ""


@dataclass(frozen=True)
class Confirmation:
    """A question: `title`, paragraphs of `text`, the words of the button that does it.

    `stay` are the words of the button that changes nothing. `checkbox` is the words and the first state of a tick box.
    `require_text` must be typed before the button works: for what touches two licenses or more and cannot be undone
    (design: what SSH asks). `rows` name one by one what it is about, below the first paragraph, in a list that scrolls.
    `changes` is False where nothing is changed that could not be put back at once: then the terminal is not asked
    whether it shows the question. `harmless`: what it does costs nothing, mails nobody and can be undone, so that `y`
    answers it too; `n` answers every question.
    """

    title: str
    text: Sequence[str]
    button: str
    checkbox: tuple[str, bool] | None = None
    require_text: str | None = None
    danger: bool = False
    rows: Sequence[Row] = ()
    stay: str = "Cancel"
    changes: bool = True
    harmless: bool = False


def in_ascii(question: Confirmation) -> Confirmation:
    """Return a question with the addresses that it names in punycode, which is how ASCII writes their letters.

    Where nothing but ASCII is drawn, sites would look the same otherwise that are not: `müller` is `muller` there.
    """
    return replace(
        question,
        title=_addresses_in_ascii(question.title),
        text=[_addresses_in_ascii(paragraph) for paragraph in question.text],
        button=_addresses_in_ascii(question.button),
        rows=[replace(row, where=_addresses_in_ascii(row.where)) for row in question.rows],
    )


def _addresses_in_ascii(text: str) -> str:
    return text if text.isascii() else _WORD.sub(lambda word: _address_in_ascii(word[0]), text)


def _address_in_ascii(word: str) -> str:
    """Return a word in punycode where it is an address: its host has a dot, and a letter behind the last one."""
    host = word.partition("://")[2] or word
    labels = host.partition("/")[0].split(".")
    return to_punycode(word) if len(labels) > 1 and any(map(str.isalpha, labels[-1])) else word


MARKS_TO_ASK = 10
"""From so many marks on, clearing them asks first (design: keys, esc)."""
LEAVE = "Leave the form?"
DISCARDED = "Your entries will be discarded."


def discard_question(title: str, sentence: str = "") -> Confirmation:
    """Return the question before a changed form is left; `sentence` says what is not saved, where that is not plain."""
    return Confirmation(title, [f"{sentence} {DISCARDED}".lstrip()], "Discard", stay="Keep editing")


async def confirm_clearing(app: App[object], count: int, noun: str) -> bool:
    """Return whether so many marks may be cleared; asks from ten up. Runs in a worker."""
    if count < MARKS_TO_ASK:
        return True
    text = [f"{pluralize(count, noun)} are marked."]
    question = Confirmation("Clear the marks?", text, "Clear the marks", changes=False)
    return await app.push_screen_wait(ConfirmDialog(question)) is not None


class RowList(VirtualList, can_focus=False):
    """The rows of a question; up and down scroll them."""

    DEFAULT_CSS = (
        "RowList { height: auto; scrollbar-size-horizontal: 0; background: $surface; margin: 1 0 0 0; }"
    )

    def __init__(self, question: Confirmation) -> None:
        super().__init__(id="rows")
        self._rows = rows = question.rows
        self._question = question
        self._which = max((cell_len(row.which) for row in rows), default=0)
        self._what = max((cell_len(row.what) for row in rows), default=0)
        self._fitted: tuple[int, int, frozenset[str]] = (0, 0, frozenset())

    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line a row, up to a third of the screen; fewer where the words and the buttons need the room."""
        whole = self.app.size.height
        return max(LEAST_ROWS, min(len(self._rows), whole // 3, whole - self._beside(width)))

    def _beside(self, width: int) -> int:
        """Return how many lines of the dialog are not the list's, at `width` cells."""
        question = self._question
        text = sum(
            len(wrap(line, max(10, width - 1))) or 1
            for paragraph in question.text
            for line in paragraph.split("\n")
        )
        tick = 1 if question.checkbox is not None else 0
        typed = 2 if question.require_text is not None else 0
        return FRAME + BUTTONS + MARGIN + text + tick + typed

    def row_prefix(self, line: int) -> str:
        """Return the row's own sign."""
        return self._rows[line].sign

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return what, where, and which one; the last is never cut."""
        row = self._rows[line]
        room = max(12, width - self._which - 2 * GAP)
        where, alike = self._fit(room)
        tag = row.tag if clip_address(row.where, where) in alike else ""
        return [
            (pad(row.what, room - where) + " " * GAP, self.rich_style),
            (pad_address(row.where, where, tag) + " " * GAP, self.rich_style),
            (row.which, self.get_component_rich_style("list--muted")),
        ]

    def _fit(self, room: int) -> tuple[int, frozenset[str]]:
        """Return how many of `room` cells the places have, and which of them look alike there without being the same."""
        if self._fitted[0] != room:
            where = min(max(cell_len(row.where) for row in self._rows), max(room // 2, room - self._what))
            alike = self._alike(where)
            if alike:
                with_tags = max(cell_len(row.where) + 1 + cell_len(row.tag) for row in self._rows)
                where = max(where, min(with_tags, room * 2 // 3))
                alike = self._alike(where)
            self._fitted = (room, where, alike)
        return self._fitted[1:]

    def _alike(self, width: int) -> frozenset[str]:
        """Return what different places look like in `width` cells where they look the same."""
        places: dict[str, set[tuple[str, str]]] = {}
        for row in self._rows:
            places.setdefault(clip_address(row.where, width), set()).add((row.where, row.tag))
        return frozenset(text for text, same in places.items() if len(same) > 1)


class ConfirmDialog(Dialog[Confirmed]):
    """Asks one question. Cancel has the focus, so that enter alone changes nothing.

    It takes no key before it is armed: its frame is written, the terminal has answered a query that followed it (or does
    not answer), and the keyboard was silent. A printable key that it does not know closes it: nobody types that there.
    """

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

    def __init__(self, question: Confirmation) -> None:
        super().__init__(question.title)
        self._question = question
        self._frame: WrittenFrame | None = None
        self._armed = False

    def compose(self) -> ComposeResult:
        """Compose the box, with the addresses so that they differ in what the terminal shows."""
        if isinstance(self.app, TerminalApp) and self.app.ascii_only:
            self._question = in_ascii(self._question)
            self.title_words = self._question.title
        yield from super().compose()

    def body(self) -> ComposeResult:
        """Compose the text, the rows, the tick box, the field and the two buttons."""
        question = self._question
        for number, paragraph in enumerate(question.text):
            yield self.text(paragraph)
            if number == 0 and question.rows:
                yield RowList(question)
        if question.checkbox is not None:
            yield Checkbox(*question.checkbox, id="tick")
        if question.require_text is not None:
            with Horizontal(classes="confirm--type"):
                yield Static(f"Type {question.require_text} to confirm: \\[", classes="label")
                yield Input(id="typed")
                yield Static("]  ")
                yield Static("", markup=False, id="wrong")
        go = Button(question.button, id="go", variant="error" if question.danger else "default")
        if question.require_text is not None:
            go.disabled_reason = f"Type {question.require_text} first."
        yield self.buttons(Button(question.stay, id="cancel"), go)

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """`y` and `n` where they answer."""
        letters = [("y", "Yes"), ("n", "No")] if self._question.harmless else []
        return [*letters, *super().footer_keys()]

    # -- which keys it takes ---------------------------------------------------------------

    def on_mount(self) -> None:
        """Have it noted when the first frame stands on the terminal."""
        self.call_after_refresh(self._first_painted)

    def _first_painted(self) -> None:
        if isinstance(self.app, TerminalApp):
            self.app.when_written(self._written, query=self._question.changes)

    def _written(self, frame: WrittenFrame) -> None:
        self._frame = frame

    def drops(self, press: Press) -> bool:
        """Drop what comes before it is armed, and close on what nobody types here."""
        app, event = self.app, press.event
        if not isinstance(app, TerminalApp):
            return super().drops(press)
        if isinstance(event, events.Key):
            if event.key == "escape" or repaints(event):
                return False  # these change nothing, and never wait
            if self._declines(event):
                app.keyboard.skip_rest(CLUMP)  # should it be the beginning of a paste
                self.dismiss(None)
                return True
            if self._is_futile_yes(event) and app.keyboard.is_armed(self._frame, press):
                self.tell_dropped(NOT_BY_Y)
                return True
            if self._is_strange(event):
                app.keyboard.skip_rest()
                self.dismiss(None)
                self.notify(CLOSED.format(key=key_label(key_name(event))), severity="warning")
                return True
        self._armed = self._armed or app.keyboard.is_armed(self._frame, press)
        if not self._armed:
            self.tell_dropped(TOO_SOON)
            return True
        return super().drops(press)

    def drops_click(self, time: float) -> bool:
        """Drop a click that comes before the question can have been read, such as the second one of a double click."""
        app = self.app
        if not isinstance(app, TerminalApp) or app.keyboard.stood(self._frame, time):
            return False
        self.tell_dropped(CLICKED_TOO_SOON)
        return True

    def _declines(self, event: events.Key) -> bool:
        """Return whether a key says no: `n`, or the one that quits."""
        return (event.character == "n" or command_of(event, ("quit",)) is not None) and not self._is_digit(
            key_name(event)
        )

    def _accepts(self, event: events.Key) -> bool:
        """Return whether a key says yes where that takes no more than a letter."""
        return self._question.harmless and event.character == "y"

    def _is_futile_yes(self, event: events.Key) -> bool:
        return event.character == "y" and not self._question.harmless

    def _is_digit(self, key: str) -> bool:
        return self._question.require_text is not None and (key.isdigit() or key == ",")

    def _is_strange(self, event: events.Key) -> bool:
        """Return whether a key is a printable one that means nothing here."""
        key = key_name(event)
        scrolls = bool(self._question.rows) and not isinstance(self.focused, Input)
        moves = scrolls and moving_command(event) is not None
        return len(key) == 1 and not self._is_digit(key) and not moves and not self._accepts(event)

    def decides(self, event: events.Key) -> bool:
        """Return whether a key presses the button that does it, or says yes."""
        focused = self.focused
        return self._accepts(event) or (focused is not None and focused.id == "go" and event.key in PRESSES)

    # -- the question ------------------------------------------------------------------------

    @property
    def _typed(self) -> str:
        return self.query_one("#typed", Input).value.strip().replace(",", "")

    def _say(self, words: str) -> None:
        """Say it beside the field, or where that has no room on the lower edge."""
        wrong = self.query_one("#wrong", Static)
        has_room = cell_len(words) <= wrong.size.width
        wrong.update(words if has_room else "")
        self.tell("" if has_room else words)

    def press(self, event: events.Key) -> None:
        """What is typed goes to the field, whatever has the focus."""
        character = event.character or ""
        if self._question.require_text is not None and character.isdigit():
            event.stop()
            field = self.query_one("#typed", Input)
            field.focus()
            field.insert_text_at_cursor(character)
        elif self._accepts(event):
            event.stop()
            if isinstance(self.app, TerminalApp):
                self.app.keyboard.skip_rest(CLUMP)
            self._go()
        elif self._declines(event):
            event.stop()
            self.dismiss(None)
        else:
            super().press(event)

    @on(Input.Changed, "#typed")
    def _compare(self) -> None:
        wanted = self._question.require_text
        self.query_one("#go", Button).disabled_reason = (
            None if self._typed == wanted else f"Type {wanted} first."
        )
        self._say("")

    @on(Input.Submitted, "#typed")
    def _submitted(self) -> None:
        if not self._typed:
            self.dismiss(None)
        elif self._typed == self._question.require_text:
            self.query_one("#go", Button).focus()
        else:
            self._say(f"That is not {self._question.require_text}.")

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        reason = self.query_one("#go", Button).disabled_reason
        if reason:
            self._say(f"That is not {self._question.require_text}." if self._typed else reason)
            self.query_one("#typed", Input).focus()
            return
        tick = self.query_one("#tick", Checkbox).value if self._question.checkbox is not None else False
        self.dismiss(Confirmed(tick))
