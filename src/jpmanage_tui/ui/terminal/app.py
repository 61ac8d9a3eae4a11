"""The app class that has all of the terminal layer."""

from __future__ import annotations

from typing import TypeVar

import textual
from textual.driver import Driver

from jpmanage_tui.ui.terminal.differ import CellDiffer
from jpmanage_tui.ui.terminal.signals import SignalExits

ReturnType = TypeVar("ReturnType")


class TerminalApp(SignalExits[ReturnType], CellDiffer[ReturnType]):
    """An App made for the line: cells, not widgets, go to the terminal, and it ends cleanly when that drops.

    Run it with `run(mouse=...)`: without mouse nothing about it is asked of the terminal.
    """

    def get_driver_class(self) -> type[Driver]:
        """Return the driver for this platform: on POSIX ours in the place of Textual's."""
        stock = super().get_driver_class()
        if stock.__module__ != "textual.drivers.linux_driver":
            return stock
        from jpmanage_tui.ui.terminal.driver import LineDriver

        return LineDriver

    def _fatal_error(self) -> None:
        """Show an error that nobody handled, without the values of variables: one of them may be a token."""
        from rich.traceback import Traceback

        self.panic(Traceback(show_locals=False, width=None, suppress=[textual]))
