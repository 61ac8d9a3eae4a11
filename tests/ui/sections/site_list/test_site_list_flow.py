"""A list of sites by keyboard, from the paste to what stands in the sandbox's database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from textual import events

from jpmanage_tui.services.leaving_plans import Leaving
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.ui.sections.issue.section import IssueSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.site_list import wizard
from jpmanage_tui.ui.sections.site_list.draft import LineGroup, Task
from jpmanage_tui.ui.sections.site_list.pages import Part
from jpmanage_tui.ui.sections.site_list.section import SiteListSection
from jpmanage_tui.ui.sections.site_list.steps import ListStep
from jpmanage_tui.ui.sections.sites.section import SitesSection
from jpmanage_tui.ui.widgets.input import Input
from tests.ui.harness import Run, running
from tests.ui.sections.issue.test_issue_flow import without_card
from tests.ui.states import held_back

SCAN = "jetpack-scan"


async def opened(run: Run) -> SiteListSection:
    """Press `L` and wait for the view."""
    await run.press("I")
    await run.until(lambda: isinstance(run.app.main.section, SiteListSection), "the view")
    return run.view(SiteListSection)


async def paste(run: Run, view: SiteListSection, text: str) -> None:
    before = view.intake.count
    run.app.post_message(events.Paste(text))
    await run.until(lambda: view.intake.count > before, "the lines")


async def matched(run: Run, view: SiteListSection) -> None:
    """Press enter on the lines, and wait until they are matched."""
    await run.press("enter")
    await run.until(lambda: view.step is ListStep.MATCH and not view.reading, "the matched lines")
    assert view.draft.site_list is not None


async def point_at(run: Run, view: SiteListSection, target: object) -> None:
    """Move the cursor of the page onto `target`."""
    await run.press("g")
    while view.page.target != target:
        before = view.page.cursor
        await run.press("j")
        assert view.page.cursor != before, f"{target} is not on the page\n{run.text()}"


async def with_product(run: Run, view: SiteListSection, name: str) -> None:
    """Choose a product for every line, where one says what is to be done."""
    await point_at(run, view, Part.ADD_PRODUCT)
    await run.press("enter")
    await run.sees("Which product for every line?")
    run.app.screen.query_one("#search", Input).value = name
    await run.press("enter")
    await run.until(lambda: view.draft.products, "the product")


def free_hosts(connection: sqlite3.Connection) -> list[str]:
    """Take the licenses off three sites of the demo's partner, and return their addresses without a scheme."""
    rows = connection.execute(
        "SELECT blog_id, url FROM sites WHERE partner_id = (SELECT min(partner_id) FROM sites) AND connected"
        " AND may_manage AND healthy AND NOT is_multisite AND url NOT LIKE '%/%/%/%' ORDER BY blog_id LIMIT 3"
    ).fetchall()
    for blog_id, _ in rows:
        connection.execute(
            "UPDATE licenses SET blog_id = NULL, attached_at = NULL WHERE blog_id = ?", (blog_id,)
        )
    return [str(url).removeprefix("https://") for _, url in rows]


async def changes(run: Run) -> list[str]:
    def read(connection: sqlite3.Connection) -> list[str]:
        return [str(row[0]) for row in connection.execute("SELECT kind FROM changes ORDER BY change_id")]

    return await run.sandbox.read(read)


def scans(connection: sqlite3.Connection) -> list[str]:
    """Return the hosts of the sites that have a scan license, one a license."""
    rows = connection.execute(
        "SELECT sites.url FROM licenses JOIN sites USING (blog_id) WHERE license_key LIKE ? AND revoked_at IS NULL",
        (f"{SCAN}_%",),
    )
    return sorted(str(row[0]).removeprefix("https://") for row in rows)


async def test_what_is_unclear_is_put_right_and_what_is_confirmed_is_done_and_nothing_before() -> None:
    async with running(licenses=60) as run:
        one, two, three = await run.sandbox.read(free_hosts)
        before = await run.sandbox.read(scans)
        view = await opened(run)
        await paste(run, view, f"{one}\nHTTPS://WWW.{two}/\nunknown.example\n{three}\n{one}/\n")
        await matched(run, view)
        await run.sees("Problems 3", "WWW.", "unknown.example", "duplicate")
        await run.press("enter")
        await run.sees(f"It is {two}", "Choose the site…", "Leave it out")
        await run.press("enter")
        await run.sees(f"Line 2 is ready: {two}.", "Problems 2")
        await run.press("x")
        await run.sees("Line 3 is left out.", "Left out 1")
        await run.press("n")
        await run.sees("Choose a product first")
        await run.press("n")
        assert view.step is ListStep.DO
        await with_product(run, view, "scan daily")
        await run.press("n")
        await run.sees("Issue and assign 3 Jetpack Scan Daily licenses", "$0.49 a day, $14.85 a month")
        await run.sees("Left out (2)", "line 3  unknown.example", "line 5")
        await run.until(lambda: view.status is not None, "whether issuing is open")
        await run.press("enter")
        await run.sees("Type 3 to confirm", "2 lines are left out")
        await run.press("tab", "enter")
        assert len(run.app.screen_stack) == 3, "the number is not typed"
        assert await changes(run) == []
        assert run.asked("POST", "/jetpack-licensing/license") == []
        await run.press("3", "enter", "enter")
        await run.until(lambda: len(run.app.screen_stack) == 2, "the confirmation")
        await run.sees("✓ Issue and assign 3 Jetpack Scan Daily licenses: done.")
        assert sorted(await changes(run)) == ["assign"] * 3 + ["issue"] * 3
        assert await run.sandbox.read(scans) == sorted([*before, one, two, three])
        again = await opened(run)
        assert (again.step, again.intake.count) == (ListStep.LIST, 0), "the list is used up"


