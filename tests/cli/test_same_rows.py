"""What a reading command prints is what its screen shows: row by row, in the same order (licenses: test_same_licenses).

Both stand on one account, one journal and one folder of profiles; what is compared is the screen's text.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.cli.harness import KEY, SECOND_KEY, USER, Cli
from tests.ui.harness import Run, on_server

Record = dict[str, Any]
SIZE = (139, 70)
"""Wide enough for every column and too narrow for the pane beside a list; high enough for every row."""
INVOICE_STATUSES = ("open", "paid", "draft", "void", "uncollectible")


@dataclass(frozen=True)
class Case:
    """A command, the keys that lead to its screen from where the case before it ended, and how the screen shows a row.

    `{code}` and `{invoice}` in a command stand for the first license in the list and for the second invoice.
    `listed`: each record is a row of a list, whose counter tells how many there are. `apart`: what is shown of a record
    stands in several lines.
    """

    command: str
    keys: str
    shown: Callable[[Record], Sequence[str]]
    listed: bool = True
    apart: bool = False


def _money(amount: float) -> str:
    return f"{amount:,.2f}"


def _day(moment: str | None) -> str:
    return "—" if moment is None else moment[:10]


def _invoice(row: Record) -> Sequence[str]:
    pdf = "yes" if row["pdf"] else "no"
    return row["number"] or "—", _day(row["issued_at"]), _day(row["due_at"]), _money(row["total"]), pdf


def _price(row: Record) -> Sequence[str]:
    """Return a product's columns; the screen has its bundles in one of them, the command in a line each."""
    amount = row["per_license_month"] or row["price"]
    return row["product"], _money(amount), *map(str, row["bundles"]), row["family"]


def _summary(row: Record) -> Sequence[str]:
    return (
        f"as of {row['estimate_of']}",
        f"{row['licenses']} licenses in total",
        f"{row['assigned']} assigned ${_money(row['cost_assigned'])}",
        f"{row['unassigned']} unassigned ${_money(row['cost_unassigned'])}",
    )


def _card(row: Record) -> Sequence[str]:
    return f"{row['brand']} •••• {row['last4']}", row["name"], row["role"], _day(row["added_at"])


def _operation(row: Record) -> Sequence[str]:
    return (
        row["time"][:16].replace("T", " "),
        row["state"],
        row["operation"],
        f"{row['done']} of {row['total']}",
    )


def _company(row: Record) -> Sequence[str]:
    names = ("name", "contact_person", "company_website", "line1", "line2", "city", "country", "postal_code")
    return [row[name] for name in names]


def _license(row: Record) -> Sequence[str]:
    """Return what the row that is opened shows: its columns first, what stands below it then."""
    assert row["site"] is None
    return row["product"], row["license_code"], row["issued_at"][:16].replace("T", " ")


CASES = (
    Case("licenses show {code}", "enter", _license, listed=False, apart=True),
    Case("sites list", "S", lambda row: [str(row["site_id"]), row["products"]]),
    Case("billing show --summary", "2", _summary, listed=False, apart=True),
    Case(
        "billing show",
        "2",
        lambda row: [row["product"], str(row["assigned"]), str(row["unassigned"]), _money(row["subtotal"])],
        listed=False,
    ),
    Case(
        "billing idle",
        "] b",
        lambda row: [_day(row["issued_at"]), _money(row["per_month"]), row["license_code"]],
    ),
    Case(
        "billing changes",
        "] F",
        lambda row: [row["product"], str(row["issued"]), str(row["revoked"])],
        listed=False,
    ),
    Case("payment-methods list", "3", _card),
    Case("invoices list", "4", _invoice),
    Case("invoices show {invoice}", "j", _invoice, listed=False),
    Case("invoices show {invoice} --text", "enter", lambda row: row["words"], listed=False),
    Case("invoices list", "escape", _invoice),
    *(Case(f"invoices list --status {status}", "]", _invoice) for status in INVOICE_STATUSES),
    Case("prices list", "5", _price, listed=False),
    Case("company show", "6", _company, listed=False, apart=True),
    Case("operations list", "0", _operation),
    Case("operations show 1", "enter", lambda row: [str(row["position"]), row["state"]]),
    Case(
        "whoami",
        "1",
        lambda row: [row["account"], f"key {row['key']}"] if row["in_use"] else [],
        listed=False,
    ),
    Case("profiles list", "P", lambda row: [row["name"]], listed=False),
)


def _records(case: Case, text: str) -> list[Record]:
    """Return what a command printed; the bundles of a product with it, as Prices shows them."""
    if "--text" in case.command:
        return [{"words": line.split()} for line in text.splitlines()]
    printed = json.loads(text)
    records: list[Record] = printed if isinstance(printed, list) else [printed]
    if case.command != "prices list":
        return records
    single = [row | {"bundles": []} for row in records if row["licenses"] == 1]
    for row in records:
        if row["licenses"] > 1:
            next(one for one in single if one["product"] == row["product"])["bundles"].append(row["licenses"])
    return single


def _missing(text: str, rows: Sequence[Sequence[str]]) -> Sequence[str] | None:
    """Return the first row of which no line of the screen, below the row before it, has every word in its order."""
    lines = iter(text.splitlines())
    for row in rows:
        if not any(_has(line, row) for line in lines):
            return row
    return None


def _has(line: str, words: Sequence[str]) -> bool:
    at = 0
    for word in words:
        at = line.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


async def _compare(run: Run, case: Case, records: list[Record]) -> None:
    rows = [list(case.shown(record)) for record in records]
    if case.apart:
        rows = [[word] for row in rows for word in row]
    await run.press(*case.keys.split())

    def same() -> bool:
        section = run.app.main.section
        counted = not case.listed or (section is not None and section.counter().endswith(f"/{len(rows)}"))
        return counted and _missing(run.text(), rows) is None

    await run.until(same, f"{case.command}: {_missing(run.text(), rows)} of {len(rows)}")


async def _compare_all(printed: Sequence[tuple[Case, list[Record]]]) -> None:
    env = {name: value for name, value in os.environ.items() if name.startswith("JPMANAGE_")}
    async with on_server(env, SIZE) as run:
        await run.until(lambda: run.app.main.section and run.app.main.section.counter(), "the licenses")
        for case, records in printed:
            await _compare(run, case, records)


def test_a_command_prints_the_rows_that_its_screen_shows(cli: Cli) -> None:
    cli.keep(key=KEY, user=USER)
    cli.keep("other", key=SECOND_KEY)
    code = json.loads(cli("licenses", "list", "--state", "assigned", "--json").out)[0]["license_code"]
    assert cli("licenses", "unassign", code, "--yes").code == 0
    assert cli("licenses", "issue", "jetpack-scan", "--yes").code == 0
    code = json.loads(cli("licenses", "list", "--limit", "1", "--json").out)[0]["license_code"]
    invoice = json.loads(cli("invoices", "list", "--json").out)[1]["number"]
    printed = []
    for case in CASES:
        words = case.command.format(code=code, invoice=invoice).split()
        ended = cli(*words, *([] if "--text" in words else ["--json"]))
        assert ended.code == 0, ended.err
        printed.append((case, _records(case, ended.out)))
        assert printed[-1][1], case.command
    asyncio.run(_compare_all(printed))
