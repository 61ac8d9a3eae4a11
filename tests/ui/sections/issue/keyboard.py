"""What the tests of issuing do by keyboard."""

from __future__ import annotations

import sqlite3

from jpmanage_tui.ui.sections.issue.section import IssueSection
from jpmanage_tui.ui.sections.issue.steps import WizardStep
from jpmanage_tui.ui.widgets.input import Input
from tests.ui.harness import Run


async def opened(run: Run) -> IssueSection:
    """Press `i` and wait for the products."""
    await run.press("i")
    await run.until(lambda: isinstance(run.app.main.section, IssueSection), "the view")
    view = run.view(IssueSection)
    await run.until(lambda: view.order.has_catalog, "the products")
    return view


async def search(run: Run, text: str) -> None:
    await run.press("slash")
    await run.write(text)
    await run.press("enter")


async def to_review_later(run: Run, view: IssueSection) -> None:
    """From the products: assign later, and wait until it is known whether issuing is open."""
    await run.press("enter")
    if view.step is WizardStep.SITE:
        await run.press("enter")
    await run.until(lambda: view.step is WizardStep.REVIEW and view.order.status, "the review")


async def issue(run: Run, view: IssueSection) -> None:
    """On the review: enter, then the button that is not the default."""
    await run.press("enter")
    await run.until(lambda: len(run.app.screen_stack) == 3, "the question")
    await run.press("tab", "enter")
    await run.until(lambda: view.run is not None and not view.run.running, "the end of the run")


async def changes(run: Run) -> list[str]:
    def read(connection: sqlite3.Connection) -> list[str]:
        return [str(row[0]) for row in connection.execute("SELECT kind FROM changes ORDER BY change_id")]

    return await run.sandbox.read(read)


async def free_site(run: Run) -> str:
    """Take every license off one site of the demo's partner and return its address."""

    def free(connection: sqlite3.Connection) -> str:
        row = connection.execute(
            "SELECT blog_id, url FROM sites WHERE partner_id = (SELECT min(partner_id) FROM sites)"
            " AND connected AND may_manage AND NOT is_multisite ORDER BY blog_id DESC"
        ).fetchone()
        connection.execute(
            "UPDATE licenses SET blog_id = NULL, attached_at = NULL WHERE blog_id = ?", (row[0],)
        )
        return str(row[1]).removeprefix("https://")

    return await run.sandbox.read(free)


async def pick_site(run: Run, url: str) -> None:
    """In the site picker: type the address, wait for it alone, take it."""
    await run.until(lambda: len(run.app.screen_stack) == 3, "the picker")
    run.app.screen.query_one("#search", Input).value = url
    await run.sees(f"1 site matches “{url}”")
    await run.press("enter")
