"""The form that connects a site (contract: licenses 1.15)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.api.errors import InvalidParameterError
from jpmanage_tui.api.sites import SiteConnection
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.sites import USUAL_USER, site_url
from jpmanage_tui.ui.dialogs.confirm import DISCARDED, LEAVE, ConfirmDialog, Confirmed, discard_question
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.form import Form, FormField

Send = Callable[["ConnectDialog", ConnectSite], None]


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]


def _is(parts: Sequence[str]) -> str:
    return "is" if len(parts) == 1 else "are"


class ConnectDialog(Dialog[None]):
    """Asks for address and administrator. `send` carries the change out and calls `refused` or closes the form.

    Leaving the form while the answer is awaited breaks nothing off.
    """

    first_focus: ClassVar[str | None] = "#form-url Input"
    f2_words = "Connect"

    def __init__(self, send: Send) -> None:
        super().__init__("Connect a site")
        self._send = send
        self._sending = False

    def body(self) -> ComposeResult:
        """Compose the words, the two fields and the buttons."""
        yield self.text("Jetpack must be installed and active on the site.", muted=True)
        yield Form(
            FormField("url", "Address of the site", placeholder="https://example.com/blog"),
            FormField("local_user", "Local administrator", USUAL_USER),
        )
        yield self.text(
            "The administrator's id, login or e-mail on that site; 1 is the usual one.", muted=True
        )
        yield Static("", markup=False, classes="dialog--error", id="wrong")
        yield self.buttons(Button("Connect", id="connect", changes=True), Button("Cancel", id="cancel"))

    @property
    def form(self) -> Form:
        """The two fields."""
        return self.query_one(Form)

    @on(Button.Pressed, "#cancel")
    def step_back(self) -> None:
        """Leave the form; asks when something was typed that is not on its way."""
        if not self._unsent:
            self.dismiss(None)
        else:
            self.app.push_screen(ConfirmDialog(discard_question(LEAVE)), self._discarded)

    def _discarded(self, yes: Confirmed | None) -> None:
        if yes is not None:
            self.dismiss(None)

    def unfinished(self) -> str | None:
        """Return that a site is typed in and not sent."""
        return f"A site is typed in and not connected. {DISCARDED}" if self._unsent else None

    @property
    def _unsent(self) -> bool:
        return self.form.changed and not self._sending

    @on(Form.SaveAsked)
    @on(Button.Pressed, "#connect")
    def submit(self) -> None:
        """Check the fields and connect the site, once."""
        if self._sending:
            return
        values = self.form.values()
        found = site_url(values["url"])
        errors = {}
        if found is None:
            errors["url"] = "Write the full address, for example https://example.com/blog."
        if not values["local_user"]:
            errors["local_user"] = "Name an administrator of the site; 1 is the usual one."
        self.form.show_errors(errors)
        if errors or found is None:
            self._say("")
            return
        self.form.fields["url"].value = found.url
        if found.cut:
            self._say(
                f"Left out: {_listed(found.cut)}, which {_is(found.cut)} no part of the site's address. "
                f"Nothing was sent yet: Connect again to connect {found.url}."
            )
            return
        self._sending = True
        self._say(f"Connecting {found.url}… (esc leaves this form, not the change)")
        self._send(self, ConnectSite(found.url, values["local_user"]))

    def refused(self, outcome: Outcome[SiteConnection], words: str) -> None:
        """Show why the site is not connected: under the fields that the server names, else below them."""
        self._sending = False
        if isinstance(outcome.error, InvalidParameterError):
            self.form.show_errors(outcome.error.params)
        self._say(words)

    def _say(self, words: str) -> None:
        self.query_one("#wrong", Static).update(words)
