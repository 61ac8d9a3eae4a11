"""Steps that the tests of "Find anything" share."""

import sqlite3
from collections.abc import Sequence

from jpmanage_tui.api.licenses import License
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.ui.sections.licenses.data import FoundPages
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import Run

MINE = "key_id = (SELECT min(key_id) FROM licenses)"
"""The rows of the key with which the demo begins."""


async def search(run: Run, text: str) -> LicensesSection:
    """Search for a text and go to the list; returns when the server's hits are there."""
    view = run.view(LicensesSection)
    await run.press("slash")
    await run.write(text)
    await run.press("enter")
    await run.until(lambda: view.state.query.search == text and view.state.pages.total is not None, "hits")
    return view


async def indexed(run: Run) -> LicensesSection:
    """Make the index of all licenses, and wait until it is whole."""
    view = run.view(LicensesSection)
    await run.until(lambda: view.counts is not None, "counts")
    await run.press("F")
    await run.until(
        lambda: view.search_index.state is IndexState.WHOLE and view.search_index.idle, "the whole index"
    )
    return view


async def found(run: Run, view: LicensesSection) -> FoundPages:
    """Wait until the index has answered what is asked; returns the rows, every one of them made."""
    query = view.state.query
    await run.until(
        lambda: isinstance(view.state.pages, FoundPages) and view.state.query is query, "the index's rows"
    )
    rows = view.state.pages
    assert isinstance(rows, FoundPages)
    return rows


def keys(licenses: Sequence[License]) -> list[str]:
    """Return the codes."""
    return [license.license_key for license in licenses]


def shown(view: LicensesSection) -> list[License]:
    """Return the licenses of the list as far as they are known, in order."""
    return [license for _, license in sorted(view.state.pages.rows.items())]


async def one(run: Run, condition: str, columns: str = "license_key") -> str:
    """Return a value of one of the account's licenses, straight from the sandbox."""

    def find(connection: sqlite3.Connection) -> str:
        row = connection.execute(f"SELECT {columns} FROM licenses WHERE {MINE} AND {condition}").fetchone()
        return str(row[0])

    return await run.sandbox.read(find)


async def number(run: Run, condition: str) -> int:
    """Return how many of the account's licenses there are, straight from the sandbox."""
    return int(await one(run, condition, "count(*)"))
