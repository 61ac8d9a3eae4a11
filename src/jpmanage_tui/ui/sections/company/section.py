"""The Company Details screen: the account's form, loaded, changed and sent through the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from textwrap import wrap
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.countries import Country
from jpmanage_tui.api.errors import ApiError, InvalidParameterError
from jpmanage_tui.api.model import ReadRows
from jpmanage_tui.api.partner import Partner, PartnerDetails
from jpmanage_tui.operations.errors import READ_ONLY
from jpmanage_tui.operations.mutations.account import UpdatePartner
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.account import field_errors
from jpmanage_tui.rules.text import format_time, not_read
from jpmanage_tui.services.company_details import APPLIED
from jpmanage_tui.ui.common.commands import ActiveCommands, Command, CommandSet
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.text import aged_error_text, error_text
from jpmanage_tui.ui.dialogs.select import Select
from jpmanage_tui.ui.sections.base import PartnerUpdated, Section
from jpmanage_tui.ui.sections.company import text
from jpmanage_tui.ui.sections.company.form import CompanyForm
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.form import Form
from jpmanage_tui.ui.widgets.input import Input

if TYPE_CHECKING:
    from jpmanage_tui.operations.runner import RunEvent

COMPANY: CommandSet = CommandSet(
    "Company Details",
    (
        Command("edit-details", "Edit", "Go into the form; esc leaves it, keeping what was typed."),
        Command(
            "update-details",
            "Update Details",
            "Send the changed company details; they are applied to all future invoices.",
            changes=True,
        ),
    ),
)
"""Every command of this screen."""


AROUND = 4
"""Lines of the view that are not the form's, beside the note: heading, button and the gaps between them."""
PADDING = 4
"""Cells at the left and the right of the view."""


class Part(Enum):
    """What the screen reads, in words that say what failed."""

    PARTNER = "Loading the company details"
    COUNTRIES = "Loading the list of countries"


class UpdateEnded(DataMessage):
    """An update ended; `sent` are the values that were sent."""

    outcome: Outcome[Partner]
    sent: Mapping[str, str]


