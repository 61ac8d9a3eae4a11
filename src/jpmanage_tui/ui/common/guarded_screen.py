"""Screens on which a key that changes something must be a person's: what comes with other keys may be a paste."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events

from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.terminal.app import TerminalApp
from jpmanage_tui.ui.terminal.keyboard import DecidingPart, Press

if TYPE_CHECKING:
    from textual.screen import Screen

    Node = Screen[Any]
else:
    Node = object  # Textual takes styles from the first base that is a DOMNode: this one has none to give

TOO_SOON = "Ignored: that key came too soon; wait a moment, then press it again."
"""What is said of a key that was dropped."""


class PasteRefused(DataMessage):
    """A field did not take a paste; `sentence` says why."""

    sentence: str


class GuardedScreen(Node):
    """A part of a screen class, before Textual's own: it drops a key that decides something and is not a person's.

    Whatever such a key would have changed is as it was, and the screen says that it was dropped.
    """

    def drops(self, press: Press) -> bool:
        """Return whether nothing gets this key or paste (`KeyGuard`)."""
        event = press.event
        dropped = isinstance(event, events.Key) and self.decides(event) and not self._deliberate(press)
        self.tell_dropped(TOO_SOON if dropped else "")
        return dropped

    def drops_click(self, time: float) -> bool:
        """Return whether nothing gets what the mouse's buttons did at `time` (`KeyGuard`): a screen takes all of it."""
        del time
        return False

    def _deliberate(self, press: Press) -> bool:
        return not isinstance(self.app, TerminalApp) or self.app.keyboard.is_deliberate(press)

    def decides(self, event: events.Key) -> bool:
        """Return whether a key would change something: whether the part with the focus, or one around it, says so."""
        parts = self.focused.ancestors_with_self if self.focused is not None else ()
        return any(
            isinstance(part, DecidingPart) and part.decides(event) for part in parts if part is not self
        )

    def tell_dropped(self, sentence: str) -> None:
        """Say that a key was dropped; '' takes that back."""
        raise NotImplementedError
