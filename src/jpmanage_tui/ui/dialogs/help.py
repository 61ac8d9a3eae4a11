"""The help: every command of where the user is, with its key; made from the one list of commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from textwrap import wrap
from typing import NamedTuple

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult

from jpmanage_tui.ui.common.accessibility import is_accessible, without_signs
from jpmanage_tui.ui.common.command_index import CommandEntry
from jpmanage_tui.ui.common.fuzzy import best_first
from jpmanage_tui.ui.common.keys import command_of
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

SUPPORT = "https://jetpack.com/contact-support/"
SUPPORT_WORDS = "Contact support"
KEYS_WIDTH = 14


class HelpLine(NamedTuple):
    """A line of the help: keys and words; `heading` says whether it is one, `entry` is the command it is about."""

    keys: str
    words: str
    heading: bool = False
    entry: CommandEntry | None = None


BLANK = HelpLine("", "")


def _command_lines(entry: CommandEntry, *, place: bool = False) -> Iterator[HelpLine]:
    where = f" ({entry.place})" if place else ""
    yield HelpLine(" ".join(entry.keys), f"{entry.command.help_line}{where}", entry=entry)
    if entry.reason:
        yield HelpLine("", f"{' ' * KEYS_WIDTH}  not now: {entry.reason}")


def help_lines(
    here: Sequence[CommandEntry], elsewhere: Sequence[CommandEntry], request_id: str | None
) -> list[HelpLine]:
    """Return the lines of the help: what works here, what other sections have, the support link, the last request id."""
    lines: list[HelpLine] = []
    for entries in (here, elsewhere):
        for place, group in groupby(entries, key=lambda entry: entry.place):
            lines += [BLANK] if lines else []
            lines.append(
                HelpLine("", place if entries is here else f"{place} (opens it first)", heading=True)
            )
            for entry in group:
                without_reason = entry if entries is here else replace(entry, reason=None)
                lines += _command_lines(without_reason)
    lines += [BLANK, HelpLine("", "Still need help?", heading=True)]
    lines += [
        HelpLine("", f"{SUPPORT_WORDS}: {SUPPORT}"),
        HelpLine("o", "Open the support page, or show its address as a link and a QR code."),
        HelpLine("y", "Copy the support page's address."),
        HelpLine("", f"Last request id: {request_id or 'none yet'}"),
    ]
    return lines


def found_lines(entries: Sequence[CommandEntry], typed: str) -> list[HelpLine]:
    """Return the lines of the commands that match what is typed, best first."""
    found = best_first(entries, typed, lambda entry: entry.texts)
    lines = [line for entry in found for line in _command_lines(entry, place=entry.active is None)]
    return lines or [HelpLine("", f"No command matches “{typed}”.")]


class HelpList(VirtualList):
    """The lines of the help."""

    DEFAULT_CSS = "HelpList { height: 1fr; max-height: 100%; background: $surface; }"

    def __init__(self, lines: Sequence[HelpLine]) -> None:
        super().__init__(id="help")
        self._whole = list(lines)
        self._help = list(lines)
        self.cursor = next((line for line in range(len(lines)) if self.selectable(line)), 0)

    def show_lines(self, lines: Sequence[HelpLine]) -> None:
        """Show other lines, from the first one on."""
        self._whole = list(lines)
        self.fold(self.scrollable_content_region.width)
        self.cursor = 0
        self.changed()
        self.first()

    @property
    def current(self) -> CommandEntry | None:
        """The command under the cursor."""
        return self._help[self.cursor].entry if self.cursor < len(self._help) else None

    def selectable(self, line: int) -> bool:
        """The cursor stands on commands."""
        return self._help[line].entry is not None

    def line_count(self) -> int:
        """Return the number of lines."""
        return len(self._help)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line for each."""
        return len(self._help)

    def fold(self, width: int) -> None:
        """Fold what is longer than `width` cells, so that nothing is cut off."""
        room = max(20, width - KEYS_WIDTH - 6)
        self._help = []
        for keys, words, heading, entry in self._whole:
            if not keys and entry is None:
                indent = " " * (len(words) - len(words.lstrip()))
                pieces = wrap(words, max(20, width), subsequent_indent=indent, drop_whitespace=True) or [""]
                self._help += [HelpLine("", piece, heading) for piece in pieces]
                continue
            said = without_signs(words) if is_accessible(self) else words
            first, *rest = wrap(said, room) or [""]
            self._help.append(HelpLine(keys, first, heading, entry))
            self._help += [HelpLine("", f"{' ' * KEYS_WIDTH}  {piece}") for piece in rest]

    def resized(self) -> None:
        """Fold for the new width; the cursor keeps its command, and that its line of the view."""
        entry, y = self.current, self.cursor - self.scroll_offset.y
        self.fold(self.scrollable_content_region.width)
        if entry is not None:
            self.cursor = next(
                (number for number, line in enumerate(self._help) if line.entry is entry), self.cursor
            )
        self.changed()
        if entry is not None:
            self.show_at(self.cursor, max(0, min(y, self.view_height - 1)))

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return keys and words."""
        keys, words, heading, entry = self._help[line]
        strong = self.get_component_rich_style("list--strong")
        if heading or (not keys and entry is None):
            return [(words, strong if heading else self.rich_style)]
        return [(pad(keys, KEYS_WIDTH), strong), ("  ", self.rich_style), (words, self.rich_style)]


class HelpDialog(Dialog[CommandEntry]):
    """Shows the help and returns the command that is to be run. `/` searches it; `o` opens the support page, `y` copies
    its address; esc, `q` or the key of the help close it. The footer below it stays to be seen: it says so.
    """

    DEFAULT_CSS = """
    HelpDialog > .dialog--box { width: 100; height: 1fr; max-height: 100%; margin: 0 0 1 0; }
    HelpDialog #search { display: none; }
    HelpDialog #search.-open { display: block; }
    """

    enter_words = "Run"
    esc_words = "Close"

    def __init__(
        self,
        here: Sequence[CommandEntry],
        elsewhere: Sequence[CommandEntry],
        request_id: str | None,
        *,
        typed: str = "",
    ) -> None:
        """`typed` is what is searched for at first."""
        super().__init__("Help")
        self._entries = (*here, *elsewhere)
        self._lines_of_help = help_lines(here, elsewhere, request_id)
        self._typed = typed

    def body(self) -> ComposeResult:
        """Compose the field, which is shown when one searches, and the list."""
        field = Input(self._typed, placeholder="type to search", id="search")
        field.set_class(bool(self._typed), "-open")
        field.cursor_position = len(self._typed)
        yield field
        yield HelpList(self._lines_of_help)

    def on_mount(self) -> None:
        """Search at once where that is asked for."""
        if self._typed:
            self._search()

    def start_focus(self) -> str:
        """The field where something is searched for, else the list."""
        return "#search" if self._typed else "#help"

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """Running, searching, what can be done with the support page, and esc."""
        run, esc = ("enter", self.enter_words), ("esc", self.esc_words)
        if isinstance(self.focused, Input):
            return [run, ("esc", "Whole help")]
        return [run, ("/", "Search"), ("o", SUPPORT_WORDS), ("y", "Copy its address"), esc]

    async def _copy(self) -> None:
        self.tell(await self.copied(SUPPORT, "The address"))

    # -- searching and running ---------------------------------------------------------------

    @property
    def _field(self) -> Input:
        return self.query_one("#search", Input)

    def _open_search(self) -> None:
        self._field.add_class("-open")
        self._field.focus()

    @on(Input.Changed, "#search")
    def _search(self) -> None:
        typed = self._field.value.strip()
        lines = found_lines(self._entries, typed) if typed else self._lines_of_help
        self.query_one(HelpList).show_lines(lines)

    @on(Input.Submitted, "#search")
    def _run(self) -> None:
        entry = self.query_one(HelpList).current
        if entry is None:
            return
        if entry.reason is not None:
            self.tell(entry.reason_text)
        else:
            self.dismiss(entry)

    def decides(self, event: events.Key) -> bool:
        """Return whether a key runs a command that changes something."""
        entry = self.query_one(HelpList).current if event.key == "enter" else None
        return entry is not None and entry.command.changes

    def step_back(self) -> None:
        """Take the search away, else close."""
        if self._field.has_class("-open"):
            self._field.remove_class("-open")
            self.query_one(HelpList).focus()
            self._field.value = ""
        else:
            super().step_back()

    def press(self, event: events.Key) -> None:
        """Run, search, scroll, open or copy the support page's address, or close."""
        if isinstance(self.focused, Input):
            super().press(event)
            return
        if event.key == "enter":
            self._run()
        elif event.key == "space":
            self.query_one(HelpList).page(1.0)
        elif event.key == "slash" or command_of(event, ("search",)) is not None:
            self._open_search()
        elif event.character == "o":
            self.app.call_next(self.app.run_action, "support")
        elif event.character == "y":
            self.run_worker(self._copy(), group="copy", exclusive=True, exit_on_error=False)
        elif command_of(event, ("help",)) is not None:
            self.dismiss(None)
        else:
            super().press(event)
            return
        event.stop()
