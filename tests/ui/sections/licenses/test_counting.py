"""Numbers of licenses: what each of them counts, and what it says that it leaves out."""

from __future__ import annotations

import sqlite3

import pytest
from rich.cells import cell_len

from jpmanage_tui.api.billing import BillingEstimate
from jpmanage_tui.api.licenses import LicenseCounts, LicenseFilter
from jpmanage_tui.sandbox.switches import turn
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.billing.text import COUNTED
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.licenses.text import ANY_STATE, FILTERS, TABS, index_progress, tab_counts
from jpmanage_tui.ui.widgets.tab_bar import CountedTabBar
from tests.ui.harness import LARGE, Run, running
from tests.ui.sections.licenses.test_changes import filtered
from tests.ui.sections.licenses_search.support import indexed, search

LEAVES_OUT = {
    LicenseFilter.NOT_REVOKED: "a bundle counted as one",
    LicenseFilter.DETACHED: "those in bundles not counted",
    LicenseFilter.ATTACHED: "those in bundles not counted",
    LicenseFilter.REVOKED: "a bundle counted as one",
    LicenseFilter.STANDARD: "bought elsewhere",
}
MINE = "key_id = (SELECT min(key_id) FROM licenses)"


async def number(run: Run, condition: str) -> int:
    def count(connection: sqlite3.Connection) -> int:
        sql = f"SELECT count(*) FROM licenses WHERE {MINE} AND {condition}"
        return int(connection.execute(sql).fetchone()[0])

    return await run.sandbox.read(count)


@pytest.mark.parametrize("filter", FILTERS, ids=[filter.value for filter in FILTERS])
@pytest.mark.sample(2)
async def test_the_number_of_a_tab_says_what_it_does_not_count(filter: LicenseFilter) -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        if filter is not view.state.query.tab:
            await filtered(run, view, filter)
        await run.sees(f"{view.state.pages.count:,} licenses, {LEAVES_OUT[filter]}")
        assert cell_len(run.status) <= 78 - len(" 228/228")


async def test_a_server_that_lists_what_is_in_bundles_is_said_to_count_it() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await run.sandbox.read(lambda connection: turn(connection, {"children": "flat"}))
        await run.press("r", "]")
        await run.until(
            lambda: any(one.is_child for one in view.state.pages.rows.values()), "licenses of bundles"
        )
        await run.sees("licenses, those in bundles too")


@pytest.mark.slow
async def test_what_the_index_counts_is_all_there_is() -> None:
    async with running() as run:
        await indexed(run)
        await search(run, "scan")
        await run.sees(f"(all {await number(run, '1'):,} searched, ")


async def test_billing_counts_each_license_in_a_bundle_and_says_so_where_its_number_opens_a_list() -> None:
    async with running(LARGE) as run:
        await run.press("2")
        await run.until(lambda: isinstance(run.app.main.section, BillingSection), "Billing")
        view = run.view(BillingSection)
        await run.until(lambda: isinstance(view.estimate, BillingEstimate), "the estimate")
        assert isinstance(view.estimate, BillingEstimate)
        billed = await number(run, "revoked_at IS NULL AND quantity IS NULL AND owner_type IS NOT 'user'")
        assert view.estimate.licenses.total == billed
        await run.sees(f"{billed} licenses in total", COUNTED)
        row = view.estimate_list.current
        assert row is not None
        await run.press("enter")
        counted = f"{row.product.counts.total:,} {row.product.product_name}"
        await run.sees(f"Billing counts {counted}: each in a bundle, none bought elsewhere.")


async def test_the_reading_of_all_says_how_far_it_is_and_then_how_many_bundles_are_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 0.0)
    async with running() as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.counts is not None, "counts")
        told: list[str | None] = []
        monkeypatch.setattr(
            view.search_index, "_step", lambda: told.append(index_progress(view.search_index))
        )
        await indexed(run)
        assert told[0] == "Indexing 100 of 250… F stops"
        bundles = await number(run, "quantity > 0")
        assert told[-2] == f"Indexing {bundles - 2} of {bundles} bundles… F stops"


# -- the tabs --------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [20, 34, 50, 74, 114])
@pytest.mark.parametrize("current", FILTERS, ids=[filter.value for filter in FILTERS])
def test_every_tab_has_a_name_of_its_own_and_the_present_one_its_whole_name_where_it_fits(
    width: int, current: LicenseFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.style import Style

    tabs = CountedTabBar([(label, short_label) for _, label, short_label in TABS], ANY_STATE)
    monkeypatch.setattr(CountedTabBar, "style", lambda self, name: Style())
    monkeypatch.setattr(CountedTabBar, "rich_style", Style())
    monkeypatch.setattr("jpmanage_tui.ui.widgets.tab_bar.is_accessible", lambda _: False)
    counts = LicenseCounts(attached=619, detached=155, revoked=113, not_revoked=787, standard=52, all=900)
    tabs._current, tabs._counts = FILTERS.index(current), tuple(tab_counts(counts))
    parts = tabs.parts(width)
    text = "".join(words for words, _ in parts)
    names = [words for words, _ in parts if words.strip() and not words.strip().isdigit()]
    if any("/" in words for words, _ in parts):  # no room for all: the present one, and its place
        assert width < 74
        assert names[1].strip() == f"{FILTERS.index(current) + 1}/{len(TABS)}"
        return
    assert len({name.split()[0] for name in names}) == len(TABS)
    whole = next(words for filter, words, _ in TABS if filter is current)
    if width >= 74:
        assert cell_len(text) <= width
        assert whole in text
