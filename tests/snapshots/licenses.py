"""Steps on Licenses that several scenes take."""

from __future__ import annotations

from jpmanage_tui.ui.sections.licenses.list import RowIndex
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.header import Header
from tests.ui.harness import Run


async def licenses_shown(run: Run) -> LicensesSection:
    """Return Licenses once its rows, its counts and the header's warning are there."""
    view = run.view(LicensesSection)
    await run.until(lambda: view.counts is not None and not view.loader.loads_pages, "rows and counts")
    await run.until(lambda: run.app.main.query_one(Header).warning, "the header's warning")
    return view


async def open_bundle(run: Run, view: LicensesSection) -> None:
    """Open the first bundle, and wait for its licenses."""
    while not (rows := [row for row, one in view.state.pages.rows.items() if one.is_bundle]):
        await run.press("pagedown", "pagedown")
        await run.until(lambda: view.current is not None and not view.loader.loads_pages, "the page")
    view.license_list.move_cursor(view.license_list.line_of(RowIndex(min(rows))))
    await run.press("enter")
    bundle = view.current
    assert bundle is not None
    await run.until(
        lambda: view.state.children_of(bundle).rows and not view.loader.loads_pages, "its licenses"
    )
