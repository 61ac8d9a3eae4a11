"""Filters by site, product, bundle, days and what sites have or lack, on top of tab and search."""

from dataclasses import replace
from datetime import date

import pytest
from textual.widgets import Static

from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.rules.license_query import NO_FILTERS, Filters, LicenseQuery
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.ui.dialogs.choice import FoundChoices
from jpmanage_tui.ui.sections.licenses.filter_dialog import day_choices, days_offered
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.licenses.text import filter_text
from tests.ui.harness import LARGE, SMALL, Run, running
from tests.ui.sections.licenses_search.support import MINE, found, indexed, number, one, search, shown


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 0.0)
    monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.START_AFTER", 0.01)
    monkeypatch.setattr("jpmanage_tui.ui.dialogs.choice.LOOK_AGAIN", 0.02)


KINDS = ("site", "product", "has", "lacks", "unassigned_for", "bundle", "issued", "older_than", "none")
"""The lines of the dialog, in their order."""


ASSIGNED = "(attached_at IS NOT NULL AND revoked_at IS NULL)"


async def everything(view: LicensesSection) -> list[License]:
    """Return every license that filter and search match."""
    return [license async for license in view.matching()]


async def add_filter(run: Run, kind: str, typed: str, seen: str) -> None:
    await run.press("f")
    await run.sees("Filter by")
    await run.press(*["down"] * KINDS.index(kind), "enter")
    await run.write(typed)
    await run.sees(seen)
    await run.press("enter")
    await run.until(lambda: len(run.app.screen_stack) == 2, "the dialog closed")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
async def test_a_product_is_chosen_from_those_there_are_and_only_its_licenses_are_shown(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        view = await indexed(run)
        before = len(run.sandbox.log.entries())
        await add_filter(run, "product", "scan", "Jetpack Scan Daily")
        rows = await found(run, view)
        assert {license.product for license in shown(view)} == {"Jetpack Scan Daily"}
        assert rows.count == await number(
            run,
            "revoked_at IS NULL AND product_id IN (SELECT product_id FROM products WHERE name = 'Jetpack Scan Daily')",
        )
        await run.sees("Filter product Jetpack Scan Daily", "(all 300 searched, ")
        assert len(run.sandbox.log.entries()) == before, "the index needs no request"


async def test_without_an_index_the_filter_makes_it_and_shows_what_there_is_to_choose_as_it_grows() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.counts is not None, "counts")
        assert view.search_index.state is IndexState.NONE
        await add_filter(run, "site", "bakery", "sunset-bakery")
        await found(run, view)
        site = view.state.query.filters.site
        assert {license.siteurl for license in shown(view)} == {site}


@pytest.mark.slow
async def test_an_age_in_days_can_be_typed() -> None:
    async with running() as run:
        view = await indexed(run)
        await add_filter(run, "older_than", "400", "Older than 400 days")
        rows = await found(run, view)
        assert view.state.query.filters == Filters(older_than=400)
        assert 0 < rows.count < 224
        now = view.session.client.server_now()
        assert now is not None
        assert all(one.issued_at and (now - one.issued_at).days >= 400 for one in shown(view))


@pytest.mark.slow
async def test_esc_takes_away_the_search_first_and_then_one_filter_after_the_other() -> None:
    async with running() as run:
        view = await indexed(run)
        await add_filter(run, "product", "scan", "Jetpack Scan Daily")
        await add_filter(run, "older_than", "30", "Older than 30 days")
        await run.sees("product Jetpack Scan Daily · older than 30 days")
        await search(run, "bakery")
        await run.press("escape")
        assert view.state.query.search == ""
        assert view.state.query.filters == Filters(product="Jetpack Scan Daily", older_than=30)
        await run.press("escape")
        assert view.state.query.filters == Filters(product="Jetpack Scan Daily")
        await run.press("escape")
        assert view.state.query.filters == NO_FILTERS
        await run.until(lambda: view.state.pages.total == 224, "the whole tab")


@pytest.mark.slow
async def test_no_filter_takes_all_of_them_away_at_once() -> None:
    async with running() as run:
        view = await indexed(run)
        await add_filter(run, "product", "scan", "Jetpack Scan Daily")
        await add_filter(run, "older_than", "30", "Older than 30 days")
        await run.press("f", *["down"] * KINDS.index("none"), "enter")
        await run.until(
            lambda: view.state.query.filters == NO_FILTERS and view.state.pages.total == 224, "all"
        )


@pytest.mark.slow
async def test_marking_all_marks_what_search_and_filter_show_and_nothing_else() -> None:
    async with running() as run:
        view = await indexed(run)
        await add_filter(run, "product", "scan", "Jetpack Scan Daily")
        rows = await found(run, view)
        await run.press("asterisk")
        await run.until(lambda: len(view.marked) == rows.count, "the marks")
        assert {license.product for license in view.marked.values()} == {"Jetpack Scan Daily"}
        assert all(license.state is not LicenseState.REVOKED for license in view.marked.values())


async def test_a_filter_that_nothing_passes_says_so_and_how_it_goes_away() -> None:
    async with running() as run:
        view = await indexed(run)
        await add_filter(run, "older_than", "30000", "Older than 30,000 days")
        await run.until(lambda: view.state.pages.total == 0, "no row")
        await run.sees("No license in All Active passes the filter:", "older than 30,000 days")
        await run.sees("enter search every state", "esc take away: older than 30,000 days", "f other filters")
        await run.press("enter")
        await run.until(lambda: view.state.query.tab is None, "every state")
        await run.sees("No license of any state passes the filter:")
        await run.press("escape")
        await run.until(lambda: view.state.query == LicenseQuery(), "the tab before, without the filter")


