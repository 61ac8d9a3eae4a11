from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from jpmanage_tui.ui.terminal.background import QUERY
from jpmanage_tui.ui.terminal.driver import LineDriver
from jpmanage_tui.ui.terminal.input_buffer import keys_apart
from jpmanage_tui.ui.terminal.writer import LineWriter
from tests.ui.terminal.pty_session import PtySession

GALLERY = ["tests.ui.terminal.apps.gallery"]


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    ends = list(os.pipe())
    try:
        yield ends[0], ends[1]
    finally:
        for end in ends:
            try:
                os.close(end)
            except OSError:
                continue


def test_what_is_written_comes_out_in_order() -> None:
    with pipe() as (read, write):
        writer = LineWriter(write, lambda: None)
        for number in range(100):
            writer.write(f"{number} ü\n")
        writer.close(5)
        assert os.read(read, 65536).decode() == "".join(f"{number} ü\n" for number in range(100))


def test_a_reader_that_is_gone_is_told_once_and_later_text_is_dropped() -> None:
    with pipe() as (read, write):
        os.close(read)
        gone: list[int] = []
        told = threading.Event()

        def tell() -> None:
            gone.append(1)
            told.set()

        writer = LineWriter(write, tell)
        writer.write("x")
        assert told.wait(5)
        writer.write("y")
        assert not writer.behind
        writer.close(5)
        assert gone == [1]


def test_a_slow_reader_keeps_the_writer_behind_until_it_has_read_and_then_tells() -> None:
    with pipe() as (read, write):
        writer = LineWriter(write, lambda: None)
        drained = threading.Event()
        writer.write("x" * 200_000)
        writer.when_drained(drained.set)
        waiting = writer.behind
        assert waiting
        assert not drained.is_set()
        left = 200_000
        while left:
            left -= len(os.read(read, 65536))
        assert drained.wait(5)
        assert not writer.behind
        writer.close(5)


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """Yield both ends of a pseudo-terminal: the emulator's and the program's."""
    ends = pty.openpty()
    tty.setraw(ends[1])
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def test_what_a_terminal_takes_is_there_at_once_without_a_thread_and_its_flags_stay_as_they_were() -> None:
    with terminal() as (emulator, program):
        before = fcntl.fcntl(program, fcntl.F_GETFL)
        writer = LineWriter(program, lambda: None)
        for word in ("one ", "two ", "dréi"):
            writer.write(word)
            assert not writer.behind
        taken = b""
        while len(taken) < len("one two dréi".encode()):  # a terminal gives it out as it likes
            taken += os.read(emulator, 100)
        assert taken.decode() == "one two dréi"
        assert fcntl.fcntl(program, fcntl.F_GETFL) == before
        writer.close(5)


def test_what_a_terminal_does_not_take_waits_for_it_and_keeps_its_order() -> None:
    with terminal() as (emulator, program):
        writer = LineWriter(program, lambda: None)
        texts = [f"{number:06d} ü " for number in range(30_000)]
        for text in texts:
            writer.write(text)
        waiting = writer.behind
        assert waiting
        whole = "".join(texts).encode()
        read = bytearray()
        while len(read) < len(whole):
            read += os.read(emulator, 65536)
        assert bytes(read) == whole
        writer.close(5)
        assert not writer.behind


def test_a_terminal_that_hangs_up_is_told_once_by_who_writes() -> None:
    gone: list[int] = []
    emulator, program = pty.openpty()
    writer = LineWriter(program, lambda: gone.append(1))
    os.close(emulator)
    writer.write("x")
    writer.write("y")
    assert gone == [1]
    assert not writer.behind
    writer.close(5)
    os.close(program)


def test_with_nothing_waiting_the_callback_comes_at_once() -> None:
    with pipe() as (_, write):
        writer = LineWriter(write, lambda: None)
        called: list[int] = []
        writer.when_drained(lambda: called.append(1))
        assert called == [1]
        writer.close(5)


def test_a_reader_that_never_reads_does_not_keep_close_waiting() -> None:
    with pipe() as (_, write):
        writer = LineWriter(write, lambda: None)
        writer.write("x" * 200_000)
        writer.close(0.1)
        assert writer.behind


async def test_the_mouse_is_switched_while_the_program_runs_and_its_motion_is_never_asked_for() -> None:
    with pipe() as (read, write):
        driver = LineDriver(App())
        driver._line = LineWriter(write, lambda: None)
        taken = []
        for on in (True, False, False):  # nothing about it is written while it is off
            driver.switch_mouse(on)
            taken.append(driver.takes_mouse)
        assert taken == [True, False, False]
        driver._line.close(5)
        asked, taken_back = (
            "".join(f"\x1b[?{mode}{end}" for mode in modes)
            for modes, end in ((("1000", "1015", "1006"), "h"), (("1000", "1003", "1015", "1006"), "l"))
        )
        assert os.read(read, 65536).decode() == asked + taken_back


@pytest.mark.slow
@pytest.mark.pty
def test_nothing_of_mouse_focus_or_pointer_is_asked_and_an_idle_app_sends_no_byte() -> None:
    with PtySession(GALLERY, synchronized=True) as session:
        session.shows("1 of 500")
        session.send("\x1b[B\x04")
        session.shows("Unassign")
        session.send("a\t\x1b")
        session.until(lambda: "Unassign" not in session.text)
        session.quiet()
        before = len(session.raw)
        session.quiet(1.5)
        assert len(session.raw) == before
        asked = {code.decode() for code in re.findall(rb"\x1b\[\?\d+h", bytes(session.raw))}
        assert asked <= {"\x1b[?1049h", "\x1b[?2004h", "\x1b[?2026h", "\x1b[?25h"}
        assert b"\x1b]22;" not in session.raw


