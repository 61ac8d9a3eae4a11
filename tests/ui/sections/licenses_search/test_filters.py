"""Filters by site, product and age on top of tab and search."""

import pytest
from textual.widgets import Static

from jpmanage_tui.api.licenses import LicenseState
from jpmanage_tui.rules.license_query import NO_FILTERS, Filters
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.ui.sections.licenses.filter_dialog import age_choices
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import LARGE, SMALL, Run, running
from tests.ui.sections.licenses_search.support import found, indexed, number, search, shown


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 0.0)
    monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.START_AFTER", 0.01)
    monkeypatch.setattr("jpmanage_tui.ui.dialogs.choice.LOOK_AGAIN", 0.02)


async def show_tab(run: Run, place: int, typed: str, seen: str) -> None:
    await run.press("f")
    await run.sees("Filter by")
    await run.press(*["down"] * place, "enter")
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
        await show_tab(run, 1, "scan", "Jetpack Scan Daily")
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
        await show_tab(run, 0, "bakery", "sunset-bakery")
        await found(run, view)
        site = view.state.query.filters.site
        assert {license.siteurl for license in shown(view)} == {site}


@pytest.mark.slow
async def test_an_age_in_days_can_be_typed() -> None:
    async with running() as run:
        view = await indexed(run)
        await show_tab(run, 2, "400", "Older than 400 days")
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
        await show_tab(run, 1, "scan", "Jetpack Scan Daily")
        await show_tab(run, 2, "30", "Older than 30 days")
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
        await show_tab(run, 1, "scan", "Jetpack Scan Daily")
        await show_tab(run, 2, "30", "Older than 30 days")
        await run.press("f", "down", "down", "down", "enter")
        await run.until(
            lambda: view.state.query.filters == NO_FILTERS and view.state.pages.total == 224, "all"
        )


@pytest.mark.slow
async def test_marking_all_marks_what_search_and_filter_show_and_nothing_else() -> None:
    async with running() as run:
        view = await indexed(run)
        await show_tab(run, 1, "scan", "Jetpack Scan Daily")
        rows = await found(run, view)
        await run.press("asterisk")
        await run.until(lambda: len(view.marked) == rows.count, "the marks")
        assert {license.product for license in view.marked.values()} == {"Jetpack Scan Daily"}
        assert all(license.state is not LicenseState.REVOKED for license in view.marked.values())


async def test_a_filter_that_nothing_passes_says_so_and_how_it_goes_away() -> None:
    async with running() as run:
        view = await indexed(run)
        await show_tab(run, 2, "30000", "Older than 30,000 days")
        await run.until(lambda: view.state.pages.total == 0, "no row")
        await run.sees("No license in All Active passes the filter.", "esc")


@pytest.mark.parametrize(
    ("typed", "names"),
    [("", ["7", "30", "90", "180", "365", "730"]), (" 45 ", ["45"]), ("0", []), ("x", []), ("99999", [])],
)
def test_the_ages_offered_are_the_usual_ones_or_the_typed_one(typed: str, names: list[str]) -> None:
    assert [choice.name for choice in age_choices(typed)] == names


async def test_a_key_that_is_text_in_the_dialog_is_not_advised_there() -> None:
    async with running(faults=["GET */licenses latency=0.3 x9 +1"]) as run:
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
