"""Undoing: runs of many, item by item, only what happened and is still as it was left; told before and after."""

from __future__ import annotations

import sqlite3

import pytest

from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseState
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog, RowList
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.issue.section import IssueSection
from jpmanage_tui.ui.sections.issue.steps import WizardStep
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.sites.license_picker import LicensePicker
from jpmanage_tui.ui.sections.sites.section import SitesSection
from tests.ui.harness import LARGE, SMALL, Run, running
from tests.ui.sections.licenses.test_changes import at, filtered, own
from tests.ui.sections.licenses.test_marks import marked
from tests.ui.states import answers_held, change, revoke

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])


async def sites_of(run: Run, licenses: list[License]) -> list[int | None]:
    """Return the Site IDs to which licenses are assigned now, as the server has them."""
    codes = [license.license_key for license in licenses]

    def read(connection: sqlite3.Connection) -> list[int | None]:
        found = dict(connection.execute("SELECT license_key, blog_id FROM licenses"))
        return [found[code] for code in codes]

    return await run.sandbox.read(read)


async def run_ended(run: Run, *words: str) -> None:
    """Wait until a run of many has ended, and was told."""
    await run.sees(*words)
    session = run.app.session
    assert session is not None
    await run.until(lambda: not session.running, "it has ended")


async def unassigned(run: Run, view: LicensesSection, count: int) -> list[License]:
    """Unassign so many marked licenses."""
    licenses = await marked(run, view, count, LicenseState.ATTACHED)
    await run.press("u")
    await run.sees(f"Unassign {count} licenses?")
    await say_yes(run)
    await run_ended(run, f"✓ Unassign {count} licenses: done.")
    return licenses


async def say_yes(run: Run) -> None:
    """Press the button of the question that does it."""
    await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
    run.app.screen.query_one("#go").focus()
    await run.press("enter")


