"""The estimate on the screen: orders, bars, months, and every state it can be in."""

import sqlite3

import pytest

from jpmanage_tui.api.billing import BillingInterval, NotYetAvailable
from jpmanage_tui.config.settings import Settings, Timeouts
from jpmanage_tui.rules.bars import ESTIMATE, FULL, PARTS
from jpmanage_tui.sandbox import switches
from jpmanage_tui.ui.sections.billing.data import Part
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import Run, running
from tests.ui.sections.billing.test_vendor_page import billing, unassigned_of

QUICK = Settings(timeouts=Timeouts(connect=0.5, read=0.5, total=1.5))


def eighths(cell: str) -> int:
    """How many eighths of a cell a bar fills in it."""
    return 8 if cell == FULL else PARTS.index(cell) if cell in PARTS[1:] else 0


async def opened(run: Run) -> BillingSection:
    await run.press("2")
    await run.until(lambda: isinstance(run.app.main.section, BillingSection), "Billing")
    return run.view(BillingSection)


async def test_the_expensive_products_come_first_and_have_the_longest_bars() -> None:
    async with running() as run:
        view, _ = await billing(run)
        totals = [row.product.product_total_cost or 0 for row in view.estimate_list.rows]
        assert totals == sorted(totals, reverse=True)
        lines = run.lines(run.app.main)
        below = next(number for number, line in enumerate(lines) if "Subtotal" in line)
        bars = [sum(map(eighths, line)) for line in lines[below:] if "$" in line[4:]]
        rows = [length for length in bars if length]
        assert len(rows) >= 10
        assert rows == sorted(rows, reverse=True)
        assert len(set(rows)) > 3


async def test_s_lists_the_orders_and_the_cursor_stays_on_its_product() -> None:
    async with running() as run:
        view, _ = await billing(run)
        await run.press("j", "j")
        before = view.estimate_list.current
        await run.press("s")
        await run.sees("Sort by", "Subtotal, highest first", "Price, highest first", "Unassigned, most first")
        await run.press("down", "down", "down", "enter")
        await run.until(lambda: view.order.name == "UNASSIGNED", "the order")
        unassigned = [row.product.counts.unassigned or 0 for row in view.estimate_list.rows]
        assert unassigned == sorted(unassigned, reverse=True)
        assert view.estimate_list.current == before


async def test_a_key_that_is_billed_by_the_month_shows_licenses_instead_of_days() -> None:
    async with running() as run:

        def by_month(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE billing_modes SET price_interval = 'month'")

        await run.sandbox.read(by_month)
        view, estimate = await billing(run)
        assert estimate.price_interval is BillingInterval.MONTH
        await run.sees("Per month", "Lic.")
        assert "Days" not in run.text()
        first = view.estimate_list.rows[0]
        assert f" {first.product.counts.total:,} " in next(
            line for line in run.lines(run.app.main) if "❯ " in line[4:]
        )


async def test_an_invoice_in_preparation_is_a_normal_state_and_r_asks_again() -> None:
    async with running() as run:
        await run.sandbox.read(lambda connection: switches.turn(connection, {"billing": "preparing"}))
        view = await opened(run)
        await run.sees(
            "Your upcoming invoice is being prepared.", "This is normal", "Estimate so far for this month  —"
        )
        assert isinstance(view.estimate, NotYetAvailable)
        await run.sees("issued Feb 2026")
        assert ESTIMATE not in run.text(), "there is no bar of what is not known"
        assert not view.loader.errors
        assert "✗" not in run.status
        await run.press("right_square_bracket")
        await run.sees("Unassigned but billed: —", "by your prices")
        await run.sandbox.read(lambda connection: switches.turn(connection, {"billing": "ready"}))
        await run.press("left_square_bracket", "r")
        await run.sees("Estimate so far for March 2026")


async def test_a_preparing_invoice_is_asked_for_once_and_not_again_by_itself() -> None:
    async with running() as run:
        await run.sandbox.read(lambda connection: switches.turn(connection, {"billing": "preparing"}))
        await opened(run)
        await run.sees("Your upcoming invoice is being prepared.")
        assert len(run.asked("GET", "/licenses/billing")) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("500", "the server failed (500)"),
        ("502", "the server failed (502)"),
        ("429=1", "too many requests"),
        ("malformed", "answer could not be read"),
        ("reset-before", "Loading the billing details:"),
        ("hang-before", "Loading the billing details:"),
    ],
)
async def test_an_estimate_that_cannot_be_read_says_so_and_r_gets_it_back(fault: str, words: str) -> None:
    async with running(settings=QUICK, faults=[f"GET */licenses/billing {fault}"]) as run:
        view = await opened(run)
        await run.until(lambda: Part.ESTIMATE in view.loader.errors, "the error")
        await run.sees("Loading the billing details", words)
        assert "Estimate so far for this month  · · ·" in run.text()
        await run.press("right_square_bracket")
        await run.until(lambda: view.current is not None, "the unassigned licenses, which need no estimate")
        run.sandbox.faults.replace(())
        await run.press("left_square_bracket", "r")
        await run.sees("Estimate so far for March 2026", "The API answers again.")


