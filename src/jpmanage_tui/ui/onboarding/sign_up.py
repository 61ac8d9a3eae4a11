"""The sign-up form: company details, what the vendor asks besides, and the terms (contract: account 6.1, 6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.account.service import AccountService
from jpmanage_tui.api.countries import Country
from jpmanage_tui.api.errors import ApiError, InvalidParameterError
from jpmanage_tui.api.partner import Partner, PartnerDetails
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.account import (
    COMPANY_TYPES,
    FIELD_LABELS,
    MANAGED_SITES,
    PLATFORM_AGREEMENT,
    field_errors,
    opt_in_is_asked,
)
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.choice import Choice
from jpmanage_tui.ui.dialogs.confirm import DISCARDED, LEAVE, ConfirmDialog, Confirmed, discard_question
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.dialogs.select import Select
from jpmanage_tui.ui.sections.company.form import CompanyForm
from jpmanage_tui.ui.sections.company.text import refusal
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.checkbox import Checkbox
from jpmanage_tui.ui.widgets.form import Form

KINDS = tuple(Choice(name, words) for name, words in COMPANY_TYPES.items())
SIZES = tuple(Choice(name, name.replace("-", "–")) for name in MANAGED_SITES)
"""Shown with an en dash, sent with a hyphen (contract: account 6.1)."""

AROUND = 9
"""Lines of the dialog that are not the form's: its frame, intro, terms, error and buttons."""


class CountriesLoaded(DataMessage):
    """The list of countries came."""

    countries: Sequence[Country]


class CountriesFailed(DataMessage):
    """The list of countries could not be loaded."""

    error: ApiError


class Ended(DataMessage):
    """The sign-up ended."""

    outcome: Outcome[Partner]


class SignUpDialog(Dialog[bool]):
    """Returns True when the user is registered as a partner, None when he or she stepped back.

    It stays open until the API has answered, and shows refusals under the fields that they name.
    """

    DEFAULT_CSS = """
    SignUpDialog > .dialog--box { width: 90; }
    SignUpDialog #opt-in { display: none; margin: 0 0 0 31; }
    SignUpDialog #opt-in.-asked { display: block; }
    SignUpDialog .dialog--buttons { margin: 0; }
    SignUpDialog #wrong { display: none; }
    SignUpDialog #wrong.-shown { display: block; }
    """
    first_focus: ClassVar[str | None] = "#form-name Input"
    f2_words = "Continue"

    def __init__(self, account_service: AccountService) -> None:
        super().__init__("Sign up as a Jetpack partner")
        self._account_service = account_service
        self._sending = False

    def body(self) -> ComposeResult:
        """Compose intro, form, terms and buttons."""
        yield self.text("This WordPress.com account is not registered as a partner yet.", muted=True)
        yield CompanyForm(
            Select("company_type", FIELD_LABELS["company_type"], KINDS),
            Checkbox("Join the partner program", False, id="opt-in"),
            Select("managed_sites", FIELD_LABELS["managed_sites"], SIZES, MANAGED_SITES[0]),
            id="sign-up-form",
        )
        yield self.text(
            f"By pressing Continue you accept the agency platform agreement: {PLATFORM_AGREEMENT}"
        )
        yield Static("", markup=False, classes="dialog--error", id="wrong")
        yield self.buttons(Button("Continue", id="continue", changes=True), Button("Cancel", id="cancel"))

    @property
    def form(self) -> CompanyForm:
        """The form."""
        return self.query_one(CompanyForm)

    def on_mount(self) -> None:
        """Ask for the countries."""
        self._ask_countries()

    def on_resize(self, event: events.Resize) -> None:
        """Keep terms and buttons in view: the form scrolls inside what is left."""
        self.form.styles.max_height = max(3, event.size.height - AROUND)

    # -- countries -----------------------------------------------------------------------

    def _ask_countries(self) -> None:
        self.run_worker(self._countries(), group="countries", exclusive=True, exit_on_error=False)

    async def _countries(self) -> None:
        try:
            countries = await self._account_service.countries()
        except ApiError as error:
            self.post_message(CountriesFailed(error))
        else:
            self.post_message(CountriesLoaded(countries))

    @on(CountriesLoaded)
    def _countries_loaded(self, message: CountriesLoaded) -> None:
        self.form.take_countries(message.countries)
        self._say("")

    @on(CountriesFailed)
    def _countries_failed(self, message: CountriesFailed) -> None:
        self.form.no_countries("The list of countries could not be loaded. F5 tries again.")
        self._say(error_text(message.error, "Loading the list of countries", again="F5", where=Where.START))

    # -- the form ------------------------------------------------------------------------

    @on(Select.Changed)
    def _picked(self, event: Select.Changed) -> None:
        if event.row.name != "company_type":
            return
        box = self.query_one("#opt-in", Checkbox)
        # the question belongs to some kinds only, and its answer to the kind it was given for
        box.value = False
        box.set_class(opt_in_is_asked(event.value), "-asked")

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.step_back()

    @on(Form.SaveAsked)
    @on(Button.Pressed, "#continue")
    def submit(self) -> None:
        """Send the form, once."""
        if self._sending:
            return
        details = PartnerDetails.model_validate(self.form.values())
        opt_in = self.query_one("#opt-in", Checkbox).value and opt_in_is_asked(details.company_type)
        self._sending = True
        self.form.show_errors({})
        self._say("Signing up…")
        self.run_worker(self._send(details, opt_in), group="send", exclusive=False, exit_on_error=False)

    async def _send(self, details: PartnerDetails, opt_in: bool) -> None:
        self.post_message(Ended(await self._account_service.create_partner(details, opt_in)))

    @on(Ended)
    def _ended(self, message: Ended) -> None:
        self._sending = False
        outcome = message.outcome
        if outcome.happened:
            self.dismiss(True)
            return
        if isinstance(outcome.error, InvalidParameterError):
            self.form.show_errors(field_errors(outcome.error.params))
        if outcome.unknown:
            self._say(f"It is not known whether the account is registered. {outcome.detail}")
        else:
            shown = {name for name, row in self.form.rows.items() if row.display}
            self._say(f"Not registered, nothing was changed. {refusal(outcome, shown)}")

    def _say(self, words: str) -> None:
        line = self.query_one("#wrong", Static)
        line.update(words)
        line.set_class(bool(words), "-shown")

    def step_back(self) -> None:
        """Close without signing up; asks when something was typed.

        Not while the answer is awaited, which the time-outs bound.
        """
        if self._sending:
            self._say("It is on its way. Wait for the answer, so that you know whether you are registered.")
        elif self.form.changed:
            self.app.push_screen(ConfirmDialog(discard_question(LEAVE)), self._discarded)
        else:
            self.dismiss(None)

    def _discarded(self, yes: Confirmed | None) -> None:
        if yes is not None:
            self.dismiss(None)

    def unfinished(self) -> str | None:
        """Return that the sign-up is on its way, or typed in."""
        if self._sending:
            return "The sign-up is on its way. It is finished before the program ends."
        return f"The sign-up is not sent. {DISCARDED}" if self.form.changed else None

    def press(self, event: events.Key) -> None:
        """F5 asks for the countries again."""
        if event.key == "f5":
            event.stop()
            self._ask_countries()
        else:
            super().press(event)