async def test_a_file_says_the_products_and_unassigned_licenses_are_used_first(tmp_path: Path) -> None:
    async with running(licenses=60) as run:
        one, two, _ = await run.sandbox.read(free_hosts)
        path = tmp_path / "clients.csv"
        path.write_bytes(
            f"URL;Product\n{one};{SCAN}\n{two};Jetpack Scan Daily\nx.example;nonsense\n".encode("utf-16")
        )
        view = await opened(run)
        view.intake.field.value = str(path)
        await run.press("enter")
        await run.sees("4 lines read from")
        await matched(run, view)
        await run.press("right_square_bracket")
        await run.sees("Ready 2", "Scan Daily")
        await run.press("n")
        await point_at(run, view, Part.UNASSIGNED_FIRST)
        await run.press("enter")
        assert view.plan is not None
        assert (view.plan.assigned, view.plan.reused, view.plan.issued) == (2, 2, 0), run.text()
        await run.press("n")
        await run.sees("Assigned (2)", "unassigned before", "Left out (1)")
        await run.press("enter")
        await run.sees("Assign 2 licenses?")
        await run.press("tab", "enter")
        await run.sees(": done.")
        assert await changes(run) == ["assign", "assign"]


@pytest.mark.slow
async def test_two_thousand_lines_on_forty_columns_and_every_step_back_keeps_what_was_set() -> None:
    async with running((40, 12), licenses=40) as run:
        one, two, _ = await run.sandbox.read(free_hosts)
        view = await opened(run)
        await paste(run, view, "\r".join([one, two, *(f"x{number}.example" for number in range(1_998))]))
        await run.sees("2,000 lines")
        await matched(run, view)
        assert view.draft.counts == {LineGroup.READY: 2, LineGroup.PROBLEM: 1_998, LineGroup.LEFT_OUT: 0}
        await run.press("G", "x")
        await run.sees("Line 2,000 is left out.")
        await run.press("n")
        await with_product(run, view, "scan daily")
        await run.press("n")
        await run.sees("[Review]")
        assert view.plan is not None
        assert len(view.plan.left_out) == 1_998
        for step in (ListStep.DO, ListStep.MATCH, ListStep.LIST):
            await run.press("escape")
            assert view.step is step
        await run.press("enter")
        assert not view.reading, "nothing is read again for the same lines"
        assert view.draft.counts[LineGroup.LEFT_OUT] == 1
        assert view.draft.products
        await run.press("escape")
        view.intake.add("one-more.example")
        await matched(run, view)
        assert view.draft.counts[LineGroup.PROBLEM] == 1_998
        await run.press("left_square_bracket", "left_square_bracket")
        await run.sees("Left out 1", "x1997")
        await run.press("space")
        await run.sees("Line 2,000: ")
        assert view.draft.counts[LineGroup.LEFT_OUT] == 0


async def test_the_reading_can_be_stopped_and_the_lines_stay() -> None:
    async with running(licenses=40) as run:
        view = await opened(run)
        await paste(run, view, "one.example\ntwo.example\n")
        async with held_back():
            await run.press("enter")
            assert view.reading
            assert run.status.startswith("Reading")
            await run.press("n")
            assert view.step is ListStep.MATCH
            await run.press("escape")
            assert (view.step, view.reading) == (ListStep.LIST, False)
        assert view.intake.count == 2
        run.sandbox.faults.replace(["GET *sites* 401"])
        await run.press("enter")
        await run.sees("Token rejected (401)")
        run.sandbox.faults.replace([])
        await run.press("r")
        await run.sees("Problems 2")


