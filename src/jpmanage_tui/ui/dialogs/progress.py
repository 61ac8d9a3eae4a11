"""Watching something that goes on: how it stands, stop, retry, and what became of it. First of all, many changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.button import Button

Answer = TypeVar("Answer")


class ProgressDialog(Dialog[Answer]):
    """Watches something that goes on: a list of its parts, a line that counts them, and Stop, Retry and Close.

    esc stops it while it runs and closes the dialog after, with the `result`. A subclass composes its list in `parts`
    and shows in `show` how it stands; whoever does the work calls `tell_progress` when that has changed.
    """

    DEFAULT_CSS = "ProgressDialog > .dialog--box { width: 100; }"
    first_focus: ClassVar[str | None] = "#stop"
    retry_label: ClassVar[str] = "Retry what failed"
    retry_changes: ClassVar[bool] = True
    """Whether a retry changes something, so that a key in a paste must not start it."""

    class Progressed(Message):
        """It stands otherwise now."""

    def parts(self) -> Iterable[Widget]:
        """Return the list, and what stands between it and the line that counts."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """Compose the parts, the count and the buttons."""
        yield from self.parts()
        yield self.text("", id="count")
        yield self.buttons(
            Button("Stop", id="stop"),
            Button(self.retry_label, id="retry", changes=self.retry_changes),
            Button("Close", id="close"),
        )

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        raise NotImplementedError

    @property
    def can_retry(self) -> bool:
        """Whether there is something to try again."""
        raise NotImplementedError

    def stop(self) -> None:
        """Begin nothing more of it (only while it runs)."""
        raise NotImplementedError

    def retry(self) -> None:
        """Try again (only where `can_retry`)."""
        raise NotImplementedError

    def result(self) -> Answer:
        """Return what it came to."""
        raise NotImplementedError

    def show(self) -> None:
        """Show how it stands: the list, the line (`show_count`) and the buttons."""
        raise NotImplementedError

    def tell_progress(self) -> None:
        """Have it shown how it stands now."""
        self.post_message(self.Progressed())

    @on(Progressed)
    def _progressed(self) -> None:
        self.show()

    def show_count(self, words: str) -> None:
        """Say how it stands in the line below the list, and in the footer what esc does now."""
        self.query_one("#count", Static).update(words)
        self.esc_words = "Stop" if self.running else "Close"
        self.tell_keys()

    @on(Button.Pressed, "#stop")
    def _stop_pressed(self) -> None:
        if self.running:
            self.stop()

    @on(Button.Pressed, "#retry")
    def _retry_pressed(self) -> None:
        if self.can_retry:
            self.retry()

    @on(Button.Pressed, "#close")
    def _close_pressed(self) -> None:
        if not self.running:
            self.dismiss(self.result())

    def step_back(self) -> None:
        """Stop while it runs, close after (esc)."""
        if self.running:
            self.stop()
        else:
            self.dismiss(self.result())
