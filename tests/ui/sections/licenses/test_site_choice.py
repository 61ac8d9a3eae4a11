"""Choosing a site: one that does not take a license is marked with a word, and cannot be chosen without a word."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pytest
from textual.widgets import Static

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseState
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.assigning import candidate
from jpmanage_tui.services import site_check
from jpmanage_tui.services.site_check import SiteCheck
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.dialogs.site_picker import SiteList, SitePicker
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.sites.license_picker import LicensePicker
from jpmanage_tui.ui.sections.sites.section import SitesSection
from jpmanage_tui.ui.widgets.input import Input
from tests.cases import cases
from tests.ui.harness import LARGE, SMALL, Run, running
from tests.ui.sections.licenses.test_changes import filtered
from tests.ui.sections.licenses.test_marks import marked
from tests.ui.states import change

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
HOLDERS = {
    "one like any other": "owner_type IS NOT 'user' AND parent_license_id IS NULL",
    "one of a bundle": "parent_license_id IS NOT NULL",
    "one bought elsewhere": "owner_type = 'user' AND parent_license_id IS NULL",
}
"""Licenses that a site can have of a product, by the SQL that finds them."""


async def a_holder(run: Run, where: str) -> tuple[str, int]:
    """Return a site that has a license for which `where` holds, and the product, of which an unassigned one is listed."""

    def find(connection: sqlite3.Connection) -> tuple[str, int]:
        row = connection.execute(
            "SELECT s.url, l.product_id FROM licenses l JOIN sites s USING (blog_id)"
            f" WHERE l.revoked_at IS NULL AND l.attached_at IS NOT NULL AND {where}"
            " AND s.connected AND s.may_manage AND NOT s.is_multisite AND l.key_id = (SELECT min(key_id) FROM licenses)"
            " AND l.product_id IN (SELECT product_id FROM licenses WHERE attached_at IS NULL AND revoked_at IS NULL"
            " AND quantity IS NULL AND parent_license_id IS NULL AND owner_type IS NOT 'user')"
            " ORDER BY l.license_id DESC"  # whole lists are read oldest first
        ).fetchone()
        return str(row[0]).removeprefix("https://"), int(row[1])

    return await run.sandbox.read(find)


async def an_unassigned(run: Run, view: LicensesSection, product_id: int) -> License:
    """Put the cursor on an unassigned license of a product."""
    await filtered(run, view, LicenseFilter.DETACHED)
    for _ in range(100):
        license = view.current
        if license is not None and license.product_id == product_id and not license.is_standard:
            return license
        await run.press("j")
        await run.until(lambda: view.current is not None, "the row")
    raise AssertionError("no such license")


async def picker_for(run: Run, site: str) -> SitePicker:
    """Wait for the choice of a site, and search for one."""
    await run.until(lambda: isinstance(run.app.screen, SitePicker), "the picker")
    picker = run.app.screen
    assert isinstance(picker, SitePicker)
    picker.query_one("#search", Input).value = site
    sites = picker.query_one(SiteList)
    await run.until(
        lambda: picker._asked == site and sites.current is not None and not sites.busy, "the site"
    )
    return picker


def said(picker: SitePicker | LicensePicker) -> str:
    """Return the line below the list."""
    return str(picker.query_one("#about", Static).content)


@SIZES
@pytest.mark.parametrize("where", cases(HOLDERS.items(), "one of a bundle"))
async def test_a_site_that_has_the_product_is_marked_and_says_why_it_is_not_chosen(
    size: tuple[int, int], where: str
) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        site, product_id = await a_holder(run, where)
        license = await an_unassigned(run, view, product_id)
        await run.press("a")
        picker = await picker_for(run, site)
        await run.sees("has it already")
        await run.press("enter")
        await run.until(lambda: "already" in said(picker), "why")
        assert picker.is_current
        assert f"has {license.product} already" in said(picker)
        assert ("(in a bundle)" in said(picker)) is ("parent_license_id IS NOT NULL" in where)
        assert ("(bought elsewhere)" in said(picker)) is ("owner_type = 'user'" in where)
        assert run.asked("POST", "/site") == []


async def test_a_site_without_the_product_is_chosen_as_ever() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await filtered(run, view, LicenseFilter.DETACHED)
        license = view.current
        assert license is not None
        site = await run.free_site(license.product_id)
        await run.press("a")
        picker = await picker_for(run, site)
        await run.until(lambda: picker._check is not None and picker._check.ended, "what the sites have")
        assert "has it already" not in run.text()
        await run.press("enter")
        await run.sees("Assign License?", license.license_key, "Site ID")


async def test_of_several_licenses_those_go_that_the_site_takes_and_the_question_names_the_rest() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        site, product_id = await a_holder(run, HOLDERS["one like any other"])
        await filtered(run, view, LicenseFilter.DETACHED)
        free = [one for one in view.state.pages.rows.values() if not one.is_standard]
        taken = next(one for one in free if one.product_id == product_id)
        others = await kinds_that_fit(run, free, site, 2)
        view.mark([taken, *others], True)
        await run.press("a")
        await picker_for(run, site)
        await run.sees("takes 2 of 3")
        await run.press("enter")
        await run.sees(
            "Assign 2 licenses?", "2 of 3 marked will be assigned.", "1 left out: the site has it already."
        )
        run.app.screen.query_one("#go").focus()
        await run.press("enter")
        await run.sees("✓ Assign 2 licenses: done.")
        sent = {str(one["path"]).split("/")[-2] for one in run.asked("POST", "/site")}
        assert sent == {one.license_key for one in others}


async def kinds_that_fit(run: Run, licenses: Sequence[License], site: str, count: int) -> list[License]:
    """Return unassigned licenses of products that a site has none of, each of another product."""

    def owned(connection: sqlite3.Connection) -> set[int]:
        rows = connection.execute(
            "SELECT product_id FROM licenses JOIN sites USING (blog_id) WHERE url = ?", (f"https://{site}",)
        )
        return {int(row[0]) for row in rows}

    there = await run.sandbox.read(owned)
    by_product = {one.product_id: one for one in licenses if one.product_id not in there}
    return list(by_product.values())[:count]


async def test_of_two_licenses_of_one_product_one_goes_to_a_site() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await filtered(run, view, LicenseFilter.DETACHED)
        free = [one for one in view.state.pages.rows.values() if not one.is_standard]
        two = next(
            [one for one in free if one.product_id == first.product_id][:2]
            for first in free
            if sum(one.product_id == first.product_id for one in free) > 1
        )
        view.mark(two, True)
        site = await run.free_site(two[0].product_id)
        await run.press("a")
        await picker_for(run, site)
        await run.sees("takes 1 of 2")
        await run.press("enter")
        await run.sees("Assign 1 license?", "1 left out: a site takes one license of a product.")
        run.app.screen.query_one("#go").focus()
        await run.press("enter")
        await run.sees("✓ Assign 1 license: done.")
        assert len(run.asked("POST", "/site")) == 1


@pytest.mark.slow
async def test_a_disconnected_site_is_marked_and_the_question_warns() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await filtered(run, view, LicenseFilter.DETACHED)
        license = view.current
        assert license is not None
        site = await run.free_site(license.product_id)
        await change(run, f"UPDATE sites SET healthy = 0 WHERE url = '{site}'")
        await run.press("a")
        picker = await picker_for(run, site)
        await run.until(lambda: picker._check is not None and picker._check.ended, "what the sites have")
        await run.sees("disconnected")
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.sees("Jetpack does not answer on this site (disconnected): the API may refuse")


@pytest.mark.slow
async def test_billings_unassigned_list_marks_the_sites_too() -> None:
    async with running() as run:
        await run.press("2")
        await run.until(lambda: isinstance(run.app.main.section, BillingSection), "Billing")
        view = run.view(BillingSection)
        await run.press("right_square_bracket")
        site, product_id = await a_holder(run, HOLDERS["one of a bundle"])
        await run.until(
            lambda: any(item.license.product_id == product_id for item in view.state.items), "the license"
        )
        row = next(n for n, item in enumerate(view.state.items) if item.license.product_id == product_id)
        view.unassigned_list.move_cursor(row)
        await run.press("a")
        picker = await picker_for(run, site)
        await run.sees("has it already")
        await run.press("enter")
        await run.until(lambda: "(in a bundle)" in said(picker), "why")


@pytest.mark.parametrize("where", cases(HOLDERS.items(), "one like any other"))
async def test_the_choice_of_a_license_for_a_site_says_what_the_site_has(where: str) -> None:
    async with running() as run:
        site, product_id = await a_holder(run, where)
        await run.press("S")
        await run.until(lambda: isinstance(run.app.main.section, SitesSection), "Sites")
        view = run.view(SitesSection)
        view.look_for(site)
        await run.until(lambda: view.current is not None and not view.sites.busy, "the site")
        await run.press("a")
        await run.until(lambda: isinstance(run.app.screen, LicensePicker), "the picker")
        picker = run.app.screen
        assert isinstance(picker, LicensePicker)
        listed = picker.licenses
        await run.until(lambda: listed.current is not None, "the licenses")
        row = next(
            row
            for row, one in listed.pages.rows.items()
            if one.product_id == product_id and not one.is_standard and one.state is LicenseState.DETACHED
        )
        listed.move_cursor(row)
        await run.press("enter")
        await run.until(lambda: "already" in said(picker), "why")
        assert picker.is_current
        if "NOT NULL" not in where:
            await run.sees("has it already")


# -- what cannot be known beforehand ---------------------------------------------------------


async def client_and_site(run: Run, where: str) -> tuple[LicensingClient, Site, int]:
    """Return the client, a site that has a product, and the product."""
    assert run.app.session is not None
    client = run.app.session.client
    url, product_id = await a_holder(run, where)
    page = await client.sites.list(url)
    return client, page.items[0], product_id


async def a_candidate(run: Run, view: LicensesSection, product_id: int) -> License:
    await filtered(run, view, LicenseFilter.DETACHED)
    return next(one for one in view.state.pages.rows.values() if one.product_id == product_id)


async def test_with_very_many_licenses_of_a_product_the_site_is_looked_at_when_it_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site_check, "MOST_OF_A_PRODUCT", 1)
    async with running() as run:
        client, site, product_id = await client_and_site(run, HOLDERS["one like any other"])
        license = await a_candidate(run, run.view(LicensesSection), product_id)
        check = SiteCheck(client, [candidate(license)])
        await check.read()
        assert not check.settled(site)
        found = await check.checked(site)
        assert found.none_fits
        assert "could not all be checked" in found.unsure


@pytest.mark.parametrize("fault", ["malformed", "401"])
async def test_what_could_not_be_read_is_said_and_the_api_decides(fault: str) -> None:
    async with running() as run:
        client, site, product_id = await client_and_site(run, HOLDERS["one of a bundle"])
        license = await a_candidate(run, run.view(LicensesSection), product_id)
        await run.until(lambda: not run.view(LicensesSection).loader.loads_pages, "the list")
        run.sandbox.faults.replace([f"GET */licenses {fault}"])
        check = SiteCheck(client, [candidate(license)])
        found = await check.checked(site)
        assert not found.none_fits
        assert found.unsure.startswith(("Checking what the site has:", "Token rejected (401)"))
        assert found.unsure.endswith("The API decides.")


async def test_who_chooses_does_not_wait_for_ever() -> None:
    async with running() as run:
        client, site, product_id = await client_and_site(run, HOLDERS["one of a bundle"])
        license = await a_candidate(run, run.view(LicensesSection), product_id)
        await run.until(lambda: not run.view(LicensesSection).loader.loads_pages, "the list")
        run.sandbox.faults.replace(["GET */licenses hang-before"])
        found = await SiteCheck(client, [candidate(license)]).checked(site, wait=0.05)
        assert found.unsure == "What the site has was not known within 0 s. The API decides."


async def test_a_search_that_finds_no_products_is_noticed() -> None:
    async with running() as run:
        client, site, product_id = await client_and_site(run, HOLDERS["one like any other"])
        license = await a_candidate(run, run.view(LicensesSection), product_id)
        unknown = license.model_copy(update={"license_key": "nothing-has-this-slug_Xy"})
        check = SiteCheck(client, [candidate(unknown)])
        await check.read()
        assert not check.settled(site), "the license itself was not found, so nothing is known of the others"
        assert (await check.checked(site)).none_fits, "the site itself was looked at"


@pytest.mark.slow
async def test_marks_are_kept_for_what_was_left_out() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        site, product_id = await a_holder(run, HOLDERS["one like any other"])
        await filtered(run, view, LicenseFilter.DETACHED)
        free = [one for one in view.state.pages.rows.values() if not one.is_standard]
        taken = next(one for one in free if one.product_id == product_id)
        [other] = await kinds_that_fit(run, free, site, 1)
        view.mark([taken, other], True)
        await run.press("a")
        await picker_for(run, site)
        await run.sees("takes 1 of 2")
        await run.press("enter")
        await run.sees("Assign 1 license?")
        run.app.screen.query_one("#go").focus()
        await run.press("enter")
        await run.sees("✓ Assign 1 license: done.")
        await run.press("enter")
        await run.until(lambda: list(view.marked) == [taken.license_key], "the mark of what was left out")
        assert await marked(run, view, 0, LicenseState.DETACHED) == []