async def test_sites_that_lack_a_product_are_found_in_the_whole_account_and_counted() -> None:
    async with running() as run:
        view = await indexed(run)
        await add_filter(run, "lacks", "any scan", "any Jetpack Scan")
        await found(run, view)
        lacking = (
            f"{ASSIGNED} AND blog_id NOT IN (SELECT blog_id FROM licenses JOIN products USING (product_id)"
            f" WHERE {MINE} AND {ASSIGNED} AND (slug = 'jetpack-scan' OR slug LIKE 'jetpack-security%'"
            " OR slug = 'jetpack-complete'))"
        )
        licenses, sites = await number(run, lacking), int(await one(run, lacking, "count(DISTINCT blog_id)"))
        assert licenses > sites > 0
        await run.sees(
            "Filter site lacks any Jetpack Scan", f"{licenses} licenses on {sites} sites (all 300 searched, "
        )
        await add_filter(run, "has", "boost", "any Jetpack Boost")
        await run.sees(
            "Filter site lacks any Jetpack Scan · site has any Jetpack Boost", "on 1 site (all 300"
        )
        assert {license.product for license in await everything(view)} > {"Jetpack Boost"}
        await run.press("asterisk")
        await run.until(lambda: len(view.marked) == view.state.pages.total, "the marks")


async def test_what_is_inside_a_bundle_issued_on_some_days_or_long_unassigned_is_found() -> None:
    async with running() as run:
        view = await indexed(run)
        await add_filter(run, "bundle", "25 security", "Bundle of 25 Jetpack Security (10GB)")
        bundle = await one(run, "quantity = 25", "license_id")
        rows = await found(run, view)
        assert rows.count == 25
        assert {license.parent_license_id for license in await everything(view)} == {int(bundle)}
        await run.press("f")
        await run.sees("Of bundle… in bundle of 25 Jetpack Security (10GB) …")
        await run.press("escape")
        await add_filter(run, "unassigned_for", "1", "Unassigned, issued more than 1 day ago")
        await found(run, view)
        assert view.state.pages.total == await number(run, f"parent_license_id = {bundle} AND NOT {ASSIGNED}")
        await run.press("escape", "escape")
        await run.until(lambda: view.state.query.filters == NO_FILTERS, "no filter")
        await add_filter(run, "issued", "2024-02..2024-03-05", "Issued 2024-02-01 to 2024-03-05")
        rows = await found(run, view)
        assert rows.count == await number(
            run, "revoked_at IS NULL AND date(issued_at, 'unixepoch') BETWEEN '2024-02-01' AND '2024-03-05'"
        )


async def test_as_long_as_not_all_is_read_sites_that_lack_a_product_may_turn_out_to_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.dialogs.choice.LOOK_AGAIN", 1.0)
    async with running(faults=["GET */licenses latency=20 x1 +2"]) as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.counts is not None and not view.loader.loads_pages, "rows and counts")
        await add_filter(run, "lacks", "any scan", "any Jetpack Scan")
        await run.sees("licenses (still searching: 100 of ", " read, may change)")
        assert view.incomplete_reason() == "the search is not finished"
        await run.press("escape")
        await add_filter(run, "older_than", "30000", "Older than 30,000 days")
        await run.sees("more may match)", "No license in All Active passes the filter so far:")


@pytest.mark.parametrize(
    ("typed", "days"),
    [("", [7, 30, 90, 180, 365, 730]), (" 45 ", [45]), ("0", []), ("x", []), ("99999", [])],
)
def test_the_ages_offered_are_the_usual_ones_or_the_typed_one(typed: str, days: list[int]) -> None:
    assert list(days_offered(typed)) == days


def test_the_days_offered_are_months_and_years_around_today_or_the_typed_ones_or_why_not() -> None:
    offered = day_choices(" ", date(2026, 1, 31))
    assert [(choice.name, choice.words) for choice in offered.choices] == [
        ("2026-01-01..2026-01-31", "This month"),
        ("2025-12-01..2025-12-31", "Last month"),
        ("2026-01-01..2026-12-31", "This year"),
        ("2025-01-01..2025-12-31", "Last year"),
    ]
    assert [choice.words for choice in day_choices("2026-03", date(2026, 1, 31)).choices] == [
        "Issued 2026-03-01 to 2026-03-31"
    ]
    assert day_choices("2026-13", date(2026, 1, 31)) == FoundChoices([], "There is no month 2026-13.")


def test_of_filters_that_do_not_fit_the_one_that_esc_takes_away_stays() -> None:
    filters = replace(Filters(site="https://a.example"), older_than=30)
    assert filter_text(filters, 80) == "Filter  site https://a.example · older than 30 days"
    assert filter_text(filters, 40) == "Filter  … · older than 30 days"


async def test_a_key_that_is_text_in_the_dialog_is_not_advised_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.dialogs.choice.LOOK_AGAIN", 1.0)
    async with running(faults=["GET */licenses latency=20 x1 +2"]) as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.counts is not None and not view.loader.loads_pages, "rows and counts")
        await run.press("f")
        await run.sees("Filter by")
        await run.press("enter")
        await run.sees("Which site?")
        note, said = run.app.screen.query_one("#about", Static), set[str]()

        def progress() -> set[str]:
            said.add(str(note.content))
            return {text for text in said if text.startswith("Indexing")}

        await run.until(progress, "how far the index is")
        assert all(text.endswith("…") for text in progress()), "F is text in this dialog"
