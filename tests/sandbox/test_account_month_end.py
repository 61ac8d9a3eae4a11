"""What the first of a month brings (contract: licenses 6, account 5)."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from jpmanage_tui.sandbox import schema
from jpmanage_tui.sandbox.invoices.month_end import bring_up_to_date
from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.sandbox.partner.seed import KEY as KEY_ID
from jpmanage_tui.sandbox.seed import fill
from tests.sandbox.account_help import INVOICES, KEY, KEY_NOCARD, PARTNER, USER, cards
from tests.sandbox.conftest import Open


def at(month: int, day: int, directory: Path, hour: int = 9) -> SandboxOptions:
    return SandboxOptions(licenses=60, now=datetime(2026, month, day, hour, tzinfo=UTC), directory=directory)


async def newest(api: httpx.AsyncClient, token: dict[str, str] = KEY) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.get(INVOICES, headers=token)).json()["items"]
    return found


async def test_each_month_that_passes_brings_one_invoice_and_finishes_the_draft(
    open_sandbox: Open, tmp_path: Path
) -> None:
    before = await newest(await open_sandbox(at(3, 31, tmp_path)))
    assert before[0]["status"] == "draft"
    later = await open_sandbox(at(5, 2, tmp_path))
    await later.get(PARTNER, headers=USER)
    after = await newest(later)
    assert [invoice["status"] for invoice in after[:3]] == ["paid", "paid", "open"]
    assert [invoice["number"][-4:] for invoice in after[:4]] == ["0028", "0027", "0026", "0025"]
    assert after[2]["id"] == before[0]["id"]
    assert after[2]["invoice_pdf"]
    made = [datetime.fromtimestamp(int(invoice["created"]), UTC) for invoice in after[:2]]
    assert made == [datetime(2026, 5, 1, 0, 10, tzinfo=UTC), datetime(2026, 4, 1, 0, 10, tzinfo=UTC)]
    assert await newest(later) == after


async def test_without_a_card_the_months_invoice_stays_open(open_sandbox: Open, tmp_path: Path) -> None:
    later = await open_sandbox(at(3, 2, tmp_path))
    assert await cards(later, KEY_NOCARD) == []
    assert (await newest(await open_sandbox(at(4, 1, tmp_path)), KEY_NOCARD))[0][
        "due_date"
    ] == "2026-04-15 00:10:00"


async def test_nothing_is_made_before_the_month_is_over() -> None:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    schema.create(connection)
    fill(connection, 60, 1, datetime(2026, 3, 10, tzinfo=UTC))
    counts = []
    for moment in (datetime(2026, 4, 1, 0, 9, 59, tzinfo=UTC), datetime(2026, 4, 1, 0, 10, tzinfo=UTC)):
        bring_up_to_date(connection, KEY_ID, moment)
        counts.append(
            connection.execute("SELECT count(*) FROM invoices WHERE key_id = ?", (KEY_ID,)).fetchone()[0]
        )
    connection.close()
    assert counts == [26, 27]
