"""`jpmanage licenses list` prints the rows that the Licenses screen shows, in its order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from jpmanage_tui.api.licenses import LicenseFilter, LicenseSort, SortDirection
from jpmanage_tui.rules.day_range import read_day_range
from jpmanage_tui.rules.license_query import BundleChoice, Filters, LicenseQuery
from jpmanage_tui.rules.product_choices import of_product
from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.ui.sections.licenses.data import FoundPages
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.cli.harness import KEY, Cli
from tests.sandbox.harness import NOW, running_sandbox
from tests.ui.harness import Run, running
from tests.ui.sections.licenses_search.support import indexed

SCAN, COMPLETE = "Jetpack Scan Daily", "Jetpack Complete"
TABS = {
    "active": LicenseFilter.NOT_REVOKED,
    "assigned": LicenseFilter.ATTACHED,
    "unassigned": LicenseFilter.DETACHED,
    "revoked": LicenseFilter.REVOKED,
    "standard": LicenseFilter.STANDARD,
}
LICENSES = 90


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A sandbox with the licenses that the demo has."""
    with running_sandbox(SandboxOptions(licenses=LICENSES, now=NOW)) as url:
        yield url


@dataclass(frozen=True)
class Case:
    """What the screen is asked, and the same as options of the command."""

    query: LicenseQuery
    options: Sequence[str]


def _cases(site: str, bundle: BundleChoice) -> list[Case]:
    query = LicenseQuery()
    filters = {
        Filters(site=site): ("--site", site),
        Filters(product=SCAN): ("--product", SCAN),
        Filters(has=of_product(COMPLETE)): ("--has", "jetpack-complete"),
        Filters(lacks=of_product(SCAN)): ("--lacks", SCAN),
        Filters(unassigned_for=100): ("--unassigned-for", "100"),
        Filters(older_than=300): ("--older-than", "300"),
        Filters(issued=read_day_range("2025")): ("--issued", "2025"),
        Filters(bundle=bundle): ("--bundle", str(bundle.license_id)),
    }
    return [
        *(Case(query._replace(tab=tab), ("--state", state)) for state, tab in TABS.items()),
        *(
            Case(
                query._replace(sort=sort, direction=direction),
                ("--sort", field, *(["--reverse"] if direction is SortDirection.ASC else [])),
            )
            for sort, field in (
                (LicenseSort.ATTACHED_AT, "assigned_at"),
                (LicenseSort.ISSUED_AT, "issued_at"),
            )
            for direction in SortDirection
        ),
        *(Case(query._replace(filters=one), options) for one, options in filters.items()),
        *(
            Case(query._replace(search=words), ("--search", words))
            for words in ("scan", "jetpack", "complte")
        ),
        Case(
            LicenseQuery(LicenseFilter.DETACHED, "scan", filters=Filters(older_than=30)),
            ("--state", "unassigned", "--search", "scan", "--older-than", "30"),
        ),
    ]


async def _rows(run: Run, view: LicensesSection, query: LicenseQuery) -> list[str]:
    """Return the codes of all rows that the screen shows for a question."""
    view.show_query(query)
    await run.until(lambda: view.state.query == query and view.state.pages.total is not None, "an answer")
    if query.search or query.filters:
        index = view.search_index

        def answered() -> bool:
            answer = index.answer
            return answer is not None and answer.query == query and not index.pending and index.idle

        await run.until(answered, "all that is found")
    pages = view.state.pages
    if isinstance(pages, FoundPages):
        return [license.license_key async for license in view.search_index.matching()]
    await run.until(lambda: len(pages.rows) == pages.total or _scrolled(view), "every row")
    return [license.license_key for _, license in sorted(pages.rows.items())]


def _scrolled(view: LicensesSection) -> bool:
    """Go to the end, so that the last page is read."""
    view.license_list.move_cursor(max(0, (view.state.pages.total or 1) - 1))
    return False


async def _screen() -> list[tuple[Case, list[str]]]:
    async with running(licenses=LICENSES) as run:
        view = await indexed(run)
        everything = [license async for license in view.search_index.index.active()]
        site = next(one.siteurl for one in everything if one.siteurl and one.siteurl.isascii())
        parent = next(one for one in everything if one.is_bundle)
        assert parent.license_id is not None
        cases = _cases(site, BundleChoice(parent.license_id, "a bundle"))
        return [(case, await _rows(run, view, case.query)) for case in cases]


def test_states_filters_searches_and_orders_print_what_the_screen_shows(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 0.0)
    monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.search_controller.START_AFTER", 0.01)
    cli.env(TOKEN=KEY)
    for case, shown in asyncio.run(_screen()):
        ended = cli("licenses", "list", *case.options, "--json")
        assert ended.code == 0, ended.err
        printed = [row["license_code"] for row in json.loads(ended.out)]
        assert printed == shown, case.options
        assert shown, case.options
