"""Memory: a screen that is gone leaves nothing of what it showed."""

from __future__ import annotations

import gc

import pytest
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Static

from jpmanage_tui.ui.terminal.app import TerminalApp


class Lines(ModalScreen[None]):
    def compose(self) -> ComposeResult:
        yield Static("a line\n" * 20)


def strips() -> int:
    """Return how many painted lines are in memory."""
    gc.collect()
    return sum(type(one) is Strip for one in gc.get_objects())


@pytest.mark.slow
async def test_a_dialog_that_is_opened_and_closed_again_and_again_leaves_no_lines_behind() -> None:
    app = TerminalApp[None]()
    async with app.run_test() as pilot:

        async def open_and_close() -> int:
            await app.push_screen(Lines())
            await pilot.pause()
            await app.pop_screen()
            await pilot.pause()
            return strips()

        counts = [await open_and_close() for _ in range(6)]
        assert counts[-1] <= counts[0] + 5, counts
