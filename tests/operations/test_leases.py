"""Who lives: told by a lock that the kernel lets go, whatever else changes."""

from __future__ import annotations

import asyncio
import os
import platform
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import ConflictError, JournalUnavailable
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.lease import Leases, new_owner
from jpmanage_tui.operations.mutations.licenses import AssignLicense, RevokeLicense
from jpmanage_tui.operations.store import JournalStore
from tests.operations.conftest import ACCOUNT, Bench
from tests.operations.crash import KEY
from tests.operations.fakes import FakeServer, FakeSleep, license_row

ROOT = str(Path(__file__).parents[2])
ASSIGN = AssignLicense(KEY, BlogId(7), "a.example", "Jetpack Scan")
REVOKE = RevokeLicense(KEY, "Jetpack Scan")
_SENDS = """
import asyncio
from pathlib import Path
from tests.operations.crash import main
asyncio.run(main(Path({path!r})))
"""
_HOLDS = """
import subprocess, sys
from pathlib import Path
from jpmanage_tui.operations.lease import Leases
leases = Leases(Path({path!r}))
leases.acquire({owner!r})
child = subprocess.Popen(["sleep", "60"], stdin=-3, stdout=-3, close_fds=False)
print(child.pid, flush=True)
sys.stdin.read()
"""


