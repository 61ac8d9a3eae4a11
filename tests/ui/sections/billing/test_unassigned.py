"""Unassigned but billed, on the screen: what is listed, what it costs, and what can be done about it."""

import sqlite3
from datetime import UTC

import pytest

from jpmanage_tui.api.billing import BillingEstimate
from jpmanage_tui.api.licenses import LicenseState
from jpmanage_tui.config.settings import Settings, Timeouts
from jpmanage_tui.rules.prices import money
from jpmanage_tui.services.price_text import total_words
from jpmanage_tui.ui.sections.billing.data import Part
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import LARGE, Run, running
from tests.ui.sections.billing.test_vendor_page import billing, unassigned_of

QUICK = Settings(timeouts=Timeouts(connect=0.5, read=0.5, total=1.5))


async def opened(run: Run) -> tuple[BillingSection, BillingEstimate]:
    view, estimate = await billing(run)
    await run.press("right_square_bracket")
    await run.until(lambda: view.current is not None, "the unassigned licenses")
    return view, estimate


async def all_loaded(run: Run, view: BillingSection) -> None:
    """Go down until the API has no more rows."""
    known = -1

    def came() -> bool:
        return view.state.done or len(view.state.items) > known

    while not view.state.done:
        known = len(view.state.items)
        await run.press("G")
        await run.until(came, "more rows")


async def test_the_unassigned_licenses_stand_oldest_first_without_parents_of_bundles() -> None:
    async with running() as run:
        view, _ = await opened(run)
        await all_loaded(run, view)
        listed = [item.license for item in view.state.items]
        assert all(one.state is LicenseState.DETACHED and not one.is_standard for one in listed)
        dates = [one.issued_at.astimezone(UTC) for one in listed if one.issued_at]
        assert dates == sorted(dates)

        key_id = run.app.session.key_id  # type: ignore[union-attr]
        sql_keys = await run.sandbox.read(lambda connection: _of_key(connection, int(key_id or 0)))
        assert {one.license_key for one in listed} == sql_keys


def _of_key(connection: sqlite3.Connection, key_id: int) -> set[str]:
    rows = connection.execute(
        "SELECT license_key FROM licenses WHERE key_id = ? AND attached_at IS NULL AND revoked_at IS NULL"
        " AND quantity IS NULL AND parent_license_id IS NULL AND owner_type IS NOT 'user'",
        (key_id,),
    )
    return {str(row[0]) for row in rows}


async def test_each_row_and_their_sum_cost_what_the_prices_say_and_the_totals_are_billings() -> None:
    async with running(LARGE) as run:
        view, estimate = await opened(run)
        await all_loaded(run, view)
        unassigned, cost = estimate.licenses.unassigned, estimate.costs.unassigned
        assert cost is not None
        await run.sees(
            f"Unassigned but billed: {unassigned} licenses, {money(cost, 'USD')} in March, revoked ones too"
        )
        await run.sees(
            f"The {len(view.state.items)} of {unassigned} listed here: {total_words(view.state.sums())} by your prices"
        )
        await run.press("g")
        first = view.state.items[0]
        assert first.price is not None
        assert first.price.per_day is not None
        line = next(line for line in run.lines(run.app.main) if "❯ " in line[4:])
        assert money(first.price.per_day, "USD") in line.split()


async def test_further_pages_come_as_they_are_looked_at_and_not_before() -> None:
    async with running(licenses=1000) as run:
        view, estimate = await opened(run)
        asked = [one for one in run.asked("GET", "/licenses") if "detached" in str(one)]
        assert len(asked) == 1
        assert not view.state.done
        assert view.counter().endswith("+")
        billed = f"{estimate.licenses.unassigned:,}"
        loaded = f"The {len(view.state.items)} of {billed} loaded so far: {total_words(view.state.sums())}"
        await run.sees(loaded, f"Unassigned but billed: {billed} licenses")
        await run.sees(f"{len(view.state.items)} of {billed} unassigned licenses loaded, more as you go down")
        await all_loaded(run, view)
        await run.press("G")
        assert view.counter() == f"{len(view.state.items):,}/{len(view.state.items):,}"
        keys = [item.license.license_key for item in view.state.items]
        assert len(keys) == len(set(keys))


