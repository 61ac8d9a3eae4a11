"""The sentences of the vendor's help page about billing, each done by keyboard in the demo."""

import pytest

from jpmanage_tui.api.billing import BillingEstimate
from jpmanage_tui.rules.prices import money
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.widgets.sidebar import Sidebar
from tests.ui.harness import LARGE, SMALL, Run, running

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])


async def billing(run: Run) -> tuple[BillingSection, BillingEstimate]:
    """Open Billing and wait until everything it reads has come."""
    await run.press("2")
    await run.until(lambda: isinstance(run.app.main.section, BillingSection), "Billing")
    view = run.view(BillingSection)
    await run.until(lambda: view.estimate and view.loader.answered and not view.loader.busy, "every answer")
    assert isinstance(view.estimate, BillingEstimate)
    return view, view.estimate


def unassigned_of(estimate: BillingEstimate) -> int:
    """How many unassigned licenses the estimate counts."""
    assert estimate.licenses.unassigned is not None
    return estimate.licenses.unassigned


@SIZES
async def test_click_billing_in_the_sidebar_to_view_an_estimate_of_your_bill_for_the_month(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        await run.press("tab")
        assert run.app.main.query_one(Sidebar).has_focus
        await run.press("j", "enter")
        await run.until(lambda: isinstance(run.app.main.section, BillingSection), "Billing")
        view = run.view(BillingSection)
        await run.until(lambda: view.estimate is not None and view.currency, "the estimate and its currency")
        assert isinstance(view.estimate, BillingEstimate)
        assert view.estimate.costs.total
        await run.sees(
            "Estimate so far for March 2026",
            money(view.estimate.costs.total, "USD"),
            "as of 2026-03-01, not a bill",
        )


@SIZES
async def test_you_can_also_see_how_many_licenses_you_have_issued_in_total_which_and_how_many_are_assigned_or_not(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        view, _ = await billing(run)
        given = await run.app.session.client.billing.estimate()  # type: ignore[union-attr]
        assert isinstance(given, BillingEstimate)
        counts = given.licenses
        await run.sees(
            f"{counts.total:,} licenses in total",
            f"{counts.assigned:,} assigned",
            f"{counts.unassigned:,} unassigned",
        )
        shown = {}
        for row in view.estimate_list.rows:
            await run.until(lambda row=row: view.estimate_list.current == row, "the row")  # type: ignore[misc]
            line = next(line for line in run.lines(run.app.main) if "❯ " in line[4:])
            shown[row.product.product_slug] = line
            await run.press("j")
        assert given.products is not None
        assert set(shown) == {row.product_slug for row in given.products}
        for product in given.products:
            cells = shown[product.product_slug].split()
            assert f"{product.counts.assigned:,}" in cells
            assert f"{product.counts.unassigned:,}" in cells
            assert product.product_total_cost is not None
            assert money(product.product_total_cost, "USD") in cells


async def test_click_issue_new_license_to_begin_issuing_a_new_license() -> None:
    async with running() as run:
        await billing(run)
        assert "i Issue New License" in run.footer
        await run.press("right_square_bracket")
        assert "i Issue New License" in run.footer
        await run.press("i")
        await run.until(lambda: run.app.main.current == "issue", "Issue New License")
