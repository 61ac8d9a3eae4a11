"""The Billing screen while it loads, when it fails, and when there is nothing to bill."""

from jpmanage_tui.ui.sections.billing.section import BillingSection
from tests.ui.harness import running
from tests.ui.states import loads, newcomer, revoke


async def test_placeholders_stand_until_the_estimate_comes() -> None:
    async with running(licenses=20) as run:
        await loads(run, "2", "Loading the billing details…", "Estimate so far for March 2026", "Subtotal")


async def test_where_all_fails_each_tab_tells_what_it_misses_once() -> None:
    async with running(licenses=20) as run:
        run.sandbox.faults.replace(["GET * malformed"])
        await run.press("2")
        await run.until(lambda: len(run.view(BillingSection).loader.errors) == 4, "all has failed")
        await run.sees("Loading the billing details:")
        assert "✗" not in run.status, "the same is not said again below"
        assert not run.view(BillingSection).estimate_list.heading(70), (
            "no columns: how it is billed is not known"
        )
        await run.press("right_square_bracket", "r")
        await run.sees("Loading the unassigned licenses:")


async def test_a_new_account_has_no_figures_and_counts_none() -> None:
    async with newcomer() as run:
        await run.press("2")
        await run.sees("Your upcoming invoice is being prepared.", "— licenses in total", "No invoices yet.")
        assert run.status == ""
        await run.press("right_square_bracket")
        await run.sees("No unassigned licenses are listed.")


async def test_a_month_without_licenses_says_that_nothing_is_billed() -> None:
    async with running(licenses=20) as run:
        await revoke(run, "true")
        await run.press("2")
        await run.sees("nothing is billed for this month so far", "Issue New License", "$0.00")


async def test_where_every_license_is_assigned_nothing_is_unassigned() -> None:
    async with running(licenses=20) as run:
        await revoke(run, "blog_id IS NULL")
        await run.press("2", "right_square_bracket")
        await run.sees(
            "Every license that is billed is assigned to a site.", "Unassigned but billed: 0 licenses"
        )
