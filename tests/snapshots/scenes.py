"""What is drawn: the sections as one uses them, and what is reached from them."""

from __future__ import annotations

from jpmanage_tui.api.licenses import LicenseState
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.ui.sections.issue.section import IssueSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.header import Header
from tests.snapshots.details import DETAILS
from tests.snapshots.dialogs import DIALOGS
from tests.snapshots.gates import GATES
from tests.snapshots.licenses import licenses_shown, open_bundle
from tests.snapshots.looks import LOOKS
from tests.snapshots.operations import OPERATIONS
from tests.snapshots.scene import Scene, Take, single
from tests.snapshots.site_lists import SITE_LISTS
from tests.snapshots.states import STATES
from tests.ui.harness import Run
from tests.ui.sections.issue import keyboard as issuing
from tests.ui.sections.payment_methods import keyboard as paying


async def _list(run: Run) -> None:
    await licenses_shown(run)


async def _expanded(run: Run) -> None:
    view = await licenses_shown(run)
    known = view.state.pages.rows.items()
    row = next(row for row, one in known if one.state is LicenseState.ATTACHED and one.siteurl)
    await run.press(*["j"] * row, "enter")
    await run.sees("License code")


async def _bundle(run: Run) -> None:
    await open_bundle(run, await licenses_shown(run))


async def _search(run: Run) -> None:
    view = await licenses_shown(run)
    await run.press("slash")
    await run.write("bakery")
    await run.press("enter")
    await run.until(lambda: view.state.query.search and view.state.pages.total, "hits")
    await _whole_index(run, view)


async def _whole_index(run: Run, view: LicensesSection) -> None:
    """Wait for what begins by itself with a search, so that the picture is always the same."""
    await run.until(
        lambda: view.search_index.state is IndexState.WHOLE and view.search_index.idle,
        "the index of all licenses",
    )


async def _nothing_found(run: Run) -> None:
    view = await licenses_shown(run)
    await run.press("slash")
    await run.write("no such site")
    await run.press("enter")
    await run.sees("No license in All Active")
    await _whole_index(run, view)


async def _unassigned(run: Run) -> None:
    view = await licenses_shown(run)
    await run.press("right_square_bracket")
    await run.until(lambda: view.state.pages.total and not view.loader.loads_pages, "rows")


async def _unassign(run: Run) -> None:
    await _expanded(run)
    await run.press("u")
    await run.sees("Unassign License?")


async def _revoke_bundle(run: Run) -> None:
    await _bundle(run)
    await run.press("x")
    await run.sees("Revoke the bundle")


async def _assign(run: Run) -> None:
    await _unassigned(run)
    await run.press("a")
    await run.sees("to which site?", "sites")


async def _help(run: Run) -> None:
    await licenses_shown(run)
    await run.press("question_mark")
    await run.sees("Open or close the row")


async def _palette(run: Run) -> None:
    await licenses_shown(run)
    await run.press("ctrl+p")
    await run.sees("Every command")


async def _link(run: Run) -> None:
    await _expanded(run)
    await run.press("d")
    await run.sees("jptools.wordpress.com")
    await run.pilot.pause()


async def _error(run: Run) -> None:
    await run.sees("Loading licenses:")
    view = run.view(LicensesSection)
    await run.until(lambda: view.counts is not None and run.app.main.query_one(Header).warning, "the rest")


async def _section(run: Run, key: str, *words: str) -> None:
    await licenses_shown(run)
    await run.press(key)
    await run.sees(*words)


async def _billing(run: Run) -> None:
    await _section(run, "2", "Estimate so far for March 2026", "Subtotal", "16 products", "issued Feb 2026")


async def _idle(run: Run) -> None:
    await _billing(run)
    await run.press("right_square_bracket")
    await run.sees("Unassigned but billed", "Per month")


async def _activity(run: Run, take: Take) -> None:
    await _billing(run)
    await run.press("left_square_bracket")
    await run.sees("This is counted from all licenses")
    await take("billing-activity-unread")
    await run.press("F")
    await run.sees("revoked in March 2026 (UTC)", "Each license in a bundle counts")
    await take("billing-activity")


async def _issue(run: Run) -> None:
    await licenses_shown(run)
    await issuing.opened(run)
    await issuing.search(run, "scan")
    await run.press("space", "plus")
    await run.sees("2 licenses")


async def _review(run: Run) -> None:
    await _issue(run)
    await issuing.to_review_later(run, run.view(IssueSection))


async def _issued(run: Run) -> None:
    await _review(run)
    await issuing.issue(run, run.view(IssueSection))
    await run.sees("✓ issued")


async def _cards(run: Run) -> None:
    await _section(run, "3", "Primary Card", "expired")


async def _new_card(run: Run) -> None:
    await _cards(run)
    await paying.form(run)


async def _invoices(run: Run) -> None:
    await _section(run, "4", "Past due", "✓ Paid")


async def _invoice_text(run: Run) -> None:
    await _invoices(run)
    await run.press("j", "j", "enter")
    await run.sees("Jetpack Complete")
    await run.until(lambda: "Loading" not in run.text(), "the whole text")


async def _prices(run: Run) -> None:
    await _section(run, "5", "Jetpack Complete", "Per year")


async def _company(run: Run) -> None:
    await _section(run, "6", "Nordlicht Digital", "Update Details", "Texas")


async def _sites(run: Run) -> None:
    await _section(run, "S", "Site ID")


SCENES: tuple[Scene, ...] = (
    single("licenses", _list),
    single("licenses-expanded", _expanded),
    single("licenses-bundle", _bundle),
    single("licenses-search", _search),
    single("licenses-nothing-found", _nothing_found),
    single("licenses-unassigned", _unassigned),
    single("licenses-error", _error, faults=["GET */licenses 500"], wait=False),
    single("unassign", _unassign),
    single("assign", _assign),
    single("revoke-bundle", _revoke_bundle),
    single("debug-site", _link),
    single("billing", _billing),
    single("billing-idle", _idle),
    Scene(("billing-activity-unread", "billing-activity"), _activity),
    single("issue", _issue),
    single("issue-review", _review),
    single("issue-result", _issued),
    single("payment-methods", _cards),
    single("new-credit-card", _new_card),
    single("invoices", _invoices),
    single("invoice-text", _invoice_text),
    single("prices", _prices),
    single("company-details", _company),
    single("sites", _sites),
    single("help", _help),
    single("palette", _palette),
    *STATES,
    *GATES,
    *DIALOGS,
    *DETAILS,
    *LOOKS,
    *OPERATIONS,
    *SITE_LISTS,
)
