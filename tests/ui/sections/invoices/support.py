"""What the tests of the Invoices screen share: getting there, finding a row, turning the sandbox's switches."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.config.settings import Settings, Timeouts
from jpmanage_tui.operations.policy import DEFAULT_POLICY
from jpmanage_tui.sandbox.switches import turn
from jpmanage_tui.ui.sections.invoices.section import InvoicesSection
from tests.ui.harness import SMALL, Run, running

QUICK = Timeouts(connect=0.5, read=0.5, total=1.5)
PAST_DUE, OPEN, PAID = "NLD7A01-0023", "NLD7A01-0025", "NLD7A01-0024"
"""Numbers of the sandbox's first key: its newest invoice (a draft) has none."""


def file_of(number: str) -> str:
    """Return the name of the file of an invoice of the sandbox's first key: one was made each month since 2024-02."""
    month = int(number[-4:])
    return f"jetpack-invoice-{2024 + month // 12}-{month % 12 + 1:02}-01-{number}.pdf"


@asynccontextmanager
async def invoices(
    folder: Path,
    size: tuple[int, int] = SMALL,
    *,
    faults: Sequence[str] = (),
    read_only: bool = False,
    timeouts: Timeouts | None = None,
    ready: bool = True,
) -> AsyncIterator[tuple[Run, InvoicesSection]]:
    """Run the demo on the Invoices screen; downloads go to `folder`; `ready` waits for the first page."""
    settings = Settings(download_dir=folder, timeouts=timeouts or Timeouts())
    async with running(size, licenses=40, settings=settings, read_only=read_only) as run:
        run.sandbox.faults.replace(tuple(faults))
        policy = replace(DEFAULT_POLICY, check_pauses=(0.0, 0.0), answered_pauses=(0.0, 0.0))
        assert run.app.session is not None
        run.app.session.queue._reconciler.policy = policy
        await run.press("4")
        await run.until(lambda: isinstance(run.app.main.section, InvoicesSection), "the screen")
        view = run.view(InvoicesSection)
        if ready:
            await run.until(lambda: not view.loader.busy, "the first page")
        yield run, view


async def to(run: Run, view: InvoicesSection, number: str) -> None:
    """Put the cursor on the invoice of this number."""
    row = next(row for row, invoice in enumerate(view.invoice_list.loaded_items) if invoice.number == number)
    view.invoice_list.move_cursor(row)
    await run.until(lambda: view.current is not None and view.current.number == number, "the row")


async def switch(run: Run, **states: str | int) -> None:
    """Turn switches of the sandbox; underscores in the names stand for hyphens."""
    wanted = {name.replace("_", "-"): value for name, value in states.items()}
    await run.sandbox.read(lambda connection: turn(connection, wanted))


async def charged(run: Run) -> list[str]:
    """Return the numbers of the invoices that were charged by hand, each as often as it was."""
    rows = await run.sandbox.read(
        lambda connection: connection.execute(
            "SELECT number FROM invoices WHERE charged_to IS NOT NULL"
        ).fetchall()
    )
    return [str(row[0]) for row in rows]


def status_of(view: InvoicesSection, number: str) -> InvoiceStatus:
    """Return the status that the list shows for an invoice."""
    return next(invoice.status for invoice in view.invoice_list.loaded_items if invoice.number == number)


def saved(folder: Path) -> list[str]:
    """Return the names of everything in the download folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


async def change(run: Run, sql: str, *values: str) -> None:
    """Change something in the sandbox's database, as somebody elsewhere would."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(sql, values)

    await run.sandbox.read(work)
