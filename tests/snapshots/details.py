"""What is drawn of the details beside the lists, for which only a wide terminal has room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from jpmanage_tui.api.licenses import LicenseState
from jpmanage_tui.ui.sections.base import DetailSection
from jpmanage_tui.ui.sections.licenses.list import RowIndex
from jpmanage_tui.ui.widgets.header import Header
from tests.snapshots.licenses import licenses_shown, open_bundle
from tests.snapshots.scene import Scene, Take
from tests.ui.harness import Run

WIDE = ("200x50",)


async def _filled(run: Run, *words: str) -> None:
    """Wait until the cursor rests, and everything that was asked for has come."""
    await run.sees(*words)

    def is_filled() -> bool:
        view = run.app.main.section
        pane = view.detail_pane if isinstance(view, DetailSection) else None
        if pane is None or pane.waits or not pane.rows:
            return False
        return not any("· · ·" in text for row in pane.rows for text, _ in row)

    await run.until(is_filled, "the details")


async def _licenses(run: Run, take: Take) -> None:
    view = await licenses_shown(run)
    known = view.state.pages.rows.items()
    row = next(row for row, one in known if one.state is LicenseState.ATTACHED and one.siteurl)
    view.license_list.move_cursor(view.license_list.line_of(RowIndex(row)))
    await _filled(run, "Health", "Per month", "Unassign License")
    await take("licenses-details")
    await open_bundle(run, view)
    await _filled(run, "Bundle of", ", each ")
    await take("licenses-details-bundle")


def _section(key: str, *words: str) -> Callable[[Run], Awaitable[None]]:
    async def steps(run: Run) -> None:
        await run.until(lambda: run.app.main.query_one(Header).warning, "the header's warning")
        await run.press(key)
        await _filled(run, *words)

    return steps


async def _sections(run: Run, take: Take) -> None:
    await _section("S", "Health", "Client leaves", "Licenses")(run)
    await take("sites-details")
    await _section("4", "Past due", "Not now")(run)
    await run.press("j", "j", "j")
    await _filled(run, "NLD7A01")
    await take("invoices-details")
    await _section("2", "Subtotal", "License days", "issued Feb 2026")(run)
    await take("billing-details")
    await run.press("right_square_bracket")
    await _filled(run, "What it costs", "Revoke License")
    await take("billing-idle-details")


DETAILS: tuple[Scene, ...] = (
    Scene(("licenses-details", "licenses-details-bundle"), _licenses, sizes=WIDE),
    Scene(
        ("sites-details", "invoices-details", "billing-details", "billing-idle-details"),
        _sections,
        sizes=WIDE,
    ),
)
