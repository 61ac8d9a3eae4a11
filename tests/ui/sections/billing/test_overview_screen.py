"""The sum and the last invoices on the screen, and what was issued and revoked: at every size, and when it is missing."""

import sqlite3

from jpmanage_tui.api.billing import BillingEstimate
from jpmanage_tui.rules.bars import ESTIMATE
from jpmanage_tui.rules.prices import money
from jpmanage_tui.ui.sections.billing.actions import Tab
from jpmanage_tui.ui.sections.billing.data import Part
from jpmanage_tui.ui.sections.billing.section import INVOICES_EVERY, BillingSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.sandbox.harness import NOW
from tests.ui.harness import LARGE, SMALL, running, signed_in_as
from tests.ui.sections.billing.test_estimate import opened
from tests.ui.sections.billing.test_vendor_page import billing
from tests.ui.test_auto_refresh import ON, behind, refreshed

WIDE = (200, 50)


def rows_in_view(view: BillingSection) -> int:
    """How many products are in view."""
    return min(view.estimate_list.view_height, len(view.estimate_list.rows))


async def test_the_sum_and_as_many_invoices_as_fit_leave_ten_products_their_lines() -> None:
    async with running(SMALL) as run:
        view, estimate = await billing(run)
        total = money(estimate.costs.total or 0, "USD")  # type: ignore[arg-type]
        for size, invoices, products in ((SMALL, 3, 10), (LARGE, 8, 16), (WIDE, 10, 16)):
            await run.pilot.resize_terminal(*size)
            await run.sees("Estimate so far for March 2026", total, "as of 2026-03-01, not a bill", "28% of")
            assert rows_in_view(view) >= products
            shown = [line for line in run.lines(run.app.main) if "issued " in line or "made " in line]
            assert len(shown) == invoices
            (bar,) = (line for line in run.lines(run.app.main) if ESTIMATE in line)
            assert all(word in bar for word in ("Estimate", "Mar 2026 so far", "not a bill", total))


async def test_the_first_rows_do_not_wait_for_the_invoices_nor_does_what_they_fail_with_hide_them() -> None:
    async with running(licenses=20) as run:
        run.sandbox.faults.replace(["GET *invoices latency=600"])
        view = await opened(run)
        await run.until(lambda: view.has_row, "the products")
        assert view.loader.waits_for(Part.INVOICES)
        await run.sees("Last invoices  · · ·")
        run.sandbox.faults.replace(["GET *invoices malformed"])
        await run.press("r")
        await run.sees("Loading the last invoices:")
        assert "✗" not in run.status, "it stands in the place of the invoices"
        run.sandbox.faults.replace(())
        await run.press("r")
        await run.sees("issued Feb 2026")


async def test_a_key_token_alone_is_enough() -> None:
    async with signed_in_as(key="sandbox-key") as run:
        await run.until(lambda: run.app.main.section and run.app.main.section.counter(), "first rows")
        view = await opened(run)
        await run.sees("Estimate so far for ", "issued ")
        assert isinstance(view.estimate, BillingEstimate)


async def test_an_invoice_that_is_paid_elsewhere_shows_as_paid_by_itself() -> None:
    async with running(settings=ON) as run:
        await billing(run)
        await run.sees("issued Feb 2026    Open")
        await behind(run, "UPDATE invoices SET status = 'paid' WHERE status = 'open'")
        await refreshed(run)
        await run.sees("issued Feb 2026  ✓ Paid")
        shown = run.lines(run.app.main)
        asked = [await refreshed(run) for _ in range(INVOICES_EVERY)]
        assert len(set(asked[:-1])) == 1
        assert asked[-1] == asked[0] + 1, "the invoices of the chart are read every fifth time"
        assert run.lines(run.app.main) == shown


# -- issued and revoked ----------------------------------------------------------------------


async def test_f_reads_all_licenses_and_counts_what_was_issued_and_revoked() -> None:
    async with running(licenses=20) as run:

        def today(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE licenses SET issued_at = ?", (int(NOW.timestamp()),))

        await run.sandbox.read(today)
        view = await opened(run)
        await run.press("F")
        await run.sees("It counts what was issued and revoked")
        await run.press("left_square_bracket")
        assert view.tab is Tab.ACTIVITY
        await run.sees("This is counted from all licenses", "None of the 20 licenses are read yet.")

        run.sandbox.faults.replace(["GET *licenses latency=600"])
        await run.press("F")
        await run.until(lambda: view.progress(), "the reading")
        await run.sees("F Stop reading")
        await run.press("F")
        await run.sees("None of the 20 licenses are read yet.", "F Read all licenses")

        run.sandbox.faults.replace(())
        await run.press("F")
        await run.until(lambda: view.has_row, "the products")
        assert view.activity is not None
        found = view.activity.activity
        await run.sees(f"{found.issued} licenses issued and {found.revoked} revoked in March 2026 (UTC)")
        assert "$" not in "\n".join(run.lines(run.app.main)), "the API gives no money for it"

        changed = view.activity_list.current
        assert changed is not None
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "Licenses")
        query = run.view(LicensesSection).state.query
        assert query.filters.product == changed.product
        assert query.filters.issued == found.days
        await run.press("2", "escape")
        assert not view.activity_list.display, "esc goes back to the estimate"
