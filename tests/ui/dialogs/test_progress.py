"""The dialog of what goes on, in an app of its own: stop, retry, close, and what esc does when."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from textual.app import App
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.ui.dialogs.progress import ProgressDialog


class Washing(ProgressDialog[str]):
    """Washes dishes; some are still dirty after the first time."""

    def __init__(self) -> None:
        super().__init__("Washing")
        self.washes, self.dirty, self.said = True, 2, ""

    def parts(self) -> Iterable[Widget]:
        return (Static("the dishes"),)

    @property
    def running(self) -> bool:
        return self.washes

    @property
    def can_retry(self) -> bool:
        return not self.washes and self.dirty > 0

    def stop(self) -> None:
        self.said += "stopped "
        self.end()

    def retry(self) -> None:
        self.said += "again "
        self.dirty, self.washes = 0, True
        self.show()

    def result(self) -> str:
        return f"{self.dirty} dirty"

    def end(self) -> None:
        self.washes = False
        self.tell_progress()

    def show(self) -> None:
        self.show_count(f"{self.dirty} dirty, {'going on' if self.running else 'ended'}")


@asynccontextmanager
async def washing() -> AsyncIterator[tuple[Washing, Pilot[None], list[str | None]]]:
    app: App[None] = App()
    answers: list[str | None] = []
    async with app.run_test() as pilot:
        dialog = Washing()
        app.push_screen(dialog, answers.append)
        await pilot.pause()
        yield dialog, pilot, answers


def count(dialog: Washing) -> str:
    return str(dialog.query_one("#count", Static).content)


async def test_esc_stops_it_while_it_runs_and_closes_with_its_result_after() -> None:
    async with washing() as (dialog, pilot, answers):
        dialog.show()
        assert dialog.footer_keys()[-1] == ("esc", "Stop")
        await pilot.press("escape")
        await pilot.pause()
        assert (dialog.said, count(dialog)) == ("stopped ", "2 dirty, ended")
        assert dialog.footer_keys()[-1] == ("esc", "Close")
        await pilot.press("escape")
        assert answers == ["2 dirty"]


async def test_close_and_retry_do_nothing_while_it_runs_and_stop_nothing_after() -> None:
    async with washing() as (dialog, pilot, answers):
        for button in ("#close", "#retry"):
            dialog.query_one(button).focus()
            await pilot.press("enter")
        assert (dialog.said, answers) == ("", [])
        dialog.end()
        dialog.query_one("#stop").focus()
        await pilot.press("enter")
        assert dialog.said == ""
        dialog.query_one("#retry").focus()
        await pilot.press("enter")
        await pilot.pause()
        assert (dialog.said, count(dialog)) == ("again ", "0 dirty, going on")
        dialog.end()
        dialog.query_one("#close").focus()
        await pilot.press("enter")
        assert answers == ["0 dirty"]
