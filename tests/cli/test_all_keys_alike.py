"""All Keys shows the rows, and the figures of the bill, that the commands print with `--all-keys`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.services.exports import Record
from jpmanage_tui.services.fields.billing import SUMMARY_FIELDS
from jpmanage_tui.services.fields.field import record_of
from jpmanage_tui.ui.sections.all_keys.section import AllKeysSection
from jpmanage_tui.ui.sections.licenses.text import FILTERS
from tests.cli.harness import USER, Cli
from tests.sandbox.harness import NOW, running_sandbox
from tests.ui.harness import running

LICENSES = 60
STATES = ("active", "unassigned", "assigned", "revoked", "standard")
Rows = list[tuple[int, str]]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A sandbox with the licenses that the demo has."""
    with running_sandbox(SandboxOptions(licenses=LICENSES, now=NOW)) as url:
        yield url


async def screen() -> tuple[list[Rows], Rows, list[Record]]:
    """Return the rows of every tab, those of a search, and the figures of the bill, as All Keys shows them."""
    async with running(licenses=LICENSES) as run:
        await run.press("A")
        await run.until(lambda: isinstance(run.app.main.section, AllKeysSection), "All Keys")
        view = run.view(AllKeysSection)

        async def rows() -> Rows:
            await run.until(lambda: view.state.is_whole, "every key")
            state = view.state
            view.license_list.last()  # what is not in view yet is read then
            await run.until(lambda: all(map(state.license_at, range(state.lines))), "every row")
            found = map(state.license_at, range(state.lines))
            return [(one.key.id, one.license.license_key) for one in found if one is not None]

        tabs = []
        for number, _ in enumerate(FILTERS):
            view.show_tab(number)
            view.query_changed()
            tabs.append(await rows())
        view.show_tab(0)
        view.look_for("scan")
        found = await rows()
        view.show_tab(len(FILTERS))
        view.query_changed()
        await run.until(lambda: all(bill.read for bill in view.bills.values()), "the bills")
        bills: list[Record] = [
            {"key_id": bill.to_read.key.id, **record_of(SUMMARY_FIELDS, bill.read.summary)}
            for bill in view.bill_order.sort(view.bills.values())
            if bill.to_read.key and bill.read and bill.read.summary
        ]
        return tabs, found, bills


def test_all_keys_shows_what_the_commands_print(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER)

    def printed(*options: str) -> Rows:
        ended = cli("licenses", "list", "--all-keys", "--json", "--fields", "key_id,license_code", *options)
        assert ended.code == 0, ended
        return [(row["key_id"], row["license_code"]) for row in json.loads(ended.out)]

    tabs, found, bills = asyncio.run(screen())
    assert [printed("--state", state) for state in STATES] == tabs
    assert len({key for key, _ in tabs[0]}) == 2
    # the command searches bundles too, and puts the best match first: here the server alone is asked
    assert found
    assert set(found) <= set(printed("--search", "scan"))
    names = ",".join(["key_id", *(field.name for field in SUMMARY_FIELDS)])
    ended = cli("billing", "show", "--summary", "--all-keys", "--json", "--fields", names)
    told = json.loads(ended.out, parse_float=str)
    assert [{name: str(value) for name, value in bill.items()} for bill in bills] == [
        {name: str(value) for name, value in bill.items()} for bill in told
    ]
