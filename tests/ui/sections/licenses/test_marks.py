"""Marks: what is done to them is told by name, also of what the list does not show; nothing is left out silently."""

import pytest

from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseState
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog, RowList
from jpmanage_tui.ui.sections.licenses import selection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import LARGE, SMALL, Run, running
from tests.ui.sections.licenses.test_changes import filtered

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])


async def marked(run: Run, view: LicensesSection, count: int, state: LicenseState) -> list[License]:
    """Mark so many licenses of the partner's own in a state, those that are listed first."""
    own = [one for one in view.state.pages.rows.values() if one.state is state and not one.is_standard]
    view.mark(own[:count], True)
    await run.pilot.pause()
    return own[:count]


@SIZES
async def test_what_would_be_revoked_is_named_with_site_and_end_of_code_also_what_the_list_does_not_show(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        assigned = await marked(run, view, 2, LicenseState.ATTACHED)
        await filtered(run, view, LicenseFilter.DETACHED)
        idle = view.current
        assert idle is not None
        await run.press("space")
        assert "3 marked, 2 elsewhere" in view.counter()
        assert "x Revoke 3 marked" in run.footer
        await run.press("x")
        await run.sees("2 assigned, 1 unassigned.", "2 of them are not in this list (!)", "2 sites lose")
        for one in (*assigned, idle):
            await run.sees(f"…{one.license_key[-10:]}")
        await run.sees(f"!{assigned[0].product}"[:12], "unassigned")
        await run.press("escape")
        await run.press("u")
        await run.sees(
            "2 of 3 marked will be unassigned; none", "of them is in this list (!). 1 left out: not assigned."
        )


async def test_footer_menu_and_keys_follow_the_marks_and_not_the_row_under_the_cursor() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await filtered(run, view, LicenseFilter.DETACHED)
        await run.press("space")
        await filtered(run, view, LicenseFilter.ATTACHED)
        assert view.current is not None
        assert view.current.state is LicenseState.ATTACHED
        await run.until(lambda: "a Assign 1 marked" in run.footer, "the footer of the marks")
        assert "Unassign" not in run.footer
        await run.press("u")
        await run.sees("Not for the marked license: not assigned.")
        await run.press("full_stop")
        await run.sees("Assign 1 marked", "Not for the marked license")
        await run.press("escape", "enter")
        await run.sees("y Copy 1 code   a Assign 1 marked", "x Revoke 1 marked")


async def test_marked_licenses_that_may_not_be_changed_are_named_by_reason() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await filtered(run, view, LicenseFilter.STANDARD)
        standard = list(view.state.pages.rows.values())[:2]
        view.mark(standard, True)
        await filtered(run, view, LicenseFilter.NOT_REVOKED)
        await marked(run, view, 2, LicenseState.DETACHED)
        await run.press("x")
        await run.sees("Revoke 2 licenses?", "2 of 4 marked will be revoked. 2 left out: bought elsewhere.")
        assert "lose" not in run.text(), "no site loses anything"


async def test_a_long_list_scrolls_in_the_question_and_typed_digits_reach_the_field_from_anywhere() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await filtered(run, view, LicenseFilter.DETACHED)
        licenses = await marked(run, view, 20, LicenseState.DETACHED)
        await run.press("x")
        await run.sees("Revoke 20 licenses?", "Type 20 to confirm: [", "[ Cancel ]")
        assert f"…{licenses[-1].license_key[-10:]}" not in run.text()
        await run.press(*["down"] * 19)
        await run.sees(f"…{licenses[-1].license_key[-10:]}")
        dialog = run.app.screen
        assert isinstance(dialog, ConfirmDialog)
        assert dialog.query_one(RowList).size.height <= 8
        assert dialog.query_one(".dialog--box").size.height < 22
        await run.press("2", "1", "enter")
        await run.sees("That is not 20.")
        await run.press("backspace", "0", "enter", "escape")
        assert run.asked("DELETE", "/license") == []


async def test_enter_with_nothing_typed_cancels_also_in_the_field() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await marked(run, view, 2, LicenseState.DETACHED)
        for keys in (["enter"], ["tab", "tab", "enter"]):
            await run.press("x")
            await run.sees("Revoke 2 licenses?")
            await run.press(*keys)
            await run.until(lambda: run.app.screen is run.app.main, "canceled")
        assert run.asked("DELETE", "/license") == []


async def test_marking_very_many_asks_first_and_says_what_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "ASK_FROM", 100)
    async with running() as run:
        view = run.view(LicensesSection)
        total = view.state.pages.total or 0
        await run.press("asterisk")
        await run.sees(f"Mark {total} licenses?", f"{-(-total // 100)} requests")
        await run.press("enter")
        await run.until(lambda: run.app.screen is run.app.main, "canceled")
        assert not view.marked
        await run.press("asterisk")
        await run.sees("Mark")
        await run.press("right", "enter")
        await run.until(lambda: len(view.marked) == total, "all marked")
        assert f"{total} marked" in view.counter()


@pytest.mark.parametrize("key", ["escape", "right_square_bracket"])
async def test_marking_stops_with_esc_or_another_list_and_nothing_is_changed_meanwhile(key: str) -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        run.sandbox.faults.replace(["GET */licenses latency=0.3"])
        before = run.status
        await run.press("asterisk")
        await run.until(lambda: "esc stops" in view.counter(), "the progress")
        assert run.status == before, "the status of the list stays"
        await run.press("x")
        await run.sees("Licenses are being marked; esc stops that.")
        await run.press(key)
        await run.sees("Marking was stopped")
        await run.until(lambda: not view.marking.running, "the end")
        assert not view.marked
        assert run.asked("DELETE", "/license") == []
