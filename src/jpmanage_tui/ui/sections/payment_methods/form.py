"""The fields of a new card: the number in groups with its brand, masked when it is not being typed."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import SecretStr
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from jpmanage_tui.api.stripe import CardEntry, CardField
from jpmanage_tui.rules import cards
from jpmanage_tui.ui.widgets.form import Form, FormField
from jpmanage_tui.ui.widgets.input import Input

LAST = 4
"""Digits of a number that may be shown."""


def regrouped(text: str, cursor: int) -> tuple[str, int]:
    """Return a number in the groups of its brand, and where the cursor stands then: after the same digits as before."""
    grouped = cards.grouped(text)
    left = len(cards.digits(text[:cursor]))
    place = seen = 0
    while seen < left and place < len(grouped):
        seen += grouped[place] != " "
        place += 1
    return grouped, place


def slashed(text: str) -> str:
    """Return an expiry as MM/YY, or the text as it is where it is no expiry."""
    parsed = cards.parse_expiry(text)
    return f"{parsed[0]:02d}/{parsed[1] % 100:02d}" if parsed is not None else text


class SecretField(Input):
    """A field that shows what stands in it only while it is typed in."""

    def on_focus(self) -> None:
        """Show the text."""
        self.password = False

    def on_blur(self) -> None:
        """Mask the text."""
        self.password = True


class NumberRow(FormField):
    """The card number; its brand stands beside it, with the last digits while the number is masked."""

    DEFAULT_CSS = """
    NumberRow Input { width: 24; }
    NumberRow .number--brand { width: 1fr; height: 1; margin: 0 0 0 1; color: $text-muted; text-style: $muted-style; }
    """

    def __init__(self) -> None:
        super().__init__(CardField.NUMBER.value, "Card number")
        self._brand = Static("", markup=False, classes="number--brand")

    def make_field(self, value: str, placeholder: str, password: bool) -> Input:
        """Return a field that masks itself."""
        return SecretField(value)

    def compose(self) -> ComposeResult:
        """Compose label, field, brand and error."""
        with Horizontal():
            yield Static(self.label, markup=False, classes="form--label")
            yield self.field
            yield self._brand
        yield self._error

    @on(Input.Changed)
    def _group(self) -> None:
        typed = self.field.value  # not the event's: more may have been typed since
        grouped, cursor = regrouped(typed, self.field.cursor_position)
        if grouped != typed:
            self.field.value = grouped
            self.field.cursor_position = cursor
            return
        self.name_brand()

    def on_descendant_focus(self) -> None:
        """The last digits are in the field itself."""
        self.name_brand()

    def on_descendant_blur(self) -> None:
        """Show the last digits beside the masked number."""
        self.call_after_refresh(self.name_brand)

    def name_brand(self) -> None:
        """Show the brand, and the last digits of a number that is masked."""
        number = cards.digits(self.field.value)
        brand = cards.brand_of(number)
        words = "" if brand is cards.UNKNOWN else brand.name
        whole = len(number) in brand.lengths
        if whole and not self.field.has_focus:
            words = f"…{number[-LAST:]} {words}".strip()
        self._brand.update(words)


class ExpiryRow(FormField):
    """The expiry; it is put in order when the field is left."""

    def __init__(self) -> None:
        super().__init__(CardField.EXPIRY.value, "Expires (MM/YY)")

    def on_descendant_blur(self) -> None:
        """Write it as MM/YY."""
        self.field.value = slashed(self.field.value)


class CvcRow(FormField):
    """The security code, always masked. Enter in it goes on to what follows the fields, and sends nothing."""

    class Done(Message):
        """Enter was pressed in the last field."""

    def __init__(self) -> None:
        super().__init__(CardField.CVC.value, "Security code (CVC)", password=True)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done())


class CardForm(Form):
    """Name, number, expiry and security code. What stands in them leaves only as a `CardEntry`."""

    saves_on_enter: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__(
            FormField(CardField.NAME.value, "Name on card"),
            NumberRow(),
            ExpiryRow(),
            CvcRow(),
            id="card-form",
        )

    @property
    def typed(self) -> bool:
        """Whether anything was typed."""
        return any(self.values().values())

    def check(self, today: date) -> dict[str, str]:
        """Return a sentence for each field that is not right, by the field's name."""
        values = self.values()
        found = cards.check(
            values[CardField.NUMBER.value],
            values[CardField.EXPIRY.value],
            values[CardField.CVC.value],
            values[CardField.NAME.value],
            today,
        )
        return {field.value: sentence for field, sentence in found.items()}

    def entry(self) -> CardEntry:
        """Return the card. Raises ValueError where `check` finds the expiry wrong."""
        values = self.values()
        expiry = cards.parse_expiry(values[CardField.EXPIRY.value])
        if expiry is None:
            raise ValueError("the expiry is not right")
        return CardEntry(
            number=SecretStr(cards.digits(values[CardField.NUMBER.value])),
            exp_month=expiry[0],
            exp_year=expiry[1],
            cvc=SecretStr(cards.digits(values[CardField.CVC.value])),
            name=values[CardField.NAME.value],
        )

    def forget(self) -> None:
        """Empty every field: the card is not needed any more."""
        for row in self.fields.values():
            with row.field.prevent(Input.Changed):
                row.field.value = ""
        self.mark_saved()
