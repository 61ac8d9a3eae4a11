"""A disk that fills up while the program runs, or was full before: told, nothing half done, and the app goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.cases import needs_dev_full
from tests.e2e.full_disk import SmallDisk, unshare
from tests.e2e.harness import JPMANAGE, Place, unassign_one
from tests.ui.terminal.pty_session import PtySession
from tests.ui.terminal.test_signals import assert_restored

_WAY = unshare()
pytestmark = pytest.mark.pty
on_a_small_disk = pytest.mark.skipif(isinstance(_WAY, str), reason=str(_WAY))


@pytest.fixture
def disk(place: Place) -> SmallDisk:
    assert not isinstance(_WAY, str)
    return SmallDisk(place.folder, _WAY)


@pytest.fixture
def on_disk(place: Place, disk: SmallDisk) -> Callable[..., PtySession]:
    """Run the command with all its folders on the small disk."""

    def run(full: bool = False) -> PtySession:
        argv = ["tests.e2e.become", *disk.command(JPMANAGE, full=full)]
        return PtySession(argv, size=(120, 36), env=place.variables)

    return run


def words(session: PtySession) -> str:
    """What the screen shows, without line ends, frames, and the counter beside what is told."""
    return " ".join(re.sub(r"│|\b\d+/\d+\b", " ", session.text).split())


@on_a_small_disk
@pytest.mark.slow
def test_what_cannot_be_noted_down_is_not_sent_and_after_there_is_space_again_it_is(
    place: Place, disk: SmallDisk, on_disk: Callable[..., PtySession]
) -> None:
    with on_disk() as session:
        session.shows(" 1/")
        disk.fill(session.pid)
        unassign_one(session)
        session.shows("was not unassigned")
        session.until(lambda: "nothing is changed while it cannot be noted down" in words(session))
        assert "disk is full" in words(session)
        assert place.asked("DELETE", "/license/") == []

        session.quiet(0.5)  # a key in the moment in which an outcome appears does not take it away
        session.send("e")
        session.shows("Export 224 licenses")
        session.send("\r")
        session.until(lambda: "is full, or your quota on it. Nothing was saved." in words(session))
        assert not list((disk.seen_by(session.pid) / "download").glob("*"))

        disk.empty(session.pid)
        session.send("g")
        unassign_one(session)
        session.shows("is unassigned from")
        assert len(place.changes()) == 1
        session.send("q")
        assert session.exit_code() == 0
        assert_restored(session)


@on_a_small_disk
@pytest.mark.slow
def test_on_a_disk_that_was_full_before_the_start_licenses_are_shown_and_nothing_is_changed_until_there_is_space(
    place: Place, disk: SmallDisk, on_disk: Callable[..., PtySession]
) -> None:
    with on_disk(full=True) as session:
        session.shows(" 1/")
        session.until(lambda: "cannot be used (database or disk is full)" in words(session))
        unassign_one(session)
        session.shows("was not unassigned")
        assert place.asked("DELETE", "/license/") == []

        disk.empty(session.pid)
        session.send("g")
        unassign_one(session)
        session.shows("is unassigned from")
        assert len(place.changes()) == 1
        session.leave()
        assert_restored(session)


@pytest.mark.slow
@needs_dev_full
def test_a_log_that_cannot_be_written_disturbs_nothing_and_is_told_at_the_end(demo: Place) -> None:
    with demo.run("--demo", "--log", "/dev/full") as session:
        session.shows(" 1/224")
        session.send("q")
        assert session.exit_code() == 0
        assert_restored(session)
        told = bytes(session.raw).rpartition(b"\x1b[?1049l")[2].decode()
        assert "jpmanage: the log /dev/full is not complete: No space left on device.\r\n" in told
        assert told.count("jpmanage:") == 1
