"""Reading an invoice in the terminal, so that nobody needs to copy a file off the host to read it."""

from __future__ import annotations

import io
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.invoices.download import fetch, paced, so_far
from jpmanage_tui.services.invoices.pdf_reader import Page, Unreadable, read_pdf
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.sections.invoices.columns import name_of
from jpmanage_tui.ui.widgets.virtual_list import MARKER_WIDTH, VirtualList

SIDEWAYS = 8
"""Cells by which left and right move the text."""
KEYS = "esc close   d Download"
MORE_KEYS = "   ← → sideways"


class TextList(VirtualList):
    """Lines of text that scroll up and down, and sideways where they are longer than the terminal is wide."""

    DEFAULT_CSS = "TextList { height: 1fr; background: $surface; }"

    def __init__(self) -> None:
        super().__init__(id="text")
        self.lines: tuple[str, ...] = ()
        self.left = 0

    def line_count(self) -> int:
        """Return the number of lines."""
        return len(self.lines)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return the part of a line that is in view."""
        return [(self.lines[line][self.left :], self.rich_style)]

    def changed(self) -> None:
        """Take over changed lines; a text has no cursor."""
        super().changed()
        self.cursor = -1

    def resized(self) -> None:
        """Keep the line at the top, and move back sideways where more fits now."""
        super().resized()
        self.left = min(self.left, self.furthest)

    def move(self, step: int) -> None:
        """Scroll by a line."""
        self._scroll_by(step)

    def page(self, pages: float) -> None:
        """Scroll by a number of view heights."""
        self._scroll_by(int(self.view_height * pages))

    def first(self) -> None:
        """Scroll to the beginning."""
        self._scroll_by(-len(self.lines))

    def last(self) -> None:
        """Scroll to the end."""
        self._scroll_by(len(self.lines))

    def _scroll_by(self, lines: int) -> None:
        self._scroll(max(0, min(self.scroll_offset.y + lines, len(self.lines) - self.view_height)))

    @property
    def furthest(self) -> int:
        """How many cells of the longest line do not fit."""
        room = self.scrollable_content_region.width - MARKER_WIDTH
        return max(0, max((cell_len(line) for line in self.lines), default=0) - room)

    def shift(self, cells: int) -> None:
        """Move the text sideways, no further than its longest line reaches."""
        left = max(0, min(self.left + cells, self.furthest))
        if left != self.left:
            self.left = left
            self.refresh()


class InvoiceTextDialog(Dialog[bytes]):
    """Fetches the invoice's PDF into memory and shows its text. Returns the PDF when the user wants it saved."""

    DEFAULT_CSS = "InvoiceTextDialog > .dialog--box { width: 104; height: 100%; }"
    first_focus: ClassVar[str | None] = "#text"
    enter_words = ""
    esc_words = "Close"

    class Came(Message):
        """The text came; `data` is the PDF."""

        def __init__(self, page: Page) -> None:
            super().__init__()
            self.page = page

    class Failed(Message):
        """There is no text to show; `sentence` says why."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    class Progressed(Message):
        """So much of the PDF came."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def __init__(self, client: LicensingClient, invoice: Invoice) -> None:
        super().__init__(f"Invoice {name_of(invoice)}")
        self._client = client
        self._invoice = invoice
        self._data: bytes | None = None
        self._page: Page | None = None

    def body(self) -> ComposeResult:
        """Compose the text and the line below it."""
        yield TextList()
        yield self.text("", muted=True, id="about")

    def on_mount(self) -> None:
        """Fetch the PDF."""
        self._begin()

    def _begin(self) -> None:
        self._say("Loading the invoice…")
        self.run_worker(self._load(), group="invoice-text", exclusive=True, exit_on_error=False)

    async def _load(self) -> None:
        buffer = io.BytesIO()
        try:
            await fetch(self._client, self._invoice, buffer, paced(self._report))
            self._data = buffer.getvalue()
            page = await read_pdf(self._data)
        except ApiError as error:
            self.post_message(self.Failed(f"{error.message} r tries again."))
        except Unreadable as error:
            self.post_message(self.Failed(f"{error} d downloads it."))
        else:
            self.post_message(self.Came(page))

    def _report(self, size: int, whole: int | None) -> None:
        self.post_message(self.Progressed(f"Loading: {so_far(size, whole)}"))

    @on(Came)
    def _came(self, message: Came) -> None:
        text = self.query_one(TextList)
        self._page = message.page
        text.lines = message.page.lines
        text.changed()
        self._say_keys()

    def on_resize(self, event: events.Resize) -> None:
        """Say whether the text moves sideways at this width."""
        self.call_after_refresh(self._say_keys)

    def _say_keys(self) -> None:
        page = self._page
        if page is not None:
            more = "; the text goes on, d downloads all of it" if page.cut else ""
            sideways = MORE_KEYS if self.query_one(TextList).furthest else ""
            self._say(f"{pluralize(page.pages, 'page')}{more}   {KEYS}{sideways}")

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self._say(message.sentence)

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        self._say(message.words)

    def _say(self, words: str) -> None:
        self.query_one("#about", Static).update(words)

    def press(self, event: events.Key) -> None:
        """Scroll; `d` hands the PDF over to be saved, `r` tries again where nothing came."""
        text = self.query_one(TextList)
        sideways = {"left": -SIDEWAYS, "right": SIDEWAYS}
        if event.key in sideways:
            text.shift(sideways[event.key])
        elif event.key == "space":
            text.page(1.0)
        elif not self._asked(event.character or ""):
            super().press(event)
            return
        event.stop()

    def _asked(self, key: str) -> bool:
        if key == "q":
            self.dismiss(None)
        elif key == "d" and self._data is not None:
            self.dismiss(self._data)
        elif key == "r" and self._data is None:
            self._begin()
        else:
            return False
        return True
