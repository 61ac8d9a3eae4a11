"""Forms: a label and a field a line, the error under its field, enter for the next field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.ui.common.accessibility import is_accessible
from jpmanage_tui.ui.common.guarded_screen import PasteRefused
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.widgets.input import Input

LABEL_WIDTH = 31
"""Cells of the labels beside the fields."""
NARROW_BELOW = 60
"""Below so many cells of a form the labels stand above the fields."""


class FormRow(Vertical):
    """A labeled control; `error` stands under it, and takes a line only while there is one.

    `name` is the row's name in `Form.values`, best the API's argument, since its refusals name that. A subclass
    composes its control in `controls` and says its `value`.
    """

    DEFAULT_CSS = """
    FormRow {
        height: auto;
        & > Horizontal { height: auto; }
        & > Horizontal > Input, & > Horizontal > Select { width: 1fr; }
        & .form--label { width: 31; height: 1; color: $text-muted; text-style: $muted-style; }
        & > .form--error { height: auto; color: $error; margin: 0 0 0 31; display: none; }
        & > .form--error.-shown { display: block; }
    }
    """

    def __init__(self, name: str, label: str) -> None:
        super().__init__(name=name, id=f"form-{name}")
        self.label = label
        self._sentence = ""
        self._error = Static("", markup=False, classes="form--error")

    @property
    def control(self) -> Widget:
        """The widget that takes the focus."""
        raise NotImplementedError

    @property
    def value(self) -> str:
        """What the row holds."""
        raise NotImplementedError

    @value.setter
    def value(self, value: str) -> None:
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Compose label, control and error."""
        with Horizontal():
            yield Static(self.label, markup=False, classes="form--label")
            yield self.control
        yield self._error

    @property
    def error(self) -> str:
        """The sentence under the control, empty when there is none."""
        return self._sentence

    @error.setter
    def error(self, sentence: str) -> None:
        self._sentence = sentence
        lead = "Error: " if is_accessible(self) else "✗ "
        self._error.update(f"{lead}{sentence}" if sentence else "")
        self._error.set_class(bool(sentence), "-shown")


class FormField(FormRow):
    """A labeled text field; why a paste was not taken stands under it."""

    def __init__(
        self, name: str, label: str, value: str = "", *, placeholder: str = "", password: bool = False
    ) -> None:
        super().__init__(name, label)
        self.field = self.make_field(value, placeholder, password)

    def make_field(self, value: str, placeholder: str, password: bool) -> Input:
        """Return the field itself; a subclass may give a special one."""
        return Input(value, placeholder=placeholder, password=password)

    @property
    def control(self) -> Widget:
        """The field."""
        return self.field

    @property
    def value(self) -> str:
        """What stands in the field, without the spaces around it."""
        return self.field.value.strip()

    @value.setter
    def value(self, value: str) -> None:
        self.field.value = value

    @on(PasteRefused)
    def _paste_refused(self, event: PasteRefused) -> None:
        event.stop()
        self.error = event.sentence


class Form(VerticalScroll, can_focus=False):
    """Fields one below the other; it scrolls so that the focused one is in view. Enter in the last one asks to save."""

    DEFAULT_CSS = """
    Form {
        height: auto; max-height: 100%; scrollbar-size-vertical: 1;
        &.-narrow FormRow > Horizontal { layout: vertical; }
        &.-narrow FormRow .form--label { width: 1fr; }
        &.-narrow FormRow > .form--error { margin: 0; }
    }
    """
    MOVES: ClassVar[Mapping[str, int]] = {"up": -1, "down": 1}
    saves_on_enter: ClassVar[bool] = True
    """Whether enter in the last field asks to save, if that is a text field."""

    class SaveAsked(DataMessage):
        """The user wants to save: enter in the last field."""

        form: Form

        @property
        def control(self) -> Form:
            """The form."""
            return self.form

    def __init__(self, *fields: Widget, id: str | None = None) -> None:
        super().__init__(*fields, id=id)
        self._saved: dict[str, str] = {}

    def on_mount(self) -> None:
        """Take what stands in the fields as saved."""
        self.mark_saved()

    def on_resize(self, event: events.Resize) -> None:
        """Put the labels above the fields where there is no room beside them."""
        self.set_class(event.size.width < NARROW_BELOW, "-narrow")

    @property
    def rows(self) -> dict[str, FormRow]:
        """Every labeled control by name, in order."""
        return {str(row.name): row for row in self.query(FormRow)}

    @property
    def fields(self) -> dict[str, FormField]:
        """The labeled text fields by name, in order."""
        return {str(field.name): field for field in self.query(FormField)}

    def values(self) -> dict[str, str]:
        """Return what the rows hold, by name."""
        return {name: row.value for name, row in self.rows.items()}

    @property
    def saved(self) -> Mapping[str, str]:
        """What was saved last, by name."""
        return self._saved

    def fill(self, values: Mapping[str, str]) -> None:
        """Put values into the rows of these names, and take them as saved."""
        for name, row in self.rows.items():
            if name in values:
                row.value = values[name]
        self.mark_saved()

    def rebase(self, values: Mapping[str, str]) -> None:
        """Take `values` as saved; a row that the user has changed meanwhile keeps what stands in it."""
        for name, row in self.rows.items():
            if name in values:
                if row.value == self._saved.get(name, ""):
                    row.value = values[name]
                self._saved[name] = values[name]

    def mark_saved(self) -> None:
        """Take what stands in the rows as saved: `changed` is False from here on."""
        self._saved = self.values()

    def accept(self, values: Mapping[str, str]) -> None:
        """Take these values as saved; what stands in the rows stays."""
        self._saved = {**self._saved, **values}

    def restore(self) -> None:
        """Put back what was saved last."""
        self.fill(dict(self._saved))

    @property
    def changed(self) -> bool:
        """Whether something differs from what was saved last."""
        return self.values() != self._saved

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Put each sentence under the row it names, clear the others, and focus the first with one."""
        first: FormRow | None = None
        for name, row in self.rows.items():
            row.error = errors.get(name, "")
            if row.error and row.display and first is None:
                first = row
        if first is not None:
            first.control.focus()

    def focus_first(self) -> None:
        """Focus the first row that can have it."""
        for widget in self.stops():
            widget.focus()
            return

    def stops(self) -> list[Widget]:
        """Return what can have the focus now, in order."""
        return [widget for widget in self.screen.focus_chain if self in widget.ancestors]

    def decides(self, event: events.Key) -> bool:
        """Return whether a key asks to save (`DecidingPart`)."""
        stops = self.stops() if self.saves_on_enter and event.key == "enter" else []
        return bool(stops) and isinstance(stops[-1], Input) and self.screen.focused is stops[-1]

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        for row in self.fields.values():
            if row.field is event.input and row.error:
                row.error = ""

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        stops = self.stops()
        index = next((n for n, widget in enumerate(stops) if widget is event.input), None)
        if index is None:
            return
        if index + 1 < len(stops):
            stops[index + 1].focus()
        elif self.saves_on_enter:
            self.post_message(self.SaveAsked(self))

    def on_key(self, event: events.Key) -> None:
        """Go from row to row with up and down."""
        if event.key in self.MOVES:
            stops = self.stops()
            focused = self.screen.focused
            if focused not in stops:
                return
            event.stop()
            index = stops.index(focused) + self.MOVES[event.key]
            if 0 <= index < len(stops):
                stops[index].focus()
            elif index >= len(stops):
                self.screen.focus_next()
