"""The sentences of the vendor's help page about licenses, each done by keyboard in the demo."""

import pytest

from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseState
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import LARGE, SMALL, Run, running

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])


@SIZES
async def test_it_lists_all_active_licenses_also_those_not_purchased_via_jetpack_manage(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.counts is not None, "counts")
        assert view.counts is not None
        assert view.state.pages.total == view.counts.not_revoked
        while len(view.state.pages.loaded) < 5 and len(view.state.pages.rows) < (view.state.pages.total or 0):
            await run.press("pagedown")
            await run.until(lambda: view.current is not None and not view.loader.loads_pages, "the page")
        await run.press("G")
        await run.until(lambda: len(view.state.pages.rows) == view.state.pages.total, "every row")
        standard = [one for one in view.state.pages.rows.values() if one.is_standard]
        assert standard, "licenses bought elsewhere are listed too"
        assert all(one.state is not LicenseState.REVOKED for one in view.state.pages.rows.values())


@SIZES
@pytest.mark.parametrize(
    ("filter", "steps", "states"),
    [
        (LicenseFilter.DETACHED, 1, {LicenseState.DETACHED}),
        (LicenseFilter.ATTACHED, 2, {LicenseState.ATTACHED}),
        (LicenseFilter.REVOKED, 3, {LicenseState.REVOKED}),
    ],
)
@pytest.mark.sample(1)
async def test_you_can_filter_the_view_to_show_only_assigned_unassigned_or_revoked_licenses(
    size: tuple[int, int], filter: LicenseFilter, steps: int, states: set[LicenseState]
) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        await run.press(*["right_square_bracket"] * steps)
        await run.until(lambda: view.state.query.tab is filter and view.state.pages.total, "the tab")
        assert {one.state for one in view.state.pages.rows.values()} == states


@SIZES
async def test_you_can_search_for_specific_licenses(size: tuple[int, int]) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        wanted = next(one for one in view.state.pages.rows.values() if one.state is LicenseState.ATTACHED)
        await run.press("slash")
        await run.write(wanted.license_key[-12:])
        await run.press("enter")
        await run.until(lambda: view.state.pages.total == 1, "one hit")
        assert view.current is not None
        assert view.current.license_key == wanted.license_key
        await run.sees("matches “")


async def _go_to(run: Run, view: LicensesSection, row: int) -> License:
    """Put the cursor on a row in view and return its license."""
    await run.press(*["j"] * row)
    license = view.current
    assert license is not None
    return license


def _first(view: LicensesSection, state: LicenseState) -> int:
    """Return the first row of the partner's own licenses in a state, which must be in view."""
    known = view.state.pages.rows.items()
    return next(
        row
        for row, one in known
        if one.state is state and not one.is_standard and (one.siteurl or not one.blog_id)
    )


@SIZES
async def test_expanding_shows_site_id_owner_and_license_code(size: tuple[int, int]) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        row = next(row for row, one in view.state.pages.rows.items() if one.blog_id and one.username)
        license = await _go_to(run, view, row)
        await run.press("enter")
        assert license.username
        await run.sees(
            f"Site ID       {license.blog_id}", license.username, f"License code  {license.license_key}"
        )
        await run.press("left")
        await run.until(lambda: "License code" not in run.text(), "collapsed")


@SIZES
async def test_view_site_opens_the_sites_homepage(size: tuple[int, int]) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        license = await _go_to(run, view, _first(view, LicenseState.ATTACHED))
        await run.press("o")
        assert license.siteurl
        await run.sees("View Site: open this address", license.siteurl)


@SIZES
async def test_debug_site_opens_a_jetpack_debug_test_for_the_site(size: tuple[int, int]) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        await _go_to(run, view, _first(view, LicenseState.ATTACHED))
        await run.press("d")
        await run.sees(
            "Debug Site: open this address", "https://jptools.wordpress.com/debug/?url=https%3A%2F%2F"
        )


@SIZES
async def test_unassign_license_unassigns_it_and_then_it_can_be_assigned_to_a_new_site(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        license = await _go_to(run, view, _first(view, LicenseState.ATTACHED))
        await run.press("u")
        await run.sees("Unassign License?", "loses", "[x] E-mail the customer that this product was removed")
        await run.press("tab", "enter")
        await run.sees("is unassigned from")
        await run.until(
            lambda: view.current is not None and view.current.state is LicenseState.DETACHED, "detached"
        )
        assert view.current is not None
        assert view.current.license_key == license.license_key, "the cursor stays on it"

        await run.press("a")
        await run.sees("to which site?", "sites")
        free = await run.free_site(license.product_id, license.blog_id)
        await run.find_site(free)
        await run.press("enter")
        await run.sees("Assign License?", license.license_key)
        await run.press("right", "enter")
        await run.until(
            lambda: view.current is not None and view.current.state is LicenseState.ATTACHED, "attached"
        )
        assert view.current is not None
        assert view.current.license_key == license.license_key
        assert view.current.siteurl != license.siteurl
        assert len(run.asked("POST", f"/license/{license.license_key}/site")) == 1
