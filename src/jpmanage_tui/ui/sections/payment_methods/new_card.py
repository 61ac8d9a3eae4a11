"""The dialog for a new card; it stays open until the card is saved, and shows every refusal under its field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.api.stripe import CardEntry
from jpmanage_tui.rules.cards import primary_is_locked_on
from jpmanage_tui.services.card_adding import Failed, Result, Saved, StillSaving, VendorPageNeeded
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.dialogs.confirm import DISCARDED, LEAVE, ConfirmDialog, discard_question
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.sections.payment_methods.form import CardForm, CvcRow
from jpmanage_tui.ui.sections.payment_methods.text import failed_text
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.checkbox import Checkbox
from jpmanage_tui.ui.widgets.form import NARROW_BELOW

FRAME = 4
"""Cells that the box takes at both sides of the form."""
SET_PRIMARY = "Set as primary payment method"
LISTING = "the list of cards is loading"
FIRST = "the first card is primary"
CHARGED = "Charged at the start of each month for the previous month."
SAFE = "The card number goes straight to Stripe and is never stored here."
BROWSER_WORDS = "Use a browser instead"
BROKE_OFF = "Adding the card was interrupted. Look at the list of cards before you try again."
USE_BROWSER = VendorPageNeeded("")
"""The user chose the vendor's page."""

Add = Callable[[CardEntry, bool], Awaitable[Result]]
ListCards = Callable[[], Awaitable[Sequence[PaymentMethod]]]


@dataclass(frozen=True)
class CardSaver:
    """What the dialog does: `add` a card, `reset` when another card is typed, `cards` lists what is saved.

    `saving` says whether the last step is under way: then the dialog may be left.
    """

    add: Add
    reset: Callable[[], None]
    cards: ListCards
    saving: Callable[[], bool]


