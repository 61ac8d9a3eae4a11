"""Issue New License by keyboard, on the sandbox through the real client."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.sandbox.app import create_sandbox
from jpmanage_tui.sandbox.options import TOKENS, SandboxOptions
from jpmanage_tui.ui.sections.issue.steps import WizardStep
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.sandbox.harness import NOW
from tests.services.issuing.support import pick
from tests.ui.harness import LARGE, SMALL, Run, _app, running
from tests.ui.sections.issue.keyboard import (
    changes,
    free_site,
    issue,
    opened,
    pick_site,
    search,
    to_review_later,
)

BOTH = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])


@asynccontextmanager
async def without_card(faults: Sequence[str] = ()) -> AsyncIterator[Run]:
    """Run the app as the user of an agency that has no valid card."""
    sandbox = create_sandbox(SandboxOptions(licenses=40, now=NOW, faults=tuple(faults)))
    sandbox.tokens = replace(TOKENS, user=TOKENS.user_nocard)
    settings = Settings()
    account_service = AccountService(AppOptions(demo=True, demo_now=NOW), settings, {}, sandbox)
    async with _app(account_service, settings, SMALL, sandbox) as run:
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "the session")
        yield run


def valid_card(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE partners SET has_valid_payment_method = 1")


# -- what the vendor's page says ---------------------------------------------------------------


async def test_the_footer_says_what_enter_does_on_each_line_about_the_site_and_how_one_gets_back() -> None:
    async with running(SMALL, licenses=20) as run:
        await opened(run)
        await run.press("enter")
        await run.until(lambda: "enter Review" in run.footer and "esc Back" in run.footer, "assign later")
        await run.press("j")
        await run.until(lambda: "enter Choose" in run.footer, "choose a site")
        await run.press("escape")
        await run.until(lambda: "enter Site" in run.footer, "the products")


@BOTH
async def test_you_can_issue_new_licenses(size: tuple[int, int]) -> None:
    async with running(size, licenses=60) as run:
        view = await opened(run)
        await search(run, "daily")
        await run.press("space")
        await to_review_later(run, view)
        await run.sees("Issue 1 license", "$0.16 a day", "$4.95 a month", "billed per day", "unassigned")
        await issue(run, view)
        assert await changes(run) == ["issue"]
        await run.sees("✓ issued", "jetpack-scan_")


@pytest.mark.slow
@BOTH
async def test_click_issue_new_license_to_begin_issuing_a_new_license_to_any_site_connected(
    size: tuple[int, int],
) -> None:
    async with running(size, licenses=60) as run:
        assert "Issue New License" in run.footer
        url = await free_site(run)
        view = await opened(run)
        await search(run, "daily")
        await run.press("space", "enter", "down", "enter")
        await pick_site(run, url)
        await run.until(lambda: view.order.blocker is None, "the review")
        await run.sees("goes to")
        await issue(run, view)
        assert await changes(run) == ["issue", "assign"]
        await run.sees("✓ assigned", f"on {url}")


# -- choosing ----------------------------------------------------------------------------------


async def test_the_search_also_finds_the_plans_that_contain_a_product() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "SCAN")
        await run.sees("Plans", "Complete", "Security 10GB", "Scan Daily", "4 products match")
        assert view.pane.products.position == 4, "the cursor stands on the product that was named"


async def test_a_size_lists_only_what_is_sold_in_it_with_its_saving() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await run.press("right_square_bracket")
        assert view.pane.in_size == 5
        await run.sees("bundle of 5", "Saves a month", "10 %")
        assert "Starter" not in run.text()
        await run.press("left_square_bracket", "left_square_bracket")
        assert view.pane.in_size == max(view.order.sizes)


@pytest.mark.slow
async def test_several_products_in_several_sizes_and_counts_make_one_selection() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "boost")
        await run.press("space", "plus", "plus", "minus")
        await run.press("right_square_bracket", "space")
        assert view.order.selection.picks == ((pick("jetpack-boost"), 2), (pick("jetpack-boost", 5), 1))
        await run.sees("7 licenses")
        await to_review_later(run, view)
        await run.sees(
            "2 × Jetpack Boost", "1 × bundle of 5 Jetpack Boost", "Saved by bundles", "Issue 7 licenses"
        )
        await issue(run, view)
        assert await changes(run) == ["issue", "issue", "issue_bundle"]
        await run.sees("bundle of 5")


async def test_how_many_is_typed_and_what_is_no_number_is_refused() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await run.press("number_sign")
        await run.until(lambda: len(run.app.screen_stack) == 3, "the dialog")
        await run.write("1x")
        await run.press("enter")
        await run.sees("whole number")
        await run.press("ctrl+u")
        await run.write("12")
        await run.press("enter")
        await run.until(lambda: view.order.selection.licenses == 12, "twelve")


async def test_clearing_the_selection_asks_first() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await run.press("space", "C")
        await run.until(lambda: len(run.app.screen_stack) == 3, "the question")
        await run.press("enter")
        await run.until(lambda: len(run.app.screen_stack) == 2, "the end of the question")
        assert view.order.selection.licenses == 1, "cancel is the default"
        await run.press("C")
        await run.until(lambda: len(run.app.screen_stack) == 3, "the question")
        await run.press("tab", "enter")
        await run.until(lambda: not view.order.selection, "an empty selection")


async def test_esc_steps_back_and_keeps_the_selection() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await run.press("space")
        before = view.order.selection
        await to_review_later(run, view)
        stages = []
        for _ in range(2):
            await run.press("escape")
            stages.append(view.step)
        assert stages == [WizardStep.SITE, WizardStep.PRODUCTS]
        await run.press("escape")
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "the list")
        await run.press("i")
        await run.until(lambda: run.app.main.section is view, "the view")
        assert view.order.selection == before
        assert await changes(run) == []


@pytest.mark.slow
def _with_scan(connection: sqlite3.Connection) -> str:
    """Return the address of a site that has Jetpack Scan, and neither Anti-Spam nor a plan."""
    row = connection.execute(
        "SELECT url FROM sites s JOIN licenses USING (blog_id) JOIN products USING (product_id)"
        " WHERE slug = 'jetpack-scan' AND revoked_at IS NULL AND parent_license_id IS NULL"
        " AND NOT is_multisite AND may_manage AND connected AND s.blog_id NOT IN (SELECT blog_id FROM licenses"
        " JOIN products USING (product_id) WHERE blog_id IS NOT NULL"
        " AND slug IN ('jetpack-anti-spam', 'jetpack-complete', 'jetpack-security-t1'))"
    ).fetchone()
    return str(row[0]).removeprefix("https://")


async def test_what_the_site_has_already_is_said_and_not_sent_there() -> None:
    async with running() as run:
        url = await run.sandbox.read(_with_scan)
        await opened(run)
        await search(run, "daily")
        await run.press("space", "enter", "down", "enter")
        await run.sees("to which site?")
        await run.find_site(url)
        await run.sees("has it already")
        await run.press("enter")
        await run.sees("has Jetpack Scan Daily already", "Choose another site.")
        assert await changes(run) == []


async def test_of_several_products_those_go_to_the_site_that_it_does_not_have_already() -> None:
    async with running() as run:
        url = await run.sandbox.read(_with_scan)
        view = await opened(run)
        await search(run, "anti")
        await run.press("space", "escape")
        await search(run, "daily")
        await run.press("space", "enter", "down", "enter")
        await run.sees("to which site?")
        await run.find_site(url)
        await run.sees("takes 1 of 2")
        await run.press("enter")
        await run.until(lambda: view.order.blocker is None, "the review")
        await run.sees("Jetpack Scan Daily: stays unassigned", "already")
        await issue(run, view)
        assert await changes(run) == ["issue", "issue", "assign"]


# -- the gate ----------------------------------------------------------------------------------


@pytest.mark.slow
async def test_without_a_valid_card_it_says_so_before_anything_is_sent_and_comes_back_to_the_selection() -> (
    None
):
    async with without_card() as run:
        view = await opened(run)
        await run.sees("A valid payment method is needed", "adds a card", "The selection is kept.")
        await search(run, "daily")
        await run.press("space", "plus")
        before = view.order.selection
        await to_review_later(run, view)
        await run.sees("A valid payment method is needed", "Press 3", "your selection is kept")
        assert "enter Payment Methods" in run.footer
        assert "enter Issue" not in run.footer
        await run.press("enter")
        await run.until(lambda: run.app.main.current == "payment-methods", "Payment Methods")
        assert not run.asked("POST", "/license")
        await run.sandbox.read(valid_card)
        await run.press("i")
        await run.until(lambda: view.order.status and not view.order.status.needs_card, "the open gate")
        assert view.order.selection == before
        assert view.step is WizardStep.REVIEW
        await issue(run, view)
        assert await changes(run) == ["issue", "issue"]


@pytest.mark.slow
async def test_a_gate_that_cannot_be_checked_leaves_it_to_the_api() -> None:
    async with without_card() as run:
        view = await opened(run)
        run.sandbox.faults.replace(["GET */rest/v1.1/me cut"])
        await run.press("space")
        await to_review_later(run, view)
        await run.sees("Checking the payment method:", "Without that the API decides")
        run.sandbox.faults.replace([])
        await issue(run, view)
        assert view.run is not None
        assert view.run.needs_card
        await run.sees("Press 3 for Payment Methods", "✗ not issued")
        assert await changes(run) == []
        await run.sandbox.read(valid_card)
        await run.press("R")
        await run.until(lambda: view.run is not None and view.run.complete, "the retry")
        assert await changes(run) == ["issue"]


async def test_read_only_refuses_before_any_request() -> None:
    async with running(read_only=True) as run:
        view = await opened(run)
        await run.sees("! Nothing can be issued", "--read-only")
        await run.press("space")
        await to_review_later(run, view)
        await run.sees("Issuing is refused.", "--read-only")
        assert "enter" not in run.footer
        await run.press("enter")
        assert run.status == "! Issue: jpmanage is read-only: --read-only, or read_only in config.toml."
        assert not run.asked("POST", "/license")