@SIZES
async def test_a_run_of_unassigning_is_undone_item_by_item_with_a_question_that_names_them(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        licenses = await unassigned(run, view, 3)
        assert await sites_of(run, licenses) == [None] * 3
        await run.press("z")
        await run.sees(
            "Undo: assign 3 licenses again?",
            "Each goes back to the site it was on. Billing is unchanged.",
            "E-mails that were sent stay sent.",
            "[ Assign 3 licenses again ]",
        )
        for license in licenses:
            await run.sees(f"…{license.license_key[-10:]}")
        await say_yes(run)
        await run_ended(run, "✓ Undo: assign 3 licenses again: done.")
        assert await sites_of(run, licenses) == [license.blog_id for license in licenses]
        await run.press("z")
        await run.sees("Nothing to undo.")


async def test_only_what_happened_is_undone_and_what_failed_is_not_touched() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        licenses = await marked(run, view, 3, LicenseState.ATTACHED)
        await revoke(run, f"license_key IN ('{licenses[1].license_key}', '{licenses[2].license_key}')")
        await run.press("u")
        await run.sees("Unassign 3 licenses?")
        await say_yes(run)
        await run_ended(run, "1 of 3 done, 2 failed")
        await run.press("z")
        await run.sees("Undo: assign the license again?", licenses[0].license_key)
        await run.sees(f"Assign {licenses[0].product} to", "again ]")
        await say_yes(run)
        await run.sees(f"✓ {licenses[0].product} is assigned to")
        sent = run.asked("POST", "/site")
        assert [str(one["path"]).split("/")[-2] for one in sent] == [licenses[0].license_key]


async def test_a_canceled_run_is_undone_as_far_as_it_came() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        licenses = await marked(run, view, 6, LicenseState.ATTACHED)
        async with answers_held("DELETE") as release:
            await run.press("u")
            await run.sees("Unassign 6 licenses?")
            await say_yes(run)
            await run.until(lambda: len(run.asked("DELETE", "/site")) == 4, "four are on their way")
            await run.press("0")
            await run.sees("running", "Unassign 6 licenses")
            await run.press("x")
            await run.sees("2 changes are never begun. What was done stays done.", "[ Keep ]")
            await run.press("tab", "enter")
            release.set()
        await run.sees("canceled", "4 of 6 done, 2 not begun")
        await run.press("z")
        await run.sees("Undo: assign 4 licenses again?")
        await say_yes(run)
        await run.sees("✓ Undo: assign 4 licenses again: done.")
        assert await sites_of(run, licenses) == [license.blog_id for license in licenses]


async def test_what_changed_since_is_named_and_left_out() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        licenses = await unassigned(run, view, 3)
        await revoke(run, f"license_key = '{licenses[1].license_key}'")
        before = len(run.asked("POST", "/site"))
        await run.press("z")
        await run.sees(
            "Undo: assign 2 licenses again?",
            "2 of 3 can be undone. 1 license has changed since and is left out (-).",
            "revoked since",
        )
        rows = run.app.screen.query_one(RowList)._rows
        assert [row.sign for row in rows] == [" ", " ", "-"], "what is left out stands last"
        assert rows[-1].which == f"…{licenses[1].license_key[-10:]}"
        await say_yes(run)
        await run_ended(run, "✓ Undo: assign 2 licenses again: done.")
        assert len(run.asked("POST", "/site")) == before + 2
        assert (await sites_of(run, licenses))[0] == licenses[0].blog_id
        await run.press("z")
        await run.sees("Nothing to undo.")


@pytest.mark.slow
async def test_cancel_and_a_failed_read_leave_everything_to_be_undone() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        licenses = await unassigned(run, view, 2)
        run.sandbox.faults.replace(["GET */licenses malformed"])
        await run.press("z")
        await run.sees("Checking what can be undone:", "Nothing was changed.")
        run.sandbox.faults.replace(())
        await run.press("z")
        await run.sees("Undo: assign 2 licenses again?")
        await run.press("escape")
        assert run.asked("POST", "/site") == []
        await run.press("z")
        await run.sees("Undo: assign 2 licenses again?")
        await say_yes(run)
        await run_ended(run, "✓ Undo: assign 2 licenses again: done.")
        assert await sites_of(run, licenses) == [license.blog_id for license in licenses]


@pytest.mark.slow
async def test_what_an_undo_could_not_do_can_be_undone_later() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        licenses = await unassigned(run, view, 3)
        taken = licenses[1]

        # the site of one is without its connection for a while, so that the API refuses it
        await change(run, f"UPDATE sites SET connected = 0 WHERE blog_id = {taken.blog_id}")
        await run.press("z")
        await run.sees("Undo: assign 3 licenses again?")
        await say_yes(run)
        await run_ended(run, "2 of 3 done, 1 failed", "not found or is not connected")
        await run.sees("✗ Undo: assign 3 licenses again: 2 of 3 done, 1 failed:")
        await change(run, "UPDATE sites SET connected = 1")
        await run.press("z")
        await run.sees("Undo: assign the license again?", taken.license_key)
        await say_yes(run)
        await run.sees("✓", "is assigned to")
        assert await sites_of(run, licenses) == [license.blog_id for license in licenses]


@pytest.mark.slow
async def test_undoing_an_assigning_asks_about_the_mail_and_says_that_billing_continues() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await filtered(run, view, LicenseFilter.DETACHED)
        license = view.current
        assert license is not None
        site = await run.free_site(license.product_id)
        await run.press("a")
        await run.sees("to which site?")
        await run.find_site(site)
        await run.press("enter")
        await run.sees("Assign License?", "Billing is unchanged.")
        await run.press("tab", "enter")
        await run.sees("is assigned to")
        await run.press("z")
        await run.sees(
            "Undo: unassign the license?",
            license.license_key,
            "The site loses this product. Billing continues until it is revoked",
            "[x] E-mail the customer that this product was removed",
        )
        await run.press("tab", "tab", "space")
        await run.sees("[ ] E-mail the customer")
        await say_yes(run)
        await run.sees("is unassigned from")
        [asked] = run.asked("DELETE", f"/license/{license.license_key}/site")
        assert asked["query"] == {"cancellation_email": "0"}


@pytest.mark.slow
async def test_what_an_issue_assigned_is_undone_from_its_result_and_from_licenses() -> None:
    async with running(licenses=60) as run:
        await run.press("i")
        await run.until(lambda: isinstance(run.app.main.section, IssueSection), "Issue")
        view = run.view(IssueSection)
        await run.until(lambda: view.pane.products.current is not None, "the products")
        await run.press("slash")
        await run.write("stats")
        await run.press("enter", "space", "enter", "down", "enter")
        await run.sees("to which site?")
        site = await run.free_site(2220)
        await run.find_site(site)
        await run.press("enter")
        await run.until(lambda: view.order.blocker is None, "the review")
        await run.press("enter")
        await run.sees("Issue 1 license?", "Issuing cannot be undone")
        await run.press("tab", "enter")
        await run.until(
            lambda: view.step is WizardStep.RESULT and view.run and not view.run.running, "the end"
        )
        await run.sees("✓ assigned")
        await run.press("z")
        await run.sees("Undo: unassign the license?", "Jetpack Stats (Commercial license)")
        await run.press("escape")
        await run.press("1")
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "Licenses")
        await run.press("z")
        await run.sees("Undo: unassign the license?", "Jetpack Stats (Commercial license)")
        await say_yes(run)
        await run.sees("is unassigned from")
        assert len(run.asked("DELETE", "/site")) == 1


