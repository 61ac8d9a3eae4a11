"""Signing in with WordPress.com: the page to open, and the address that one is sent back to."""

from __future__ import annotations

import os
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.account.oauth_login import OAuthFlow, SignedIn
from jpmanage_tui.account.service import AccountService
from jpmanage_tui.account.session import NoAccount
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.oauth import SignInRefused
from jpmanage_tui.services.browser import open_url
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.browser import BrowserDialog
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.input import Input

ASKING = "Asking WordPress.com…"
WAITING = "Waiting for you to come back from WordPress.com."
_HOW = (
    "After you approve, the browser goes to an address that begins with http://127.0.0.1. A browser on this "
    "machine is then done. Any other says that it cannot be reached: copy that address and paste it here."
)


class SignInDialog(BrowserDialog[SignedIn]):
    """Returns what signing in gave, None when the user stepped back. Nothing in it moves."""

    first_focus: ClassVar[str | None] = "#address"

    class Page(DataMessage):
        """The page to open is known."""

        url: str

    class Ended(DataMessage):
        """The try ended: with tokens, or with the sentence why not."""

        signed: SignedIn | None
        sentence: str = ""

    def __init__(self, account_service: AccountService) -> None:
        super().__init__("Sign in with WordPress.com")
        self._account_service = account_service
        self._try: OAuthFlow | None = None

    def body(self) -> ComposeResult:
        """Compose the address of the page, the field for the way back, and the buttons."""
        yield from self.browser_body(
            f"{self.title_words}: open this address in a browser, here or elsewhere",
            (
                self.text(_HOW),
                self.text("Address you were sent back to", muted=True),
                Input(placeholder="http://127.0.0.1…", id="address"),
                Static("", markup=False, classes="dialog--error", id="wrong"),
                self.buttons(
                    Button("Go on", id="go"),
                    Button("Copy the address (y)", id="copy"),
                    Button("Start again", id="again"),
                    Button("Cancel", id="cancel"),
                ),
                self.text("", muted=True, id="said"),
            ),
            ASKING,
        )

    def on_mount(self) -> None:
        """Begin."""
        self._begin()

    def _begin(self) -> None:
        self.url = ""
        self._wrong("")
        self.say("")
        self.query_one("#link", Static).update(ASKING)
        self.run_worker(self._run(), group="sign-in", exclusive=True, exit_on_error=False)

    async def _run(self) -> None:
        try:
            async with self._account_service.sign_in() as attempt:
                self._try = attempt
                url = await attempt.begin()
                self.post_message(self.Page(url))
                opened = await open_url(url, os.environ)
                self.post_message(self.Told("The page is open in the browser." if opened else WAITING))
                signed = await attempt.finish()
        except ApiError as error:
            self.post_message(self.Ended(None, error_text(error, "Signing in", where=Where.START)))
        except (SignInRefused, NoAccount) as error:
            self.post_message(self.Ended(None, str(error)))
        else:
            self.post_message(self.Ended(signed))

    @on(Page)
    def _page(self, message: Page) -> None:
        self.show_address(message.url)

    @on(Ended)
    def _ended(self, message: Ended) -> None:
        self._try = None
        if message.signed is not None:
            self.dismiss(message.signed)
            return
        self.say("")
        self._wrong(f"{message.sentence} Start again, or cancel to sign in another way.")
        self.query_one("#again").focus()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._paste()

    def _paste(self) -> None:
        field = self.query_one("#address", Input)
        if self._try is None or not self.url:
            self._wrong("There is no sign-in to end: start again.")
        elif not field.value.strip():
            self._wrong("Paste the address first.")
        else:
            trouble = self._try.paste(field.value)
            self._wrong(trouble or "")
            if trouble is None:
                field.value = ""
                self.say(ASKING)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "go":
                self._paste()
            case "copy":
                self.copy_address()
            case "again":
                self._begin()
                self.query_one("#address").focus()
            case _:
                self.dismiss(None)

    def tell(self, sentence: str) -> None:
        """Say it below the field: the box has no edge."""
        self._wrong(sentence)

    def _wrong(self, words: str) -> None:
        self.query_one("#wrong", Static).update(words)
