"""A run over many licenses: why something failed is told in the run and after it, and undo knows what came later."""

from textual.widgets import Static

from jpmanage_tui.api.licenses import LicenseFilter, LicenseState
from jpmanage_tui.ui.dialogs.progress import BatchRunDialog
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.button import Button
from tests.ui.harness import Run, running
from tests.ui.sections.licenses.test_changes import at, filtered, own
from tests.ui.states import revoke


async def two_marked(run: Run, view: LicensesSection) -> list[str]:
    """Mark two unassigned licenses and confirm that they are to be revoked; return their codes."""
    await filtered(run, view, LicenseFilter.DETACHED)
    await run.press("space", "space")
    return list(view.marked)


async def confirmed(run: Run) -> BatchRunDialog:
    await run.press("x")
    await run.sees("Revoke 2 licenses?")
    await run.press("2", "enter", "enter")
    await run.until(lambda: isinstance(run.app.screen, BatchRunDialog), "the run")
    dialog = run.app.screen
    assert isinstance(dialog, BatchRunDialog)
    await run.until(lambda: not dialog._plan.running, "its end")
    return dialog


async def test_a_failure_says_why_under_its_row_and_in_the_status_line_and_keeps_its_mark() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        _, gone = await two_marked(run, view)
        await revoke(run, f"license_key = '{gone}'")
        dialog = await confirmed(run)
        await run.until(lambda: dialog.focused is dialog.query_one("#close"), "the focus on Close")
        about = str(dialog.query_one("#about", Static).content)
        assert gone in about
        assert "refused, nothing was changed" in about
        count = str(dialog.query_one("#count", Static).content)
        assert count == "1 done, 1 failed"
        dialog.post_message(Button.Pressed(dialog.query_one("#stop", Button)))
        await run.pilot.pause()
        assert str(dialog.query_one("#count", Static).content) == count, "Stop of a finished run does nothing"
        assert dialog.query_one("#retry").display
        await run.press("enter")
        await run.sees("✗ Revoke 2 licenses: 1 done, 1 failed:", "Press 0 for the log.")
        assert list(view.marked) == [gone]


async def test_retry_is_offered_only_where_something_failed() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await two_marked(run, view)
        dialog = await confirmed(run)
        assert not dialog.query_one("#retry").display
        await run.press("enter")
        await run.sees("✓ Revoke 2 licenses: 2 done, 0 failed.")


async def test_what_was_revoked_since_cannot_be_undone_and_nothing_is_changed_for_it() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        license = await at(run, view, own(view, LicenseState.ATTACHED))
        await run.press("u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        await run.until(lambda: view.current and view.current.state is LicenseState.DETACHED, "off")
        await run.press("x")
        await run.sees("Revoke License?")
        await run.press("tab", "enter")
        await run.sees(f"{license.product} is revoked.")
        await run.until(lambda: not view.loader.loads_pages, "the list")
        before = len(run.asked("DELETE", "/license")) + len(run.asked("POST", "/license"))
        await run.press("z")
        await run.sees(f"Nothing can be undone: {license.product} was revoked since.")
        await run.press("z")
        await run.sees("Nothing to undo.")
        assert "Undo: " not in run.status
        assert len(run.asked("DELETE", "/license")) + len(run.asked("POST", "/license")) == before


async def test_how_a_change_ended_stays_when_the_list_cannot_be_read_after_it_until_a_key_is_pressed() -> (
    None
):
    async with running() as run:
        view = run.view(LicensesSection)
        license = await at(run, view, own(view, LicenseState.ATTACHED))
        run.sandbox.faults.replace(["GET */licenses 500"])
        await run.press("u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        await run.until(lambda: view.error is not None, "the list that cannot be read")
        await run.sees(f"✓ {license.product} is unassigned", "✗ Loading licenses: the server failed (500)")
        await run.press("j", "r")
        await run.until(lambda: "is unassigned" not in run.status, "the error alone")
        assert "Loading licenses" in run.status


async def test_who_has_stopped_a_run_need_not_wait_for_what_is_being_looked_up() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        first, second = await two_marked(run, view)
        run.sandbox.faults.replace(["DELETE */license 500 x1", "GET */licenses* 500"])
        await run.press("x")
        await run.sees("Revoke 2 licenses?")
        await run.press("2", "enter", "enter")
        await run.sees("0 done, 0 failed, 1 being looked up, 1 not begun", "? looking")
        await run.press("enter")
        await run.sees("[ Close ]")
        await run.press("enter")
        await run.until(lambda: run.app.screen is run.app.main, "closed")
        await run.sees("Revoke 2 licenses: 0 done, 0 failed, 1 being looked up, 1 not begun.")
        assert list(view.marked) == [second], "what was not sent keeps its mark"
        assert len(run.asked("DELETE", "/license")) == 1
        assert first not in view.marked
