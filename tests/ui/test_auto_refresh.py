"""What changed at the vendor shows by itself, and nothing under the user's eyes moves."""

from __future__ import annotations

import sqlite3
from functools import partial

import pytest

from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.operations.run import Run as JournaledRun, RunCounts, RunState
from jpmanage_tui.operations.runner import RunEvent
from jpmanage_tui.rules.text import format_time
from jpmanage_tui.ui.sections.company.section import CompanySection
from jpmanage_tui.ui.sections.invoices.section import InvoicesSection
from jpmanage_tui.ui.sections.licenses.list import RowIndex
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.sites.section import SitesSection
from jpmanage_tui.ui.widgets.header import Header
from tests.sandbox.harness import NOW
from tests.ui.harness import Run, running
from tests.ui.sections.licenses_search.support import found, indexed, one, search

ON = Settings(refresh_seconds=60)
ISSUE = (
    "INSERT INTO licenses (key_id, license_key, product_id, issued_at, quantity)"
    " SELECT key_id, 'jetpack-scan_' || hex(randomblob(8)), product_id, ?, NULL FROM licenses"
    " WHERE license_key = ?"
)
NEWEST, OLDEST = 4_000_000_000, 1


async def behind(run: Run, sql: str, *values: object) -> None:
    """Change something in the sandbox, as another program does."""

    def work(connection: sqlite3.Connection) -> None:
        assert connection.execute(sql, values).rowcount

    await run.sandbox.store.run(work)


def going_elsewhere() -> JournaledRun:
    """Return a run of another account, which is under way."""
    return JournaledRun(
        99, "other", "", "", NOW, "app", RunState.RUNNING, "", "", "", False, None, False, RunCounts(2, 2)
    )


async def refreshed(run: Run) -> int:
    """Let the app ask again, and return how many requests that took."""
    before = len(run.sandbox.log.entries())
    await run.until(run.app.main._is_free, "nothing hinders it")
    run.app.main.refresher.ask_now()
    await run.until(lambda: not run.app.main.refresher.is_asking, "the answer")
    return len(run.sandbox.log.entries()) - before


def line_of_cursor(view: LicensesSection) -> int:
    return view.license_list.cursor - view.license_list.scroll_offset.y


async def test_rows_come_and_go_around_the_cursor_which_stays_where_it_is() -> None:
    async with running(settings=ON) as run:
        view = run.view(LicensesSection)
        await run.press("j", "j", "space", "j")
        kept, y, text = view.current, line_of_cursor(view), run.text()
        assert kept is not None
        assert view.counts is not None
        active = view.counts.not_revoked
        assert await refreshed(run) == 3
        assert run.text() == text

        await behind(run, ISSUE, NEWEST, kept.license_key)
        await behind(run, ISSUE, NEWEST, kept.license_key)
        await refreshed(run)
        assert (view.current, line_of_cursor(view)) == (kept, y)
        assert view.counts.not_revoked == view.state.pages.total == active + 2
        assert len(view.marked) == 1
        assert view.counter() == f"1 marked  7/{active + 2}"

        below = view.license_list.license_at(view.license_list.locate(view.license_list.cursor + 1)[0])
        assert below is not None
        await behind(run, "UPDATE licenses SET revoked_at = 5 WHERE license_key = ?", kept.license_key)
        await behind(run, ISSUE, NEWEST, below.license_key)
        await behind(run, ISSUE, NEWEST, below.license_key)
        await refreshed(run)
        assert (view.current, line_of_cursor(view)) == (below, y)
        assert view.state.pages.total == view.counts.not_revoked == active + 3


async def test_where_the_row_and_the_one_below_are_gone_the_row_above_stays_on_its_line() -> None:
    async with running(settings=ON) as run:
        view = run.view(LicensesSection)
        await run.press("pagedown", "pagedown", "k", "k", "k")
        await run.until(lambda: view.current is not None and not view.busy, "its rows")
        assert view.license_list.scroll_offset.y
        row, y = view.license_list.cursor, line_of_cursor(view)
        above, gone, below = (
            view.license_list.license_at(view.license_list.locate(line)[0])
            for line in (row - 1, row, row + 1)
        )
        assert gone is not None
        assert below is not None
        for license in (gone, below):
            await behind(run, "UPDATE licenses SET revoked_at = 5 WHERE license_key = ?", license.license_key)
        await refreshed(run)
        assert (view.current, line_of_cursor(view)) == (above, y - 1)


