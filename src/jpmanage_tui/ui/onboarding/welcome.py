"""The welcome screen: without credentials the program offers to sign in, a token, the demo, or the way out."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, ClassVar

from pydantic import SecretStr
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.account.oauth_login import SignedIn
from jpmanage_tui.account.service import AccountService
from jpmanage_tui.account.session import Session
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.onboarding.sign_in import SignInDialog
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.checkbox import Checkbox
from jpmanage_tui.ui.widgets.input import Input

Opening = Coroutine[Any, Any, Session]


class WelcomeDialog(Dialog[Opening]):
    """Returns the coroutine that opens what the user chose, None to leave."""

    first_focus: ClassVar[str | None] = "Button"
    esc_words = "Leave"

    def __init__(self, account_service: AccountService, sentence: str, again: str | None = None) -> None:
        """`sentence` says why no account is open; `again` are the words that try the one that is known once more."""
        super().__init__("Welcome to jpmanage")
        self._account_service = account_service
        self._sentence = sentence
        self._again = again

    def body(self) -> ComposeResult:
        """Compose the text, the fields and the buttons."""
        if self._sentence:
            yield Static(self._sentence, markup=False, classes="dialog--error")
        known = [Button(self._again, id="again")] if self._again is not None else []
        yield self.buttons(*known, Button("Sign in with WordPress.com", id="web"))
        yield self.text(
            "Or with a token. The user token of your WordPress.com account opens everything; "
            "a partner key's token alone opens licenses, invoices and cards."
        )
        yield self.text("User token", muted=True)
        yield Input(password=True, placeholder="paste it here, if at hand", id="user")
        yield self.text("Partner key token", muted=True)
        yield Input(password=True, placeholder="paste it here, if at hand", id="key")
        yield Checkbox("Keep it in the credentials file (only you can read it)", True, id="keep")
        yield Static("", markup=False, classes="dialog--error", id="wrong")
        yield self.buttons(
            Button("Sign in with the token", id="sign-in"),
            Button("Try the demo", id="demo"),
            Button("Leave", id="leave"),
        )

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "user" and not event.value.strip():
            self.query_one("#key").focus()
        else:
            self._sign_in()

    @on(Button.Pressed, "#sign-in")
    def _sign_in(self) -> None:
        key = self.query_one("#key", Input).value.strip()
        user = self.query_one("#user", Input).value.strip()
        if not key and not user:
            self.query_one("#wrong", Static).update("Paste one of the two tokens, or try the demo.")
            return
        self.dismiss(
            self._account_service.open_tokens(
                SecretStr(key) if key else None, SecretStr(user) if user else None, self._profile()
            )
        )

    def _profile(self) -> str | None:
        """Return where to keep the tokens, None for nowhere."""
        return self._account_service.profile_for_new if self.query_one("#keep", Checkbox).value else None

    @on(Button.Pressed, "#web")
    def _web(self) -> None:
        self.app.push_screen(SignInDialog(self._account_service), self._signed_in)

    def _signed_in(self, signed: SignedIn | None) -> None:
        if signed is not None:
            self.dismiss(self._account_service.open_signed_in(signed, self._profile()))

    def step_back(self) -> None:
        """Leave; a token that was pasted is not lost to one key press: the first one only leads to the button."""
        leave = self.query_one("#leave")
        if any(field.value for field in self.query(Input)) and not leave.has_focus:
            leave.focus()
        else:
            self._leave()

    @on(Button.Pressed, "#again")
    def _once_more(self) -> None:
        self.dismiss(self._account_service.open())

    @on(Button.Pressed, "#demo")
    def _demo(self) -> None:
        self.dismiss(self._account_service.open_demo())

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.dismiss(None)
