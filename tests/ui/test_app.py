"""The shell: leaving, sizes, focus, dialogs, the log."""

import pytest

from jpmanage_tui.api.licenses import LicenseState
from jpmanage_tui.ui.dialogs.help import SUPPORT
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.sidebar import Sidebar
from tests.ui.harness import LARGE, running

SIZES = [(40, 12), (60, 20), (80, 24), (120, 36), (200, 50), (20, 6), (81, 25)]


async def test_a_resize_never_loses_cursor_or_expansion_and_no_size_breaks_it() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await run.press("j", "j", "j", "enter")
        license = view.current
        assert license is not None
        for size in SIZES:
            await run.pilot.resize_terminal(*size)
            await run.pilot.pause()
            assert view.current is not None
            assert view.current.license_key == license.license_key
            assert license.license_key in view.state.expanded
            top = view.license_list.scroll_offset.y
            assert top <= view.license_list.cursor < top + view.license_list.view_height, f"in view at {size}"


@pytest.mark.slow
@pytest.mark.parametrize("key", ["u", "a", "question_mark", "ctrl+p", "s", "full_stop"])
async def test_dialogs_survive_every_size(key: str) -> None:
    async with running(LARGE) as run:
        view = run.view(LicensesSection)
        state = LicenseState.DETACHED if key == "a" else LicenseState.ATTACHED
        known = view.state.pages.rows.items()
        await run.press(
            *["j"] * next(row for row, one in known if one.state is state and not one.is_standard), key
        )
        await run.until(lambda: len(run.app.screen_stack) == 3, "the dialog")
        for size in SIZES:
            await run.pilot.resize_terminal(*size)
            await run.pilot.pause()
        await run.press("escape")
        await run.until(lambda: len(run.app.screen_stack) == 2, "closed")


async def test_tab_goes_from_the_list_to_the_sidebar_and_back() -> None:
    async with running() as run:
        sidebar = run.app.main.query_one(Sidebar)
        assert sidebar.size.width == 4
        await run.press("tab")
        await run.until(lambda: sidebar.has_focus and sidebar.size.width > 4, "the open sidebar")
        await run.press("tab")
        await run.until(lambda: run.app.main.focused is run.view(LicensesSection).license_list, "the list")


@pytest.mark.slow
async def test_esc_takes_one_step_back_each() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await run.press("space", "slash")
        await run.write("example")
        await run.until(lambda: view.state.query.search == "example" and view.state.pages.total, "hits")
        await run.press("escape")
        await run.until(lambda: view.license_list.has_focus, "the field left")
        assert view.state.query.search == "example"
        await run.press("enter")
        await run.until(lambda: view.state.expanded, "expanded")
        await run.press("escape")
        assert not view.state.expanded
        await run.press("escape")
        await run.until(lambda: view.state.query.search == "" and view.state.pages.total, "no search")
        assert view.state.marked
        await run.press("escape")
        await run.until(lambda: not view.state.marked, "no marks")
        await run.press("escape")
        assert run.app.is_running


async def test_clearing_ten_marks_asks() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await run.press(*["space"] * 10, "escape")
        await run.sees("Clear the marks?", "10 licenses are marked")
        await run.press("escape")
        await run.until(lambda: len(run.app.screen_stack) == 2, "closed")
        assert len(view.state.marked) == 10


async def test_the_help_ends_with_the_support_link_and_the_last_request_id() -> None:
    async with running() as run:
        session = run.app.session
        assert session is not None
        await run.press("question_mark")
        await run.sees("Open or close the row")
        await run.press("G")
        await run.sees(f"Contact support: {SUPPORT}", f"Last request id: {session.client.last_request_id}")


