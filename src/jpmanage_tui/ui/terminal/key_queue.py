"""Keys that arrive together are taken one after the other.

On a slow line a terminal delivers several keys at once. Textual gives each to what has the focus when it arrives,
before the part that got the one before has acted on it: after `tab` in a form the next letters would still go to the
field before it, a card's number into its holder's name. Here a key waits until the one before has been handled by
every part that it passes, and by the dialog that it opened.
"""

from __future__ import annotations

import asyncio
from collections import deque
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.worker import Worker

from jpmanage_tui.ui.terminal.eager_painting import PromptScreen
from jpmanage_tui.ui.terminal.keyboard import Keyboard, KeyGuard, Press

if TYPE_CHECKING:
    from textual.widget import Widget

    Node = Widget
else:
    Node = object  # Textual takes styles from the first base that is a DOMNode: this one has none to give

ReturnType = TypeVar("ReturnType")
TURNS = 3
"""Turns of the event loop in which what a key began comes as far as a worker of its own."""
PAUSE = 0.005
"""Seconds between two looks at whether what a worker opens is there."""


class KeyQueue(App[ReturnType]):
    """An App that takes keys and pastes in the order they came, each when the one before has been handled.

    A screen that is a `KeyGuard` sees each before any part of it does, at its turn, and may drop it.
    """

    KEY_SECONDS = 1.0
    """How long a key may take before the next one is given all the same."""

    def __init__(self, *, keyboard: Keyboard | None = None, **options: Any) -> None:
        """`options` are those of the next base; `keyboard` tells a person's keys from a paste's."""
        super().__init__(**options)
        self.keyboard = keyboard if keyboard is not None else Keyboard()
        self._waiting: deque[tuple[events.Key | events.Paste, float]] = deque()
        """What has come and was not given yet, with the seconds of silence before it."""
        self._handling: asyncio.Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Take an event; a key or a paste from the terminal waits for its turn. `ctrl+c` never waits.

        What the mouse's buttons do the screen may drop, as it may a key.
        """
        if isinstance(event, events.CursorPosition):
            self.keyboard.answered(event)
        elif isinstance(event, events.MouseDown | events.MouseUp) and not event.is_forwarded:
            if not self._drops_click(event):
                await super().on_event(event)
        elif not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        else:
            quiet = self.keyboard.quiet_before(event)
            if _at_once(event):
                await super().on_event(event)
            else:
                self._waiting.append((event, quiet))
                await self._next()

    @property
    def keys_wait(self) -> bool:
        """Whether more keys have arrived than the one that is being handled: what they lead to is one frame."""
        return bool(self._waiting)

    @property
    def keys_are_taken(self) -> bool:
        """Whether every key that has arrived has been handled."""
        return self._handling is None and not self._waiting

    def is_opening(self, worker: Worker[Any]) -> bool:
        """Whether what is typed next is meant for what this worker, begun by a key, will show; never, here."""
        del worker
        return False

    async def _next(self) -> None:
        """Give what waits to the part that has the focus, unless something is being handled."""
        while self._waiting and self._handling is None:
            if self._exit or not self._screen_stack:
                self._waiting.clear()  # nothing is begun any more
                return
            event, quiet = self._waiting.popleft()
            press = Press(event, quiet, self._waiting[0][1] if self._waiting else inf)
            if not self._drops(press):
                await self._take(event)

    def _drops(self, press: Press) -> bool:
        if self.keyboard.skips(press):
            return True
        screen = self.screen
        return isinstance(screen, KeyGuard) and screen.drops(press)

    def _drops_click(self, event: events.MouseEvent) -> bool:
        if not self._screen_stack:
            return False
        screen = self.screen
        return isinstance(screen, KeyGuard) and screen.drops_click(event.time)

    async def _take(self, event: events.Key | events.Paste) -> None:
        target: MessagePump = self.focused or self.screen
        screen, before = self.screen, frozenset(self.workers)
        await super().on_event(event)
        self._handling = asyncio.create_task(self._handled(target, screen, before), name="key")

    async def _handled(
        self, target: MessagePump, screen: Screen[Any], before: frozenset[Worker[Any]]
    ) -> None:
        try:
            async with asyncio.timeout(self.KEY_SECONDS):
                await self._passed(target)
                await self._passed(target)  # what it led to in the parts it passed: messages go the same way
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                while self.screen is screen and self._opens(before):  # noqa: ASYNC110 - a screen tells no event
                    await asyncio.sleep(PAUSE)
                await _idle(self.screen)
        except TimeoutError:
            self.log.warning("a key took long; the next one is given all the same")
        finally:
            self._handling = None
            if self._waiting:
                self.call_next(self._next)
            elif not self._exit and self._screen_stack and isinstance(self.screen, PromptScreen):
                self.screen.paint()

    def _opens(self, before: frozenset[Worker[Any]]) -> bool:
        begun = (worker for worker in self.workers if worker not in before and not worker.is_finished)
        return any(self.is_opening(worker) for worker in begun)

    async def _passed(self, target: MessagePump) -> None:
        """Wait until a key given to `target` has bubbled up to the app, and the app has done what it is bound to."""
        node: MessagePump | None = target
        while node is not None:
            await _idle(node)
            node = node._parent


class KeysForScreen(Node):
    """A part of a widget class, before Textual's own: its keys go to the screen at once, whose commands they are.

    Nothing between the widget and its screen takes any.
    """

    def _forward_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key):
            self.screen._forward_event(event)
        else:
            super()._forward_event(event)


async def _idle(node: MessagePump) -> None:
    """Wait until a part has handled the messages that it has now."""
    done = asyncio.Event()
    if node.call_later(done.set):
        await done.wait()


def _at_once(event: events.Key | events.Paste) -> bool:
    return isinstance(event, events.Key) and event.key == "ctrl+c"