@contextmanager
def program(text: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a program and give it with the first line it writes; it is killed in the end."""
    child = subprocess.Popen(
        [sys.executable, "-c", text], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    try:
        yield child, child.stdout.readline().strip()
    finally:
        kill(child)


def kill(child: subprocess.Popen[str]) -> None:
    """End a program as nothing can be caught."""
    child.send_signal(signal.SIGKILL)
    child.communicate()


@pytest.fixture
async def two(tmp_path: Path) -> tuple[Path, Path]:
    """A place for a journal, in a folder that is there."""
    (tmp_path / "state").mkdir(mode=0o700)
    return tmp_path / "state", tmp_path / "state" / "journal.sqlite"


def test_an_owner_is_alive_while_its_lock_is_held_and_only_then(two: tuple[Path, Path]) -> None:
    folder, path = two
    mine, others = Leases(path), Leases(path)
    owner = new_owner()
    assert not mine.is_alive(owner)
    mine.acquire(owner)
    mine.acquire(owner)
    assert mine.is_alive(owner)
    assert others.is_alive(owner)
    assert [stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()] == [0o600]
    mine.release(owner)
    assert not mine.is_alive(owner)
    assert not others.is_alive(owner)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "jump-host:boot|1@1|0123456789ab",
        "nonsense",
        "",
        "lease-../../etc/passwd",
        "lease-" + "0" * 31,
        "lease-\n",
    ],
)
def test_a_name_of_another_form_is_dead_and_no_path(two: tuple[Path, Path], name: str) -> None:
    leases = Leases(two[1])
    leases.acquire(name)
    assert not leases.is_alive(name)
    assert list(two[0].iterdir()) == []


def test_in_memory_there_is_no_file_and_an_owner_is_alive_while_it_is_held() -> None:
    leases, owner = Leases(None), new_owner()
    leases.acquire(owner)
    assert leases.is_alive(owner)
    leases.release(owner)
    assert not leases.is_alive(owner)
    leases.clean()


def test_a_killed_program_is_dead_although_a_child_of_it_goes_on(two: tuple[Path, Path]) -> None:
    owner = new_owner()
    with program(_HOLDS.format(path=str(two[1]), owner=owner)) as (child, grandchild):
        assert Leases(two[1]).is_alive(owner)
        kill(child)
        try:
            os.kill(int(grandchild), 0)  # it lives, and has inherited no lock
            assert not Leases(two[1]).is_alive(owner)
        finally:
            os.kill(int(grandchild), signal.SIGKILL)


def test_files_of_the_dead_are_cleaned_up_and_those_of_the_living_left(two: tuple[Path, Path]) -> None:
    folder, path = two
    living, dead = Leases(path), new_owner()
    living.acquire(alive := new_owner())
    with program(_HOLDS.format(path=str(path), owner=dead)) as (child, grandchild):
        kill(child)
        os.kill(int(grandchild), signal.SIGKILL)
    (folder / ".journal.sqlite.lease-of-somebody").write_text("not ours")
    Leases(path).clean()
    assert {one.name for one in folder.iterdir()} == {
        f".journal.sqlite.{alive}",
        ".journal.sqlite.lease-of-somebody",
    }
    living.close()


async def test_a_queue_holds_its_lock_from_its_first_change_until_it_is_closed(bench: Bench) -> None:
    def locks() -> list[str]:
        return [one.name for one in bench.path.parent.iterdir() if ".lease-" in one.name]

    bench.server.put(license_row(KEY))
    queue = bench.queue()
    assert await queue.recover() == ()
    assert locks() == [], "who only looks needs none"
    await queue.submit(ASSIGN).outcome()
    assert len(locks()) == 1
    await queue.close()
    assert locks() == []


async def test_without_a_lock_nothing_is_sent(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Leases, _owner: str) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(Leases, "acquire", refuse)
    bench.server.put(license_row(KEY))
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert isinstance(outcome.error, JournalUnavailable)
    assert "No locks available" in outcome.sentence
    assert bench.server.asked == []


async def test_a_program_that_lives_under_a_new_host_name_is_alive(
    two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with program(_SENDS.format(path=str(two[1]))):
        monkeypatch.setattr(platform, "node", lambda: "renamed")
        monkeypatch.setattr(os, "uname", lambda: ("Linux", "renamed", "", "", ""))
        async with opened(two[1]) as bench:
            queue = bench.queue()
            assert await queue.recover() == ()
            outcome = await queue.submit(REVOKE).outcome()
            assert "another change is on its way" in outcome.sentence
            assert bench.server.asked == []


async def test_a_program_killed_while_sending_is_noticed_by_one_that_runs_on(two: tuple[Path, Path]) -> None:
    """It says that the fate is unknown, adopts the change and looks it up at once, without a restart."""
    with program(_SENDS.format(path=str(two[1]))) as (child, _):
        async with opened(two[1]) as bench:
            bench.server.put(license_row(KEY, blog_id=7))
            queue = bench.queue()
            assert await queue.recover() == ()
            assert "on its way" in (await queue.submit(REVOKE).outcome()).sentence
            kill(child)
            outcome = await queue.submit(REVOKE).outcome()
            assert isinstance(outcome.error, ConflictError)
            assert "on its way" not in outcome.sentence
            assert "not known whether an earlier change was done" in outcome.sentence
            assert bench.server.asked == []
            await told(bench, 2)
            ends = {
                event.outcome.state.value
                for event in bench.events
                if event.kind.value == "recovered" and event.outcome is not None
            }
            assert ends == {"found_done", "not_sent"}
            assert (await queue.submit(REVOKE).outcome()).state is EntryState.DONE
            assert bench.server.asked == [f"revoke {KEY}"]


async def test_opening_the_log_notices_a_killed_program_too(two: tuple[Path, Path]) -> None:
    with program(_SENDS.format(path=str(two[1]))) as (child, _):
        async with opened(two[1]) as bench:
            bench.server.put(license_row(KEY))
            queue = bench.queue()
            assert {entry.state.value for entry in await queue.history()} == {"sent", "queued"}
            kill(child)
            await queue.history()
            await told(bench, 2)
            assert {entry.state.value for entry in await queue.history()} == {"found_not_done", "not_sent"}
            asked = len(bench.server.reads)
            await queue.history()
            await asyncio.sleep(0)
            assert len(bench.server.reads) == asked, "what is settled is not looked up again"


async def test_before_it_is_sent_it_is_asked_once_more_who_lives(bench: Bench) -> None:
    """A change that was queued while another program lived is not sent once that one's fate is unknown."""
    store = JournalStore(bench.path)
    other = new_owner()
    mine = await bench.journal.add(ACCOUNT, ASSIGN, new_owner())
    sent = store.add(ACCOUNT, REVOKE, other, mine.created_at)
    assert store.mark_sent(sent.id, mine.created_at)
    with pytest.raises(ConflictError, match="on its way"):
        await bench.journal.mark_sent(mine.id)
    store.close()
    with pytest.raises(ConflictError, match=r"has ended\. It is being looked up"):
        await bench.journal.mark_sent(mine.id)


async def test_what_stands_in_the_way_when_it_is_to_be_sent_is_looked_up_as_well(bench: Bench) -> None:
    bench.server.put(license_row(KEY, blog_id=7))
    store, other = JournalStore(bench.path), new_owner()

    async def another_sends_and_dies(entry_id: int, *more: object) -> bool:
        bench.journal.mark_sent = mark_sent  # type: ignore[method-assign]
        sent = store.add(ACCOUNT, ASSIGN, other, (await bench.journal.entry(entry_id)).created_at)
        store.mark_sent(sent.id, sent.created_at)
        store.close()
        return await mark_sent(entry_id, *more)  # type: ignore[arg-type]

    mark_sent = bench.journal.mark_sent
    bench.journal.mark_sent = another_sends_and_dies  # type: ignore[method-assign, assignment]
    outcome = await bench.queue().submit(REVOKE).outcome()
    assert isinstance(outcome.error, ConflictError)
    await told(bench, 1)
    assert bench.server.asked == []
    states = {entry.change: entry.state.value for entry in await bench.journal.entries()}
    assert states == {ASSIGN: "found_done", REVOKE: "not_sent"}


async def test_what_ended_programs_were_sending_for_others_is_noted_as_unknown(bench: Bench) -> None:
    """Only the user, or a session of that key, can say what became of it."""
    sent = await bench.journal.add("another", REVOKE, new_owner())
    assert await bench.journal.mark_sent(sent.id)
    await bench.journal.release(sent.owner)
    assert await bench.queue().recover() == ()
    assert (await bench.journal.entry(sent.id)).state is EntryState.UNKNOWN
    assert (await bench.queue(account="another").recover())[0].change == REVOKE


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Bench]:
    """A bench on a journal that other programs use too."""
    rows = [license_row(KEY), license_row("jetpack-scan_two")]
    bench = Bench(FakeServer(rows=rows), await Journal.open(path), path, FakeSleep())
    try:
        yield bench
    finally:
        for queue in bench.queues:
            await queue.close()
        await bench.journal.close()


async def told(bench: Bench, number: int) -> None:
    """Wait until so many changes of a dead program were settled."""
    async with asyncio.timeout(20):
        while bench.kinds().count("recovered") < number:  # noqa: ASYNC110 - events come without a signal
            await asyncio.sleep(0.005)
