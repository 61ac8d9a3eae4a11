from __future__ import annotations

import os
import resource
import signal
import termios
import time
from pathlib import Path

import pytest

from jpmanage_tui.ui.terminal.signals import Twice
from tests.ui.terminal.pty_session import PtySession

GALLERY = ["tests.ui.terminal.apps.gallery"]
pytestmark = pytest.mark.pty


def closed(tmp_path: Path) -> dict[str, str]:
    return {"GALLERY_CLOSED": str(tmp_path / "closed")}


def assert_restored(session: PtySession) -> None:
    """The terminal is as it was before: its own screen, a cursor, no reports, a plain pen, echo."""
    raw = bytes(session.raw)
    for on, off in (
        (b"\x1b[?1049h", b"\x1b[?1049l"),
        (b"\x1b[?25l", b"\x1b[?25h"),
        (b"\x1b[?2004h", b"\x1b[?2004l"),
        (b"\x1b[8l", b"\x1b[8h"),  # the terminal orders bidirectional text itself again
    ):
        assert raw.rfind(off) > raw.rfind(on) >= 0
    assert b"\x1b[m" in raw[raw.rfind(b"\x1b[?2004l") - 200 :]
    assert session.local_flags() & termios.ECHO
    assert session.local_flags() & termios.ICANON
    assert b"Traceback" not in raw


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_closes_what_is_open_restores_the_terminal_and_gives_the_shells_exit_code(
    tmp_path: Path, number: int, code: int
) -> None:
    with PtySession(GALLERY, env=closed(tmp_path)) as session:
        session.shows("1 of 500")
        session.signal(number)
        assert session.exit_code() == code
        assert_restored(session)
        assert (tmp_path / "closed").read_text() == str(code)


def test_ctrl_c_twice_leaves_with_130(tmp_path: Path) -> None:
    with PtySession(GALLERY, env=closed(tmp_path)) as session:
        session.shows("1 of 500")
        session.send("\x03")
        session.send("\x03")
        assert session.exit_code() == 130
        assert_restored(session)


def test_a_terminal_that_is_closed_ends_the_program_with_129_and_closes_what_is_open(tmp_path: Path) -> None:
    with PtySession(GALLERY, env=closed(tmp_path)) as session:
        session.shows("1 of 500")
        session.hang_up()
        assert session.exit_code() == 129
        assert (tmp_path / "closed").read_text() == "129"


def test_with_sighup_ignored_a_closed_terminal_still_ends_the_program_and_burns_no_cpu(
    tmp_path: Path,
) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with PtySession(
        GALLERY, env=closed(tmp_path), prelude=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ) as session:
        session.shows("1 of 500")
        session.quiet()
        begin = time.monotonic()
        session.hang_up()
        assert session.exit_code() == 129
        assert time.monotonic() - begin < 5
        assert (tmp_path / "closed").read_text() == "129"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 4


def test_an_input_that_ends_ends_the_program_instead_of_spinning_on_it(tmp_path: Path) -> None:
    read, write = os.pipe()

    def prelude() -> None:
        os.dup2(read, 0)
        os.close(write)

    with PtySession(GALLERY, env=closed(tmp_path), prelude=prelude) as session:
        os.close(read)
        session.shows("1 of 500")
        os.close(write)
        assert session.exit_code() == 129
        assert (tmp_path / "closed").read_text() == "129"


def test_a_crash_restores_the_terminal_and_shows_no_value_of_a_variable() -> None:
    with PtySession(GALLERY, env={"GALLERY_SECRET": "hunter2-of-the-agency"}) as session:
        session.shows("1 of 500")
        session.send("\x18")
        assert session.exit_code() == 1
        raw = bytes(session.raw)
        assert b"nobody handles this one" in raw
        assert b"hunter2" not in raw
        assert session.local_flags() & termios.ECHO
        assert raw.rfind(b"\x1b[?1049l") > raw.rfind(b"\x1b[?1049h")
        assert raw.rfind(b"\x1b[8h") > raw.rfind(b"\x1b[8l") >= 0


def test_a_terminal_that_reads_nothing_does_not_keep_the_program_from_ending(tmp_path: Path) -> None:
    with PtySession(GALLERY, size=(200, 60), env=closed(tmp_path)) as session:
        session.shows("1 of 500")
        for _ in range(40):  # frames that nobody reads fill the line
            os.write(session.fd, b"\x0c")
        session.signal(signal.SIGTERM)
        end = time.monotonic() + 15
        while not session.ended():
            assert time.monotonic() < end
            time.sleep(0.02)
        assert session.exit_code() == 143


def test_after_a_stop_without_warning_the_screen_is_painted_again_and_keys_work() -> None:
    with PtySession(GALLERY) as session:
        session.shows("1 of 500")
        session.quiet()
        shown = session.text
        session.signal(signal.SIGSTOP)
        session.until(session.stopped)
        session.quiet()
        session.screen.reset()
        session.signal(signal.SIGCONT)
        session.until(lambda: session.text == shown)
        assert not session.local_flags() & termios.ECHO
        session.send("\x03\x03")
        assert session.exit_code() == 130
        assert_restored(session)


@pytest.mark.parametrize("by_key", [True, False], ids=["ctrl+z", "SIGTSTP"])
def test_without_a_shell_that_could_continue_it_a_stop_key_stops_nothing(by_key: bool) -> None:
    with PtySession(GALLERY) as session:  # the leader of its session, as in a tmux window of its own
        session.shows("1 of 500")
        session.quiet()
        shown = session.text
        session.screen.reset()
        if by_key:
            session.send("\x1a")
        else:
            session.signal(signal.SIGTSTP)
        session.until(lambda: session.text == shown)
        assert not session.stopped()
        session.send("\x1b[B")
        session.shows("2 of 500")
        session.send("\x03\x03")
        assert session.exit_code() == 130
        assert_restored(session)


def test_only_a_second_press_in_time_counts_as_twice() -> None:
    presses = Twice(seconds=2.0)
    assert [presses.pressed(now) for now in (10.0, 11.5, 12.0, 20.0, 23.0, 25.0)] == [
        False, True, False, False, False, True,
    ]  # fmt: skip