class NewCardDialog(Dialog[Saved | StillSaving | VendorPageNeeded]):
    """Returns that the card is saved, or that the user must go on in a browser."""

    DEFAULT_CSS = """
    NewCardDialog > .dialog--box { overflow-y: auto; scrollbar-size-vertical: 1; }
    NewCardDialog FormRow .form--label { width: 21; }
    NewCardDialog FormRow > .form--error { margin: 0 0 0 21; }
    NewCardDialog.-narrow FormRow .form--label { width: 1fr; }
    NewCardDialog.-narrow FormRow > .form--error { margin: 0; }
    NewCardDialog Checkbox { margin: 1 0 0 0; }
    NewCardDialog #outcome { height: auto; margin: 1 0 0 0; }
    NewCardDialog #outcome.-bad { color: $error; }
    NewCardDialog #note { color: $warning; height: auto; margin: 0 0 1 0; display: none; }
    NewCardDialog #note.-shown { display: block; }
    """
    first_focus: ClassVar[str | None] = "#form-name Input"
    f2_words = "Save payment method"

    class StepStarted(DataMessage):
        """A step of adding is under way."""

        words: str

    class AddEnded(DataMessage):
        """A try to add the card ended."""

        result: Result

    def __init__(self, saver: CardSaver, note: str = "") -> None:
        super().__init__("New credit card")
        self._saver = saver
        self._note = note
        self.busy = False
        self._loader: Loader[str] = Loader(self, "new-card-list", failed=self._cards_failed)

    def body(self) -> ComposeResult:
        """Compose the fields, the tick box, what to know, and the buttons."""
        yield Static(self._note, markup=False, id="note", classes="-shown" if self._note else "")
        yield CardForm()
        yield Checkbox(SET_PRIMARY, True, id="primary")
        yield self.text(CHARGED, muted=True, id="charged")
        yield self.text("")
        yield self.text(SAFE, muted=True)
        yield self.buttons(
            Button("Save payment method", id="save", changes=True),
            Button(BROWSER_WORDS, id="browser"),
            Button("Cancel", id="cancel"),
        )
        yield Static("", markup=False, id="outcome")

    def on_mount(self) -> None:
        """List the cards: the first one is always primary (contract: account 2.1, step 3)."""
        self.tick.disabled_reason = LISTING
        self._loader.load("cards", self._saver.cards, self._cards_loaded)

    def on_resize(self, event: events.Resize) -> None:
        """Put the buttons below each other where they have no room side by side."""
        self.set_class(event.size.width < NARROW_BELOW + FRAME, "-narrow")

    # -- parts ---------------------------------------------------------------------------

    @property
    def form(self) -> CardForm:
        """The fields."""
        return self.query_one(CardForm)

    @property
    def tick(self) -> Checkbox:
        """The tick box."""
        return self.query_one("#primary", Checkbox)

    def say(self, words: str, *, bad: bool = False) -> None:
        """Say how it stands, below the buttons."""
        outcome = self.query_one("#outcome", Static)
        outcome.set_class(bad, "-bad")
        outcome.update(f"✗ {words}" if bad else words)
        outcome.scroll_visible(animate=False)

    # -- the list ------------------------------------------------------------------------

    def _cards_loaded(self, cards: Sequence[PaymentMethod]) -> None:
        first = primary_is_locked_on(cards)
        self.tick.disabled_reason = FIRST if first else None
        self.tick.value = first or self.tick.value

    def _cards_failed(self, _key: str, _error: ApiError) -> None:
        self.tick.disabled_reason = None  # the API itself makes a first card primary

    @on(Checkbox.Changed, "#primary")
    def _ticked(self, event: Checkbox.Changed) -> None:
        self.query_one("#charged").visible = event.value

    # -- saving --------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self) -> None:
        if not self.busy:
            self._saver.reset()

    @on(CvcRow.Done)
    def _after_fields(self) -> None:
        self.query_one("#save", Button).focus()

    @on(Button.Pressed, "#save")
    def submit(self) -> None:
        """Check the fields and add the card, once at a time."""
        if self.busy:
            return
        errors = self.form.check(datetime.now(UTC).astimezone().date())
        self.form.show_errors(errors)
        if errors:
            self.say("Nothing was sent: see the fields above.", bad=True)
            return
        self._set_busy(True)
        work = self._add(self.form.entry(), self.tick.value)
        self.run_worker(work, group="new-card", exclusive=False, exit_on_error=False)

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        if busy:
            self.query_one("#save", Button).focus()
        self.form.disabled = busy
        self.tick.disabled = busy
        for button in self.query(Button):
            button.disabled_reason = "Being sent." if busy else None

    async def _add(self, card: CardEntry, primary: bool) -> None:
        self.post_message(self.AddEnded(await self._saver.add(card, primary)))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Let the form be used or left again when adding the card broke off; what broke is told elsewhere."""
        if event.worker.group == "new-card" and event.state is WorkerState.ERROR:
            self.post_message(self.AddEnded(Failed(BROKE_OFF)))

    @on(StepStarted)
    def _step_started(self, message: StepStarted) -> None:
        self.say(message.words)

    @on(AddEnded)
    def _add_ended(self, message: AddEnded) -> None:
        self._set_busy(False)
        result = message.result
        if isinstance(result, Failed):
            self.form.show_errors({name.value: words for name, words in result.fields.items()})
            self.say(failed_text(result), bad=True)
        else:
            self._leave(result)

    @on(Button.Pressed, "#browser")
    def _browser(self) -> None:
        if not self.busy:
            self._leave(USE_BROWSER)

    # -- leaving -------------------------------------------------------------------------

    @on(Button.Pressed, "#cancel")
    def step_back(self) -> None:
        """Leave; asks when something was typed. While a card is at Stripe, its way cannot be left."""
        if self.busy and self._saver.saving():
            self._leave(StillSaving())
        elif self.busy:
            self.say("The card is on its way to Stripe and cannot be stopped. The answer comes soon.")
        elif self.form.typed:
            question = ConfirmDialog(discard_question(LEAVE))
            self.app.push_screen(question, lambda yes: self._leave(None) if yes else None)
        else:
            self._leave(None)

    def unfinished(self) -> str | None:
        """Return that a card is typed in, or on its way."""
        if self.busy:
            return "A new card is being added. What is on its way to Stripe or the API is finished, and nothing more."
        return f"A new card is typed in and not saved. {DISCARDED}" if self.form.typed else None

    def _leave(self, result: Saved | StillSaving | VendorPageNeeded | None) -> None:
        self.form.forget()
        self._saver.reset()
        self.dismiss(result)