async def test_an_open_bundle_follows_and_a_license_that_left_it_gives_the_cursor_to_the_next() -> None:
    async with running(settings=ON) as run:
        view = run.view(LicensesSection)
        await behind(
            run, "UPDATE licenses SET issued_at = ? WHERE quantity > 2 AND revoked_at IS NULL", NEWEST
        )
        await refreshed(run)
        bundle = next(one for one in view.state.pages.rows.values() if one.quantity)
        shown = view.license_list
        shown.move_cursor(shown.line_of(RowIndex(view.state.pages.row_of(bundle.license_key) or 0)))
        await run.press("enter")
        await run.until(lambda: view.state.child_count(bundle) and not view.busy, "its licenses")
        await run.until(lambda: view.state.children_of(bundle).rows, "its licenses")
        await run.press("j", "j")
        kept, y = view.current, line_of_cursor(view)
        assert kept is not None
        assert kept.is_child
        await behind(run, ISSUE, NEWEST, next(iter(view.state.pages.rows.values())).license_key)
        assert await refreshed(run) == 4
        assert (view.current, line_of_cursor(view), shown.parent_of_current) == (kept, y, bundle)

        await behind(run, "DELETE FROM licenses WHERE license_key = ?", kept.license_key)
        after = view.state.children_of(bundle).rows[(shown.cursor_index.child or 0) + 1]
        await refreshed(run)
        assert (view.current, line_of_cursor(view), shown.parent_of_current) == (after, y, bundle)

        await behind(run, "UPDATE licenses SET revoked_at = 5 WHERE license_key = ?", bundle.license_key)
        await refreshed(run)
        assert shown.parent_of_current is None
        assert view.current is not None
        assert view.current.license_key in view.state.pages.license_keys().values()
        assert not view.overdue


async def test_nothing_is_asked_below_a_dialog_and_what_came_for_it_is_dropped() -> None:
    async with running(settings=ON) as run:
        view, refresher = run.view(LicensesSection), run.app.main.refresher
        top = view.current
        assert top is not None
        await behind(run, ISSUE, NEWEST, top.license_key)
        refresher.ask_now()
        await run.press("question_mark")
        await run.until(lambda: not refresher.is_asking, "the answer, or none")
        assert (view.current, view.license_list.position) == (top, 1)
        assert not run.app.main._is_free()
        await run.press("escape")
        await refreshed(run)
        assert (view.current, view.license_list.position) == (top, 2)


async def test_a_run_of_the_account_that_was_open_before_does_not_keep_this_one_from_being_refreshed() -> (
    None
):
    async with running(settings=ON, licenses=20) as run:
        await run.until(run.app.main._is_free, "nothing hinders it")
        run.app.on_run_event(RunEvent(going_elsewhere()))
        await run.until(lambda: run.app.main.runs, "the run")
        assert await refreshed(run)


async def test_the_age_is_said_while_it_cannot_be_refreshed_and_no_message_comes_each_time() -> None:
    async with running(settings=ON) as run:
        view = run.view(LicensesSection)
        summary = run.status
        run.sandbox.faults.replace(["GET * 500"])
        assert await refreshed(run) == 1  # nobody waits for it: it is not sent again at once
        await run.sees("could not be refreshed")
        at = view.state.pages.answered_at
        assert at is not None
        assert run.status == f"{summary} — as of {format_time(at)}, could not be refreshed"
        await refreshed(run)
        assert run.app.main.refresher.schedule.wait == pytest.approx(240, abs=5)
        run.sandbox.faults.replace(())
        await refreshed(run)
        assert run.status == summary


async def test_an_invoice_that_is_paid_elsewhere_shows_as_paid_and_the_warning_goes() -> None:
    async with running(settings=ON) as run:
        header = run.app.main.query_one(Header)
        await run.press("4")
        await run.until(lambda: run.app.main.section and run.app.main.section.counter(), "the invoices")
        view = run.view(InvoicesSection)
        await run.until(lambda: not view.busy, "all in view")
        items = view.invoice_list.loaded_items
        view.invoice_list.move_cursor([one.status for one in items].index(InvoiceStatus.OPEN))
        kept, y = view.invoice_list.cursor, view.invoice_list.scroll_offset.y
        assert "Past due" in header.warning
        await behind(run, "UPDATE invoices SET status = 'paid' WHERE status = 'open'")
        await refreshed(run)
        assert (view.invoice_list.cursor, view.invoice_list.scroll_offset.y) == (kept, y)
        assert view.current is not None
        assert view.current.status is InvoiceStatus.PAID
        await run.until(lambda: not header.warning, "no warning")


