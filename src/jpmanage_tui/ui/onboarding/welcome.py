"""The welcome screen: without credentials the program offers to sign in, a token, the demo, or the way out."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any, ClassVar

from pydantic import SecretStr
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.account.oauth_login import SignedIn
from jpmanage_tui.account.service import AccountService
from jpmanage_tui.account.session import Session
from jpmanage_tui.config.keymap import key_label
from jpmanage_tui.ui.common.keymap import key_name
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.workers import ACTION_GROUP
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.dialogs.help import SUPPORT, SUPPORT_WORDS
from jpmanage_tui.ui.onboarding.sign_in import SignInDialog
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.checkbox import Checkbox
from jpmanage_tui.ui.widgets.input import Input

Opening = Coroutine[Any, Any, Session]
HELP_KEY = "F1"
"""The key of the help that is no text in a field."""


WHAT_THIS_IS = "jpmanage finds, issues, assigns and revokes the licenses of a Jetpack Manage account, and shows its bill."
ABOUT_USER = "User token: opens everything. Signing in gets one; so does your own WordPress.com application."
ABOUT_KEY = "Partner key token: licenses, invoices and cards of one key. Hosting partners get it from the Jetpack team."
THE_DEMO = "The demo needs no account and no network: it has licenses, sites and invoices of its own."


class WelcomeDialog(Dialog[Opening]):
    """Returns the coroutine that opens what the user chose, None to leave.

    Nothing is open behind it: it has a footer of its own, and its own help and palette.
    """

    DEFAULT_CSS = """
    WelcomeDialog {
        & > .dialog--box { overflow-y: auto; scrollbar-size-vertical: 1; }
        & .dialog--buttons { margin: 0; }
        & .welcome--ways { margin: 1 0; }
        & #wrong { display: none; }
        & #wrong.-shown { display: block; }
    }
    """
    first_focus: ClassVar[str | None] = "Button"
    has_footer = True
    esc_words = "Leave"

    def __init__(self, account_service: AccountService, sentence: str, again: str | None = None) -> None:
        """`sentence` says why no account is open; `again` are the words that try the one that is known once more."""
        super().__init__("Welcome to jpmanage")
        self._account_service = account_service
        self._sentence = sentence
        self._again = again

    def body(self) -> ComposeResult:
        """Compose the text, the fields and the buttons."""
        yield self.text(WHAT_THIS_IS)
        if self._sentence:
            yield Static(self._sentence, markup=False, classes="dialog--error")
        known = [Button(self._again, id="again")] if self._again is not None else []
        ways = self.buttons(*known, Button("Sign in with WordPress.com", id="web"))
        ways.add_class("welcome--ways")
        yield ways
        yield self.text("Or with a token:")
        yield self.text(ABOUT_USER, muted=True)
        yield Input(password=True, placeholder="paste it here, if at hand", id="user")
        yield self.text(ABOUT_KEY, muted=True)
        yield Input(password=True, placeholder="paste it here, if at hand", id="key")
        yield Checkbox("Keep it in the credentials file (only you can read it)", True, id="keep")
        yield Static("", markup=False, classes="dialog--error", id="wrong")
        ways = self.buttons(
            Button("Sign in with the token", id="sign-in"),
            Button("Try the demo", id="demo"),
            Button("Leave", id="leave"),
        )
        ways.add_class("welcome--ways")
        yield ways
        yield self.text(THE_DEMO, muted=True)

    # -- help and palette --------------------------------------------------------------------

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """What the keys do here; `?` is text in a field, F1 is not."""
        help_key = HELP_KEY if isinstance(self.focused, Input) else key_for("help")
        return [
            ("tab", "Next"),
            ("enter", self.enter_words if isinstance(self.focused, Input) else "Press"),
            (help_key, "Help"),
            (key_for("palette"), "Palette"),
            ("esc", self.esc_words),
        ]

    def press(self, event: events.Key) -> None:
        """Show the help or the palette of this screen; in a field what is a letter is text."""
        key = key_label(key_name(event))
        letters = not isinstance(self.focused, Input)
        if key == HELP_KEY or (letters and key == key_for("help")):
            event.stop()
            self.app.push_screen(WelcomeHelpDialog())
        elif key == key_for("palette") or (letters and key == key_for("command-line")):
            event.stop()
            self.run_worker(self._choose(), group=ACTION_GROUP, exit_on_error=False)
        else:
            super().press(event)

    async def _choose(self) -> None:
        """Show what can be done here, and do what is chosen."""
        buttons = [button for button in self.query(Button) if button.id not in ("sign-in", "leave")]
        choices = [Choice(str(button.id), str(button.label)) for button in buttons]
        choices += [
            Choice("user", "Sign in with a user token"),
            Choice("key", "Sign in with a partner key token"),
            Choice("theme", "Theme", key=key_for("theme")),
            Choice("help", "Help", key=key_for("help")),
            Choice("support", SUPPORT_WORDS),
            Choice("leave", "Quit", key="esc"),
        ]
        chosen = await self.app.push_screen_wait(ChoiceDialog("Every command", choices, search=True))
        if chosen in ("user", "key"):
            self.query_one(f"#{chosen}").focus()
        elif chosen == "help":
            self.app.push_screen(WelcomeHelpDialog())
        elif chosen in ("theme", "support"):
            await self.app.run_action("choose_theme" if chosen == "theme" else "support")
        elif chosen is not None:
            self.query_one(f"#{chosen}", Button).press()

    # -- signing in --------------------------------------------------------------------------

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
            wrong = self.query_one("#wrong", Static)
            wrong.update("Paste one of the two tokens, or try the demo.")
            wrong.add_class("-shown")
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


class WelcomeHelpDialog(Dialog[None]):
    """What somebody who begins needs to know: where tokens come from, how they are kept, and which keys work."""

    DEFAULT_CSS = """
    WelcomeHelpDialog > .dialog--box { width: 100; overflow-y: auto; scrollbar-size-vertical: 1; }
    WelcomeHelpDialog .dialog--text { margin: 0 0 1 0; }
    """
    first_focus: ClassVar[str | None] = "#close"
    esc_words = "Close"

    def __init__(self) -> None:
        super().__init__("Help")

    def body(self) -> ComposeResult:
        """Compose the paragraphs and the button."""
        for words in (
            "Signing in opens WordPress.com in a browser, here or on any other machine, and needs nothing else. "
            "The account must be one that is registered with Jetpack Manage, or can be registered here.",
            f"{ABOUT_USER} Your application's id goes into config.toml as oauth_client_id; `jpmanage config path` "
            "says where that file is.",
            f"{ABOUT_KEY} With the user token the program gets the tokens of all keys by itself.",
            "Tokens can also come from JPMANAGE_USER_TOKEN and JPMANAGE_TOKEN, or from a password manager by "
            "token_command in config.toml.",
            f"tab and the arrows move, enter presses, {key_for('palette')} lists every command, esc goes back. "
            "In a field letters are text.",
            f"{SUPPORT_WORDS}: {SUPPORT}",
        ):
            yield self.text(words)
        yield self.buttons(Button("Close", id="close"))

    @on(Button.Pressed, "#close")
    def _close_pressed(self) -> None:
        self.dismiss(None)