class CompanySection(Section, can_focus=True):
    """The company details. It opens for reading; `enter` or `tab` go into the form, `esc` leaves it.

    While the view itself has the focus, the program's keys work; inside the form every key is text.
    """

    COMMAND_SET = COMPANY
    DEFAULT_CSS = """
    CompanySection {
        layout: vertical; padding: 0 2;
        & .company--note { color: $text-muted; text-style: $muted-style; height: auto; margin: 0 0 1 0; }
        & #company-needs { height: auto; display: none; }
        & #company-buttons { height: 1; margin: 1 0 0 0; }
        &.-closed #company-needs { display: block; }
        &.-closed CompanyForm, &.-closed #company-buttons { display: none; }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.partner: Partner | None = None
        self.updating = False
        self.loader: Loader[Part] = Loader(self, "company", failed=self._load_failed, again=self._load)
        self._partner_as_of: datetime | None = None
        """When the details came, with the answer to an update too."""
        self._unreadable_countries = 0
        self._changed_elsewhere = False
        """Whether the record is another one by now, while something is typed that is not saved."""

    def compose(self) -> ComposeResult:
        """Compose note, form and button; what stands instead where the account is not known."""
        yield Static(APPLIED, markup=False, classes="company--note")
        yield Static("", markup=False, id="company-needs")
        yield CompanyForm(id="company-form")
        with Horizontal(id="company-buttons"):
            yield Button("Update Details", id="update-details", changes=True)

    def on_mount(self) -> None:
        """Ask for the details and the countries, or say what they need."""
        self.form.disabled = True
        self.button.disabled_reason = "Nothing is changed."
        if self.session.has_user:
            self.form.show_loading(True)
            self._load()
        else:
            self._show_instead(text.needs_user(self.session.origin))

    def on_resize(self, event: events.Resize) -> None:
        """Keep the button in view: the form scrolls inside what is left."""
        note = len(wrap(APPLIED, max(1, event.size.width - PADDING)))
        self.form.styles.max_height = max(1, event.size.height - AROUND - note)

    # -- parts ---------------------------------------------------------------------------

    @property
    def form(self) -> CompanyForm:
        """The form."""
        return self.query_one(CompanyForm)

    @property
    def button(self) -> Button:
        """The button below the form."""
        return self.query_one("#update-details", Button)

    @property
    def typing(self) -> bool:
        """Whether the focus is in the form."""
        focused = self.screen.focused if self.is_mounted else None
        return focused is not None and self in focused.ancestors

    def typing_footer_keys(self) -> Sequence[tuple[str, str]]:
        """F2 where there is something to send; enter where it is not the way to the next field."""
        focused = self.screen.focused
        bound = ActiveCommands(COMPANY, self)
        update = COMPANY.named("update-details")
        key = key_for("update-details")
        works = len(key) > 1 and bound.reason(update) is None  # a letter is text here
        keys = [(key, update.label)] if works else []
        if isinstance(focused, Input):
            return [*keys, ("tab", "Next field"), ("esc", "Back")]
        enter = "Press" if focused is self.button else "Choose"
        return [*keys, ("tab", "Next field"), ("enter", enter), ("esc", "Back")]

    def focus_first(self) -> None:
        """The view itself has the focus, so that digits still open sections."""
        self.focus()

    def _stops(self) -> list[Widget]:
        if self.closed_reason() is not None:
            return []
        return [*self.form.stops(), self.button]

    def move_focus(self, step: int) -> bool:
        """Go to the next field, the button, or back to the view itself."""
        stops = self._stops()
        focused = self.screen.focused
        index = stops.index(focused) + step if focused in stops else (0 if step > 0 else len(stops))
        if 0 <= index < len(stops):
            stops[index].focus()
        elif index < 0:
            self.focus()
        else:
            return False
        return True

    def on_key(self, event: events.Key) -> None:
        """Up and down move between the parts that the form itself does not know: the view and the button."""
        step = {"up": -1, "down": 1}.get(event.key)
        if step is not None and (self.typing or step > 0):
            event.stop()
            self.move_focus(step)

    def closed_reason(self) -> str | None:
        """Return why the form cannot be changed now, None when it can."""
        if not self.session.has_user:
            return "Company details need the account's user token."
        if self.session.read_only:
            return READ_ONLY
        return None if self.partner is not None else "The details are not loaded yet."

    def action_edit_details(self) -> None:
        """Go into the form."""
        self.move_focus(1)

    def edit_details_disabled_reason(self) -> str | None:
        """Return why one cannot go into the form."""
        return self.closed_reason() or ("You are in the form." if self.typing else None)

    def step_back(self) -> bool:
        """Leave the form, keeping what was typed."""
        if not self.typing:
            return False
        self.focus()
        return True

    # -- reading -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again; what was typed and not saved stays."""
        self.loader.reset_retries()
        self._load()

    def _load(self) -> None:
        if not self.session.has_user:
            return
        client = self.session.client
        self.loader.load(Part.PARTNER, client.partner.get, self._partner_loaded)
        if not self.form.countries:
            self.loader.load(Part.COUNTRIES, client.countries.list, self._countries_loaded)
        self.post_message(self.StatusChanged())

    @property
    def retries(self) -> bool:
        """Whether what could not be read is asked for again by itself."""
        return self.loader.retries

    async def refresh_quietly(self) -> Callable[[], None] | None:
        """Read the details once more. What is being edited stays as it is: the summary says that the record changed."""
        known, begun = self.partner, self.loader.begun
        if known is None:
            return None
        partner = await self.quiet_client.partner.get()

        def show() -> None:
            if self.partner is known and self.loader.begun == begun and not self.updating:
                self._take_again(known, partner)

        return show

    def _take_again(self, known: Partner, partner: Partner) -> None:
        self.loader.read_beside([Part.PARTNER])
        self._answered()
        self._partner_as_of = datetime.now(UTC)
        changed = PartnerDetails.of(partner) != PartnerDetails.of(known)
        if changed and (self.typing or self.form.changed):
            self._changed_elsewhere = True
        elif partner != known:
            self._show_partner(partner)
        else:
            self._changed_elsewhere = False
        self.post_message(self.StatusChanged())

    def _partner_loaded(self, partner: Partner) -> None:
        self._answered()
        self._show_partner(partner)

    def _answered(self) -> None:
        if not self.loader.errors:
            self.clear_load_error()

    def _show_partner(self, partner: Partner) -> None:
        """Show the record as the API gave it; what the user has changed meanwhile stays."""
        first, self.partner = self.partner is None, partner
        self._changed_elsewhere = False
        self._partner_as_of = datetime.now(UTC)
        self.post_message(PartnerUpdated(self.session, partner))
        values = PartnerDetails.of(partner).model_dump()
        if first:
            self.form.fill(values)
        else:
            self.form.rebase(values)
        self.form.show_loading(False)
        self.form.disabled = self.session.read_only
        self._show_instead("")
        self._changed()

    def _countries_loaded(self, countries: ReadRows[Country]) -> None:
        self._answered()
        self.form.take_countries(countries)
        self._unreadable_countries = countries.unreadable
        self.post_message(self.StatusChanged())

    def _load_failed(self, part: Part, error: ApiError) -> None:
        if part is Part.COUNTRIES:
            self.form.no_countries(
                f"The list of countries could not be loaded. esc, then {key_for('refresh')} tries again."
            )
        elif self.partner is None:
            self._show_instead(error_text(error, part.value))
        if part is Part.PARTNER or Part.PARTNER not in self.loader.errors:
            as_of = self._partner_as_of if part is Part.PARTNER else None
            self.report_load_error(aged_error_text(error, part.value, as_of))
        self._changed()

    def _show_instead(self, words: str) -> None:
        """Show words in place of the form, or the form where there are none."""
        self.query_one("#company-needs", Static).update(words)
        self.set_class(bool(words), "-closed")

    def placeholder_texts(self) -> list[str]:
        """Return what stands in place of the form."""
        return [str(self.query_one("#company-needs", Static).content)] if self.has_class("-closed") else []

    # -- changing ------------------------------------------------------------------------

    @on(Input.Changed)
    @on(Select.Changed)
    def _changed(self) -> None:
        self.button.disabled_reason = None if self.form.changed else "Nothing is changed."
        self.post_message(self.StatusChanged())

    @on(Form.SaveAsked)
    @on(Button.Pressed, "#update-details")
    async def _save_asked(self) -> None:
        await self.run_action("update_details")

    def update_details_disabled_reason(self) -> str | None:
        """Return why nothing can be sent."""
        if self.updating:
            return "It is on its way already."
        return self.closed_reason() or (None if self.form.changed else "Nothing is changed.")

    def action_update_details(self) -> None:
        """Send what stands in the form, once."""
        if self.partner is None or self.updating:
            return
        before = PartnerDetails.of(self.partner)
        sent = self.form.values()
        details = PartnerDetails.model_validate(before.model_dump() | sent)
        self.updating = True
        self.form.show_errors({})
        self.notify("Updating the company details…")
        work = self._send(UpdatePartner(details, before), sent)
        self.run_worker(work, group="company-save", exclusive=False, exit_on_error=False)

    async def _send(self, change: UpdatePartner, sent: Mapping[str, str]) -> None:
        outcome = await self.session.queue.submit(change).outcome()
        self.post_message(UpdateEnded(outcome, sent))

    @on(UpdateEnded)
    def _update_ended(self, message: UpdateEnded) -> None:
        self.updating = False
        outcome = message.outcome
        if outcome.happened:
            self.form.accept(message.sent)
            if outcome.result is not None:
                self._show_partner(outcome.result)
            else:
                self._load()
        elif isinstance(outcome.error, InvalidParameterError):
            self.form.show_errors(field_errors(outcome.error.params))
        shown = {name for name, row in self.form.rows.items() if row.display}
        self.notify(
            text.update_outcome_text(outcome, shown),
            severity="success" if outcome.happened else "error",
            outcome=True,
        )
        self._changed()

    def heard_run(self, event: RunEvent) -> None:
        """Take over the details that a run has changed, such as one that the shell has begun; what was typed stays.

        It may be a run of the account that was open before.
        """
        super().heard_run(event)
        outcome = event.outcome
        if outcome is None or not outcome.happened or not isinstance(outcome.change, UpdatePartner):
            return
        partner = self.session.partner
        if not isinstance(outcome.result, Partner) or partner is None:
            self._load()
        elif outcome.result.id == partner.id:
            self._show_partner(outcome.result)

    def unsaved(self) -> str | None:
        """Return that the form is changed."""
        changed = self.partner is not None and self.form.changed
        return "The company details are changed and not saved." if changed else None

    def discard(self) -> None:
        """Put back what is saved."""
        self.form.restore()
        self.form.show_errors({})
        self._changed()

    # -- status --------------------------------------------------------------------------

    def summary(self) -> str:
        """Return whether there is something to save, and how old the details are when they could not be refreshed."""
        if self.partner is None:
            return ""
        words = "Changed, not saved yet." if self.form.changed else ""
        if self._changed_elsewhere:
            words = f"{words} {text.changed_elsewhere(self.typing)}".lstrip()
        if (Part.PARTNER in self.loader.errors or self.overdue) and self._partner_as_of is not None:
            words = f"{words} As of {format_time(self._partner_as_of)}, could not be refreshed.".lstrip()
        if self._unreadable_countries:
            words = f"{words} Countries and states: {not_read(self._unreadable_countries)}".lstrip()
        return words

    def progress(self) -> str | None:
        """Return that the details are on their way."""
        waiting = self.session.has_user and self.partner is None and Part.PARTNER not in self.loader.errors
        return f"{Part.PARTNER.value}…" if waiting else None
