"""The first step: the lines of the list, as they are pasted, typed, or read from a file."""

from __future__ import annotations

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.api.text import sanitize_text
from jpmanage_tui.rules.site_list import MOST_LINES
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

PATH_STARTS = ("/", "~/", "./", "../", "'/", '"/')
"""What the path of a file begins with, and no address does; a file that is dropped on a terminal may be quoted."""
HOW = (
    "",
    "No line yet. Paste the list into the field above, or type it there, a site a line:",
    "",
    "    acme.example",
    "    https://acme.example/shop",
    "    blog.acme.example, jetpack-backup-t1",
    "    blog.acme.example, jetpack-scan, 2",
    "",
    "A row may name a product and how many, after a comma, a semicolon or a tab.",
    f"Or name a file that has it (~/sites.csv), in UTF-8 or UTF-16. {MOST_LINES:,} lines are the most.",
)
"""What stands in the place of the lines."""


class ListInput(Input):
    """The field for lines: several that are pasted come in at once, the others one by one.

    Keys that come from a paste without brackets do nothing there but type: tab goes to the next column, and enter in an
    empty field does nothing. F2 goes on from here.
    """

    class Given(DataMessage):
        """Text was given, a line or several, or the path of a file."""

        text: str
        pasted: bool

    class Finished(Message):
        """The list is to be matched (F2)."""

    def _on_paste(self, event: events.Paste) -> None:
        """Take a paste of any number of lines; one line goes into the field, where it can be changed."""
        text = event.text
        if len(text.strip().splitlines()) > 1 or "\t" in text.strip():
            event.stop()
            event.prevent_default()
            self.post_message(self.Given(text, True))
        else:
            super()._on_paste(event)

    async def _on_key(self, event: events.Key) -> None:
        """Give a line (enter), begin the next column (tab), or go on (F2)."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            if self.value.strip():
                self.post_message(self.Given(self.value, False))
        elif event.key == "tab" and self.value:
            event.stop()
            event.prevent_default()
            self.insert_text_at_cursor(";")
        elif event.key == "f2":
            event.stop()
            event.prevent_default()
            self.post_message(self.Finished())
        else:
            await super()._on_key(event)


class LineList(VirtualList):
    """The lines of a list as they were given, with their numbers."""

    def __init__(self, lines: list[str], *, id: str) -> None:
        """`lines` are those that are there already; it is they that are changed."""
        super().__init__(id=id)
        self.lines = lines
        self.placeholder = list(HOW)

    def line_count(self) -> int:
        """Return the number of lines."""
        return len(self.lines)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the line's number and its text."""
        number = f"{line + 1:,}".rjust(len(f"{MOST_LINES:,}"))
        text = sanitize_text(self.lines[line])
        return [(f"{number}  ", self.get_component_rich_style("list--muted")), (text, self.rich_style)]


class IntakePane(Vertical):
    """The field for lines, and the lines that are there, blank ones too, so that numbers stay those of a file."""

    DEFAULT_CSS = """
    IntakePane { height: 1fr; }
    IntakePane > Horizontal { height: 1; padding: 0 1; }
    IntakePane > Horizontal > Static { width: 6; }
    """

    class Changed(Message):
        """Other lines are there, or the focus has moved."""

    def __init__(self, lines: list[str]) -> None:
        """`lines` are those that are there already; it is they that are changed."""
        super().__init__()
        self.lines = lines
        self.count = self._counted()
        """How many lines there are in which something stands."""

    def compose(self) -> ComposeResult:
        """Compose the field and the lines."""
        with Horizontal():
            yield Static("Add", markup=False)
            yield ListInput(placeholder="an address, a row, or a file: paste here", id="site-list-line")
        yield LineList(self.lines, id="site-list-lines")

    def on_mount(self) -> None:
        """Show the lines that are there already."""
        self.list.changed()

    @property
    def field(self) -> ListInput:
        """The field."""
        return self.query_one(ListInput)

    @property
    def list(self) -> LineList:
        """The lines."""
        return self.query_one(LineList)

    @property
    def text(self) -> str:
        """The list as one text."""
        return "\n".join(self.lines)

    def _counted(self) -> int:
        return sum(map(bool, map(str.strip, self.lines)))

    def add(self, text: str) -> str | None:
        """Add the lines of `text` below those that are there; returns as a sentence why they are not taken."""
        lines = text.removeprefix("\ufeff").splitlines()
        while lines and not lines[-1].strip():
            lines.pop()
        more = sum(map(bool, map(str.strip, lines)))
        whole = self.count + more
        if whole > MOST_LINES:
            words = "more would be" if self.lines else "are"
            return f"{pluralize(more, 'line')} {words} too many: {MOST_LINES:,} are the most. None was added."
        self.lines += lines
        self._show()
        if lines:
            self.list.move_cursor(len(self.lines) - 1)
        return None

    def remove_line(self) -> None:
        """Take out the line under the cursor."""
        del self.lines[self.list.cursor]
        self._show()

    def clear(self) -> None:
        """Take out all lines."""
        self.lines.clear()
        self._show()

    def _show(self) -> None:
        self.count = self._counted()
        self.list.changed()
        self.post_message(self.Changed())

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self.post_message(self.Changed())
