"""Reading an invoice in the terminal, so that nobody needs to copy a file off the host to read it."""

from __future__ import annotations

import io
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.invoices import invoice_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.invoices.download import fetch_pdf, progress_text, throttled
from jpmanage_tui.services.invoices.pdf_reader import PdfContent, UnreadablePdf, read_pdf
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.dialogs.dialog import Dialog
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

    def __init__(self, client: LicensingClient, invoice: Invoice) -> None:
        super().__init__(f"Invoice {invoice_name(invoice)}")
        self._client = client
        self._invoice = invoice
        self._data: bytes | None = None
        self._content: PdfContent | None = None
        self._loader: Loader[str] = Loader(self, "invoice-text", failed=self._load_failed)

    def body(self) -> ComposeResult:
        """Compose the text and the line below it."""
        yield TextList()
        yield self.text("", muted=True, id="about")

    def on_mount(self) -> None:
        """Fetch the PDF."""
        self._begin()

    def _begin(self) -> None:
        self._say("Loading the invoice…")
        self._loader.load("text", self._read, self._text_loaded)

    async def _read(self) -> PdfContent | UnreadablePdf:
        """Return the text, or why there is none in the PDF. Raises ApiError."""
        buffer = io.BytesIO()
        await fetch_pdf(self._client, self._invoice, buffer, throttled(self._report))
        self._data = buffer.getvalue()
        try:
            return await read_pdf(self._data)
        except UnreadablePdf as error:
            return error

    def _report(self, size: int, whole: int | None) -> None:
        self.call_later(self._say, f"Loading: {progress_text(size, whole)}")

    def _text_loaded(self, content: PdfContent | UnreadablePdf) -> None:
        if isinstance(content, UnreadablePdf):
            self._say(f"{content} d downloads it.")
            return
        text = self.query_one(TextList)
        self._content = content
        text.lines = content.lines
        text.changed()
        self._say_keys()

    def _load_failed(self, _key: str, error: ApiError) -> None:
        self._say(f"{error.message} r tries again.")

    def on_resize(self, event: events.Resize) -> None:
        """Say whether the text moves sideways at this width."""
        self.call_after_refresh(self._say_keys)

    def _say_keys(self) -> None:
        content = self._content
        if content is not None:
            more = "; the text goes on, d downloads all of it" if content.cut else ""
            sideways = MORE_KEYS if self.query_one(TextList).furthest else ""
            self._say(f"{pluralize(content.pages, 'page')}{more}   {KEYS}{sideways}")

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
