"""What is said in the status line gives way to the summary when a key is pressed, unless it still holds."""

from __future__ import annotations

import re
from time import monotonic
from typing import get_args

import pytest
from textual.app import App, ComposeResult

from jpmanage_tui.ui.widgets.status_line import SEEN_SECONDS, Severity, StatusLine, seconds_shown
from tests.ui.harness import LARGE, SMALL, Run, running

FEW = 20
SUMMARY = "18 licenses, a bundle counted as one"


def status_line(run: Run) -> StatusLine:
    return run.app.main.query_one(StatusLine)


def shown(run: Run) -> str:
    """The text of the status line's rows."""
    rows = status_line(run).region
    return "\n".join(run.lines(run.app.main)[rows.y : rows.bottom])


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("severity", get_args(Severity))
@pytest.mark.sample(3)
async def test_a_message_gives_way_to_the_summary_and_the_counter_at_the_next_key(
    size: tuple[int, int], severity: Severity
) -> None:
    async with running(size, licenses=FEW) as run:
        run.app.notify(
            "Something was said that takes more than one line of a narrow terminal. " * 2, severity=severity
        )
        await run.sees("Something was said")
        assert "1/18" in shown(run)
        await run.press("j")
        await run.until(lambda: "2/18" in shown(run), "the cursor moved")
        assert SUMMARY in shown(run)
        assert "Something" not in shown(run)
        assert status_line(run).region.height == 1


async def test_a_message_that_a_key_causes_is_there_after_it_and_gone_after_the_next() -> None:
    async with running(licenses=FEW) as run:
        await run.press("z")
        await run.until(lambda: "ndo" in run.status or "ndone" in run.status, "why nothing can be undone")
        await run.press("k")
        assert run.status == SUMMARY


async def test_what_goes_on_is_said_until_it_has_ended() -> None:
    async with running(licenses=FEW) as run:
        run.app.notify("Paying the invoice…")
        await run.press("j", "k")
        assert run.status == "Paying the invoice…"
        run.app.notify("Paid.", severity="success", outcome=True)
        assert run.status == "✓ Paid."


async def test_what_could_not_be_read_is_said_until_the_api_answers_again() -> None:
    async with running(licenses=FEW) as run:
        run.sandbox.faults.replace(["GET */licenses 500"])
        await run.press("r")
        await run.until(lambda: "failed" in run.status, "the trouble")
        trouble = run.status
        await run.press("j", "k")
        assert run.status == trouble
        run.sandbox.faults.replace([])
        await run.press("r")
        await run.until(lambda: run.status == "✓ The API answers again.", "it answers")
        await run.press("j")
        assert run.status == SUMMARY


async def test_the_outcome_of_a_change_stands_until_a_key_whatever_else_is_said() -> None:
    async with running(licenses=FEW) as run:
        line = status_line(run)
        line.say("It is unassigned.", "success", outcome=True)
        line.say("The API answers again.", "success")
        line.inform("17 licenses", None, "1/17")
        assert line.shown == "✓ It is unassigned.\n✓ The API answers again."
        line.touched(monotonic() + SEEN_SECONDS)
        assert line.shown == "17 licenses"


async def test_a_key_that_was_on_its_way_when_a_change_ended_does_not_take_the_outcome_away() -> None:
    async with running(licenses=FEW) as run:
        line, before = status_line(run), monotonic()
        line.say("It is unassigned.", "success", outcome=True)
        line.touched(before)
        line.touched(monotonic())
        assert line.shown == "✓ It is unassigned."


async def test_what_still_goes_on_stands_when_the_outcome_above_it_was_seen() -> None:
    async with running(licenses=FEW) as run:
        line = status_line(run)
        line.say("It is unassigned.", "success", outcome=True)
        line.say("Paying the invoice…")
        line.touched(monotonic() + SEEN_SECONDS)
        assert line.shown == "Paying the invoice…"


@pytest.mark.parametrize("width", [40, 60, 80])
async def test_a_counter_that_changes_its_width_shows_the_whole_summary_and_itself(width: int) -> None:
    async with running((width, 12), licenses=FEW) as run:
        line = status_line(run)
        for counter in ("9/250", "10/250", "100/1,250", "9/9"):
            line.inform("a summary that is longer than there is room for " * 2, None, counter)
            await run.pilot.pause()
            assert re.fullmatch(rf" a summary .*… +{re.escape(counter)} ", shown(run))


@pytest.mark.parametrize(
    ("severity", "outcome", "lasts", "leaves"),
    [
        ("information", False, False, True),
        ("warning", False, False, True),
        ("error", False, False, False),
        ("success", True, False, False),
        ("information", False, True, False),
    ],
)
async def test_a_message_goes_by_itself_unless_it_must_be_read(
    monkeypatch: pytest.MonkeyPatch, severity: Severity, outcome: bool, lasts: bool, leaves: bool
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.widgets.status_line.LEAST_SECONDS", 0.0)
    monkeypatch.setattr("jpmanage_tui.ui.widgets.status_line.LETTERS_A_SECOND", 1e6)
    app = LineApp()
    async with app.run_test() as pilot:
        line = app.query_one(StatusLine)
        line.inform("the summary", None, "1/9")
        line.say("Said.", severity, outcome=outcome, lasts=lasts)
        assert "Said." in line.shown
        waits = line._leaving is not None
        assert waits is leaves
        while line._leaving is not None:
            await pilot.pause(0.001)
        assert ("Said." in line.shown) is not leaves


async def test_a_message_that_leaves_takes_no_later_one_and_no_outcome_with_it() -> None:
    app = LineApp()
    async with app.run_test():
        line = app.query_one(StatusLine)
        line.say("Done.", "success", outcome=True)
        line.say("And this.")
        first = line._leaving
        line.say("Later.")
        assert line._leaving is not first
        line._leave()
        assert line.shown == "✓ Done."
        line.touched(monotonic() + 1)
        assert line.message == ""


async def test_each_message_has_the_color_of_its_own_severity() -> None:
    app = LineApp()
    async with app.run_test() as pilot:
        line = app.query_one(StatusLine)
        line.say("Done.", "success", outcome=True)
        line.say("The rest failed.", "error")
        await pilot.pause()
        styles = [next(iter(line.render_line(y))).style for y in (0, 1)]
        colors = [style.color if style is not None else None for style in styles]
        wanted = [line.get_component_rich_style(f"status--{one}").color for one in ("success", "error")]
        assert colors == wanted


def test_the_time_grows_with_the_words_between_two_bounds() -> None:
    assert seconds_shown("") == seconds_shown("Copied.") == 6.0
    assert 6.0 < seconds_shown("x" * 120) < seconds_shown("x" * 180) < 20.0
    assert seconds_shown("x" * 1000) == 20.0


async def test_what_was_said_can_be_read_again_without_what_only_goes_on() -> None:
    async with running(licenses=FEW) as run:
        await run.press("!")
        await run.sees("No messages yet.")
        await run.press("escape")
        line = status_line(run)
        line.notices.clear()
        for number in range(60):
            run.app.notify(f"Message {number}.", severity="warning" if number == 59 else "information")
        run.app.notify("Reading…")
        assert [notice.words for notice in line.notices] == [f"Message {number}." for number in range(10, 60)]
        await run.press("!")
        await run.sees("Notices, the newest first", "! Message 59.", "Message 58.")
        assert "Reading…" not in run.text().split("Message 59.")[1].split("Message 58.")[0]
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.app.main, "the dialog is closed")


class LineApp(App[None]):
    def compose(self) -> ComposeResult:
        yield StatusLine()
