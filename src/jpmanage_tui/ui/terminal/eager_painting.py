"""Screens that paint when there is something to paint and nothing else to do.

Textual paints at the ticks of a clock that begins when the screen does: what a key changed waits up to a sixtieth of a
second for the next tick, half of that on average. Here the first frame after a pause is painted at once, and only what
follows it within a sixtieth waits for the tick. While a key is being handled nothing is painted in between: its end is
one frame (see `KeyQueue`).
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from textual import events
from textual.screen import UPDATE_PERIOD

if TYPE_CHECKING:
    from textual.screen import Screen

    Node = Screen[Any]
else:
    Node = object  # Textual takes styles from the first base that is a DOMNode: this one has none to give


@runtime_checkable
class PromptApp(Protocol):
    """An app whose screens may paint at once, and which takes keys one after another."""

    @property
    def paints_promptly(self) -> bool:
        """Whether screens paint at once what changed."""

    @property
    def keys_are_taken(self) -> bool:
        """Whether every key that has arrived has been handled."""

    def show_focus(self) -> None:
        """Bring the terminal's cursor to where the focus is now."""


class PromptScreen(Node):
    """A part of a screen class, to stand before Textual's own."""

    skips_held_updates = False
    """Whether nothing is composed while updates are held back; a dialog composes all the same."""
    _painted = 0.0
    _held_until = 0.0

    def hold(self, seconds: float) -> None:
        """Paint nothing for so long, or until `release`: what is coming is worth one frame, not several."""
        self._held_until = monotonic() + seconds

    def release(self) -> None:
        """Paint what was held back."""
        self._held_until = 0.0
        self.paint()

    def paint(self) -> None:
        """Paint what has changed since the last frame, now; where stock Textual renders it does so at its own tick."""
        app = self.app
        if not isinstance(app, PromptApp) or not app.paints_promptly:
            return
        if self._layout_required or self._scroll_required or self._repaint_required or self._dirty_widgets:
            self._on_timer_update()
        elif self.is_current and monotonic() >= self._held_until:
            app.show_focus()  # it may have gone where nothing is painted

    def _on_timer_update(self) -> None:
        """Note when a frame was painted; while they are held back the ticks go on."""
        now = monotonic()
        if now >= self._held_until:
            self._painted = now
            super()._on_timer_update()

    def _compositor_refresh(self) -> None:
        """Compose nothing while updates are held back: Textual would compose it all the same, and throw it away."""
        if not (self.skips_held_updates and self.app._batch_count):
            super()._compositor_refresh()

    async def _on_idle(self, event: events.Idle) -> None:
        """Paint at once after a pause; Textual's own handler, which follows, lets the rest wait for the tick."""
        app = self.app
        busy = isinstance(app, PromptApp) and not app.keys_are_taken
        if not busy and self.is_current and monotonic() - self._painted >= UPDATE_PERIOD:
            self.paint()
