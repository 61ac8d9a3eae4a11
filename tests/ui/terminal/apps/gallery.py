"""An app with a bit of everything that a terminal finds hard."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.driver import Driver
from textual.geometry import Region, Size
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Button, DataTable, Footer, Header, Input, Label, Static, TextArea

from jpmanage_tui.ui.terminal.app import TerminalApp
from jpmanage_tui.ui.terminal.driver import INTERRUPTED, LineDriver
from jpmanage_tui.ui.terminal.signals import Twice

NAMES = (
    "Bäckerei Öz",
    "東京ラーメン",
    "Ca\u0301fe",
    "plain shop",
    "☕ coffee 🍰 cake",
    "한국 상점",
    "x" * 40,
)


class Rows(ScrollView, can_focus=True):
    """A list painted by line, with a marker instead of a bar."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--marker"}
    BINDINGS = [("down", "move(1)"), ("up", "move(-1)"), ("pagedown", "move(10)"), ("pageup", "move(-10)")]
    DEFAULT_CSS = "Rows { height: 1fr; } Rows > .rows--marker { color: ansi_cyan; text-style: bold; }"

    def __init__(self, count: int = 500) -> None:
        super().__init__()
        self.count, self.cursor = count, 0

    def on_mount(self) -> None:
        self.virtual_size = Size(60, self.count)

    def action_move(self, step: int) -> None:
        old, self.cursor = self.cursor, max(0, min(self.count - 1, self.cursor + step))
        top = int(self.scroll_offset.y)
        height = self.size.height
        if self.cursor < top or self.cursor >= top + height:
            self.scroll_to(y=max(0, self.cursor - height // 2), animate=False)
        for row in (old, self.cursor):
            self.refresh(Region(0, row - int(self.scroll_offset.y), self.size.width, 1))
        self.app.query_one("#status", Label).update(f"{self.cursor + 1} of {self.count}")

    def render_line(self, y: int) -> Strip:
        row = y + int(self.scroll_offset.y)
        if row >= self.count:
            return Strip.blank(self.size.width)
        here = row == self.cursor
        marker = self.get_component_rich_style("rows--marker", partial=True) if here else Style()
        linked = Style(link=f"https://example.test/{row}") if row % 5 == 0 else Style(underline2=row % 7 == 3)
        text = f"{NAMES[row % len(NAMES)]}"
        strip = Strip(
            [
                Segment("▌" if here else " ", marker),
                Segment(f"{row:5d} ", Style(dim=row % 2 == 0)),
                Segment(text, linked),
                Segment(" " * 3, Style(bgcolor="red" if row % 3 == 0 else None)),
                Segment("revoked" if row % 4 == 0 else "", Style(reverse=True, strike=row % 8 == 0)),
            ]
        )
        return strip.adjust_cell_length(self.size.width, Style())


class Dialog(ModalScreen[None]):
    """A dialog over the rest, which shows through dimmed."""

    BINDINGS = [("escape", "dismiss", "Close")]
    AUTO_FOCUS = "Input"
    CSS = """
    Dialog { align: center middle; background: $background 40%; }
    Dialog Vertical { width: 40; height: 9; border: round $accent; background: $surface; }
    """

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label("Unassign 東京 License?")
            yield Input("a name", id="name")
            yield Button("Cancel")


class LateDriver(LineDriver):
    """A driver that takes its time between reading the terminal's size and telling it."""

    def _get_terminal_size(self) -> tuple[int, int]:
        size = super()._get_terminal_size()
        if self._active:
            Path(os.environ["GALLERY_LATE"]).touch()
            time.sleep(0.3)
        return size


class Gallery(TerminalApp[Any]):
    """A list, a table, fields, and a dialog."""

    CSS = """
    #side { width: 24; border: solid $primary; }
    #table { height: 10; }
    TextArea { height: 6; }
    """
    BINDINGS = [
        ("ctrl+d", "dialog", "Dialog"),
        ("ctrl+t", "theme_next", "Theme"),
        ("ctrl+l", "repaint_all", "Repaint"),
        ("ctrl+c", "leave", "Leave"),
        ("ctrl+x", "fail", "Fail"),
    ]
    AUTO_FOCUS = "Rows"
    presses = Twice()

    def take_background(self, dark: bool) -> None:
        self.query_one("#status", Label).update("dark background" if dark else "light background")

    def get_driver_class(self) -> type[Driver]:
        return LateDriver if "GALLERY_LATE" in os.environ else super().get_driver_class()

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal():
            with VerticalScroll(id="side"):
                yield Input(placeholder="search", id="search")
                yield Static("[b]bold[/] [i]italic[/] [u]under[/] [dim]dim[/] [s]gone[/]\n" + "漢字" * 7)
                yield TextArea("some text\n漢字 text")
                yield Button("Press")
            with Vertical():
                yield Rows()
                yield DataTable(id="table")
        yield Label("1 of 500", id="status")
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("no", "name", "state")
        for row in range(60):
            table.add_row(str(row), NAMES[row % len(NAMES)], "assigned" if row % 2 else "unassigned")
        for field in (*self.query(Input), *self.query(TextArea)):
            field.cursor_blink = False

    async def before_end(self, code: int) -> None:
        if path := os.environ.get("GALLERY_CLOSED"):
            await asyncio.to_thread(Path(path).write_text, str(code))

    def action_dialog(self) -> None:
        self.push_screen(Dialog())

    def action_theme_next(self) -> None:
        names = ["textual-dark", "ansi-dark", "textual-light", "ansi-light"]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_repaint_all(self) -> None:
        self.repaint_all()

    def action_fail(self) -> None:
        secret = os.environ.get("GALLERY_SECRET", "")
        raise RuntimeError(f"nobody handles this one, {len(secret)} characters long")

    def action_leave(self) -> None:
        if self.presses.pressed():
            self.end_with(INTERRUPTED)


def main() -> int:
    """Run the gallery; the first argument is its theme, the second "stock" where Textual shall render."""
    app = Gallery(cells=sys.argv[2:] != ["stock"])
    app.theme = sys.argv[1] if len(sys.argv) > 1 else "ansi-dark"
    app.run(mouse=False)
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
