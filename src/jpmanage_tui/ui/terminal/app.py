"""The app class that has all of the terminal layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

import textual
from textual.driver import Driver

from jpmanage_tui.ui.terminal.differ import CellDiffer, PatientDriver
from jpmanage_tui.ui.terminal.key_queue import KeyQueue
from jpmanage_tui.ui.terminal.keyboard import POSITION_QUERY, WrittenFrame
from jpmanage_tui.ui.terminal.signals import SignalExits
from jpmanage_tui.ui.terminal.style_caches import forget_removed_widgets

if TYPE_CHECKING:
    from rich.traceback import Trace
    from textual.await_complete import AwaitComplete
    from textual.geometry import Region
    from textual.widget import Widget

ReturnType = TypeVar("ReturnType")


@runtime_checkable
class MouseDriver(Protocol):
    """A driver that can switch the mouse on and off while the program runs."""

    @property
    def takes_mouse(self) -> bool:
        """Whether the terminal was asked for the mouse."""

    def switch_mouse(self, on: bool) -> None:
        """Ask the terminal for the mouse, or give it back."""


SLOW_LINE = 0.02
"""Seconds between two looks at whether a slow line has taken a frame."""


class TerminalApp(KeyQueue[ReturnType], SignalExits[ReturnType], CellDiffer[ReturnType]):
    """An App made for the line: cells, not widgets, go to the terminal, keys that arrive together are taken in order,
    and it ends cleanly when the line drops.

    Run it with `run(mouse=...)`: without mouse nothing about it is asked of the terminal.
    """

    def get_driver_class(self) -> type[Driver]:
        """Return the driver for this platform: on POSIX ours in the place of Textual's."""
        stock = super().get_driver_class()
        if stock.__module__ != "textual.drivers.linux_driver":
            return stock
        from jpmanage_tui.ui.terminal.driver import LineDriver

        return LineDriver

    @property
    def takes_mouse(self) -> bool | None:
        """Whether the program takes the mouse; None where that cannot be switched."""
        driver: object = self._driver
        return driver.takes_mouse if isinstance(driver, MouseDriver) else None

    def switch_mouse(self, on: bool) -> None:
        """Take the mouse, or give it back to the terminal, which selects text with it."""
        driver: object = self._driver
        if isinstance(driver, MouseDriver):
            driver.switch_mouse(on)

    @property
    def frame_is_shown(self) -> bool:
        """Whether what is painted now reaches the terminal: the app runs, and no update is held back."""
        return self._running and not self._batch_count

    def paint_ahead(self, widget: Widget, regions: Iterable[Region]) -> None:
        """Send parts of a widget now, unless more keys wait that may change them again."""
        if not self.keys_wait:
            super().paint_ahead(widget, regions)

    def when_written(self, take: Callable[[WrittenFrame], object], *, query: bool) -> None:
        """Call `take` when all that was painted is written; with `query`, the terminal is asked to answer after it."""
        driver = self._driver
        if self._exit or driver is None:
            return
        if self._stale_rows or (isinstance(driver, PatientDriver) and driver.behind):
            self.set_timer(SLOW_LINE, partial(self.when_written, take, query=query))
            return
        if query:
            self.write_to_terminal(POSITION_QUERY)
        take(self.keyboard.written(queried=query))

    def pop_screen(self) -> AwaitComplete:
        """Take the uppermost screen away, and let go of what it showed."""
        forget_removed_widgets()
        return super().pop_screen()

    def _fatal_error(self) -> None:
        """Show where an error that nobody handled happened, without values: one of them may be a token or a card.

        The texts of errors are left out for the same reason.
        """
        from rich.traceback import Traceback

        shown = Traceback(show_locals=False, width=None, suppress=[textual])
        _leave_out_texts(shown.trace)
        self.panic(shown)


def _leave_out_texts(trace: Trace) -> None:
    """Take the texts of errors and their notes away, those of grouped errors too."""
    for part in trace.stacks:
        part.exc_value, part.notes = "", []
        for grouped in part.exceptions:
            _leave_out_texts(grouped)
