"""The journal's file through its versions: made and migrated by one program at a time, and never under an older one."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest

from jpmanage_tui.api.ids import LicenseKey, ProductSlug
from jpmanage_tui.config.files import is_on_network
from jpmanage_tui.operations import migrations, store
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import ConflictError, JournalReadOnly, JournalUnavailable
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.lease import new_owner
from jpmanage_tui.operations.migrations import VERSION
from jpmanage_tui.operations.mutations.account import AcceptTerms
from jpmanage_tui.operations.mutations.licenses import IssueLicense, RevokeLicense
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.run import PlannedItem, RunPlan
from jpmanage_tui.operations.run_store import RunStore
from jpmanage_tui.operations.store import JournalStore
from tests.operations.fakes import FakeServer, license_row
from tests.operations.golden.changes import HOST
from tests.operations.golden.files import every_state, killed
from tests.operations.test_golden import KILLED, ROWS

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
REVOKE = RevokeLicense(LicenseKey("jetpack-scan_abc"), "Jetpack Scan")
FIRST_RELEASE = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("PRAGMA synchronous=FULL")
version = db.execute("PRAGMA user_version").fetchone()[0]
if version > 1:
    print("newer", flush=True)
    sys.exit()
db.executescript(\"\"\"
CREATE TABLE IF NOT EXISTS entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, change TEXT NOT NULL, state TEXT NOT NULL,
  created_at TEXT NOT NULL, sent_at TEXT, settled_at TEXT, server_date TEXT,
  before TEXT NOT NULL DEFAULT '[]', request_id TEXT,
  message TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT '[]', owner TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_of_target ON entries (account, target, state);
CREATE INDEX IF NOT EXISTS entries_of_state ON entries (account, state);
\"\"\")
db.execute("PRAGMA user_version=1")
print("open", flush=True)
for line in sys.stdin:
    db.execute("INSERT INTO entries (account, kind, target, change, state, created_at, owner)"
               " VALUES ('h key abc', 'accept_terms', 'partner', '{}', 'done', '2026-11-23T12:00:00+00:00', 'x|1@1|y')")
    print("written", flush=True)
"""
"""What the first release does with the file, from its opening to its end."""
WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from jpmanage_tui.operations.mutations.account import AcceptTerms
from jpmanage_tui.operations.store import JournalStore
print("ready", flush=True)
for line in sys.stdin:
    try:
        store = JournalStore(Path(line.strip()))
        store.add("h key abc", AcceptTerms(), "me", datetime.now(UTC))
        store.close()
    except Exception as error:
        print(f"{type(error).__name__}: {error}".replace(chr(10), " "), flush=True)
    else:
        print("ok", flush=True)
"""


@dataclass(frozen=True)
class Program:
    """Another program, which answers each line with one."""

    writing: IO[str]
    reading: IO[str]

    def tell(self, line: str) -> None:
        self.writing.write(line + "\n")
        self.writing.flush()

    def answer(self) -> str:
        return self.reading.readline().strip()


@contextmanager
def running(text: str, *arguments: object) -> Iterator[Program]:
    """Run a program that has said its first line."""
    child = subprocess.Popen(
        [sys.executable, "-c", text, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    program = Program(child.stdin, child.stdout)
    try:
        assert program.answer() in ("open", "ready")
        yield program
    finally:
        child.kill()
        child.communicate()


def version_of(path: Path) -> tuple[int, str, set[str]]:
    """Return the file's version, journal mode, and the columns of its entries."""
    with closing(sqlite3.connect(path)) as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(entries)")}
        version = db.execute("PRAGMA user_version").fetchone()[0]
        return version, db.execute("PRAGMA journal_mode").fetchone()[0], columns


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite"


# -- making and migrating ----------------------------------------------------------------------


def test_a_new_file_has_the_newest_version_and_a_write_ahead_log(path: Path) -> None:
    JournalStore(path).close()
    assert version_of(path)[:2] == (VERSION, "wal")