async def test_the_log_tells_what_was_changed() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        known = view.state.pages.rows.items()
        row = next(row for row, one in known if one.state is LicenseState.ATTACHED and not one.is_standard)
        await run.press(*["j"] * row, "u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        await run.sees("is unassigned from")
        await run.press("0")
        await run.sees("Time (UTC)", "✓ done", "Unassign")


async def test_q_leaves_with_0_when_nothing_is_running() -> None:
    async with running() as run:
        await run.press("q")
        await run.until(lambda: not run.app.is_running, "the end")
        assert run.app.return_code == 0


@pytest.mark.slow
async def test_q_asks_while_a_change_is_on_its_way() -> None:
    async with running(faults=["DELETE */site latency=3 x1"]) as run:
        view = run.view(LicensesSection)
        known = view.state.pages.rows.items()
        row = next(row for row, one in known if one.state is LicenseState.ATTACHED and not one.is_standard)
        await run.press(*["j"] * row, "u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        await run.until(lambda: run.app.session is not None and run.app.session.queue.busy, "on its way")
        await run.press("q")
        await run.sees("Leave?", "A change is on its way")
        await run.press("escape")
        await run.sees("is unassigned from")


async def test_ctrl_c_twice_leaves_with_130() -> None:
    async with running(faults=["DELETE */site latency=2 x1"]) as run:
        await run.press("slash", "ctrl+c")
        await run.press("ctrl+c")
        await run.until(lambda: not run.app.is_running, "the end")


async def test_what_looking_cannot_settle_is_settled_by_the_users_word() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        known = view.state.pages.rows.items()
        row = next(row for row, one in known if one.state is LicenseState.ATTACHED and not one.is_standard)
        run.sandbox.faults.replace(["DELETE */site 500=after x1", "GET */licenses* 500"])
        await run.press(*["j"] * row, "u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        await run.until(lambda: "ooking" in run.status, "the look")
        await run.press("0")
        await run.sees("? unknown", "you have looked yourself")
        await run.press("d")
        await run.sees("It was done?", "look first")
        await run.press("tab", "enter")
        await run.sees("✓ done (confirmed)")
        assert len(run.asked("DELETE", "/license")) == 1


async def test_a_server_that_fails_at_the_start_is_tried_again_and_no_token_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.common.retry.PAUSES", (60.0,))
    async with running(faults=["GET */partner 500"], wait=False) as run:
        await run.sees("Signing in: the server failed (500)", "Press r to try again")
        assert len(run.app.screen_stack) == 2, "no welcome screen"
        run.sandbox.faults.replace([])
        await run.press("r")
        await run.until(lambda: run.app.session is not None, "the session")


async def test_the_log_shows_the_other_keys_entries_by_name_and_the_whole_sentence_of_each() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        known = view.state.pages.rows.items()
        row = next(row for row, one in known if one.state is LicenseState.ATTACHED and not one.is_standard)
        await run.press(*["j"] * row)
        license = view.current
        assert license is not None
        await run.press("x")
        await run.sees("Revoke License?")
        await run.press("tab", "enter")
        await run.sees("is revoked")
        session = run.app.session
        assert session is not None
        name = session.key_name
        await run.press("K")
        await run.sees("Partner key")
        await run.press("down", "enter")
        await run.until(lambda: run.app.session is not session and run.app.main.section, "the other key")
        await run.press("0")
        await run.sees(
            f"[{name}] Revoke {license.product}", "✓ done.", license.license_key, license.siteurl or ""
        )


@pytest.mark.slow
async def test_an_open_log_follows_what_is_being_looked_up_and_q_asks_meanwhile() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        known = view.state.pages.rows.items()
        row = next(row for row, one in known if one.state is LicenseState.ATTACHED and not one.is_standard)
        run.sandbox.faults.replace(["DELETE */site 500=after x1", "GET */licenses* 500 x3"])
        await run.press(*["j"] * row, "u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        session = run.app.session
        assert session is not None
        await run.until(lambda: session.queue.verifying, "looking")
        await run.press("q")
        await run.sees("Leave?", "looked up at the next start")
        await run.press("escape")
        await run.press("0")
        await run.sees("? unknown")
        await run.sees("✓ done (confirmed)")
