"""Every dialog lives through every resize of the terminal, with the cursor where it was."""

from __future__ import annotations

import pytest
from textual import events
from textual.geometry import Size

from jpmanage_tui.ui.dialogs.help import HelpList
from jpmanage_tui.ui.onboarding.sign_up import SignUpDialog
from jpmanage_tui.ui.widgets.sidebar import Sidebar
from tests.ui.dialogs.test_fits import DIALOGS, never
from tests.ui.harness import LARGE, Run, running

SIZES = ((60, 20), (120, 36), (4, 20), (40, 10), (200, 50), (1, 1), (80, 24))


async def resize(run: Run, size: tuple[int, int]) -> None:
    """Resize the terminal as SIGWINCH does, and let every part of the screen be painted."""
    run.app.post_message(events.Resize(Size(*size), Size(*size)))
    await run.until(lambda: run.app.size == size, "the new size")
    await run.pilot.pause()
    await run.pilot.pause()


@pytest.mark.slow
async def test_no_resize_ends_the_program_while_a_dialog_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SignUpDialog, "_countries", never)  # the demo's account is there already
    async with running((60, 20), licenses=20) as run:
        for name, made in DIALOGS.items():
            dialog = made(run)
            run.app.push_screen(dialog)
            await run.until(lambda dialog=dialog: run.app.screen is dialog and dialog.focused, name)  # type: ignore[misc]
            await run.press("end", "pagedown")  # what is long is scrolled to its end
            for size in SIZES:
                await resize(run, size)
                assert run.app.is_running, f"{name} at {size}"
            assert run.app.screen is dialog, name
            dialog.dismiss(None)
            await run.until(lambda: run.app.screen is run.app.main, "it closes")


async def test_the_help_keeps_the_command_under_the_cursor() -> None:
    async with running(LARGE, licenses=20) as run:
        await run.press("?")
        await run.until(lambda: len(run.app.screen.query(HelpList)), "the help")
        await run.press(*"jjjjjjjjjjjj")
        shown = run.app.screen.query_one(HelpList)
        entry = shown.current
        assert entry is not None
        for size in ((60, 20), (44, 20), (120, 36)):
            await resize(run, size)
            assert shown.current is entry
            assert 0 <= shown.cursor - shown.scroll_offset.y < shown.view_height


async def test_the_sidebar_shows_its_cursor_where_there_are_fewer_rows_than_sections() -> None:
    async with running((60, 10), licenses=20) as run:
        await run.press("tab")
        sidebar = run.app.main.query_one(Sidebar)
        await run.until(lambda: sidebar.has_focus, "the sidebar")
        await run.press(*"jjjjjjjjj")
        await run.sees("Operations")
        assert sidebar.region.contains_point(sidebar.cursor_screen_offset)
        await run.press(*"kkkkkkkkk")
        await run.sees("Licenses")
        assert sidebar.cursor_screen_offset == sidebar.content_region.offset
