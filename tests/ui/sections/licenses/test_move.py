"""Moving a license to another site: unassigned and assigned in one run, and what is told if the second step fails."""

from __future__ import annotations

from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.input import Input
from tests.ui.harness import Run, running
from tests.ui.sections.issue.keyboard import changes
from tests.ui.states import change


async def moved(run: Run, view: LicensesSection, meanwhile: str = "") -> tuple[License, str]:
    """Move the first assigned license of a product to a site that takes it; return it as it was, and the site's address.

    `meanwhile` is the SQL of what somebody else changes while the question stands.
    """
    rows = view.state.pages.rows.items()
    row, license = next(
        (row, one)
        for row, one in rows
        if one.state is LicenseState.ATTACHED and one.product.endswith("Scan Daily")
    )
    await run.press(*["j"] * row)
    site = await run.free_site(license.product_id, license.blog_id)
    url = site.removeprefix("https://")
    await run.press("m")
    await run.sees("Move Jetpack Scan Daily to which site?")
    run.app.screen.query_one("#search", Input).value = url
    await run.sees(f"1 site matches “{url}”")
    await run.press("enter")
    await run.sees(
        "Move License?", license.license_key, url, "Billing is unchanged.", "stays unassigned and billed"
    )
    assert await changes(run) == [], "nothing is sent before"
    if meanwhile:
        await change(run, meanwhile)
    await run.press("tab", "enter")
    return license, site


async def test_a_license_is_moved_in_one_go_and_the_list_shows_it() -> None:
    async with running(licenses=60) as run:
        view = run.view(LicensesSection)
        license, site = await moved(run, view)
        await run.sees(": done.")
        assert await changes(run) == ["unassign", "assign"]
        await run.until(
            lambda: view.current is not None and view.current.blog_id != license.blog_id, "its row"
        )
        assert view.current is not None
        assert view.current.siteurl == site


async def test_a_move_whose_second_step_fails_is_told_and_leaves_the_license_unassigned() -> None:
    async with running(licenses=60) as run:
        view = run.view(LicensesSection)
        await moved(run, view, "UPDATE sites SET may_manage = 0")
        await run.sees("1 of 2 done, 1 failed: ", "permissions")
        assert await changes(run) == ["unassign"]
