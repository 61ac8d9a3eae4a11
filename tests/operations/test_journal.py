from __future__ import annotations

import asyncio
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jpmanage_tui.api.ids import BlogId, InvoiceId, LicenseId, LicenseKey, PaymentMethodId, ProductSlug
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import JournalReadOnly, JournalUnavailable
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutation import MUTATIONS, Mutation, Snapshot, mutation_from_json
from jpmanage_tui.operations.mutations.account import (
    AcceptTerms,
    CreatePartner,
    RefreshUserToken,
    UpdatePartner,
)
from jpmanage_tui.operations.mutations.cards import (
    ConfirmCard,
    CreateSetupIntent,
    DeleteCard,
    MakeCardPrimary,
    SaveCard,
)
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.operations.store import JournalStore, Settled
from tests.operations.conftest import ACCOUNT, Bench
from tests.operations.fakes import FakeServer, FakeSleep, license_row

KEY = LicenseKey("jetpack-scan_abc")
DETAILS = PartnerDetails(name="Acme – Größe", country="US", state="TX")
EXAMPLES: list[Mutation[Any]] = [
    AssignLicense(KEY, BlogId(7), "a.example", "Jetpack Scan", LicenseId(3)),
    UnassignLicense(KEY, False, "Jetpack Scan", "a.example"),
    RevokeLicense(KEY, "Jetpack Scan", 10),
    IssueLicense(ProductSlug("jetpack-scan"), 5, "Jetpack Scan"),
    AcceptTerms(),
    CreatePartner(DETAILS, True),
    UpdatePartner(DETAILS, PartnerDetails(name="Acme")),
    ConnectSite("https://a.example/", "admin"),
    CreateSetupIntent(),
    ConfirmCard(),
    SaveCard(PaymentMethodId("pm_1"), False),
    MakeCardPrimary(PaymentMethodId("pm_1"), "Visa …4242"),
    DeleteCard(PaymentMethodId("pm_1"), "Visa …4242", PaymentMethodId("pm_2")),
    PayInvoice(InvoiceId("in_1"), "A-1", Decimal("12.340"), "USD"),
    RefreshUserToken("acme"),
]


def test_every_change_has_an_example_here() -> None:
    assert {change.kind: type(change) for change in EXAMPLES} == MUTATIONS
    assert len(MUTATIONS) == len(EXAMPLES)


@pytest.mark.parametrize("change", EXAMPLES, ids=lambda change: change.kind)
def test_a_change_comes_back_from_the_journal_as_it_was(change: Mutation[Any]) -> None:
    assert mutation_from_json(change.kind, change.to_json()) == change
    assert change.summary()
    assert not change.summary().endswith(".")


def test_an_unknown_kind_of_change_is_an_error() -> None:
    with pytest.raises(ValueError, match="no kind of change"):
        mutation_from_json("set_on_fire", "{}")


async def test_the_journal_and_its_side_files_are_private(bench: Bench) -> None:
    await bench.journal.add(ACCOUNT, AcceptTerms(), "me")
    folder = bench.path.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert "journal.sqlite-wal" in modes
    assert set(modes.values()) == {0o600}


async def test_times_come_back_in_utc_and_sort(bench: Bench) -> None:
    entry = await bench.journal.add(ACCOUNT, AcceptTerms(), "me")
    date = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert await bench.journal.mark_sent(entry.id, Snapshot(date, (KEY,)))
    noted = await bench.journal.entry(entry.id)
    assert noted.server_date == date
    assert noted.known_keys == (KEY,)
    assert noted.created_at.tzinfo is not None
    assert noted.sent_at is not None
    assert noted.created_at <= noted.sent_at
    assert noted.settled_at is None


async def test_old_settled_entries_are_forgotten_and_unsettled_ones_never(bench: Bench) -> None:
    done = await bench.journal.add(ACCOUNT, AcceptTerms(), "me")
    await bench.journal.settle(done.id, Settled(EntryState.DONE))
    await bench.journal.add(ACCOUNT, AcceptTerms(), "me")
    assert await bench.journal.prune(timedelta(days=1)) == 0
    assert await bench.journal.prune(timedelta(seconds=-1)) == 1
    assert len(await bench.journal.entries()) == 1


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"this is no database, " * 100)
    with pytest.raises(JournalUnavailable, match=r"journal\.sqlite cannot be used"):
        await Journal.open(path)


async def test_a_journal_of_a_newer_program_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = await Journal.open(path)
    await journal.add(ACCOUNT, AcceptTerms(), "me")
    await journal.close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
        db.execute("ALTER TABLE entries ADD COLUMN of_a_newer_one TEXT")
    db.close()
    before = path.read_bytes()
    journal = await Journal.open(path)
    assert [entry.change for entry in await journal.entries(ACCOUNT)] == [AcceptTerms()]
    for _ in range(2):
        with pytest.raises(JournalReadOnly, match="newer jpmanage"):
            await journal.add(ACCOUNT, AcceptTerms(), "me")
    await journal.close()
    assert path.read_bytes() == before


