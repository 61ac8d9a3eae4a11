"""Asking before something is changed: what it will do, by name, with cancel as the default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.field import Field
from jpmanage_tui.ui.widgets.push_button import PushButton
from jpmanage_tui.ui.widgets.tick_box import TickBox


@dataclass(frozen=True)
class Yes:
    """The user said yes; `ticked` is the state of the tick box, False where the question had none."""

    ticked: bool = False


@dataclass(frozen=True)
class Question:
    """A question: `title`, paragraphs of `text`, the words of the button that does it.

    `tick` is the words and the first state of a tick box. `type_this` must be typed before the button works: for
    what touches two licences or more and cannot be undone (design: what SSH asks).
    """

    title: str
    text: Sequence[str]
    button: str
    tick: tuple[str, bool] | None = None
    type_this: str | None = None
    danger: bool = False


class ConfirmDialog(Dialog[Yes]):
    """Asks one question. Cancel has the focus, so that enter alone changes nothing."""

    first_focus: ClassVar[str | None] = "#cancel"

    def __init__(self, question: Question) -> None:
        super().__init__(question.title)
        self._question = question

    def body(self) -> ComposeResult:
        """Compose the text, the tick box, the field and the two buttons."""
        question = self._question
        for paragraph in question.text:
            yield self.text(paragraph)
        if question.tick is not None:
            yield TickBox(*question.tick, id="tick")
        if question.type_this is not None:
            yield self.text(f"Type {question.type_this} to confirm:")
            yield Field(id="typed")
        go = PushButton(question.button, id="go", danger=question.danger)
        if question.type_this is not None:
            go.off = f"Type {question.type_this} first."
        yield self.buttons(PushButton("Cancel", id="cancel"), go)

    @on(Input.Changed, "#typed")
    def _compare(self, event: Input.Changed) -> None:
        wanted = self._question.type_this
        matches = event.value.strip().replace(",", "") == wanted
        self.query_one("#go", PushButton).off = None if matches else f"Type {wanted} first."

    @on(Input.Submitted, "#typed")
    def _submitted(self) -> None:
        self.query_one("#go", PushButton).focus()

    @on(PushButton.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(PushButton.Pressed, "#go")
    def _go(self, event: PushButton.Pressed) -> None:
        if event.button.off:
            self.query_one("#typed", Field).focus()
            return
        tick = self.query_one("#tick", TickBox).ticked if self._question.tick is not None else False
        self.dismiss(Yes(tick))
