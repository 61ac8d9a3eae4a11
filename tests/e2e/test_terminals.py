"""The installed command in terminals of every kind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cases import needs_dev_full
from tests.e2e.harness import ENDING, JPMANAGE, Place
from tests.ui.terminal.test_signals import assert_restored

pytestmark = pytest.mark.pty
COLOR_CODE = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
NOW = ("--demo-now", "2026-03-01T09:00:00Z")


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_the_demo_opens_follows_a_resize_and_q_ends_it_with_0(size: tuple[int, int], demo: Place) -> None:
    with demo.run("--demo", *NOW, size=size) as session:
        session.shows(" 1/224")
        assert "DEMO" in session.screen.display[0]
        assert "? Help" in session.screen.display[-1]
        session.send("\x1b[B")
        session.shows(" 2/224")
        session.resize(size[0] - 20, size[1] - 4)
        session.until(lambda: "? Help" in session.screen.display[size[1] - 5])
        session.resize(*size)
        session.until(lambda: "? Help" in session.screen.display[-1] and " 2/224" in session.text)
        session.send("q")
        assert session.exit_code() == 0
        assert_restored(session)


@pytest.mark.slow
@pytest.mark.parametrize("term", ["linux", "xterm", "vt100", "screen-256color", "tmux-256color"])
def test_it_starts_and_lists_licenses_on_every_terminal_that_can_move_its_cursor(
    term: str, demo: Place
) -> None:
    with demo.run("--demo", *NOW, size=(80, 24), TERM=term) as session:
        session.shows(" 1/224")
        session.send("j")
        session.shows(" 2/224")
        if term == "vt100":
            assert not COLOR_CODE.search(bytes(session.raw))
        session.send("q")
        assert session.exit_code() == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "term", ["alacritty", "xterm-kitty", "foot", "wezterm", "xterm-ghostty", "vte-256color"]
)
def test_a_terminal_of_today_gets_the_theme_of_the_settings_in_256_colors(term: str, demo: Place) -> None:
    config = Path(demo.folders["JPMANAGE_CONFIG_DIR"])
    config.mkdir(mode=0o700)
    (config / "config.toml").write_text('theme = "dark"\n')
    with demo.run("--demo", *NOW, size=(80, 24), TERM=term) as session:
        session.shows(" 1/224")
        raw = bytes(session.raw)
        assert re.search(rb"\x1b\[[0-9;]*48;5;\d+", raw)
        assert b"38;2;" not in raw
        session.send("q")
        assert session.exit_code() == 0


@pytest.mark.slow
def test_no_color_sends_no_color_code_on_any_screen_or_dialog(demo: Place) -> None:
    with demo.run("--demo", *NOW, NO_COLOR="1") as session:
        session.shows(" 1/224")
        for key in (
            "j",
            "\r",
            "?",
            "\x1b",
            "x",
            "\x1b",
            "\t",
            "2",
            "3",
            "4",
            "5",
            "6",
            "1",
            "/",
            "a",
            "\x1b",
        ):
            session.send(key)
            session.quiet(0.1)
        session.leave()
        assert not COLOR_CODE.search(bytes(session.raw))
        assert re.search(rb"\x1b\[[0-9;]*\b1\b", bytes(session.raw)), "not even bold"


def test_a_dumb_terminal_gets_a_sentence_instead_of_garbage(demo: Place) -> None:
    with demo.run("--demo", TERM="dumb") as session:
        assert session.exit_code() == 2
        assert "cannot move its cursor" in " ".join(session.text.split())
        assert b"\x1b" not in session.raw


def test_input_and_output_that_are_no_terminal_get_a_sentence_and_2() -> None:
    nothing = subprocess.DEVNULL
    ended = subprocess.run(
        [JPMANAGE, "--demo"], stdin=nothing, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == 2
    assert "terminal" in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_program_with_the_shells_code_and_the_terminal_restored(
    number: int, code: int, demo: Place
) -> None:
    with demo.run("--demo", *NOW) as session:
        session.shows(" 1/224")
        session.send("?")
        session.shows("─ Help ─")
        session.signal(number)
        assert session.exit_code() == code
        assert_restored(session)


def test_a_terminal_that_is_closed_ends_the_program_and_leaves_no_process(demo: Place) -> None:
    with demo.run("--demo", *NOW) as session:
        session.shows(" 1/224")
        session.hang_up()
        assert session.exit_code(ENDING) == 129


@pytest.mark.slow
def test_ctrl_c_twice_leaves_with_130_also_from_a_dialog(demo: Place) -> None:
    with demo.run("--demo", *NOW) as session:
        session.shows(" 1/224")
        session.send("?")
        session.shows("─ Help ─")
        session.quiet()
        session.leave()
        assert_restored(session)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("output", "told"),
    [
        pytest.param(
            "> /dev/full",
            "jpmanage: the output cannot be written: No space left on device.\n",
            id="full disk",
            marks=needs_dev_full,
        ),
        pytest.param("| true", "", id="closed pipe"),
    ],
)
def test_output_that_cannot_be_written_is_told_or_ends_the_command_and_is_no_internal_error(
    output: str, told: str, place: Place
) -> None:
    ended = subprocess.run(
        ["bash", "-c", f'"{JPMANAGE}" whoami {output}; exit ${{PIPESTATUS[0]}}'],
        env={**os.environ, **place.variables}, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr, ended.stdout) == (1, told, "")
