"""Signing in with WordPress.com: the page to open, and the address that one is sent back to."""

from __future__ import annotations

import os
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.oauth import SignInRefused
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.note import Note
from jpmanage_tui.ui.session import Door, NoAccount
from jpmanage_tui.ui.sign_in import SignedIn, SignInTry
from jpmanage_tui.ui.terminal.links import is_web_url, open_url
from jpmanage_tui.ui.widgets.field import Field
from jpmanage_tui.ui.widgets.push_button import PushButton
from jpmanage_tui.ui.widgets.qr_code import draw
from jpmanage_tui.ui.words import Where, explain

ASKING = "Asking WordPress.com…"
WAITING = "Waiting for you to come back from WordPress.com."
_HOW = (
    "After you approve, the browser goes to an address that begins with http://127.0.0.1. A browser on this "
    "machine is then done. Any other says that it cannot be reached: copy that address and paste it here."
)


class SignInDialog(Dialog[SignedIn]):
    """Returns what signing in gave, None when the user stepped back. It takes the whole screen; nothing in it moves."""

    DEFAULT_CSS = """
    SignInDialog > .dialog--box { width: 100%; height: 100%; border: none; padding: 0; }
    SignInDialog #link { height: auto; width: 100%; margin: 0 0 1 0; }
    SignInDialog #qr { height: auto; width: 100%; margin: 1 0; }
    """
    first_focus: ClassVar[str | None] = "#address"

    class Page(Note):
        """The page to open is known."""

        url: str

    class Ended(Note):
        """The try ended: with tokens, or with the sentence why not."""

        signed: SignedIn | None
        sentence: str = ""

    class Told(Note):
        """A sentence about the browser or the clipboard."""

        words: str

    def __init__(self, door: Door) -> None:
        super().__init__("Sign in with WordPress.com")
        self.url = ""
        self._door = door
        self._try: SignInTry | None = None

    def body(self) -> ComposeResult:
        """Compose the address of the page, the field for the way back, and the buttons."""
        yield self.text(f"{self.title_words}: open this address in a browser, here or elsewhere")
        yield Static(ASKING, markup=False, id="link")
        yield self.text(_HOW)
        yield self.text("Address you were sent back to", muted=True)
        yield Field(placeholder="http://127.0.0.1…", id="address")
        yield Static("", markup=False, classes="dialog--error", id="wrong")
        yield self.buttons(
            PushButton("Go on", id="go"),
            PushButton("Copy the address (y)", id="copy"),
            PushButton("Start again", id="again"),
            PushButton("Cancel", id="cancel"),
        )
        yield self.text("", muted=True, id="said")
        yield Static("", id="qr", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self._begin()

    def on_resize(self) -> None:
        """Draw the code for the new size."""
        self.call_after_refresh(self._draw)

    def _begin(self) -> None:
        self.url = ""
        self._wrong("")
        self._say("")
        self.query_one("#link", Static).update(ASKING)
        self.run_worker(self._run(), group="sign-in", exclusive=True, exit_on_error=False)

    async def _run(self) -> None:
        try:
            async with self._door.sign_in() as attempt:
                self._try = attempt
                url = await attempt.begin()
                self.post_message(self.Page(url))
                opened = await open_url(url, os.environ)
                self.post_message(self.Told("The page is open in the browser." if opened else WAITING))
                signed = await attempt.finish()
        except ApiError as error:
            self.post_message(self.Ended(None, explain(error, "Signing in", where=Where.START)))
        except (SignInRefused, NoAccount) as error:
            self.post_message(self.Ended(None, str(error)))
        else:
            self.post_message(self.Ended(signed))

    @on(Page)
    def _page(self, message: Page) -> None:
        self.url = message.url
        style = Style(link=self.url, underline=True) if is_web_url(self.url) else Style(underline=True)
        self.query_one("#link", Static).update(Text(self.url, style=style, overflow="fold"))
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if self.url:
            above = 14 - (-len(self.url) // max(1, self.size.width))
            drawn = draw(self.url, self.size, above, 0, may_stand_beside=False)
            self.query_one("#qr", Static).update(drawn.text)

    @on(Ended)
    def _ended(self, message: Ended) -> None:
        self._try = None
        if message.signed is not None:
            self.dismiss(message.signed)
            return
        self._say("")
        self._wrong(f"{message.sentence} Start again, or cancel to sign in another way.")
        self.query_one("#again").focus()

    @on(Told)
    def _told(self, message: Told) -> None:
        self._say(message.words)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._paste()

    def _paste(self) -> None:
        field = self.query_one("#address", Field)
        if self._try is None or not self.url:
            self._wrong("There is no sign-in to end: start again.")
        elif not field.value.strip():
            self._wrong("Paste the address first.")
        else:
            trouble = self._try.paste(field.value)
            self._wrong(trouble or "")
            if trouble is None:
                field.value = ""
                self._say(ASKING)

    @on(PushButton.Pressed)
    def _pressed(self, event: PushButton.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "go":
                self._paste()
            case "copy":
                self._start_copy()
            case "again":
                self._begin()
                self.query_one("#address").focus()
            case _:
                self.dismiss(None)

    def _start_copy(self) -> None:
        if self.url:
            self.run_worker(self._copy(), group="copy", exclusive=True, exit_on_error=False)

    async def _copy(self) -> None:
        from jpmanage_tui.ui.app import JpmanageApp

        if isinstance(self.app, JpmanageApp):
            self.post_message(self.Told(await self.app.copied(self.url, "The address")))

    def _say(self, words: str) -> None:
        self.query_one("#said", Static).update(words)

    def tell(self, sentence: str) -> None:
        """Say it below the field: the box has no edge."""
        self._wrong(sentence)

    def _wrong(self, words: str) -> None:
        self.query_one("#wrong", Static).update(words)

    def press(self, event: events.Key) -> None:
        """`y` copies the address of the page."""
        if event.character == "y" and not isinstance(self.focused, Field):
            event.stop()
            self._start_copy()
        else:
            super().press(event)
