"""What changed is painted when it changed, not at a tick of Textual's clock; here that clock ticks once an hour."""

from __future__ import annotations

from pathlib import Path

import pytest

from jpmanage_tui.ui.dialogs.help import HelpDialog
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.virtual_list import MARKER
from tests.ui.terminal.harness import CapturingDriver
from tests.ui.terminal.test_real_screens import MirroredApp, mirrored

HOUR = 3600.0


@pytest.fixture(autouse=True)
def no_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", HOUR)


def _driver(app: MirroredApp) -> CapturingDriver:
    driver = app._driver
    assert isinstance(driver, CapturingDriver)
    return driver


async def test_keys_answers_and_dialogs_are_painted_without_a_tick(tmp_path: Path) -> None:
    async with mirrored((120, 36), "terminal", tmp_path) as (run, app):
        frames = app.frames
        await run.press("j", "j")
        assert app.frames > frames
        assert "3/224" in run.text()
        await run.press("question_mark")
        await run.until(lambda: isinstance(app.screen, HelpDialog), "the help")
        await run.sees("Open or close the row")
        await run.press("escape", "5")
        await run.sees("Jetpack Complete")
        assert app.differed is not None
        assert any("Jetpack Complete" in line for line in app.differed.display)


async def test_a_move_of_the_cursor_is_sent_before_textual_composes_anything(tmp_path: Path) -> None:
    async with mirrored((120, 36), "terminal", tmp_path) as (run, app):
        view, driver = run.view(LicensesSection), _driver(app)
        before = len(driver.written)
        view.license_list.move(1)
        sent = "".join(driver.written[before:])
        assert sent.count(MARKER) == 1
        assert len(sent.encode()) <= 50
        await run.press("k")  # the frames that follow compare both terminals


async def test_a_list_that_is_covered_scrolled_or_without_focus_sends_nothing_ahead(tmp_path: Path) -> None:
    async with mirrored((120, 36), "dark", tmp_path) as (run, app):
        view, driver = run.view(LicensesSection), _driver(app)
        rows = view.license_list
        await run.press("question_mark")
        await run.until(lambda: isinstance(app.screen, HelpDialog), "the help")
        before = len(driver.written)
        rows.move(1)
        assert len(driver.written) == before
        await run.press("escape", "tab")
        await run.until(lambda: not rows.has_focus, "the sidebar")
        before = len(driver.written)
        rows.move(1)
        assert len(driver.written) == before
        await run.press("tab", "G")
        await run.until(lambda: "224/224" in view.counter(), "the end")
        before = len(driver.written)
        rows.move_cursor(10)
        assert len(driver.written) == before
        await run.press("g")


async def test_what_is_held_back_is_painted_as_one_frame_when_it_is_released(tmp_path: Path) -> None:
    async with mirrored((120, 36), "dark", tmp_path) as (run, app):
        frames = app.frames
        app.main.hold(HOUR)
        app.notify("First.")
        await run.pilot.pause()
        app.notify("Second.")
        await run.pilot.pause()
        assert app.frames == frames
        app.main.release()
        assert app.frames == frames + 1
        await run.sees("Second.")


async def test_keys_that_arrive_together_are_painted_as_one_frame(tmp_path: Path) -> None:
    async with mirrored((120, 36), "dark", tmp_path) as (run, app):
        frames, sent = app.frames, app.differed_bytes
        await run.burst(*["j"] * 12)
        await run.until(lambda: "13/224" in run.text(), "the thirteenth row")
        assert app.frames - frames <= 3
        assert app.differed_bytes - sent < 3 * 200