@pytest.mark.long
async def test_the_unassigned_licenses_of_a_bundle_are_given_to_a_list_by_what_was_read_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wizard, "READ_ANEW_TO", 10)
    async with running(licenses=250) as run:
        index = run.view(LicensesSection).search_index
        await run.press("F")
        await run.until(lambda: index.state is IndexState.WHOLE, "all licenses, read by Licenses")
        before = len(run.asked("GET", "/licenses"))
        view = await opened(run)
        sites = await run.sandbox.read(
            lambda connection: [
                str(row[0])
                for row in connection.execute(
                    "SELECT url FROM sites WHERE partner_id = (SELECT min(partner_id) FROM sites)"
                    " AND connected ORDER BY blog_id"
                )
            ]
        )
        await paste(run, view, "\n".join(sites))
        await matched(run, view)
        await run.sees("licenses as of", "r reads them anew")
        assert len(run.asked("GET", "/licenses")) == before
        await run.press("n")
        await point_at(run, view, Task.ASSIGN_BUNDLE)
        await run.press("enter")
        await point_at(run, view, Part.CHOOSE_BUNDLE)
        await run.press("enter")
        await run.sees("Which bundle?", "unassigned")
        await run.press("enter")
        await run.until(lambda: view.draft.bundle is not None, "the bundle")
        assert view.plan is not None
        assert view.plan.assigned
        assert (view.plan.issued, view.plan.revoked) == (0, 0)
        assert await changes(run) == []


async def test_a_client_leaves_and_its_licenses_in_bundles_too() -> None:
    def chosen(connection: sqlite3.Connection) -> tuple[int, str, int]:
        """Return a site of the demo's key with licenses of it alone, one in a bundle: Site ID, address, how many."""
        row = connection.execute(
            "SELECT blog_id, url, count(*) FROM licenses JOIN sites USING (blog_id) WHERE revoked_at IS NULL"
            " AND connected AND may_manage GROUP BY blog_id HAVING count(*) > 1 AND count(parent_license_id) = 1"
            " AND sum(owner_type IS 'user') = 0 AND min(key_id) = max(key_id)"
            " AND min(key_id) = (SELECT min(key_id) FROM partner_keys) ORDER BY blog_id"
        ).fetchone()
        return int(row[0]), str(row[1]), int(row[2])

    async with running(licenses=250) as run:
        blog_id, url, count = await run.sandbox.read(chosen)
        await run.press("S")
        await run.until(lambda: isinstance(run.app.main.section, SitesSection), "the sites")
        run.view(SitesSection).look_for(url.removeprefix("https://"))
        await run.sees("1 connected site matches")
        await run.press("x")
        await run.until(lambda: run.app.main.current == "site-list", "the list")
        view = run.view(SiteListSection)
        await run.until(lambda: view.step is ListStep.DO, "what to do")
        await point_at(run, view, Leaving.REVOKE)
        await run.press("enter", "n")
        await run.sees(f"Revoke {count} licenses of", "a month less", "part of a bundle")
        await run.press("enter")
        await run.sees(f"Type {count} to confirm", "The sites lose these products")
        await run.press(str(count), "enter", "enter")
        await run.sees(": done.")
        assert await changes(run) == ["revoke"] * count
        left = "SELECT count(*) FROM licenses WHERE blog_id = ? AND revoked_at IS NULL"
        assert await run.sandbox.read(lambda db: db.execute(left, (blog_id,)).fetchone()[0]) == 0


@pytest.mark.slow
async def test_leaving_goes_back_to_where_it_was_opened_with_read_only_too() -> None:
    async with running(licenses=40, read_only=True) as run:
        one, *_ = await run.sandbox.read(free_hosts)
        await run.press("i")
        await run.until(lambda: isinstance(run.app.main.section, IssueSection), "the other wizard")
        view = await opened(run)
        await run.press("escape")
        await run.until(lambda: isinstance(run.app.main.section, IssueSection), "back to where it was opened")
        await run.press("escape")
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "and on")
        await opened(run)
        view.intake.field.value = one
        await run.press("f2")
        await run.until(lambda: view.step is ListStep.MATCH and not view.reading, "the matched line")
        await run.press("n")
        await with_product(run, view, "scan daily")
        await run.press("n", "enter")
        await run.sees("--read-only")
        assert len(run.app.screen_stack) == 2
        await run.press("q")
        await run.sees("A list of 1 line is being prepared.", "it is not kept")
        await run.press("escape")


@pytest.mark.long
async def test_without_a_valid_card_the_review_leads_to_the_payment_methods_and_nothing_is_sent() -> None:
    async with without_card() as run:
        [one, *_] = await run.sandbox.read(
            lambda db: [
                row[0] for row in db.execute("SELECT url FROM sites WHERE connected ORDER BY blog_id")
            ]
        )
        view = await opened(run)
        view.intake.field.value = str(one)
        await run.press("f2")
        await run.until(lambda: view.step is ListStep.MATCH and not view.reading, "the matched line")
        await run.press("n")
        await point_at(run, view, Task.ISSUE)
        await run.press("enter")
        await with_product(run, view, "scan daily")
        await run.press("n")
        await run.sees("A valid payment method is needed")
        await run.press("enter")
        await run.until(lambda: run.app.main.current == "payment-methods", "the payment methods")
        assert await changes(run) == []