def test_an_old_file_is_migrated_and_keeps_its_entries(tmp_path: Path) -> None:
    path = every_state(tmp_path / "state")
    journal = JournalStore(path)
    assert len(journal.entries(limit=1000)) == len(ROWS)
    journal.close()
    version, mode, columns = version_of(path)
    assert (version, mode) == (VERSION, "wal")
    assert {"payload_version", "acknowledged"} <= columns


def test_a_file_from_before_there_were_runs_takes_them_up(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db, db:
        for step in migrations.MIGRATIONS[:2]:
            step(db)
        db.execute("PRAGMA user_version=2")
        db.execute(
            "INSERT INTO entries (account, kind, target, change, state, created_at, owner)"
            " VALUES ('h key abc', 'accept_terms', 'terms', '{}', 'done', '2026-11-23T12:00:00+00:00', 'x')"
        )
    journal = JournalStore(path)
    (entry,) = journal.entries()
    assert (entry.state, entry.run_id) == (EntryState.DONE, None)
    plan = RunPlan("Accept", (PlannedItem(AcceptTerms()),))
    assert RunStore(journal).add("h key abc", plan, new_owner(), NOW).counts.waiting == 1
    journal.close()
    assert version_of(path)[0] == VERSION


@pytest.mark.parametrize("make", [every_state, killed])
def test_a_migration_that_breaks_changes_nothing(
    tmp_path: Path, make: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_db: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    path = make(tmp_path / "state")
    steps = migrations.MIGRATIONS
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", (*steps, full))
        with pytest.raises(JournalUnavailable, match="disk is full"):
            JournalStore(path)
    version, mode, columns = version_of(path)
    assert (version, mode, "payload_version" in columns) == (1, "wal", False)
    JournalStore(path).close()
    assert version_of(path)[0] == VERSION


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Public-API.WordPress.com key abc", "public-api.wordpress.com key abc"),
        ("public-api.wordpress.com:443 partner 1 key 2", "public-api.wordpress.com partner 1 key 2"),
        ("127.0.0.1:8787 key abc", "127.0.0.1:8787 key abc"),
        ("sandbox partner -1 key 2", "sandbox partner -1 key 2"),
        ("Public-API.wordpress.com sign-in Acme", "Public-API.wordpress.com sign-in Acme"),
    ],
)
def test_an_api_has_one_name_however_its_address_was_written(tmp_path: Path, old: str, new: str) -> None:
    path = killed(tmp_path / "state")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE entries SET account=?", (old,))
    journal = JournalStore(path)
    assert {entry.account for entry in journal.entries()} == {new}
    journal.close()


def create_at_once(folder: Path, rounds: int, make: Callable[[Path], object] | None = None) -> None:
    with running(WORKER) as first, running(WORKER) as second:
        for number in range(rounds):
            place = folder / f"round-{number}"
            if make is not None:
                make(place)
            for program in (first, second):
                program.tell(str(place / "journal.sqlite"))
            assert [first.answer(), second.answer()] == ["ok", "ok"], f"round {number}"
            journal = JournalStore(place / "journal.sqlite")
            assert len(journal.entries("h key abc")) == 2
            journal.close()
            shutil.rmtree(place)


@pytest.mark.parametrize("make", [None, killed], ids=["new", "old"])
def test_two_programs_make_or_migrate_the_file_at_once(
    tmp_path: Path, make: Callable[[Path], object] | None
) -> None:
    create_at_once(tmp_path, 10, make)


@pytest.mark.slow
@pytest.mark.parametrize("make", [None, killed], ids=["new", "old"])
def test_two_programs_make_or_migrate_the_file_at_once_two_hundred_times(
    tmp_path: Path, make: Callable[[Path], object] | None
) -> None:
    create_at_once(tmp_path, 200, make)


# -- an older program ----------------------------------------------------------------------------