@pytest.mark.slow
async def test_what_was_assigned_on_sites_is_undone_there_and_on_billing() -> None:
    async with running() as run:
        await run.press("S")
        await run.until(lambda: isinstance(run.app.main.section, SitesSection), "Sites")
        view = run.view(SitesSection)
        await run.until(lambda: view.current is not None, "the sites")
        await run.press("z")
        await run.sees("Nothing to undo.")
        await run.press("a")
        await run.until(lambda: isinstance(run.app.screen, LicensePicker), "the picker")
        picker = run.app.screen
        assert isinstance(picker, LicensePicker)
        await run.until(lambda: picker.licenses.current is not None and picker.licenses.held, "the licenses")
        while picker.licenses.current is None or picker.licenses.word_of(picker.licenses.current):
            await run.press("down")
        await run.press("enter")
        await run.sees("Assign License?")
        await run.press("tab", "enter")
        await run.sees("is assigned to")
        await run.press("z")
        await run.sees("Undo: unassign the license?")
        await run.press("escape", "2")
        await run.until(lambda: isinstance(run.app.main.section, BillingSection), "Billing")
        await run.press("z")
        await run.sees("Undo: unassign the license?")
        await say_yes(run)
        await run.sees("is unassigned from")


@pytest.mark.slow
async def test_undo_goes_back_run_by_run() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        first = await unassigned(run, view, 2)
        await run.until(lambda: not view.loader.loads_pages, "the list")
        second = await unassigned(run, view, 3)
        await run.press("z")
        await run.sees("Undo: assign 3 licenses again?")
        await say_yes(run)
        await run_ended(run, "✓ Undo: assign 3 licenses again: done.")
        assert None not in await sites_of(run, second)
        await run.press("z")
        await run.sees("Undo: assign 2 licenses again?")
        await say_yes(run)
        await run_ended(run, "✓ Undo: assign 2 licenses again: done.")
        assert None not in await sites_of(run, first)


async def test_a_refused_revocation_leaves_undo_marks_and_open_rows_as_they_are() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        license = await at(run, view, own(view, LicenseState.ATTACHED))
        await run.press("u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        await run.until(lambda: view.current and view.current.state is LicenseState.DETACHED, "off")
        await run.press("enter", "space")
        assert license.license_key in view.state.expanded
        assert license.license_key in view.marked
        run.sandbox.faults.replace(["DELETE */license 401"])
        await run.press("x")
        await run.sees("Revoke License?")
        await run.press("tab", "enter")
        await run.sees(f"{license.product} was not revoked")
        run.sandbox.faults.replace(())
        await run.until(lambda: not view.loader.loads_pages, "the list")
        assert license.license_key in view.state.expanded, "what was refused stays open"
        assert license.license_key in view.marked, "and marked"
        await run.press("z")
        await run.sees("Undo: assign the license again?")
