"""A click that comes before a question can have been read, such as the second one of a double click, answers nothing."""

from __future__ import annotations

from textual import events
from textual.widget import Widget

from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Confirmed
from jpmanage_tui.ui.widgets.button import Button
from tests.ui.harness import Run
from tests.ui.typing import Typist, typing


async def click(run: Run, typist: Typist, widget: Widget, after: float) -> None:
    """Click on the middle of a widget, as the terminal's driver reports it."""
    typist.clock.now += after
    x, y = widget.region.center
    for kind in (events.MouseDown, events.MouseUp):
        event = kind(None, int(x), int(y), 0, 0, 1, False, False, False)
        event.time = typist.clock.now
        run.app.post_message(event)
    await run.settled()


async def test_a_click_answers_a_question_only_after_it_stood_for_a_while() -> None:
    async with typing(licenses=20) as (run, typist):
        answers: list[Confirmed | None] = []
        question = Confirmation("Revoke License?", ["It is billed until today."], "Revoke", danger=True)
        run.app.push_screen(ConfirmDialog(question), answers.append)
        await run.sees("It is billed until today.")
        await run.settled()
        go = run.app.screen.query_one("#go", Button)
        await click(run, typist, go, after=0.2)
        assert answers == [], "the terminal has not said that it shows the question"
        await typist.answer()
        await click(run, typist, go, after=0.3)
        assert answers == [], "the second one of a double click"
        await run.sees("that click came too soon")
        await click(run, typist, go, after=0.6)
        assert answers == [Confirmed()]
