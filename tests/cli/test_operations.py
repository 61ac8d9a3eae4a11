"""`jpmanage operations`: what the app's Operations has, and what can be done with it, from the shell."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.account.runtime import AppOptions
from jpmanage_tui.account.service import AccountService
from jpmanage_tui.account.session import Session
from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductSlug
from jpmanage_tui.api.licenses import License
from jpmanage_tui.cli.commands.operations import ITEM_STATES, STATES
from jpmanage_tui.cli.operation_ids import OperationId, operation_id
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.lease import Leases, new_owner
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.licenses import AssignLicense, IssueLicense, UnassignLicense
from jpmanage_tui.operations.run import ItemState, PlannedItem, RunPlan
from jpmanage_tui.operations.store import Settled
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.services.exports import masked
from jpmanage_tui.services.fields.field import names_of
from jpmanage_tui.services.fields.operations import LISTED_FIELDS, OPERATION_FIELDS
from jpmanage_tui.services.fields.run_items import RUN_ITEM_FIELDS
from jpmanage_tui.services.operations_list import Status, read_history
from tests.cli.harness import KEY, USER, Cli, Ended

T = TypeVar("T")
MISSING = LicenseKey("jetpack-scan_aaaaaaaaaaaaaaaaaaaaaaaaa")
CHANGING = ("resume", "retry", "cancel", "discard", "undo")


class Account:
    """The journal of the account, and what is made in it beforehand."""

    def __init__(self, cli: Cli) -> None:
        self.cli = cli
        self.journal = cli.folder / "state" / "journal.sqlite"

    def __call__(self, *arguments: str) -> Ended:
        return self.cli("operations", *arguments)

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        """What a command prints as JSON."""
        ended = self(*arguments, "--json")
        assert ended.code == 0, ended.err
        found: list[dict[str, Any]] = json.loads(ended.out)
        return found

    def do(self, work: Callable[[Session], Awaitable[T]], key_id: int | None = None) -> T:
        """Do something with an open session, as the app does."""

        async def done() -> T:
            service = AccountService.from_environment(AppOptions(key_id=key_id))
            session = await service.open()
            try:
                await session.prepare_queue()
                return await work(session)
            finally:
                await session.close()
                await service.close()

        return asyncio.run(done())

    def carried_out(self, *changes: Mutation[Any], title: str = "A run") -> int:
        """Have a run carried out to its end, and return its number."""

        async def work(session: Session) -> int:
            run = await session.runner.add(RunPlan(title, tuple(PlannedItem(one) for one in changes)))
            return (await session.runner.finished(run.id)).id

        return self.do(work)

    def interrupted(self, *items: PlannedItem, owner: str = "", key_id: int | None = None) -> int:
        """Have the journal hold a run that nobody has begun, unless `owner` is alive; return its number."""

        async def work(session: Session) -> int:
            queue = session.queue
            run = await queue.journal.add_run(queue.account, RunPlan("A run", items), owner or queue.owner)
            return run.id

        return self.do(work, key_id=key_id)

    def unknown(self, change: Mutation[Any], *, other_token: bool = False) -> int:
        """Have the journal hold a single change of unknown outcome, perhaps of a token that nobody knows any more; return
        its number.
        """

        async def work(session: Session) -> int:
            queue = session.queue
            account = f"{queue.account.split()[0]} key 0123456789ab" if other_token else queue.account
            entry = await queue.journal.add(account, change, queue.owner)
            await queue.journal.mark_sent(entry.id)
            await queue.journal.settle(entry.id, Settled(EntryState.UNKNOWN, "No answer came."))
            return entry.id

        return self.do(work)

    def license(self, *, assigned: bool) -> License:
        """A license that is on a site, or on none, and that nobody has changed yet."""

        async def work(session: Session) -> License:
            async for one in session.client.licenses.list_all():
                if bool(one.blog_id) is assigned and not (one.is_child or one.is_standard or one.is_bundle):
                    return one
            raise AssertionError("no such license")

        return self.do(work)

    def site_of(self, key: LicenseKey) -> int | None:
        """The site that a license is on now."""

        async def work(session: Session) -> int | None:
            found = [one async for one in session.client.licenses.list_all() if one.license_key == key]
            return found[0].blog_id or None

        return self.do(work)


@pytest.fixture
def account(cli: Cli) -> Account:
    """An account with one key, and an empty journal."""
    cli.env(TOKEN=KEY)
    return Account(cli)


@pytest.fixture
def elsewhere(account: Account) -> Iterator[int]:
    """A run that another program works on."""
    owner = new_owner()
    run_id = account.interrupted(PlannedItem(UnassignLicense(MISSING, False, "Scan", "")), owner=owner)
    leases = Leases(account.journal)
    leases.acquire(owner)
    yield run_id
    leases.close()


def unassign(license: License) -> UnassignLicense:
    return UnassignLicense(
        license.license_key, False, license.product, license.siteurl or "", None, license.blog_id
    )


REFUSED = UnassignLicense(MISSING, False, "Jetpack Scan", "https://a.example")


# -- list, show -------------------------------------------------------------------------------


def test_the_states_are_those_of_operations_and_of_changes() -> None:
    assert set(STATES) == {status.value for status in Status}
    assert set(ITEM_STATES) == {state.value for state in ItemState}


@given(st.integers(0, 10**18 - 1), st.booleans())
def test_an_id_is_read_as_it_is_written(number: int, is_change: bool) -> None:
    wanted = OperationId(number, is_change)
    assert operation_id(str(wanted)) == operation_id(str(wanted).upper()) == wanted


def test_the_names_of_the_apps_export_stay(account: Account) -> None:
    assert names_of(OPERATION_FIELDS)[:15] == (
        "time", "kind", "id", "state", "key", "by", "operation",
        "total", "done", "failed", "unknown", "waiting", "skipped", "request_id", "message",
    )  # fmt: skip
    header = account("list", "--csv").out.splitlines()[0]
    assert header.split(",") == list(names_of(LISTED_FIELDS))


def test_the_list_has_the_rows_of_the_screen_in_its_order(account: Account) -> None:
    account.carried_out(REFUSED, title="First")
    account.unknown(REFUSED)
    account.interrupted(PlannedItem(REFUSED))
    shown = account.do(read_history).operations
    rows = account.rows("list")
    assert [row["ref"] for row in rows] == [one.ref for one in shown] == ["2", "e2", "1"]
    assert [row["state"] for row in rows] == [one.words for one in shown]
    assert (rows[2]["operation"], rows[2]["failed"], rows[2]["by"]) == ("First", 1, "app")
    assert datetime.fromisoformat(rows[0]["time"]).tzinfo is not None


def test_the_list_is_filtered_as_in_the_app(account: Account) -> None:
    account.carried_out(REFUSED, title="First")
    account.unknown(AssignLicense(MISSING, BlogId(7), "b.example", "Backup"))
    account.interrupted(PlannedItem(REFUSED))
    today = datetime.now(UTC).date().isoformat()

    def refs(*arguments: str) -> list[str]:
        return [row["ref"] for row in account.rows("list", *arguments)]

    assert refs("--state", "failed") == ["1"]
    assert refs("--state", "paused", "--state", "unknown") == ["2", "e2"]
    assert refs("--search", "a.example") == ["2", "1"]
    assert refs("--search", "BACKUP") == ["e2"]
    assert refs("--day", "2020-01-01") == []
    assert refs("--day", "7") == refs("--since", today) == refs("--of-key", "this key") == ["2", "e2", "1"]
    assert refs("--since", "9999-01-01") == []
    assert refs("--limit", "1") == ["2"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("list", "--day", "soon"), "--day cannot be 'soon'"),
        (("list", "--since", "7"), "--since cannot be '7'"),
        (("list", "--of-key", "this kee"), "did you mean this key?"),
        (("list", "--state", "pausd"), "paused"),
        (("show", "x"), "'x' is not an id: 12 is a run, e34 a single change"),
        (("resume", "e3"), "e3 is a single change"),
        (("resolve", "3", "--done"), "3 is a run"),
        (("resolve", "e3"), "--done --not-done is required"),
        (("show", "99999999999999999999"), "is not an id"),
        (("export", "1", "--jsonl"), "--jsonl goes with --stdout"),
        *((((name, "7"), "The journal has no run 7. `jpmanage operations list`")) for name in CHANGING),
        *((((name, "e7"), "The journal has no change e7.")) for name in ("show", "undo", "recheck")),
        (("resolve", "e7", "--done"), "The journal has no change e7."),
        (("export", "7"), "The journal has no run 7."),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(
    account: Account, arguments: tuple[str, ...], words: str
) -> None:
    ended = account(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert words.casefold() in ended.err.casefold()


def test_a_run_is_shown_with_its_changes_and_a_change_with_all_that_is_known(account: Account) -> None:
    license = account.license(assigned=True)
    account.carried_out(unassign(license), REFUSED, title="Two")
    done, failed = account.rows("show", "1")
    assert (done["license_key"], done["state"], failed["state"]) == (license.license_key, "done", "failed")
    assert [row["position"] for row in account.rows("show", "1", "--state", "failed")] == [2]
    words = account("show", "1").err
    assert "Two. Started in the app." in words
    assert "failed: Unassign Jetpack Scan" in words
    assert "✗ partly done. 1 of 2 done, 1 failed." in words
    assert json.loads(account("show", f"e{failed['entry_id']}", "--json").out) == failed
    text = account("show", f"e{failed['entry_id']}")
    assert [line.partition("\t")[0] for line in text.out.splitlines()] == list(names_of(RUN_ITEM_FIELDS))
    assert "✗ refused" in text.err
    assert account("show", f"e{failed['entry_id']}", "--state", "failed").code == 2


# -- going on -----------------------------------------------------------------------------------


def test_an_interrupted_run_goes_on_and_is_printed_once_it_has_ended(account: Account) -> None:
    license = account.license(assigned=True)
    account.interrupted(PlannedItem(unassign(license)))
    looked = account("resume", "1", "--dry-run", "--json")
    assert (looked.code, account.site_of(license.license_key)) == (0, license.blog_id)
    assert [row["license_key"] for row in json.loads(looked.out)] == [license.license_key]
    unasked = account("resume", "1")
    assert (unasked.code, account.site_of(license.license_key)) == (2, license.blog_id)
    assert "--yes" in unasked.err
    went = account("resume", "1", "--yes", "--json")
    assert (went.code, json.loads(went.out)[0]["state"]) == (0, "done")
    assert account.site_of(license.license_key) is None
    account.cli.forget_requests()
    again = account("resume", "1", "--yes")
    assert (again.code, "1 done" in again.err) == (0, True)
    assert not [one for one in account.cli.asked() if not one.startswith("GET")]


def test_prices_that_have_changed_are_not_confirmed_by_yes_alone(account: Account) -> None:
    scan = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
    account.interrupted(PlannedItem(scan, price=Price(Decimal("0.01"), "USD", "month")))
    ended = account("resume", "1", "--yes")
    assert ended.code == 2
    assert "prices have changed" in ended.err
    most = account("resume", "1", "--yes", "--max-cost", "0.5")
    assert most.code == 2
    assert "--max-cost is $0.50" in most.err
    assert account.rows("list")[0]["waiting"] == 1
    went = account("resume", "1", "--yes", "--max-cost", "500", "--json")
    assert (went.code, json.loads(went.out)[0]["state"]) == (0, "done")
    assert json.loads(went.out)[0]["price"] > 0.5


def test_what_failed_is_tried_again(account: Account) -> None:
    account.carried_out(REFUSED)
    ended = account("retry", "1", "--yes", "--json")
    assert (ended.code, json.loads(ended.out)[0]["state"]) == (4, "failed")
    license = account.license(assigned=True)
    account.carried_out(unassign(license))
    nothing = account("retry", "2", "--yes")
    assert (nothing.code, "there is nothing to try again" in nothing.err) == (2, True)


# -- giving up -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cancel", "discard"])
def test_the_rest_is_given_up_for_good(account: Account, name: str) -> None:
    account.interrupted(PlannedItem(REFUSED), PlannedItem(REFUSED))
    asked = account(name, "1")
    assert (asked.code, account.rows("list")[0]["statuses"]) == (2, "paused")
    ended = account(name, "1", "--yes", "--json")
    assert (ended.code, [row["state"] for row in json.loads(ended.out)]) == (0, ["skipped", "skipped"])
    assert account.rows("list")[0]["state"] == "– canceled"
    again = account(name, "1", "--yes")
    assert (again.code, "canceled already" in again.err) == (0, True)
    account.carried_out(REFUSED)
    assert account(name, "2", "--yes").code == 2


@pytest.mark.parametrize("name", ["resume", "cancel", "discard"])
def test_what_another_program_works_on_is_left_to_it(account: Account, elsewhere: int, name: str) -> None:
    ended = account(name, f"{elsewhere}", "--yes", "--json")
    assert (ended.code, ended.out) == (7, "")
    line = json.loads(ended.err.splitlines()[-1])
    assert "under way in another program" in line["message"]
    assert line["exit"] == 7
    assert account.rows("list")[0]["state"] == "waiting"


# -- undoing -------------------------------------------------------------------------------------


def test_what_was_unassigned_is_undone_and_what_cannot_be_says_so(account: Account) -> None:
    license = account.license(assigned=True)
    run_id = account.carried_out(unassign(license))
    entry_id = account.rows("show", f"{run_id}")[0]["entry_id"]
    dry = account("undo", f"e{entry_id}", "--dry-run", "--json")
    assert (dry.code, json.loads(dry.out)[0]["kind"]) == (0, "assign_license")
    assert "It goes back to the site it was on." in dry.err
    assert account.site_of(license.license_key) is None
    ended = account("undo", f"{run_id}", "--yes", "--json")
    assert (ended.code, json.loads(ended.out)[0]["state"]) == (0, "done")
    assert account.site_of(license.license_key) == license.blog_id
    again = account("undo", f"{run_id}", "--yes")
    assert (again.code, "nothing to undo" in again.err) == (2, True)
    account.carried_out(REFUSED)
    refused = account("undo", "3", "--yes")
    assert (refused.code, "nothing of it was done" in refused.err) == (2, True)


def test_what_has_changed_since_is_left_out_with_the_reason(account: Account) -> None:
    license = account.license(assigned=True)
    run_id = account.carried_out(unassign(license))
    account.carried_out(
        AssignLicense(license.license_key, BlogId(license.blog_id or 0), "a.example", license.product)
    )
    ended = account("undo", f"{run_id}", "--yes")
    assert ended.code == 2
    assert f"Left out: {license.license_key} ({license.product}): assigned to " in ended.err


# -- unknown outcomes ------------------------------------------------------------------------------


def test_what_is_unknown_is_looked_up_again(account: Account) -> None:
    license = account.license(assigned=True)
    change = AssignLicense(
        license.license_key, BlogId(license.blog_id or 0), license.siteurl or "", license.product
    )
    entry_id = account.unknown(change)
    account.cli.forget_requests()
    ended = account("recheck", f"e{entry_id}", "--json")
    assert (ended.code, json.loads(ended.out)["outcome"]) == (0, "found_done")
    assert not [one for one in account.cli.asked() if not one.startswith("GET")]
    assert account("recheck", f"e{entry_id}").code == 0
    run_id = account.carried_out(REFUSED)
    assert "is unknown" in account("recheck", f"{run_id}").err


def test_what_stays_unknown_ends_with_7(account: Account) -> None:
    entry_id = account.unknown(REFUSED)
    with closing(sqlite3.connect(account.journal)) as db, db:
        db.execute("UPDATE entries SET kind='of a later version'")
    ended = account("recheck", f"e{entry_id}", "--json")
    assert (ended.code, json.loads(ended.out)["outcome"]) == (7, "unknown")
    assert account.rows("list", "--state", "unknown")[0]["ref"] == f"e{entry_id}"
    assert account("resolve", f"e{entry_id}", "--not-done", "--yes").code == 0
    assert account.rows("list", "--state", "unknown") == []


def test_what_another_token_has_sent_is_settled_by_word_only(account: Account) -> None:
    entry_id = account.unknown(REFUSED, other_token=True)
    (row,) = account.rows("list")
    assert (row["ref"], row["key"]) == (f"e{entry_id}", "key token 0123456789ab")
    ended = account("recheck", f"e{entry_id}")
    assert (ended.code, f"operations resolve e{entry_id}" in ended.err) == (2, True)
    assert account("resolve", f"e{entry_id}", "--done", "--yes").code == 0
    gone = account("show", f"e{entry_id}")
    assert (gone.code, "The journal has no change" in gone.err) == (2, True)


@pytest.mark.parametrize(("word", "state"), [("--done", "found_done"), ("--not-done", "found_not_done")])
def test_a_change_is_settled_by_word(account: Account, word: str, state: str) -> None:
    # the API tells no more of it than before: a sign that it was never sent with this version
    entry_id = account.unknown(IssueLicense(ProductSlug("jetpack-scan"), 5, "Jetpack Scan"))
    account.cli.faults("GET /wpcom/v2/jetpack-licensing/licenses* 500")
    asked = account("resolve", f"e{entry_id}", word)
    assert (asked.code, "--yes" in asked.err) == (2, True)
    ended = account("resolve", f"e{entry_id}", word, "--yes", "--json")
    assert (ended.code, json.loads(ended.out)["outcome"]) == (0, state)
    again = account("resolve", f"e{entry_id}", word, "--yes")
    assert (again.code, "It is known what became of it" in again.err) == (2, True)


# -- the report ------------------------------------------------------------------------------------


def test_the_report_is_written_as_the_app_writes_it(account: Account) -> None:
    license = account.license(assigned=True)
    run_id = account.carried_out(unassign(license))
    folder = account.cli.folder / "reports"
    written = account("export", f"{run_id}", "--dir", str(folder))
    path = Path(written.out.strip())
    assert (written.code, path.parent, path.suffix) == (0, folder, ".csv")
    assert path.name.startswith(f"run-{run_id}-")
    assert path.stat().st_mode & 0o777 == 0o600
    (row,) = csv.DictReader(path.read_text().splitlines())
    assert list(row) == list(names_of(RUN_ITEM_FIELDS))
    assert row["license_key"] == masked(license.license_key)
    second = Path(account("export", f"{run_id}", "--dir", str(folder), "--json", "--codes").out.strip())
    assert json.loads(second.read_text())[0]["license_key"] == license.license_key
    piped = account("export", f"{run_id}", "--stdout", "--jsonl", "--fields", "state,license_key")
    assert json.loads(piped.out) == {"state": "done", "license_key": masked(license.license_key)}
    account.cli.env(DOWNLOAD_DIR=str(account.cli.folder / "downloads"))
    assert (account.cli.folder / "downloads") in Path(account("export", f"{run_id}").out.strip()).parents


# -- accounts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*CHANGING, "resolve"])
def test_read_only_refuses_what_changes_something(account: Account, name: str) -> None:
    wanted = ("e1", "--done") if name == "resolve" else ("1",)
    ended = account.cli("--read-only", "operations", name, *wanted, "--yes")
    assert (ended.code, "--read-only" in ended.err) == (2, True)
    assert account.cli("--read-only", "operations", "list").code == 0


def test_the_run_of_another_key_is_shown_and_left_to_that_key(account: Account) -> None:
    account.cli.env(TOKEN=None, USER_TOKEN=USER)

    async def usable() -> list[tuple[str, str]]:
        service = AccountService.from_environment(AppOptions())
        keys = await service.usable_keys()
        await service.close()
        return [(str(key.id), key.name) for key in keys]

    (one, name), (other, _) = asyncio.run(usable())[:2]
    account.interrupted(PlannedItem(REFUSED), key_id=int(one))
    row = account.rows("list", "--key", other)[0]
    assert row["key"] == name
    assert account.rows("list", "--key", one, "--all-keys")[0]["key"] is None
    assert [row["ref"] for row in account.rows("list", "--key", other, "--of-key", name)] == ["1"]
    assert account("show", "1", "--key", other).code == 0
    refused = account("cancel", "1", "--yes", "--key", other)
    assert (refused.code, "choose it with --key ID" in refused.err) == (2, True)
    assert account("cancel", "1", "--yes", "--key", one).code == 0
