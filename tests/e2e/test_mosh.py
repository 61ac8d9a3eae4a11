"""Logged in by mosh, which keeps what runs when the line drops and comes back."""

from __future__ import annotations

import shlex
import shutil
from signal import SIGKILL

import pytest

from tests.e2e import sshd
from tests.e2e.harness import API, ENDING, JPMANAGE, Place, gone, unassign_one, until
from tests.e2e.sshd import Host
from tests.ui.terminal.pty_session import PtySession

_MISSING = sshd.missing() or next(
    (f"{name} is not installed" for name in ("mosh", "mosh-server", "mosh-client") if not shutil.which(name)),
    None,
)
pytestmark = [pytest.mark.pty, pytest.mark.skipif(_MISSING is not None, reason=str(_MISSING))]
PATIENCE = 3
"""Seconds that the server waits for a client that says nothing before it hangs up."""


def log_in(host: Host, place: Place) -> PtySession:
    """Log in by mosh and start the program there; its process id stands in a file."""
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in place.variables.items())
    command = f"echo $$ > {place.folder}/pid; exec env {variables} {JPMANAGE}"
    mosh = [
        "mosh", "--predict=never", "--family=inet", "--experimental-remote-ip=local", "--no-init",
        f"--ssh={shlex.join(host.client)}",
        f"--server=env LC_ALL=C.UTF-8 MOSH_SERVER_NETWORK_TMOUT={PATIENCE} mosh-server",
        host.name, "--", "sh", "-c", command,
    ]  # fmt: skip
    return PtySession(["tests.e2e.become", *mosh], size=(80, 24))


def line(session: PtySession, row: int) -> str:
    """Return a line of the screen: a resize leaves halves of wide characters, of which pyte's own `display` breaks."""
    cells = session.screen.buffer[row]
    return "".join(cells[column].data for column in range(session.screen.columns))


def pid_of(place: Place) -> int:
    return int((place.folder / "pid").read_text())


@pytest.mark.slow
def test_over_mosh_a_license_is_unassigned_the_window_resized_and_q_ends_with_no_process_left(
    host: Host, place: Place
) -> None:
    with log_in(host, place) as session:
        unassign_one(session)
        session.shows("is unassigned from")
        assert len(place.changes()) == 1
        session.resize(100, 30)
        session.until(lambda: "? Help" in line(session, 29))
        session.until(lambda: "DEMO" not in line(session, 0) and "Licenses" in line(session, 0))
        session.send("\r")
        session.until(lambda: any("License code" in line(session, row) for row in range(30)))
        session.send("q")
        assert session.exit_code() == 0
        until(lambda: gone(pid_of(place)), "no process is left")


@pytest.mark.slow
def test_a_mosh_client_that_never_comes_back_leaves_no_process_and_no_half_done_change(
    host: Host, place: Place
) -> None:
    place.faults(f"DELETE {API}/license/* latency=1")
    with log_in(host, place) as session:
        unassign_one(session)
        until(lambda: place.asked("DELETE", "/license/"), "the request is on its way")
        session.signal(SIGKILL)
        until(lambda: gone(pid_of(place)), "no process is left", PATIENCE + ENDING)
    assert len(place.changes()) == 1
    assert len(place.asked("DELETE", "/license/")) == 1
    place.faults()
    with place.run() as session:
        session.shows(" 1/")
        session.send("0")
        session.shows("✓ done")
        session.signal(SIGKILL)
