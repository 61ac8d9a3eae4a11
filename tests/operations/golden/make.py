"""Makes the golden journals: run once with the code of the first release, commit ca8556e; the files are kept.

    git worktree add --detach ../first ca8556e
    PYTHONPATH=../first/src:. python -m tests.operations.golden.make

``journal.sqlite`` has every kind of change in every state, in both forms of an account, with owners as that release
named them. ``killed.sqlite`` and its ``-wal`` are what a killed program left: nothing of it is in the file itself yet.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jpmanage_tui.api.ids import LicenseKey, ProductSlug, RequestId
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.mutation import Snapshot
from jpmanage_tui.operations.mutations.licenses import AssignLicense, IssueLicense
from jpmanage_tui.operations.store import JournalStore, Settled
from tests.operations.golden.changes import HOST, OWNER, STATES, account, changes, fingerprint, token

HERE = Path(__file__).parent
KILLED_OWNER = "jump-host:2f1c0e7a-4c1b-4d0e-9c58-8d0a5d1d7f00|4712@123999|ba9876543210"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def every_change_in_every_state(path: Path) -> None:
    """Write ``journal.sqlite``."""
    store = JournalStore(path)
    now = NOON
    for state in STATES:
        for number, change in enumerate(changes(state)):
            for name in (None, token(number, state)):
                now += timedelta(seconds=1)
                entry = store.add(account(number, state, name), change, OWNER, now)
                if state not in ("queued", "not_sent"):
                    keys = (LicenseKey("jetpack-scan_before"),) if change.needs_snapshot else ()
                    store.mark_sent(entry.id, now, Snapshot(NOON, keys))
                if state not in ("queued", "sent"):
                    brought = (LicenseKey(f"jetpack-scan_of{entry.id}"),) if "done" in state else ()
                    end = Settled(
                        EntryState(state), f"It ended as {state}.", RequestId(f"req-{entry.id}"), brought
                    )
                    store.settle(entry.id, end, now)
    store.close()


def what_a_killed_program_left(path: Path) -> None:
    """Write ``killed.sqlite`` and hang; the caller kills this process."""
    store = JournalStore(path)
    name = f"{HOST} key {fingerprint('token of the killed one')}"
    sent = store.add(
        name, IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan"), KILLED_OWNER, NOON
    )
    store.mark_sent(sent.id, NOON, Snapshot(NOON, (LicenseKey("jetpack-scan_before"),)))
    assign = AssignLicense(LicenseKey("jetpack-scan_waiting"), 7, "a.example", "Jetpack Scan")  # type: ignore[arg-type]
    store.add(name, assign, KILLED_OWNER, NOON)
    sys.stdout.write("written\n")
    sys.stdout.flush()
    signal.pause()


def main() -> None:
    """Write the files beside this one."""
    if len(sys.argv) > 1:
        what_a_killed_program_left(Path(sys.argv[1]))
    work = HERE / "work"
    work.mkdir(mode=0o700)
    every_change_in_every_state(work / "journal.sqlite")
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.operations.golden.make", str(work / "killed" / "killed.sqlite")],
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.communicate()
    for made in (work / "journal.sqlite", *(work / "killed").glob("killed.sqlite*")):
        if not made.name.endswith("-shm"):  # of the killed process's memory: SQLite makes it anew
            os.replace(made, HERE / made.name)
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
