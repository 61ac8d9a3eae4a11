"""Stopped and continued by a shell with job control, as at any prompt."""

from __future__ import annotations

import os
import shutil
import signal
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import JPMANAGE, Place, gone, until
from tests.ui.terminal.pty_session import PtySession
from tests.ui.terminal.test_signals import assert_restored

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed"),
]


@pytest.fixture
def shell(demo: Place) -> Iterator[PtySession]:
    env = {**demo.folders, "PS1": "prompt> ", "HISTFILE": "/dev/null"}
    bash = ["bash", "--norc", "--noprofile", "--noediting", "-i"]  # its line editor has modes of its own
    with PtySession(["tests.e2e.become", *bash], size=(100, 30), env=env) as session:
        session.shows("prompt>")
        yield session


def run(shell: PtySession, folder: Path) -> int:
    """Start the demo at the prompt and return its process id."""
    shell.send(f"sh -c 'echo $$ > {folder}/pid; exec {JPMANAGE} --demo --demo-now 2026-03-01T09:00:00Z'\r")
    shell.shows(" 1/224")
    return int((folder / "pid").read_text())


def state(pid: int) -> str:
    """The state of a process: T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def quit_app(shell: PtySession) -> None:
    shell.send("q")
    shell.shows("prompt>")
    shell.send("echo code=$?\r")
    shell.shows("code=0")
    assert_restored(shell)


@pytest.mark.slow
def test_ctrl_z_gives_the_terminal_back_to_the_shell_and_fg_paints_everything_again(
    shell: PtySession, demo: Place
) -> None:
    pid = run(shell, demo.folder)
    shell.send("\x1b[B")
    shell.shows(" 2/224")
    shell.quiet()
    shown = shell.text
    for _ in range(2):
        shell.screen.reset()  # what the terminal's own screen showed
        shell.send("\x1a")
        shell.shows("Stopped")
        shell.shows("prompt>")
        assert_restored(shell)
        shell.send("echo typed=$((40+2))\r")
        shell.shows("typed=42")
        assert state(pid) == "T"
        shell.screen.reset()
        shell.send("fg\r")
        shell.until(lambda: shell.text == shown)
        shell.quiet()
        assert shell.text == shown
        assert not shell.local_flags() & termios.ECHO
    shell.send("\x1b[B")
    shell.shows(" 3/224")
    shell.screen.reset()
    quit_app(shell)
    assert gone(pid)


@pytest.mark.slow
def test_in_the_background_it_stays_stopped_and_writes_nothing_until_fg(
    shell: PtySession, demo: Place
) -> None:
    pid = run(shell, demo.folder)
    shell.send("\x1a")
    shell.shows("Stopped")
    shell.quiet()
    shell.send("bg\r")
    until(lambda: state(pid) == "T", "stopped again")
    shell.send("echo typed=$((40+2))\r")
    shell.shows("typed=42")
    until(lambda: state(pid) == "T", "still stopped")
    assert_restored(shell)
    shell.screen.reset()
    shell.send("fg\r")
    shell.shows(" 1/224")
    shell.send("\x1b[B")
    shell.shows(" 2/224")
    quit_app(shell)


@pytest.mark.slow
def test_a_stopped_program_that_is_ended_leaves_no_process_and_the_terminal_restored(
    shell: PtySession, demo: Place
) -> None:
    pid = run(shell, demo.folder)
    shell.send("\x1a")
    shell.shows("Stopped")
    os.kill(pid, signal.SIGTERM)
    shell.send("fg\r")
    until(lambda: gone(pid), "no process is left")
    shell.send("echo code=$?\r")
    shell.shows("code=143")
    assert_restored(shell)
