"""Logged in over a real ssh: work, and lose the connection."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

import pytest

from tests.e2e import sshd
from tests.e2e.harness import API, ENDING, JPMANAGE, Place, gone, unassign_one, until
from tests.e2e.sshd import Host
from tests.ui.terminal.pty_session import PtySession

_MISSING = sshd.missing()
pytestmark = [pytest.mark.pty, pytest.mark.skipif(_MISSING is not None, reason=str(_MISSING))]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    folder = tmp_path / "ssh"
    folder.mkdir()
    with sshd.sshd(folder) as running:
        yield running


def log_in(host: Host, place: Place) -> PtySession:
    """Log in and start the program there; its process id stands in a file."""
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in place.variables.items())
    command = f"echo $$ > {place.folder}/pid; exec env LC_ALL=C.UTF-8 {variables} {JPMANAGE}"
    return PtySession(["tests.e2e.become", *host.login(command)], size=(80, 24))


def pid_of(place: Place) -> int:
    return int((place.folder / "pid").read_text())


@pytest.mark.slow
def test_over_ssh_a_licence_is_unassigned_a_site_is_shown_as_a_link_and_q_ends_with_0(
    host: Host, place: Place
) -> None:
    with log_in(host, place) as session:
        unassign_one(session)
        session.shows("is unassigned from")
        assert len(place.changes()) == 1
        session.resize(100, 30)
        session.until(lambda: "? Help" in session.screen.display[29])
        for _ in range(20):
            if "View Site" in session.screen.display[29]:
                break
            session.send("j")
            session.quiet(0.2)
        session.send("o")
        session.shows("open this address in a browser")
        session.send("\x1b")
        session.shows("? Help")
        session.send("q")
        assert session.exit_code() == 0
        assert gone(pid_of(place))


@pytest.mark.slow
def test_a_dropped_connection_in_the_middle_of_a_change_leaves_no_process_and_no_half_done_change(
    host: Host, place: Place
) -> None:
    place.faults(f"DELETE {API}/license/* latency=1")
    with log_in(host, place) as session:
        unassign_one(session)
        until(lambda: place.asked("DELETE", "/license/"), "the request is on its way")
        session.signal(SIGKILL)
        until(lambda: gone(pid_of(place)), "no process is left", ENDING)
    assert len(place.changes()) == 1
    place.faults()
    with log_in(host, place) as session:
        session.shows(" 1/")
        session.send("0")
        session.shows("✓ done")
        session.send("\x1b")
        session.until(lambda: "✓ done" not in session.text)
        session.send("q")
        assert session.exit_code() == 0
    assert len(place.asked("DELETE", "/license/")) == 1