async def test_a_journal_of_a_newer_program_without_a_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = await Journal.open(path)
    await journal.add(ACCOUNT, AcceptTerms(), "me")
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE entries RENAME COLUMN message TO words")
        db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(JournalUnavailable, match="cannot be used"):
        await journal.entries(ACCOUNT)
    await journal.close()


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the way")
    with pytest.raises(JournalUnavailable, match="cannot be used"):
        await Journal.open(tmp_path / "state" / "journal.sqlite")


async def test_a_journal_is_opened_when_it_is_first_needed_and_tried_again_where_that_failed(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "state"
    folder.write_text("a file in the way")
    journal = Journal(folder / "journal.sqlite")
    for _ in range(2):
        with pytest.raises(JournalUnavailable, match="cannot be used"):
            await journal.add(ACCOUNT, AcceptTerms(), "me")
    folder.unlink()
    await journal.add(ACCOUNT, AcceptTerms(), "me")
    assert len(await journal.entries()) == 1
    await journal.close()


def test_a_journal_that_nobody_needed_makes_no_file(tmp_path: Path) -> None:
    asyncio.run(Journal(tmp_path / "journal.sqlite").close())
    assert list(tmp_path.iterdir()) == []


async def test_the_demos_journal_lives_in_memory() -> None:
    journal = await Journal.open(None)
    await journal.add(ACCOUNT, AcceptTerms(), "me")
    assert len(await journal.entries()) == 1
    await journal.close()


async def test_the_journal_never_works_on_the_event_loop(bench: Bench) -> None:
    """While another process holds the file, the loop goes on."""
    blocker = sqlite3.connect(bench.path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    adding = asyncio.ensure_future(bench.journal.add(ACCOUNT, AcceptTerms(), "me"))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not adding.done()
    blocker.execute("COMMIT")
    blocker.close()
    assert (await adding).id == 1


_CHILD = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.operations.crash import main
asyncio.run(main(Path(sys.argv[1])))
"""


def _start(path: Path) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[2])
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(path), root], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "sent"
    return child


def _kill(child: subprocess.Popen[str]) -> None:
    child.send_signal(signal.SIGKILL)
    child.communicate()


async def test_a_program_killed_between_sending_and_settling_is_settled_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    child = _start(path)
    journal = await Journal.open(path)
    bench = Bench(FakeServer(rows=[license_row(KEY, blog_id=7)]), journal, path, FakeSleep())
    assert await bench.queue().recover() == ()  # the other program is still at it
    _kill(child)
    told = await bench.queue().recover()
    assert [outcome.state.value for outcome in told] == ["found_done", "not_sent"]
    assert "Assign Jetpack Scan" in told[0].sentence
    assert bench.server.asked == []
    assert await bench.queue().recover() == ()
    for queue in bench.queues:
        await queue.close()
    await journal.close()


async def test_what_another_running_program_is_just_sending_is_not_sent_too(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    child = _start(path)
    journal = await Journal.open(path)
    bench = Bench(FakeServer(rows=[license_row(KEY)]), journal, path, FakeSleep())
    queue = bench.queue()
    outcome = await queue.submit(RevokeLicense(KEY, "Jetpack Scan")).outcome()
    assert outcome.state.value == "not_sent"
    assert "on its way" in outcome.sentence
    _kill(child)
    await queue.close()
    await journal.close()


async def test_two_programs_on_one_journal_look_up_one_entry_once(bench: Bench) -> None:
    bench.server.put(license_row(KEY, blog_id=7))
    gone = await bench.journal.add(ACCOUNT, EXAMPLES[0], "gone|1@1|x")
    await bench.journal.mark_sent(gone.id)
    second = await Journal.open(bench.path)
    other = Bench(bench.server, second, bench.path, bench.sleep)
    results = await asyncio.gather(bench.queue().recover(), other.queue().recover())
    assert sorted(len(result) for result in results) == [0, 1]
    await other.queues[0].close()
    await second.close()


def test_an_entry_is_safely_on_the_disk_when_its_request_leaves(tmp_path: Path) -> None:
    """Only with synchronous=FULL does SQLite flush the log at each commit in this mode."""
    store = JournalStore(tmp_path / "journal.sqlite")
    assert store._db is not None
    assert store._db.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert store._db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    store.close()


def test_an_invoice_is_paid_in_the_words_in_which_its_amount_is_shown_elsewhere() -> None:
    pay = PayInvoice(InvoiceId("in_1"), "A-1", Decimal("1986.020"), "USD")
    assert pay.summary() == "Pay invoice A-1 of $1,986.02"


async def test_the_history_has_the_entries_of_all_keys_of_the_account_and_of_no_other(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.sqlite")
    names = ["h partner 1 key 2", "h partner 1 key 3", "h partner 11 key 2", "h key abc", "other key abc"]
    for name in names:
        await journal.add(name, AcceptTerms(), "owner")
    assert {entry.account for entry in await journal.history(names[0])} == set(names[:2])
    assert {entry.account for entry in await journal.history(names[3])} == {names[3]}
    assert {entry.account for entry in await journal.entries(names[0])} == {names[0]}
    await journal.close()
