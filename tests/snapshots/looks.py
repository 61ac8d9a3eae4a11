"""Each theme on a list and on a form, the last messages, and a page with a link."""

from __future__ import annotations

from tests.snapshots.scene import Scene, Take, single
from tests.ui.harness import Run

FEW = {"licenses": 20}
OTHER_THEMES = ("terminal", "light", "high-contrast")


async def _themes(run: Run, take: Take) -> None:
    for theme in OTHER_THEMES:
        run.app.theme = theme
        await take(f"licenses-{theme}")
    await run.press("3")
    await run.sees("Primary Card")
    await run.press("n")
    await run.sees("New credit card")
    for theme in OTHER_THEMES:
        run.app.theme = theme
        await take(f"new-card-{theme}")


async def _notices(run: Run) -> None:
    run.app.main.status.notices.clear()
    run.app.notify("Sent to the terminal's clipboard.")
    run.app.notify("Jetpack Backup (10GB) unassigned.", severity="success", outcome=True)
    run.app.notify("The list may be out of date: no answer came.", severity="warning")
    run.app.notify("The API refused it (403).", severity="error")
    await run.app.run_action("show_notices")
    await run.sees("Notices, the newest first")


LOOKS: tuple[Scene, ...] = (
    Scene(
        tuple(f"{screen}-{theme}" for screen in ("licenses", "new-card") for theme in OTHER_THEMES),
        _themes,
        FEW,
    ),
    single("notices", _notices, **FEW),
)