@pytest.mark.pty
@pytest.mark.parametrize(
    "term",
    ["xterm-256color", "screen-256color", "tmux-256color", "linux", "xterm", "vt100", "alacritty", "xterm-kitty",
     "foot", "wezterm", "xterm-ghostty", "vte-256color", "a-new-terminal"],
)  # fmt: skip
def test_every_terminal_shows_the_list_and_gets_no_more_colors_than_it_has(term: str) -> None:
    with PtySession(GALLERY, env={"TERM": term}) as session:
        session.shows("1 of 500")
        session.send("\x1b[B")
        session.shows("2 of 500")
        raw = bytes(session.raw)
        assert b"38;2;" not in raw
        if "256" not in term:
            assert b"38;5;" not in raw
        assert (b"\x1b[2 q" in raw) == (QUERY.encode() in raw) == (term not in ("vt100", "linux"))
        if term == "vt100":
            assert not re.search(rb"\x1b\[[0-9;]*\b(3[0-7]|4[0-7]|9\d)\b[0-9;]*m", raw)
            assert not re.search(rb"\x1b\[\d*X", raw)


@pytest.mark.pty
def test_the_background_is_asked_once_and_an_answer_in_pieces_between_keys_is_taken_and_the_cursor_given_back() -> (
    None
):
    with PtySession(GALLERY) as session:
        session.shows("1 of 500")
        assert session.raw.count(QUERY.encode()) == 1
        session.send("\x1b[B\x1b]11;rgb:10")
        session.shows("2 of 500")
        session.send("10/1515/1212\x1b")
        session.quiet(0.15)
        session.send("\\")
        session.shows("dark background")
        session.send("\x1b[B")
        session.shows("3 of 500")
        assert not session.screen.cursor.hidden
        session.leave()
        raw = bytes(session.raw)
        assert 0 < raw.find(b"\x1b[2 q") < raw.find(b"\x1b[2J") < raw.rfind(b"\x1b[0 q")
        assert raw.rfind(b"\x1b[?25h") > raw.rfind(b"\x1b[?25l")


@pytest.mark.pty
def test_a_resize_is_taken_from_the_terminal_and_not_from_columns_in_the_environment() -> None:
    with PtySession(GALLERY, env={"COLUMNS": "50", "LINES": "10"}) as session:
        session.shows("1 of 500")
        session.resize(70, 20)
        session.until(lambda: "1 of 500" in session.screen.display[18])


@pytest.mark.pty
def test_a_resize_in_the_middle_of_another_is_the_one_that_counts(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    with PtySession(GALLERY, env={"GALLERY_LATE": str(asked)}) as session:
        session.shows("1 of 500")
        session.resize(70, 20)
        session.until(asked.exists)
        session.resize(90, 25)
        session.until(lambda: "1 of 500" in session.screen.display[23])


class MeasuredApp:
    """What of an app a driver tells how wide ambiguous characters are."""

    def __init__(self) -> None:
        self.widths: list[int] = []

    def take_ambiguous_width(self, cells: int) -> None:
        self.widths.append(cells)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("4", ["4"]),
        ("\x1b", ["\x1b"]),
        ("\x1b4", ["\x1b", "4"]),
        ("\x1b]", ["\x1b", "]"]),
        ("\x1bP", ["\x1b", "P"]),
        ("\x1b\n", ["\x1b", "\n"]),
        ("j\x1bq\x1b[A\x1bOB\x1b\x1bx", ["j", "\x1b", "q\x1b[A\x1bOB", "\x1b", "\x1b", "x"]),
        ("\x1b\x1b[A", ["\x1b", "\x1b[A"]),
        ("\x1b[200~a\x1b[201~", ["\x1b[200~a\x1b[201~"]),
    ],
)
def test_an_escape_that_comes_with_the_next_key_is_a_key_of_its_own(text: str, parts: list[str]) -> None:
    assert keys_apart(text) == parts


@pytest.mark.parametrize(
    ("column", "widths"),
    [
        (1, [1]),
        (2, [2]),
        (0, []),
        (3, [3]),
        (41, []),
    ],  # not moved; each byte shown; the answer to something else
)
async def test_the_first_position_that_a_terminal_tells_is_how_wide_it_shows_ambiguous_characters(
    column: int, widths: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[Message] = []
    monkeypatch.setattr(LinuxDriver, "process_message", lambda _, message: passed.append(message))
    driver, app = LineDriver.__new__(LineDriver), MeasuredApp()
    driver._app, driver._loop, driver._width_asked = app, asyncio.get_running_loop(), True  # type: ignore[assignment]
    key, later = events.Key("j", "j"), events.CursorPosition(7, 7)
    for message in (key, events.CursorPosition(column, 0), later):
        driver.process_message(message)
    await asyncio.sleep(0)
    assert app.widths == widths
    assert passed == [key, later]


@pytest.mark.pty
def test_the_terminal_is_told_to_leave_every_character_where_it_is_written_before_the_first_one_is() -> None:
    with PtySession(GALLERY) as session:
        session.shows("1 of 500")
        raw = bytes(session.raw)
        assert 0 <= raw.find(b"\x1b[8l") < raw.find(b"\x1b[2J")
        assert raw.count("\r…\x1b[6n\r\x1b[K".encode()) == 1
        assert b"\x1b[8h" not in raw
