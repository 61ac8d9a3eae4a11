"""Forms: a label and a field a line, the error under its field, enter for the next field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from jpmanage_tui.ui.widgets.field import Field


class FormField(Vertical):
    """A labelled field; `error` stands under it, and takes a line only while there is one.

    `name` is the field's name in `Form.values`, best the API's argument, since its refusals name that.
    """

    DEFAULT_CSS = """
    FormField {
        height: auto;
        & > Horizontal { height: 1; }
        & .form--label { width: 26; color: $text-muted; }
        & > .form--error { height: auto; color: $error; margin: 0 0 0 26; display: none; }
        & > .form--error.-shown { display: block; }
    }
    """

    def __init__(
        self, name: str, label: str, value: str = "", *, placeholder: str = "", password: bool = False
    ) -> None:
        super().__init__(name=name, id=f"form-{name}")
        self.label = label
        self.field = self.make_field(value, placeholder, password)
        self._error = Static("", markup=False, classes="form--error")

    def make_field(self, value: str, placeholder: str, password: bool) -> Field:
        """Return the field itself; a subclass may give a special one."""
        return Field(value, placeholder=placeholder, password=password)

    def compose(self) -> ComposeResult:
        """Compose label, field and error."""
        with Horizontal():
            yield Static(self.label, markup=False, classes="form--label")
            yield self.field
        yield self._error

    @property
    def value(self) -> str:
        """What stands in the field, without the spaces around it."""
        return self.field.value.strip()

    @value.setter
    def value(self, value: str) -> None:
        self.field.value = value

    @property
    def error(self) -> str:
        """The sentence under the field, empty when there is none."""
        return str(self._error.content)

    @error.setter
    def error(self, sentence: str) -> None:
        self._error.update(sentence)
        self._error.set_class(bool(sentence), "-shown")


class Form(VerticalScroll, can_focus=False):
    """Fields one below the other; it scrolls so that the focused one is in view. `F2` asks to save."""

    DEFAULT_CSS = "Form { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }"

    @dataclass
    class SaveAsked(Message):
        """The user wants to save (F2, or enter in the last field)."""

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

    @property
    def fields(self) -> dict[str, FormField]:
        """The labelled fields by name, in order."""
        return {str(field.name): field for field in self.query(FormField)}

    def values(self) -> dict[str, str]:
        """Return what stands in the fields, by name."""
        return {name: field.value for name, field in self.fields.items()}

    def fill(self, values: Mapping[str, str]) -> None:
        """Put values into the fields of these names, and take them as saved."""
        for name, field in self.fields.items():
            if name in values:
                field.value = values[name]
        self.mark_saved()

    def mark_saved(self) -> None:
        """Take what stands in the fields as saved: `changed` is False from here on."""
        self._saved = self.values()

    @property
    def changed(self) -> bool:
        """Whether something differs from what was saved last."""
        return self.values() != self._saved

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Put each sentence under the field it names, clear the others, and focus the first with one."""
        first: FormField | None = None
        for name, field in self.fields.items():
            field.error = errors.get(name, "")
            if field.error and first is None:
                first = field
        if first is not None:
            first.field.focus()

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        fields = list(self.fields.values())
        index = next((n for n, field in enumerate(fields) if field.field is event.input), None)
        if index is None:
            return
        if index + 1 < len(fields):
            self.screen.focus_next()
        else:
            self.post_message(self.SaveAsked(self))

    def on_key(self, event: events.Key) -> None:
        """Ask to save on F2; up and down go from field to field."""
        if event.key == "f2":
            event.stop()
            self.post_message(self.SaveAsked(self))
        elif event.key in ("up", "down") and isinstance(self.screen.focused, Field):
            event.stop()
            if event.key == "down":
                self.screen.focus_next()
            else:
                self.screen.focus_previous()