@pytest.mark.slow
async def test_a_page_that_cannot_be_read_keeps_what_is_there_and_r_goes_on() -> None:
    async with running(licenses=1000, settings=QUICK) as run:
        view, _ = await opened(run)
        before = len(view.state.items)
        run.sandbox.faults.replace(["GET */licenses 500"])
        await run.press("G")
        await run.until(lambda: Part.UNASSIGNED in view.loader.errors, "the error")
        await run.sees("Loading the unassigned licenses")
        assert len(view.state.items) == before
        await run.press("g", "escape")
        run.sandbox.faults.replace(())
        if not view.shows_unassigned:
            await run.press("right_square_bracket")
        await run.press("r")
        await run.until(lambda: Part.UNASSIGNED not in view.loader.errors, "the answer")
        await all_loaded(run, view)


async def test_b_finds_the_unassigned_licenses_inside_bundles_until_the_list_is_as_long_as_the_bill() -> None:
    async with running() as run:
        view, estimate = await opened(run)
        await all_loaded(run, view)
        missing = unassigned_of(estimate) - len(view.state.items)
        assert missing > 0
        await run.sees(
            f"Billing counts {missing} more.", "b looks into the bundles", "Unassigned on Licenses"
        )
        await run.sees(
            f"{len(view.state.items)} of {estimate.licenses.unassigned} unassigned licenses listed"
        )
        await run.press("b")
        await run.sees("bundles found.")
        await run.until(lambda: view.state.parents, "the bundles")
        await all_loaded(run, view)
        assert len(view.state.items) == estimate.licenses.unassigned
        assert "Billing counts" not in run.text()
        members = [item for item in view.state.items if item.license.is_child]
        assert len(members) == missing
        assert all(item.price is not None for item in members)
        await run.press("r")
        await run.until(lambda: not view.loader.waits_for(Part.UNASSIGNED), "the answer")
        await all_loaded(run, view)
        assert len(view.state.items) == estimate.licenses.unassigned, "a refresh keeps the bundles"


async def test_esc_stops_looking_into_the_bundles_and_the_list_stays() -> None:
    async with running(faults=["GET */licenses latency=0.2"]) as run:
        view, _ = await opened(run)
        before = len(view.state.items)
        await run.press("b")
        await run.sees("Looking into the bundles…")
        await run.press("escape")
        await run.sees("Stopped")
        assert view.shows_unassigned
        await run.until(lambda: not view.loader.waits_for(Part.UNASSIGNED), "the list anew")
        assert len(view.state.items) == before
        assert not view.state.parents


@pytest.mark.slow
async def test_an_unassigned_license_is_assigned_from_here_and_leaves_the_list() -> None:
    async with running() as run:
        view, estimate = await opened(run)
        await run.press("j")
        license = view.current
        assert license is not None
        site = await run.free_site(license.product_id)
        await run.press("a")
        await run.sees("to which site?")
        await run.find_site(site)
        await run.press("enter")
        await run.sees("Assign License?", license.license_key)
        await run.press("right", "enter")
        await run.sees("is assigned to")
        await run.until(lambda: view.state.row_of(license.license_key) is None, "the list without it")
        await run.until(
            lambda: (
                isinstance(view.estimate, BillingEstimate)
                and view.estimate.licenses.unassigned == unassigned_of(estimate) - 1
            ),
            "the estimate after it",
        )
        assert view.unassigned_list.cursor == 1


