"""Logged in over a real ssh: work, and lose the connection."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Sequence
from signal import SIGKILL

import pytest

from tests.e2e import sshd
from tests.e2e.harness import API, ENDING, JPMANAGE, Place, gone, unassign_one, until
from tests.e2e.sshd import Host
from tests.ui.terminal.pty_session import PtySession

_MISSING = sshd.missing()
pytestmark = [pytest.mark.pty, pytest.mark.skipif(_MISSING is not None, reason=str(_MISSING))]


def log_in(host: Host, place: Place, within: Sequence[str] = ()) -> PtySession:
    """Log in and start the program there, `within` another; its process id stands in a file."""
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in place.variables.items())
    command = f"echo $$ > {place.folder}/pid; exec env LC_ALL=C.UTF-8 {variables} {JPMANAGE}"
    if within:
        command = shlex.join(["env", "LC_ALL=C.UTF-8", *within, command])
    return PtySession(["tests.e2e.become", *host.login(command)], size=(80, 24))


def pid_of(place: Place) -> int:
    return int((place.folder / "pid").read_text())


@pytest.mark.slow
def test_over_ssh_a_license_is_unassigned_a_site_is_shown_as_a_link_and_q_ends_with_0(
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
@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_in_tmux_on_the_far_side_a_copied_code_is_in_its_buffer_and_a_lost_line_ends_nothing(
    host: Host, place: Place
) -> None:
    tmux = ["tmux", "-u", "-S", str(place.folder / "tmux")]
    with log_in(host, place, [*tmux, "-f", "/dev/null", "new-session"]) as session:
        session.shows(" 1/")
        session.send("\r")
        session.shows("License code")
        session.send("y")
        session.shows("sent to the terminal's")
        copied = subprocess.run(
            [*tmux, "show-buffer"], capture_output=True, text=True, timeout=20, check=True
        )
        assert copied.stdout in session.text
        assert len(copied.stdout) > 20
        pid = pid_of(place)
        session.signal(SIGKILL)
        clients = [*tmux, "list-clients"]
        until(
            lambda: not subprocess.run(clients, capture_output=True, timeout=20, check=True).stdout,
            "the line is lost",
        )
    assert not gone(pid)
    subprocess.run([*tmux, "kill-server"], check=True, timeout=20)
    until(lambda: gone(pid), "no process is left", ENDING)


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
        session.send("1")
        session.until(lambda: "✓ done" not in session.text)
        session.send("q")
        assert session.exit_code() == 0
    assert len(place.asked("DELETE", "/license/")) == 1
