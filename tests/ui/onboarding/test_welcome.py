"""The welcome screen: what it says, and that footer, help and palette work before anything is open."""

from __future__ import annotations

import pytest

from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.onboarding.welcome import WelcomeDialog, WelcomeHelpDialog
from jpmanage_tui.ui.widgets.input import Input
from tests.ui.harness import LARGE, SMALL, Run, signed_in_as


async def shown(run: Run) -> WelcomeDialog:
    await run.until(lambda: isinstance(run.app.screen, WelcomeDialog), "the welcome screen")
    dialog = run.app.screen
    assert isinstance(dialog, WelcomeDialog)
    return dialog


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_it_says_what_this_is_and_where_a_token_is_found(size: tuple[int, int]) -> None:
    async with signed_in_as(size) as run:
        dialog = await shown(run)
        await run.sees(
            "the licenses of a Jetpack Manage account",
            "Hosting partners get it from the Jetpack team.",
            "no account and no network",
        )
        assert "tab Next  enter Press  ? Help  ctrl+p Palette  esc Leave" in run.lines(dialog)[-1]
        assert all(button.region.bottom < size[1] for button in dialog.query("Button")), (
            "all of it is in view"
        )


async def test_help_and_palette_work_there() -> None:
    async with signed_in_as() as run:
        dialog = await shown(run)
        await run.press("?")
        await run.until(lambda: isinstance(run.app.screen, WelcomeHelpDialog), "the help")
        await run.sees("oauth_client_id")
        await run.press("escape")
        await shown(run)
        await run.press("ctrl+p")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the palette")
        await run.press(*"user", "enter")
        await run.until(lambda: dialog.focused is dialog.query_one("#user", Input), "the field")
        await run.press("?", ":")
        assert dialog.query_one("#user", Input).value == "?:", "letters in a field"
        assert "F1 Help" in run.lines(dialog)[-1]
        await run.press("f1")
        await run.until(lambda: isinstance(run.app.screen, WelcomeHelpDialog), "the help")
        await run.press("escape", "ctrl+p", *"try the demo", "enter")
        await run.until(lambda: run.app.session is not None, "the demo")


async def test_a_colon_and_q_leave_as_in_vi() -> None:
    async with signed_in_as() as run:
        await shown(run)
        await run.press(":")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the palette")
        await run.press("q", "enter")
        await run.until(lambda: not run.app.is_running, "the end")