async def test_revoking_an_unassigned_license_asks_first_and_lowers_the_estimate() -> None:
    async with running() as run:
        view, estimate = await opened(run)
        license = view.current
        assert license is not None
        await run.press("x")
        await run.sees(
            "Revoke License?",
            license.license_key,
            "Billing for it stops at once: ",
            "a day, ",
            "a month less.",
        )
        await run.press("escape")
        assert not run.asked("DELETE", "/license")
        await run.press("x")
        await run.sees("Revoke License?")
        await run.press("right", "enter")
        await run.sees(f"{license.product} is revoked.")
        await run.until(lambda: view.state.row_of(license.license_key) is None, "the list without it")
        assert len(run.asked("DELETE", "/license")) == 1
        await run.until(
            lambda: (
                isinstance(view.estimate, BillingEstimate)
                and view.estimate.licenses.unassigned == unassigned_of(estimate) - 1
            ),
            "the estimate after it",
        )


@pytest.mark.slow
async def test_marked_ones_are_revoked_together_after_typing_their_number() -> None:
    async with running() as run:
        view, _ = await opened(run)
        await run.press("space", "j", "V")
        assert len(view.marked) == 3
        marked = set(view.marked)
        await run.press("x")
        await run.sees("Revoke 3 licenses?", "Type 3 to confirm:")
        await run.press("tab", "enter")
        assert not run.asked("DELETE", "/license")
        await run.press("escape", "x")
        await run.sees("Type 3 to confirm:")
        run.app.screen.query_one("#typed").focus()
        await run.write("3")
        await run.press("enter", "enter")
        await run.sees("✓ Revoke 3 licenses: done.")
        await run.press("enter")
        await run.until(
            lambda: all(view.state.row_of(key) is None for key in marked), "the list without them"
        )
        assert not view.marked


@pytest.mark.slow
async def test_star_marks_all_unassigned_ones_also_those_not_loaded_yet() -> None:
    async with running(licenses=1000) as run:
        view, _ = await opened(run)
        assert not view.state.done
        await run.press("*")
        await run.until(lambda: "marked" in view.counter(), "the marks")
        await all_loaded(run, view)
        assert set(view.marked) == {item.license.license_key for item in view.state.items}
        await run.press("escape")
        await run.sees("Clear the marks?")


async def test_enter_opens_the_license_on_licenses() -> None:
    async with running() as run:
        view, _ = await opened(run)
        license = view.current
        assert license is not None
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "Licenses")
        licenses = run.view(LicensesSection)
        await run.until(
            lambda: licenses.current is not None and licenses.state.pages.total == 1, "the one row"
        )
        assert licenses.current is not None
        assert licenses.current.license_key == license.license_key
        await run.sees("License code", license.license_key)


async def test_enter_on_a_license_of_a_bundle_opens_its_bundle() -> None:
    async with running() as run:
        view, _ = await opened(run)
        await run.press("b")
        await run.until(lambda: any(item.license.is_child for item in view.state.items), "members")
        row = next(row for row, item in enumerate(view.state.items) if item.license.is_child)
        await run.press(*["j"] * row)
        license = view.current
        assert license is not None
        assert license.parent_license_id is not None
        parent = view.state.parents[license.parent_license_id]
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "Licenses")
        licenses = run.view(LicensesSection)
        await run.until(
            lambda: license.license_key in {one.license_key for one in licenses.state.licenses()},
            "its members",
        )
        assert parent.license_key in licenses.state.expanded


async def test_read_only_refuses_with_a_reason_and_sends_nothing() -> None:
    async with running(read_only=True) as run:
        await opened(run)
        await run.press("x")
        await run.sees("Revoke License:", "--read-only")
        await run.press("a")
        await run.sees("Assign License:", "--read-only")
        assert not run.asked("DELETE", "")
        assert not run.asked("POST", "")
        assert "x Revoke License" not in run.footer


async def test_on_the_estimate_a_and_x_say_where_they_work() -> None:
    async with running() as run:
        await billing(run)
        await run.press("x")
        await run.sees("It works on the unassigned licenses")
        await run.press("right_square_bracket", "s")
        await run.sees("oldest first")


async def test_esc_goes_back_to_the_estimate() -> None:
    async with running() as run:
        view, _ = await opened(run)
        await run.press("escape")
        assert not view.shows_unassigned
        assert run.app.focused is view.estimate_list