def test_while_an_older_program_has_the_file_open_it_is_read_and_not_written(tmp_path: Path) -> None:
    path = every_state(tmp_path / "state")
    with running(FIRST_RELEASE, path) as old:
        journal = JournalStore(path)
        assert len(journal.entries(limit=1000)) == len(ROWS)
        assert journal.entry(1).id == 1
        with pytest.raises(JournalReadOnly, match="older jpmanage"):
            journal.add("h key abc", AcceptTerms(), "me", NOW)
        old.tell("add")
        assert old.answer() == "written", "the older one goes on undisturbed"
        assert len(journal.entries(limit=1000)) == len(ROWS) + 1
        assert version_of(path)[0] == 1
    journal.add("h key abc", AcceptTerms(), "me", NOW)  # it has ended: no restart is needed
    assert version_of(path)[0] == VERSION
    assert len(journal.entries(limit=1000)) == len(ROWS) + 2
    journal.close()


async def test_nothing_is_sent_while_an_older_program_has_the_file_open(tmp_path: Path) -> None:
    path = killed(tmp_path / "state")
    server = FakeServer(rows=[license_row("jetpack-scan_abc")])
    with running(FIRST_RELEASE, path):
        journal = await Journal.open(path)
        queue = OperationsQueue(server, journal, "h partner 1 key 2")
        with pytest.raises(JournalReadOnly, match="Close the other one"):
            await queue.recover()
        outcome = await queue.submit(REVOKE).outcome()
        assert isinstance(outcome.error, JournalReadOnly)
        assert server.asked == []
    assert (await queue.submit(REVOKE).outcome()).happened
    assert server.asked == ["revoke jetpack-scan_abc"]
    await queue.close()
    await journal.close()


def test_several_programs_that_only_read_do_not_keep_each_other_from_migrating(tmp_path: Path) -> None:
    path = every_state(tmp_path / "state")
    with running(FIRST_RELEASE, path):
        waiting = [JournalStore(path) for _ in range(3)]
        assert all(len(one.entries(limit=1000)) == len(ROWS) for one in waiting)
    for one in waiting:
        one.add("h key abc", AcceptTerms(), "me", NOW)
        one.close()


