"""The dialogs with a field over a list: the list moves while one types, and the API is asked once a pause."""

from __future__ import annotations

from jpmanage_tui.ui.dialogs.site_picker import SiteList, SitePicker
from jpmanage_tui.ui.widgets.input import Input
from tests.ui.harness import SMALL, Run, running


async def opened(run: Run) -> SitePicker:
    assert run.app.session is not None
    picker = SitePicker(run.app.session.client, "Which site?")
    run.app.push_screen(picker)
    await run.until(lambda: picker.query(SiteList) and picker.query_one(SiteList).current, "the sites")
    return picker


async def test_many_keys_in_a_row_ask_the_api_once_and_the_list_moves_meanwhile() -> None:
    async with running() as run:
        picker = await opened(run)
        sites = picker.query_one(SiteList)
        before = len(run.asked("GET", "jetpack-agency/sites"))
        await run.write("baker")
        await run.press("down", "down")
        assert sites.cursor == 2, "the arrows are the list's while one types"
        await run.until(lambda: sites.pages.total is not None and "match “baker”" in run.text(), "the hits")
        assert len(run.asked("GET", "jetpack-agency/sites")) - before <= 2
        assert all("baker" in site.url for site in sites.pages.rows.values())
        await run.press("escape")
        await run.until(lambda: len(run.app.screen_stack) == 2, "closed")


async def test_enter_searches_what_was_typed_before_it_chooses() -> None:
    async with running() as run:
        picker = await opened(run)
        await run.write("botanic")
        await run.press("enter")
        assert picker.is_current, "what was listed before is not chosen"
        sites = picker.query_one(SiteList)
        await run.until(lambda: sites.pages.total == 1 and sites.current, "the one site")
        await run.press("enter")
        await run.until(lambda: not picker.is_current, "chosen")


async def test_after_a_failure_enter_asks_again_and_the_dialog_says_so() -> None:
    async with running() as run:
        run.sandbox.faults.replace(["GET */jetpack-agency/sites malformed x1"])
        assert run.app.session is not None
        picker = SitePicker(run.app.session.client, "Which site?")
        run.app.push_screen(picker)
        await run.sees("Press enter to try again")
        await run.press("enter")
        await run.until(lambda: picker.query_one(SiteList).current, "the sites")


async def test_up_brings_back_what_was_searched_for_in_lists_and_dialogs_and_down_goes_on() -> None:
    async with running(SMALL, licenses=20) as run:
        for text in ("scan", "boost"):
            await run.press("slash", "ctrl+u")
            await run.write(text)
            await run.press("enter")
        field = run.app.main.query_one("#search", Input)
        await run.press("slash", "up")
        assert field.value == "scan"
        await run.press("down", "down")
        await run.until(lambda: not field.has_focus, "after the newest, down goes to the list")
        assert field.value == "boost"
        await run.press("ctrl+p")
        await run.sees("Every command")
        await run.write("repaint")
        await run.press("enter", "ctrl+p")
        await run.sees("Every command")
        await run.press("down", "up", "up")
        assert run.app.screen.query_one("#search", Input).value == "repaint"
