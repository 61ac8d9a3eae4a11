"""A run over many licenses: why something failed is told in the run and after it, and undo knows what came later."""

from pathlib import Path

from jpmanage_tui.api.licenses import LicenseFilter, LicenseState
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import Run, running
from tests.ui.sections.licenses.test_changes import at, filtered, own
from tests.ui.states import answers_held, revoke


async def two_marked(run: Run, view: LicensesSection) -> list[str]:
    """Mark two unassigned licenses and confirm that they are to be revoked; return their codes."""
    await filtered(run, view, LicenseFilter.DETACHED)
    await run.press("space", "space")
    return list(view.marked)


async def confirmed(run: Run) -> None:
    await run.press("x")
    await run.sees("Revoke 2 licenses?")
    await run.press("2", "enter", "enter")


def runs_of(run: Run) -> list[int]:
    return list(run.app.main.runs)


async def test_a_run_goes_on_beside_the_screen_and_tells_in_the_end_what_failed_and_why() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        _, gone = await two_marked(run, view)
        await revoke(run, f"license_key = '{gone}'")
        async with answers_held("DELETE") as release:
            await confirmed(run)
            await run.sees("Revoke 2 licenses: begun. 0 shows how it goes.")
            assert not view.marked, "what failed stands in the report, with the way to try it again"
            await run.press("2")
            await run.until(lambda: run.app.main.current == "billing", "the app is not held up")
            await run.sees("Revoke 2 licenses: 0 of 2 (0)")
            await run.press("1")
            release.set()
        await run.sees("✗ Revoke 2 licenses: 1 of 2 done, 1 failed:", "Press 0 for the report.")
        assert runs_of(run) == []


async def test_what_was_done_is_told_and_the_list_shows_it() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        codes = await two_marked(run, view)
        await confirmed(run)
        await run.sees("✓ Revoke 2 licenses: done.")
        shown = view.state.pages.rows
        await run.until(
            lambda: not {row.license_key for row in shown.values()} & set(codes),
            "they are gone from the list",
        )


async def test_another_key_neither_stops_a_run_nor_asks() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await two_marked(run, view)
        before = run.app.session
        async with answers_held("DELETE") as release:
            await confirmed(run)
            await run.until(lambda: run.asked("DELETE", "/license"), "the first is on its way")
            await run.press("K")
            await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the keys")
            await run.press("down", "enter")
            await run.until(lambda: run.app.session is not before, "the other key")
            await run.sees("Revoke 2 licenses: 0 of 2 (0)")
            release.set()
        await run.sees("✓ Revoke 2 licenses: done.")


async def test_leaving_pauses_a_run_and_the_next_start_says_that_it_stands(tmp_path: Path) -> None:
    async with running(demo_dir=tmp_path) as run:
        view = run.view(LicensesSection)
        await filtered(run, view, LicenseFilter.DETACHED)
        await run.press(*["space"] * 6)
        async with answers_held("DELETE") as release:
            await run.press("x")
            await run.sees("Revoke 6 licenses?")
            await run.press("6", "enter", "enter")
            await run.until(lambda: len(run.asked("DELETE", "/license")) == 4, "four are on their way")
            await run.press("q")
            await run.sees(
                "Revoke 6 licenses: 2 of 6 changes are not begun yet.", "can go on at the next start"
            )
            await run.press("tab", "enter")
            release.set()
        await run.until(lambda: not run.app.is_running, "the end")
    async with running(demo_dir=tmp_path) as run:
        await run.sees("Not finished: Revoke 6 licenses: 4 of 6 done, 2 not begun.")
        assert run.asked("DELETE", "/license") == []


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
