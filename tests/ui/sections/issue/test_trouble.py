"""Issuing when something fails, is slow, or the user looks elsewhere."""

from __future__ import annotations

import sqlite3

import pytest

from jpmanage_tui.ui.sections.issue.section import IssueSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import Run, running
from tests.ui.sections.issue.keyboard import (
    changes,
    free_site,
    issue,
    opened,
    pick_site,
    search,
    to_review_later,
)

ISSUE = "POST */jetpack-licensing/license"
FAMILIES = "GET */partner/product-families malformed"


async def reviewed(run: Run, product: str, *more: str) -> IssueSection:
    """Select a product, press `more`, and go to the review without a site."""
    view = await opened(run)
    await search(run, product)
    await run.press("space", *more)
    await to_review_later(run, view)
    return view


async def test_products_that_cannot_be_loaded_say_why_and_r_tries_again() -> None:
    async with running(licenses=60) as run:
        run.sandbox.faults.replace([FAMILIES])
        await run.press("i")
        await run.sees("Loading products:", "Press r to try again")
        run.sandbox.faults.replace([])
        await run.press("r")
        await run.sees("Complete", "The API answers again.", "1/23")


async def test_products_stay_with_their_age_when_they_could_not_be_refreshed() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        run.sandbox.faults.replace([FAMILIES])
        await run.press("r")
        await run.until(lambda: view.loader.errors, "the failure")
        assert "could not be refreshed" in view.summary()
        await run.sees("Complete")


async def test_a_search_without_hits_says_so_and_esc_clears_it() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "zzz")
        await run.sees("No product matches “zzz”.")
        await run.press("escape")
        await run.until(lambda: view.pane.products.count_words == "23", "all products")


@pytest.mark.slow
async def test_what_was_issued_but_not_assigned_keeps_its_code_and_r_big_assigns_it() -> None:
    async with running(licenses=60) as run:
        url = await free_site(run)

        def allow(connection: sqlite3.Connection, yes: int) -> None:
            connection.execute("UPDATE sites SET may_manage = ? WHERE url LIKE '%' || ?", (yes, url))

        await run.sandbox.read(lambda connection: allow(connection, 0))
        view = await opened(run)
        await search(run, "daily")
        await run.press("space", "enter", "down", "enter")
        await pick_site(run, url)
        await run.until(lambda: view.order.blocker is None, "the review")
        await issue(run, view)
        await run.sees("! unassigned", "jetpack-scan_", "sufficient permissions", "tries again")
        assert "Retry what failed" in run.footer
        await run.sandbox.read(lambda connection: allow(connection, 1))
        await run.press("R")
        await run.until(lambda: view.run is not None and view.run.complete, "the retry")
        await run.sees("✓ assigned")
        assert await changes(run) == ["issue", "assign"]


async def test_a_lost_answer_shows_the_license_that_was_found_and_issues_no_second_one() -> None:
    async with running(licenses=60) as run:
        view = await reviewed(run, "daily")
        run.sandbox.faults.replace([f"{ISSUE} reset-after x1"])
        await issue(run, view)
        await run.sees("✓ issued", "jetpack-scan_")
        assert await changes(run) == ["issue"]


@pytest.mark.slow
async def test_leaving_while_it_runs_does_not_stop_it_and_the_list_and_the_log_tell() -> None:
    async with running(licenses=60) as run:
        licenses = run.view(LicensesSection)
        before = licenses.state.pages.total or 0
        view = await reviewed(run, "daily", "plus")
        run.sandbox.faults.replace([f"{ISSUE} latency=0.8"])
        await run.press("enter")
        await run.until(lambda: len(run.app.screen_stack) == 3, "the question")
        await run.press("tab", "enter")
        await run.sees("Leaving this page does not stop it")
        await run.press("q")
        await run.sees("Leave?", "not begun yet")
        await run.press("escape", "escape")
        await run.until(lambda: run.app.main.section is licenses, "the list")
        await run.until(lambda: "2 licenses issued" in run.status, "the end of the run")
        await run.until(lambda: licenses.state.pages.total == before + 2, "the new licenses in the list")
        await run.press("0")
        await run.sees("Issue 2 licenses", "✓ done")
        await run.press("i")
        await run.until(lambda: run.app.main.section is view, "the result")
        await run.sees("2 licenses issued", "✓ issued")


@pytest.mark.slow
async def test_stopping_begins_nothing_more_and_n_begins_a_new_selection() -> None:
    async with running(licenses=60) as run:
        view = await reviewed(run, "daily", "plus", "plus")
        run.sandbox.faults.replace([f"{ISSUE} latency=0.3"])
        await run.press("enter")
        await run.until(lambda: len(run.app.screen_stack) == 3, "the question")
        await run.press("tab", "enter")
        await run.until(lambda: view.run is not None and view.run.running, "the run")
        await run.press("s")
        await run.until(lambda: view.run is not None and not view.run.running, "the end")
        await run.sees("Stopped.")
        assert len(await changes(run)) < 3
        await run.press("n")
        await run.sees("nothing selected")


async def test_the_rest_is_issued_only_at_a_price_that_was_confirmed() -> None:
    async with running(licenses=60) as run:
        view = await reviewed(run, "daily")
        run.sandbox.faults.replace([f"{ISSUE} 401 x9"])
        await issue(run, view)
        run.sandbox.faults.replace([])
        sent = len(run.asked("POST", "/license"))

        def raise_prices(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE products SET amount_cents = amount_cents + 100")

        await run.sandbox.read(raise_prices)
        await run.press("R")
        await run.sees("Issue 1 license at the new price?", "Jetpack Scan Daily", "$4.95/month → $5.95/month")
        await run.press("escape")
        assert len(run.asked("POST", "/license")) == sent
        await run.press("R")
        await run.sees("[ Issue at the new price ]")
        await run.press("tab", "enter")
        await run.sees("✓ issued")
        assert await changes(run) == ["issue"]


@pytest.mark.slow
async def test_enter_on_the_question_changes_nothing_because_cancel_is_the_default() -> None:
    async with running(licenses=60) as run:
        view = await reviewed(run, "daily")
        await run.press("enter")
        await run.until(lambda: len(run.app.screen_stack) == 3, "the question")
        await run.press("enter")
        await run.until(lambda: len(run.app.screen_stack) == 2, "the review")
        assert view.run is None
        assert await changes(run) == []


@pytest.mark.slow
async def test_a_resize_to_forty_columns_keeps_step_and_selection() -> None:
    async with running(licenses=60) as run:
        view = await reviewed(run, "daily", "plus")
        await run.pilot.resize_terminal(40, 20)
        await run.sees("3/4 [Review]")
        await run.press("escape", "escape")
        await run.sees("1/4 [Products]")
        assert view.order.selection.licenses == 2
        await run.pilot.resize_terminal(120, 36)
        await run.sees("Issue New License", "[Products]")
