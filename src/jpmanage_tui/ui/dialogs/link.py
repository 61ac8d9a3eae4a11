"""A web page shown where there is no browser: as a link, copied, and as a QR code where it fits."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.ui.dialogs.browser import BrowserDialog
from jpmanage_tui.ui.widgets.button import PushButton


class LinkDialog(BrowserDialog[None]):
    """Shows an address; `y` copies it."""

    first_focus: ClassVar[str | None] = "#done"
    esc_words = "Close"

    def body(self) -> ComposeResult:
        """Compose the link, the buttons and the code."""
        yield from self.browser_body(
            f"{self.title_words}: open this address in a browser",
            (
                self.buttons(PushButton("Done", id="done"), PushButton("Copy (y)", id="copy")),
                self.text("", muted=True, id="said"),
            ),
        )

    @on(PushButton.Pressed, "#done")
    def _done(self) -> None:
        self.dismiss(None)

    @on(PushButton.Pressed, "#copy")
    def _copy_pressed(self) -> None:
        self._start_copy()

    def _start_copy(self) -> None:
        self.run_worker(self._copy(), group="copy", exclusive=True, exit_on_error=False)

    async def _copy(self) -> None:
        self.query_one("#said", Static).update(await self.copied(self.url, "The address"))

    def press(self, event: events.Key) -> None:
        """`y` copies, `q` closes."""
        if event.character == "y":
            event.stop()
            self._start_copy()
        elif event.character == "q":
            event.stop()
            self.dismiss(None)
        else:
            super().press(event)
