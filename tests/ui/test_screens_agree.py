"""What the user does while answers are on their way: the cursor keeps its item, counts and lists stay of one answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events

from jpmanage_tui.config.settings import Settings
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.mutations.licenses import UnassignLicense
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.operations.run import RunState
from jpmanage_tui.operations.runner import RunEvent
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.site_list.section import SiteListSection
from jpmanage_tui.ui.sections.site_list.steps import ListStep
from jpmanage_tui.ui.sections.sites.section import SitesSection
from tests.ui.harness import LARGE, Run, running
from tests.ui.test_auto_refresh import ISSUE, NEWEST, ON, behind, going_elsewhere, refreshed
from tests.ui.test_command_line import typed

REVOKE = "UPDATE licenses SET revoked_at = 5 WHERE license_key = ?"


async def opened(run: Run, key: str, name: str) -> None:
    """Open a section by its key and wait for its rows."""
    await run.press(key)
    await run.until(
        lambda: (
            run.app.main.current == name
            and run.app.main.section
            and run.app.main.section.counter()
            and not run.app.main.section.busy
        ),
        name,
    )


async def test_refreshed_by_hand_the_cursor_keeps_its_site() -> None:
    async with running(LARGE) as run:
        await opened(run, "S", "sites")
        view = run.view(SitesSection)
        await run.press(*"jjjjj")
        kept = view.current
        await behind(
            run, "UPDATE sites SET connected = 0 WHERE blog_id = ?", view.sites.pages.rows[0].blog_id
        )
        await run.press("r")
        await run.until(lambda: view.counter() == "5/57", "one site less")
        assert view.current == kept


async def test_refreshed_by_hand_the_cursor_keeps_its_license_of_all_keys() -> None:
    async with running(LARGE) as run:
        first = next(iter(run.view(LicensesSection).state.pages.rows.values())).license_key
        await opened(run, "A", "all-keys")
        view = run.app.main.section
        await run.press(*"jjjjj")
        kept = view.current.license.license_key  # type: ignore[union-attr]
        await behind(run, ISSUE, NEWEST, first)
        await run.press("r")
        await run.until(lambda: view.counter().startswith("7/"), "one more above")  # type: ignore[union-attr]
        assert view.current.license.license_key == kept  # type: ignore[union-attr]


async def test_counts_that_came_are_shown_though_another_tab_was_chosen_meanwhile() -> None:
    async with running(LARGE, settings=Settings(refresh_seconds=0)) as run:
        view = run.view(LicensesSection)
        assert view.counts is not None
        revoked = view.counts.revoked
        for license in [one for one in view.state.pages.rows.values() if not one.is_bundle and one.blog_id][
            :3
        ]:
            await behind(run, REVOKE, license.license_key)
        run.sandbox.faults.replace(["GET */jetpack-licensing/licenses latency=0.5 x1"])
        await run.press("r")
        await run.until(lambda: view._held, "the counts wait for their page")
        await run.press("[")
        await run.until(lambda: not view.busy, "the answers")
        assert view.counts.revoked == revoked + 3


@pytest.mark.slow
async def test_the_unassigned_licenses_of_the_bill_follow_an_estimate_that_changed_on_another_tab() -> None:
    async with running(LARGE, licenses=2000, settings=ON) as run:
        await opened(run, "2", "billing")
        view = run.view(BillingSection)
        await run.press("]")
        await run.until(lambda: view.state.items and not view.busy, "the unassigned")
        while len(view.state.items) <= 100:
            await run.press("pagedown")
            await run.until(lambda: not view.busy, "more")
        await run.press("g", "[")
        gone = [item.license.license_key for item in view.state.items[:3]]
        for code in gone:
            await behind(run, REVOKE, code)
        await refreshed(run)
        await run.press("]")
        await refreshed(run)
        await run.until(lambda: not view.busy, "the list")
        assert [item for item in view.state.items if item.license.license_key in gone] == []


async def test_counts_and_list_that_disagree_are_asked_for_once_more_also_where_nothing_is_refreshed() -> (
    None
):
    async with running(LARGE, settings=Settings(refresh_seconds=0)) as run:
        view = run.view(LicensesSection)
        await run.until(lambda: not view.busy, "list and counts")
        total, top = view.state.pages.total, view.current
        assert total is not None
        assert top is not None
        await behind(run, ISSUE, NEWEST, top.license_key)
        view._show_counts(await view.session.client.licenses.counts())
        await run.until(lambda: view.state.pages.total == total + 1, "the list follows")
        assert view.counts is not None
        assert view.counts.not_revoked == total + 1


async def test_nothing_is_asked_for_what_a_run_of_another_account_has_changed() -> None:
    async with running(LARGE, licenses=20) as run:
        view = run.view(LicensesSection)
        license = view.current
        assert license is not None
        before = len(run.sandbox.log.entries())
        outcome = Outcome(UnassignLicense(license.license_key, False, "Scan", ""), EntryState.DONE)
        stands = replace(going_elsewhere(), state=RunState.ENDED)
        run.app.on_run_event(RunEvent(stands, outcome, 0))
        run.app.on_run_event(RunEvent(stands))
        await run.settled()
        assert len(run.sandbox.log.entries()) == before


async def test_marking_that_waited_asks_nothing_over_what_was_opened_meanwhile() -> None:
    async with running(LARGE, licenses=3000) as run:
        view = run.view(LicensesSection)
        await run.press("2", "ctrl+p")
        await run.sees("Every command")
        assert not await view.marking._confirmed("more may match")
        assert "Every command" in run.text()
        await run.press("escape")
        await run.sees("Marking was stopped, since something else was opened: nothing was marked.")


async def test_the_mouse_counts_as_use_of_the_terminal() -> None:
    async with running(LARGE, licenses=20, settings=ON) as run:
        schedule = run.app.main.refresher.schedule
        for event in (events.MouseScrollDown, events.MouseScrollUp, events.MouseDown):
            before = schedule._used_at
            run.app.post_message(event(None, 40, 9, 0, 0, 1, False, False, False, 40, 9))
            await run.until(lambda before=before: schedule._used_at > before, event.__name__)  # type: ignore[misc]


async def test_prices_that_never_came_are_not_said_to_answer_again() -> None:
    async with running(LARGE, settings=ON) as run:
        run.sandbox.faults.replace(["GET * 401"])
        await run.press("5")
        await run.sees("Token rejected (401)")
        run.sandbox.faults.replace([])
        await run.press("k")
        await refreshed(run)
        assert "answers again" not in run.status


async def test_what_is_typed_after_a_colon_concerns_the_screen_that_one_is_on() -> None:
    async with running(LARGE) as run:
        await opened(run, "S", "sites")
        view = run.view(SitesSection)
        await typed(run, "12")
        await run.until(lambda: view.counter() == "12/58", "the row")
        address = view.current.address  # type: ignore[union-attr]
        await typed(run, "copy")
        await run.until(lambda: "clipboard" in run.status, "copied")
        assert run.app.main.current == "sites"
        assert address.partition("://")[2] in run.status
        await typed(run, "/bistro")
        await run.until(lambda: view.search_text == "bistro", "the search")
        await run.press("4")
        await run.until(lambda: run.app.main.current == "invoices", "another section")
        await typed(run, "search foo")
        await run.sees("“search” works in Licenses: open that first.")


async def test_a_site_that_was_meant_is_not_given_to_the_lines_of_another_list() -> None:
    async with running(LARGE) as run:
        await opened(run, "S", "sites")
        sites = run.view(SitesSection)
        await run.press("j")
        meant = sites.current
        assert meant is not None
        other = next(one for row, one in sites.sites.pages.rows.items() if row > 5)
        run.sandbox.faults.replace(["GET * latency=0.6 x30"])
        await typed(run, "client-leaves")
        await run.until(lambda: run.app.main.current == "site-list", "the list of sites")
        view = run.view(SiteListSection)
        await run.until(lambda: view.reading, "reading")
        await run.press("escape")
        await run.until(lambda: not view.reading, "stopped")
        run.sandbox.faults.replace([])
        await typed(run, "site-list-clear")
        await run.until(lambda: len(run.app.screen.query("#go")), "the question")
        run.app.screen.query_one("#go").focus()
        await run.press("enter")
        await run.until(lambda: not view.intake.text, "no line")
        await run.write(other.address)
        await run.press("enter", "f2")
        await run.until(lambda: not view.reading and view.draft.site_list is not None, "matched")
        assert view.step is ListStep.MATCH
        assert [line.site for line in view.draft.site_list.lines] == [other]  # type: ignore[union-attr]