@pytest.mark.slow
async def test_figures_that_are_there_stay_when_the_line_drops_and_say_how_old_they_are() -> None:
    async with running(settings=QUICK) as run:
        view, _ = await billing(run)
        run.sandbox.faults.replace(["GET * reset-before"])
        await run.press("r")
        await run.until(lambda: len(view.loader.errors) == 4, "the errors")
        await run.sees("Estimate so far for March 2026")
        assert view.summary().startswith(f"{len(view.estimate_list.rows)} products — as of")
        assert view.summary().endswith("could not be refreshed")
        await run.press("right_square_bracket", "j", "escape")
        assert view.state.items


@pytest.mark.slow
async def test_it_recovers_by_itself_when_the_line_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.common.retry.PAUSES", (0.05,))
    async with running(settings=QUICK, faults=["GET */licenses/billing 500 x8"]) as run:
        await opened(run)
        await run.sees("Estimate so far for March 2026")


async def test_without_the_prices_the_amounts_stand_without_a_currency() -> None:
    async with running(settings=QUICK, faults=["GET */partner/product-families 500"]) as run:
        view = await opened(run)
        await run.until(
            lambda: view.estimate is not None and view.loader.errors, "the estimate, and no prices"
        )
        assert "your prices could not be loaded" in view.summary()
        await run.sees("Estimate so far for March 2026")
        assert "$" not in run.text()
        assert view.currency is None


async def test_enter_shows_the_licenses_of_the_product() -> None:
    async with running() as run:
        view, _ = await billing(run)
        name = view.estimate_list.rows[0].product.product_name
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "Licenses")
        licenses = run.view(LicensesSection)
        await run.until(lambda: licenses.state.pages.total, "its licenses")
        assert licenses.state.query.search == name
        assert {one.product for one in licenses.state.pages.rows.values()} == {name}


async def test_a_change_made_on_licenses_is_in_the_estimate_when_billing_is_shown_again() -> None:
    async with running() as run:
        _, before = await billing(run)
        await run.press("1", "right_square_bracket")
        licenses = run.view(LicensesSection)
        await run.until(
            lambda: licenses.current is not None and licenses.state.pages.total, "unassigned licenses"
        )
        await run.press("x")
        await run.sees("Revoke License?")
        await run.press("right", "enter")
        await run.sees("is revoked")
        await run.press("2")
        view = run.view(BillingSection)
        await run.until(
            lambda: (
                not isinstance(view.estimate, NotYetAvailable)
                and view.estimate is not None
                and view.estimate.licenses.unassigned == unassigned_of(before) - 1
            ),
            "the new estimate",
        )


async def test_40_columns_and_12_lines_show_product_and_subtotal() -> None:
    async with running((40, 12)) as run:
        view, _ = await billing(run)
        await run.sees("Product", "Subtotal")
        assert view.size.width < 40
        await run.press("right_square_bracket")
        await run.sees("Per month")


async def test_a_resize_keeps_the_cursor_on_its_product() -> None:
    async with running() as run:
        view, _ = await billing(run)
        await run.press("G")
        before = view.estimate_list.current
        await run.pilot.resize_terminal(120, 36)
        await run.sees("Unassigned")
        await run.pilot.resize_terminal(60, 14)
        await run.until(lambda: view.size.width < 60, "the new size")
        assert view.estimate_list.current == before
        assert any("❯ " in line[4:] for line in run.lines(run.app.main))
