"""A web page shown where there is no browser: as a link, copied, and as a QR code where it fits."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.push_button import PushButton
from jpmanage_tui.ui.widgets.qr_code import draw


class LinkDialog(Dialog[None]):
    """Shows an address unframed, so that it can be selected; `y` copies it. It takes the whole screen."""

    DEFAULT_CSS = """
    LinkDialog > .dialog--box { width: 100%; height: 100%; border: none; padding: 0; }
    LinkDialog #link { height: auto; width: 100%; }
    LinkDialog #qr { height: auto; width: auto; margin: 1 0; color: ansi_bright_white; background: ansi_black; }
    """
    first_focus: ClassVar[str | None] = "#done"
    esc_words = "Close"

    def __init__(self, title: str, url: str) -> None:
        super().__init__(title)
        self.url = url

    def body(self) -> ComposeResult:
        """Compose the link, the buttons and the code."""
        yield self.text(f"{self.title_words}: open this address in a browser")
        yield Static(
            Text(self.url, style=Style(link=self.url, underline=True), no_wrap=False, overflow="fold"),
            id="link",
        )
        yield self.buttons(PushButton("Done", id="done"), PushButton("Copy (y)", id="copy"))
        yield self.text("", muted=True, id="said")
        yield Static("", id="qr", markup=False)

    def on_mount(self) -> None:
        """Draw the code when the size is known."""
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        """Draw the code for the new size."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        used = 7 - (-len(self.url) // max(1, self.size.width))
        drawn = draw(self.url, self.size, used, 0, may_stand_beside=False)
        self.query_one("#qr", Static).update(drawn.text)

    @on(PushButton.Pressed, "#done")
    def _done(self) -> None:
        self.dismiss(None)

    @on(PushButton.Pressed, "#copy")
    def _copy_pressed(self) -> None:
        self._start_copy()

    def _start_copy(self) -> None:
        self.run_worker(self._copy(), group="copy", exclusive=True, exit_on_error=False)

    async def _copy(self) -> None:
        from jpmanage_tui.ui.app import JpmanageApp

        words = await self.app.copied(self.url, "The address") if isinstance(self.app, JpmanageApp) else ""
        self.query_one("#said", Static).update(words)

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
