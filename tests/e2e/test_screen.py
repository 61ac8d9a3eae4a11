"""The license flow inside GNU screen, on the demo: it is detached, taken up again, and ended."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.harness import JPMANAGE, Place, gone, unassign_one, until
from tests.ui.terminal.pty_session import PtySession

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(shutil.which("screen") is None, reason="screen is not installed"),
]
_NAME = "jpmanage-test"
_RC = """
startup_message off
defutf8 on
vbell off
"""


class Screen:
    """A screen server of the test's own, with one window in which the program runs."""

    def __init__(self, place: Place) -> None:
        self._place = place
        sockets = place.folder / "screen"
        sockets.mkdir(mode=0o700)
        (place.folder / "rc").write_text(_RC)
        self.env = {**place.folders, "SCREENDIR": str(sockets), "SHELL": "/bin/sh"}

    @property
    def pid(self) -> int:
        """The program's process id."""
        return int((self._place.folder / "pid").read_text())

    def start(self) -> PtySession:
        """Start it, attached to a terminal of 100x30."""
        command = (
            f"echo $$ > {self._place.folder}/pid; exec {JPMANAGE} --demo --demo-now 2026-03-01T09:00:00Z"
        )
        return self._attached("-S", _NAME, "sh", "-c", command)

    def again(self) -> PtySession:
        """Attach to what runs."""
        return self._attached("-r", _NAME)

    def _attached(self, *arguments: str) -> PtySession:
        argv = ["screen", "-U", "-c", str(self._place.folder / "rc"), *arguments]
        return PtySession(["tests.e2e.become", *argv], size=(100, 30), env=self.env)

    def __call__(self, *command: str) -> None:
        """Send a command to the server."""
        subprocess.run(
            ["screen", "-S", _NAME, "-X", *command],
            env={**os.environ, **self.env}, capture_output=True, timeout=20, check=False,
        )  # fmt: skip


@pytest.fixture
def screen(demo: Place) -> Iterator[Screen]:
    server = Screen(demo)
    yield server
    server("quit")


@pytest.mark.slow
def test_the_license_flow_in_screen_detached_in_between(screen: Screen, demo: Place) -> None:
    with screen.start() as session:
        session.shows(" 1/224")
        unassign_one(session)
        session.shows("is unassigned from")
        session.send("\r")
        session.shows("License code")
        session.send("\x01d")
        assert session.exit_code() == 0
    assert not gone(screen.pid)

    with screen.again() as session:
        session.shows("License code")
        session.resize(80, 24)
        session.until(lambda: "? Help" in session.screen.display[23])
        session.shows("License code")
        session.send("\x1b[D")
        session.until(lambda: "License code" not in session.text)
        session.send("q")
        assert session.exit_code() == 0
        until(lambda: gone(screen.pid), "no process left")


@pytest.mark.slow
def test_a_screen_that_is_ended_leaves_no_process(screen: Screen) -> None:
    with screen.start() as session:
        session.shows(" 1/224")
        screen("quit")
        until(lambda: gone(screen.pid), "no process left")