async def test_a_form_that_is_being_edited_is_not_touched_and_says_that_the_record_changed() -> None:
    async with running(settings=ON) as run:
        await run.press("6")
        view = run.view(CompanySection)
        await run.until(lambda: view.partner is not None and not view.busy, "the details")
        await run.press("tab", "X")
        before = view.form.values()
        await behind(run, "UPDATE partners SET city = 'Elsewhere'")
        run.app.main.refresher.schedule._used_at -= 60
        await refreshed(run)
        assert view.form.values() == before
        await run.sees("Changed, not saved yet. The details were changed elsewhere: esc, then r shows it")
        await run.press("escape")
        view.discard()
        await refreshed(run)
        assert view.form.values()["city"] == "Elsewhere"
        assert run.status == ""


async def test_list_and_counts_change_in_one_frame_and_are_asked_for_again_where_they_disagree() -> None:
    async with running(settings=ON) as run:
        view = run.view(LicensesSection)
        seen: list[bool] = []
        show_state = view.show_state

        def show() -> None:
            show_state()
            seen.append(view.counts is not None and view.counts.not_revoked == view.state.pages.total)

        def grown(total: int | None) -> bool:
            return view.state.pages.total != total and not view.busy

        view.show_state = show  # type: ignore[method-assign]
        top = view.current
        assert top is not None
        for by_hand in (True, False):
            await behind(run, ISSUE, NEWEST, top.license_key)
            total = view.state.pages.total
            await (run.press("r") if by_hand else refreshed(run))
            await run.until(partial(grown, total), "one more")
        assert seen
        assert all(seen)

        assert view.counts is not None
        view._show_counts(view.counts.model_copy(update={"not_revoked": 1}))  # what was read before a change
        await run.until(lambda: view.counts and view.counts.not_revoked == view.state.pages.total, "the same")
        assert view.difference is None
        for _ in range(4):
            await run.press("right_square_bracket")
            await run.until(lambda: view.state.pages.total is not None and not view.busy, "the tab")
            assert await refreshed(run) == 3


async def test_the_index_learns_what_is_new_and_says_that_it_is_older_than_other_changes() -> None:
    async with running(settings=ON) as run:
        view = await indexed(run)
        await refreshed(run)
        top = view.current
        assert top is not None
        await behind(run, ISSUE, NEWEST, top.license_key)
        await refreshed(run)
        await run.until(lambda: view.search_index.idle, "what is new")
        await search(run, "jetpack-scan_")
        await found(run, view)
        matched = view.state.pages.count
        await run.sees("changed since")
        await run.press("r")
        await run.until(lambda: view.search_index.idle and not view.busy, "all again")
        assert view.state.pages.count == matched
        assert not view.search_index.is_behind


async def test_an_open_site_loses_its_license_and_stays_on_its_line_when_a_site_comes_above_it() -> None:
    async with running(settings=ON) as run:
        await run.press("S")
        await run.until(lambda: run.app.main.section and run.app.main.section.counter(), "the sites")
        view = run.view(SitesSection)
        rows = view.sites.pages.rows
        ids = {row: int(site.blog_id) for row, site in rows.items()}
        used = int(
            await one(run, f"attached_at AND blog_id IN {tuple(ids[row] for row in range(2, 15))}", "blog_id")
        )
        view.sites.move_cursor(next(row for row, blog_id in ids.items() if blog_id == used))
        await run.press("enter")
        await run.until(lambda: not view.busy and view.is_open, "its licenses")
        line, cursor = view._licenses.line(rows[view.sites.cursor]), view.sites.cursor
        top = view.sites.scroll_offset.y
        await behind(run, "UPDATE licenses SET blog_id = NULL, attached_at = NULL WHERE blog_id = ?", used)
        await behind(run, "UPDATE sites SET folded = '' WHERE blog_id = ?", ids[49])
        await refreshed(run)
        kept = view.current
        assert kept is not None
        assert kept.blog_id == used
        assert (view.sites.cursor, view.sites.scroll_offset.y) == (cursor + 1, top + 1)
        assert view._licenses.line(kept) != line