def test_an_older_program_refuses_the_migrated_file(path: Path) -> None:
    journal = JournalStore(path)
    done = subprocess.run(
        [sys.executable, "-c", FIRST_RELEASE, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "newer"
    journal.add("h key abc", AcceptTerms(), "me", NOW)
    journal.close()


def test_an_older_program_cannot_open_the_file_while_it_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not read the old version, and set it again over the new one."""
    path = every_state(tmp_path / "state")
    seen: list[str] = []

    def watching(db: sqlite3.Connection, version: int) -> None:
        script = FIRST_RELEASE.replace("timeout=10", "timeout=0")
        done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True)
        seen.append(done.stdout + done.stderr)
        migrations.migrate(db, version)

    monkeypatch.setattr(store, "migrate", watching)
    JournalStore(path).close()
    assert len(seen) == 1
    assert "database is locked" in seen[0]
    assert version_of(path)[0] == VERSION


# -- a network file system -------------------------------------------------------------------------


def on_network(_path: Path) -> bool:
    return True


@pytest.mark.parametrize("make", [None, killed, every_state], ids=["new", "killed", "old"])
def test_on_a_network_file_system_there_is_no_write_ahead_log(
    tmp_path: Path, make: Callable[[Path], Path] | None
) -> None:
    path = tmp_path / "state" / "journal.sqlite"
    if make is not None:
        make(path.parent)
    journal = JournalStore(path, on_network)
    journal.add("h key abc", AcceptTerms(), "me", NOW)
    assert [one.name for one in path.parent.iterdir() if one.name.endswith(("-wal", "-shm"))] == []
    assert len(journal.entries(KILLED)) == (2 if make is killed else 0)
    journal.close()
    assert version_of(path)[:2] == (VERSION, "delete")


def test_on_a_network_file_system_a_second_program_only_reads_till_the_first_is_closed(path: Path) -> None:
    first = JournalStore(path, on_network)
    first.add("h key abc", AcceptTerms(), "me", NOW)
    second = JournalStore(path, on_network)
    assert len(second.entries("h key abc")) == 1
    with pytest.raises(JournalReadOnly, match="network file system"):
        second.add("h key abc", AcceptTerms(), "me", NOW)
    first.add("h key abc", AcceptTerms(), "me", NOW)
    assert len(second.entries("h key abc")) == 2
    first.close()
    second.add("h key abc", AcceptTerms(), "me", NOW)
    second.close()


def test_a_file_that_comes_from_a_network_file_system_gets_its_log_back(path: Path) -> None:
    JournalStore(path, on_network).close()
    JournalStore(path).close()
    assert version_of(path)[:2] == (VERSION, "wal")


def test_an_older_program_on_a_network_file_system_is_waited_for_too(tmp_path: Path) -> None:
    path = every_state(tmp_path / "state")
    with running(FIRST_RELEASE, path):
        journal = JournalStore(path, on_network)
        with pytest.raises(JournalReadOnly, match="older jpmanage"):
            journal.add("h key abc", AcceptTerms(), "me", NOW)
        other = JournalStore(path, on_network)  # the first keeps no lock that would shut it out for good
    other.add("h key abc", AcceptTerms(), "me", NOW)
    other.close()
    journal.close()


MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /home rw shared:2 - autofs systemd-1 rw,fd=29
31 30 0:26 / /home/ada rw - nfs4 server:/export rw,vers=4.2
32 31 0:27 / /home/ada/local rw - xfs /dev/sdb1 rw
33 22 0:28 / /mnt/two\040words rw - cifs //server/share rw
34 22 0:29 / /mnt/ssh rw - fuse.sshfs me@host: rw
35 22 0:30 / /mnt/crypt rw - fuse.gocryptfs /x rw
36 22 0:31 / /mnt/over rw - ext4 /dev/sdc1 rw
37 22 0:32 / /mnt/over rw - nfs server:/x rw
38 22 0:33 / /wsl rw master:3 - 9p C:\134 rw
39 22 0:34 / /mnt/back rw - nfs server:/x rw
40 22 0:35 / /mnt/back rw - btrfs /dev/sdd rw
nonsense
41 22 - - -
"""


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("/var/lib/j", False),
        ("/home/grace/state", False),
        ("/home/ada/.local/state", True),
        ("/home/adam", False),
        ("/home/ada/local/state", False),
        ("/mnt/two words/state", True),
        ("/mnt/ssh", True),
        ("/mnt/crypt/x", False),
        ("/mnt/over/x", True),
        ("/mnt/back/x", False),
        ("/wsl/Users/ada", True),
    ],
)
def test_a_network_file_system_is_known_by_the_kernels_list_of_mounts(
    tmp_path: Path, place: str, found: bool
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert is_on_network(Path(place), mounts) is found


def test_without_a_list_of_mounts_it_counts_as_local(tmp_path: Path) -> None:
    assert not is_on_network(tmp_path, tmp_path / "none")


def test_a_link_to_a_network_file_system_is_followed(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS + f"50 22 0:50 / {tmp_path}/far rw - nfs server:/x rw\n")
    (tmp_path / "far").mkdir()
    (tmp_path / "state").symlink_to(tmp_path / "far")
    assert is_on_network(tmp_path / "state" / "journal.sqlite", mounts)


# -- the old owners ----------------------------------------------------------------------------------


def test_an_owner_of_the_first_release_is_gone_once_the_file_is_migrated(tmp_path: Path) -> None:
    path = killed(tmp_path / "state")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE entries SET account=?", (f"{HOST} partner 1 key 2",))
    journal = JournalStore(path)
    with pytest.raises(ConflictError, match="has ended"):
        journal.add(f"{HOST} partner 1 key 2", ISSUE, "me", NOW)
    journal.close()
