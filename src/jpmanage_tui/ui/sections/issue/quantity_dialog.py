"""Asking how many of a product."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from jpmanage_tui.services.issuing.selection import MOST
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.input import Input


class QuantityDialog(Dialog[int]):
    """Returns a number from 0 (take it out) to MOST."""

    first_focus = "#number"
    enter_words = "Set"

    def __init__(self, product: str, now: int) -> None:
        """`now` is how many there are; the field begins with it."""
        super().__init__(f"How many {product}?")
        self._now = now

    def body(self) -> ComposeResult:
        """Compose the field and the buttons."""
        yield Input(str(self._now) if self._now else "", id="number")
        yield self.text(f"0 to {MOST}; 0 takes it out.", muted=True, id="error")
        yield self.buttons(Button("Cancel", id="cancel"), Button("Set", id="set"))

    @on(Input.Submitted, "#number")
    @on(Button.Pressed, "#set")
    def _set(self) -> None:
        text = self.query_one("#number", Input).value.strip()
        if text.isascii() and text.isdigit() and int(text) <= MOST:
            self.dismiss(int(text))
        else:
            self.query_one("#error", Static).update(f"Please type a whole number from 0 to {MOST}.")
            self.query_one("#number", Input).focus()

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
