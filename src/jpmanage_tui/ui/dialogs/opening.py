"""What is shown while another account or key is being opened: nothing else is begun meanwhile."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.button import PushButton


class OpeningDialog(Dialog[bool]):
    """Returns True when what was opened is there or cannot be had, None when the user does not want it any more.

    What is begun in the old account while the new one is on its way would be cut off when that comes.
    """

    first_focus: ClassVar[str | None] = "#cancel"

    def __init__(self, title: str, words: str) -> None:
        """`words` say what is being opened."""
        super().__init__(title)
        self._words = words

    def body(self) -> ComposeResult:
        """Compose the words and the button."""
        yield self.text(self._words)
        yield self.buttons(PushButton("Cancel", id="cancel"))

    @on(PushButton.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
