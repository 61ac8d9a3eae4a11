"""What changed at the vendor shows by itself, and nothing under the user's eyes moves."""

from __future__ import annotations

import sqlite3

from jpmanage_tui.config.settings import Settings
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import Run, running

ON = Settings(refresh_seconds=60)
ISSUE = (
    "INSERT INTO licenses (key_id, license_key, product_id, issued_at, quantity)"
    " SELECT key_id, 'jetpack-scan_' || hex(randomblob(8)), product_id, ?, NULL FROM licenses"
    " WHERE license_key = ?"
)
NEWEST, OLDEST = 4_000_000_000, 1


async def behind(run: Run, sql: str, *values: object) -> None:
    """Change something in the sandbox, as another program does."""

    def work(connection: sqlite3.Connection) -> None:
        assert connection.execute(sql, values).rowcount

    await run.sandbox.store.run(work)


async def refreshed(run: Run) -> int:
    """Let the app ask again, and return how many requests that took."""
    before = len(run.sandbox.log.entries())
    await run.until(run.app.main._is_free, "nothing hinders it")
    run.app.main.refresher.ask_now()
    await run.until(lambda: not run.app.main.refresher.is_asking, "the answer")
    return len(run.sandbox.log.entries()) - before


def line_of_cursor(view: LicensesSection) -> int:
    return view.license_list.cursor - view.license_list.scroll_offset.y


async def test_rows_come_and_go_around_the_cursor_which_stays_where_it_is() -> None:
    async with running(settings=ON) as run:
        view = run.view(LicensesSection)
        await run.press("j", "j", "space", "j")
        kept, y, text = view.current, line_of_cursor(view), run.text()
        assert kept is not None
        assert view.counts is not None
        active = view.counts.not_revoked
        assert await refreshed(run) == 3
        assert run.text() == text

        await behind(run, ISSUE, NEWEST, kept.license_key)
        await behind(run, ISSUE, NEWEST, kept.license_key)
        await refreshed(run)
        assert (view.current, line_of_cursor(view)) == (kept, y)
        assert view.counts.not_revoked == view.state.pages.total == active + 2
        assert len(view.marked) == 1
        assert view.counter() == f"1 marked  7/{active + 2}"

        below = view.license_list.license_at(view.license_list.locate(view.license_list.cursor + 1)[0])
        assert below is not None
        await behind(run, "UPDATE licenses SET revoked_at = 5 WHERE license_key = ?", kept.license_key)
        await refreshed(run)
        assert (view.current, line_of_cursor(view)) == (below, y)
        assert view.state.pages.total == view.counts.not_revoked == active + 1
