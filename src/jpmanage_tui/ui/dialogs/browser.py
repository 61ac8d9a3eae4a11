"""The dialogs that send the user to a browser: the address as a link, and as a QR code where it fits."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.services.browser import is_web_url, open_url
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.button import PushButton
from jpmanage_tui.ui.widgets.input import Field
from jpmanage_tui.ui.widgets.qr_code import place

Answer = TypeVar("Answer")
LONGEST_LINK = 2000
"""Characters of an address that is a link (OSC 8); terminals ignore one that is longer (VTE's limit is 2,083)."""


class BrowserDialog(Dialog[Answer]):
    """Shows an address unframed, so that it can be selected, and below it the rest beside a QR code.

    It takes the whole screen. A subclass composes with `browser_body`, and calls `show_address` when it has one.
    An address that is too long for the screen scrolls with the pages keys; `y` copies it. What is to be said of it
    stands in the text `#said`, which the subclass composes.
    """

    DEFAULT_CSS = """
    BrowserDialog > .dialog--box { width: 100%; height: 100%; border: none; padding: 0; }
    BrowserDialog #address-box { height: auto; max-height: 34%; margin: 0 0 1 0; scrollbar-size-vertical: 1; }
    BrowserDialog #link { height: auto; width: 100%; }
    BrowserDialog #middle { height: 1fr; layout: vertical; scrollbar-size-vertical: 1; }
    BrowserDialog #left { width: 100%; height: auto; }
    BrowserDialog #qr { width: 100%; height: auto; }
    BrowserDialog.-code #qr { width: auto; color: ansi_bright_white; background: ansi_black; }
    BrowserDialog.-beside #middle { layout: horizontal; }
    BrowserDialog.-beside #left { width: 1fr; margin: 0 2 0 0; }
    BrowserDialog.-tight #address-box { margin: 0; }
    """

    class Told(DataMessage):
        """A sentence about the address, the browser or the clipboard."""

        words: str

    PAGES: ClassVar[dict[str, int]] = {"pageup": -1, "pagedown": 1}

    def __init__(self, title: str, url: str = "") -> None:
        super().__init__(title)
        self.url = url

    def browser_body(self, sentence: str, parts: Iterable[Widget], waiting: str = "") -> ComposeResult:
        """Compose a sentence, the address (or why it is waited for), and the parts beside the code."""
        yield self.text(sentence, id="sentence")
        with VerticalScroll(id="address-box", can_focus=False):
            yield Static(self._link() if self.url else waiting, markup=False, id="link")
        with VerticalScroll(id="middle", can_focus=False):
            with Vertical(id="left"):
                yield from parts
            yield Static("", id="qr", markup=False)

    def show_address(self, url: str) -> None:
        """Show an address in the place of the one before, or of what was said while it was waited for."""
        self.url = url
        self.query_one("#link", Static).update(self._link())
        self.call_after_refresh(self.draw_code)

    def _link(self) -> Text:
        links = is_web_url(self.url) and len(self.url) <= LONGEST_LINK
        style = Style(link=self.url, underline=True) if links else Style(underline=True)
        return Text(self.url, style=style, no_wrap=False, overflow="fold")

    def on_mount(self) -> None:
        """Draw the code when the size is known."""
        self.call_after_refresh(self.draw_code)

    def on_resize(self, event: events.Resize) -> None:
        """Draw the code for the new size."""
        self.call_after_refresh(self.draw_code)

    def draw_code(self) -> None:
        """Draw the code where it fits, else say what room it needs."""
        if not self.url or not self.is_mounted:
            return
        above = sum(self.query_one(part).outer_size.height for part in ("#sentence", "#address-box"))
        placed = place(self.url, self.size, above, self.query_one("#left").virtual_size.height)
        for name, is_so in (("-code", placed.code), ("-beside", placed.beside), ("-tight", placed.tight)):
            self.set_class(is_so, name)
        self.query_one("#qr", Static).update(placed.text)

    # -- what is said, and copying -----------------------------------------------------------

    def copy_address(self) -> None:
        """Send the address to the clipboard, and say which way it went."""
        if self.url:
            self.run_worker(self._copy(), group="copy", exclusive=True, exit_on_error=False)

    async def _copy(self) -> None:
        self.post_message(self.Told(await self.copied(self.url, "The address")))

    @on(Told)
    def _told(self, message: Told) -> None:
        self.say(message.words)

    def say(self, words: str) -> None:
        """Say something below the rest."""
        said = self.query_one("#said", Static)
        if said.content != words:  # what says the same costs no byte
            said.update(words)

    def press(self, event: events.Key) -> None:
        """Copy the address (`y`); scroll one that is too long, or what stands below it."""
        if event.character == "y" and not isinstance(self.focused, Field):
            event.stop()
            self.copy_address()
        elif event.key in self.PAGES:
            event.stop()
            box = self.query_one("#address-box")
            box = box if box.max_scroll_y else self.query_one("#middle")
            box.scroll_relative(y=self.PAGES[event.key] * max(1, box.size.height - 1), animate=False)
        else:
            super().press(event)


async def open_link(app: App[Any], title: str, url: str) -> None:
    """Open a web page on a local desktop; over SSH show it as link and QR code, and wait until that is closed."""
    if not is_web_url(url):
        app.notify(f"{title}: the API gave no web address that can be opened.", severity="warning")
    elif await open_url(url, os.environ):
        app.notify(f"{title}: opened {url} in the browser.")
    else:
        await app.push_screen_wait(LinkDialog(title, url))


class LinkDialog(BrowserDialog[None]):
    """Shows a web page where there is no browser; `y` copies its address."""

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
        self.copy_address()

    def press(self, event: events.Key) -> None:
        """`q` closes, too."""
        if event.character == "q":
            event.stop()
            self.dismiss(None)
        else:
            super().press(event)
