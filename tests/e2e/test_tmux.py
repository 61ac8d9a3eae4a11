"""The license flow inside tmux, on the demo: search, expand, unassign, copy, resize, quit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import JPMANAGE, Place, until

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]


class Tmux:
    """A tmux server of the test's own, with one window."""

    def __init__(self, folder: Path, command: str, size: tuple[int, int], env: dict[str, str]) -> None:
        self._socket = str(folder / "tmux")
        self._env = {**os.environ, "TERM": "xterm-256color", **env}
        self("-f", "/dev/null", "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), command)

    def __call__(self, *arguments: str) -> str:
        """Run a tmux command and return its output."""
        ran = subprocess.run(
            ["tmux", "-u", "-S", self._socket, *arguments],
            env=self._env,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        return ran.stdout

    @property
    def text(self) -> str:
        """What the window shows."""
        return self("capture-pane", "-p")

    def in_reverse(self, words: str) -> bool:
        """Whether words are shown in reverse."""
        return (
            re.search(
                rf"\x1b\[(?:\d+;)*7(?:;\d+)*m(?:\x1b\[[0-9;]*m)*{re.escape(words)}",
                self("capture-pane", "-p", "-e"),
            )
            is not None
        )

    def shows(self, *words: str) -> None:
        """Wait until the window shows all words."""
        until(lambda: all(word in self.text for word in words), f"{words} in:\n{self.text}")

    def keys(self, *keys: str) -> None:
        """Press keys by tmux's names."""
        self("send-keys", *keys)

    def press(self, key: str, condition: Callable[[], bool]) -> None:
        """Press a key that decides something as a person does, after a pause, until it has done what it is for."""
        while not condition():
            time.sleep(0.5)  # what a person takes to read: without, the key is taken for a pasted one
            self.keys(key)
            until(lambda: condition() or "that key came too soon" in self.text, f"{key} in:\n{self.text}")


@pytest.fixture
def tmux(demo: Place) -> Iterator[Tmux]:
    command = f"{JPMANAGE} --demo --demo-now 2026-03-01T09:00:00Z; echo code=$?; exec cat"
    server = Tmux(demo.folder, command, (100, 30), demo.folders)
    yield server
    server("kill-server")


@pytest.mark.slow
def test_the_license_flow_in_tmux(tmux: Tmux) -> None:
    tmux.shows(" 1/224", "DEMO")

    tmux.keys("/")
    tmux.shows("license code, site, product, owner")
    tmux("send-keys", "-l", "jetpack-backup")
    tmux.shows("match “jetpack-backup”")
    tmux.keys("Enter")
    tmux.shows("enter Open")

    until(lambda: _down_to(tmux, "Unassign License"), "an assigned license of one's own")
    tmux.keys("Enter")
    tmux.shows("License code", "Assigned on")
    code = re.search(r"License code +(\S+)", tmux.text)
    assert code is not None

    tmux.keys("y")
    until(lambda: tmux("show-buffer").strip() == code[1], "the code in tmux's buffer")

    tmux.keys("u")
    tmux.shows("Unassign License?")
    until(lambda: tmux.in_reverse("[ Cancel"), "Cancel has the focus")
    tmux.press("Tab", lambda: tmux.in_reverse("[ Unassign "))
    tmux.press("Enter", lambda: "Unassign License?" not in tmux.text)
    tmux.shows("is unassigned from")

    tmux("resize-window", "-x", "80", "-y", "24")
    until(lambda: "? Help" in tmux.text.rstrip("\n").splitlines()[-1], "the footer at 80x24")
    until(lambda: code[1][:30] in tmux.text, "the open row at 80x24")

    tmux.keys("q")
    tmux.shows("code=0")


def _down_to(tmux: Tmux, word: str) -> bool:
    """Say whether the footer offers `word` for this row; where not, go to the next."""
    if word in tmux.text.rstrip("\n").splitlines()[-1]:
        return True
    before = tmux.text
    tmux.keys("j")
    until(lambda: tmux.text != before, "the cursor moved")
    return False


def test_ctrl_b_keys_are_tmuxs_and_a_closed_window_leaves_no_process(tmux: Tmux) -> None:
    tmux.shows(" 1/224")
    shell = int(tmux("display-message", "-p", "#{pane_pid}"))
    tmux("kill-session")
    until(lambda: not Path(f"/proc/{shell}").exists() and not _children(shell), "no process left")


def _children(pid: int) -> str:
    ran = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return ran.stdout.strip()
