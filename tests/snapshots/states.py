"""What each section shows while it loads, when it cannot, when only what is old is there, and when nothing is."""

from __future__ import annotations

from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.header import Header
from tests.snapshots.scene import Scene, Take
from tests.ui.harness import Run

HANGS, FAILS, DROPPED = "latency=600", "500", "reset-before"
"""The server does not answer yet; it fails; the line is gone."""


def _fault(run: Run, kind: str | None) -> None:
    run.sandbox.faults.replace(() if kind is None else (f"GET * {kind}",))


async def _told(run: Run) -> None:
    view = run.app.main.section
    assert view is not None
    await run.until(lambda: view.load_error, "the error, in the status line or in the place of the rows")
    await run.until(lambda: all(worker.is_finished for worker in run.app.workers), "the other reads")


async def _refresh(run: Run, kind: str | None) -> None:
    """Ask again, with that fault in force."""
    _fault(run, kind)
    await run.press("r")


async def _licenses(run: Run, take: Take) -> None:
    await run.until(lambda: run.app.main.section and run.app.main.section.progress(), "what is waited for")
    await run.until(lambda: run.app.main.query_one(Header).warning, "what the account's record warns of")
    await take("licenses-loading")
    await _refresh(run, None)
    view = run.view(LicensesSection)
    await run.until(lambda: view.counts is not None and "1/" in view.counter(), "rows and counts")
    await run.until(lambda: not view.loader.loads_pages, "the page")
    await _refresh(run, DROPPED)
    await _told(run)
    await take("licenses-stale")
    await _refresh(run, None)
    await run.sees("The API answers again.")


SECTIONS = {
    "billing": "2",
    "payment-methods": "3",
    "invoices": "4",
    "prices": "5",
    "company-details": "6",
    "sites": "S",
    "issue": "i",
}
"""The sections besides Licenses, with the keys that open them."""


async def _loading(run: Run, take: Take) -> None:
    _fault(run, HANGS)
    for name, key in SECTIONS.items():
        before = run.app.main.section
        await run.press(key)
        await run.until(lambda: run.app.main.section is not before, "the section")  # noqa: B023 - awaited here
        await run.until(
            lambda: run.app.main.section and run.app.main.section.progress(), "what is waited for"
        )
        await take(f"{name}-loading")
        await run.press("escape")


def _trouble(name: str, *ready: str) -> Scene:
    """Return the scene of a section that fails and of one that was loaded before; then `ready` stands there."""

    async def steps(run: Run, take: Take) -> None:
        _fault(run, FAILS)
        await run.press(SECTIONS[name])
        await _told(run)
        await take(f"{name}-error")
        await _refresh(run, None)
        await run.sees(*ready)
        await _refresh(run, DROPPED)
        await _told(run)
        await take(f"{name}-stale")

    return Scene((f"{name}-error", f"{name}-stale"), steps, {"licenses": 20})


STATES: tuple[Scene, ...] = (
    Scene(
        ("licenses-loading", "licenses-stale"),
        _licenses,
        {"wait": False, "faults": [f"GET *licenses {HANGS}"]},
    ),
    Scene(tuple(f"{name}-loading" for name in SECTIONS), _loading, {"licenses": 20}),
    _trouble("billing", "Estimate so far for March 2026", "Subtotal", "issued Feb 2026"),
    _trouble("payment-methods", "Primary Card", "expired"),
    _trouble("invoices", "Past due", "✓ Paid"),
    _trouble("prices", "Jetpack Complete", "Per year"),
    _trouble("company-details", "Nordlicht Digital", "Texas"),
    _trouble("sites", "Site ID", "1/"),
    _trouble("issue", "Jetpack Complete"),
)
