"""The painter in the real tmux and the real GNU screen, which count the width of text in their own ways."""

from __future__ import annotations

import base64
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style

from jpmanage_tui.ui.terminal.colors import ColorDepth
from jpmanage_tui.ui.terminal.painter import Painter
from jpmanage_tui.ui.terminal.screen_buffer import ScreenBuffer
from jpmanage_tui.ui.terminal.style_table import StyleTable
from tests.ui.terminal.test_graphemes import FAMILY, FLAG, HINDI, KEYCAPS, PIECES

pytestmark = pytest.mark.pty
WIDTH, HEIGHT = 80, 24
ROWS = 6
"""Rows that are drawn in."""
FEEDER = [sys.executable, str(Path(__file__).with_name("feeder.py"))]
PATIENCE = 20.0


class Multiplexer:
    """A program that shows what it is told to in a multiplexer's window; a subclass starts it and reads the window."""

    term: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "SHELL": "/bin/sh"}
        for name in ("TMUX", "STY"):
            self.env.pop(name, None)
        for name in ("frames", "shown"):
            os.mkfifo(folder / name)
        self.start()
        self._frames = (folder / "frames").open("w")
        self._shown = (folder / "shown").open()

    def run(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=PATIENCE, check=True
        ).stdout

    def start(self) -> None:
        raise NotImplementedError

    def lines(self) -> list[str]:
        """Return what the window shows, line by line."""
        raise NotImplementedError

    def stop(self) -> None:
        self._frames.close()
        self._shown.close()

    def printed(self, text: str) -> str:
        """Return what a line shows on which a text is printed alone."""
        return self.show(f"\x1b[H\x1b[2J{text}")[0]

    def show(self, data: str) -> list[str]:
        """Let the program send something to its terminal, and return what the window shows when it has taken it."""
        self._frames.write(base64.b64encode(data.encode()).decode() + "\n")
        self._frames.flush()
        assert self._shown.readline(), "the program has ended"
        return [line.rstrip() for line in self.lines()[:ROWS]]


class Tmux(Multiplexer):
    term = "tmux-256color"

    def _tmux(self, *arguments: str) -> str:
        return self.run("tmux", "-u", "-S", str(self.folder / "tmux"), "-f", "/dev/null", *arguments)

    def start(self) -> None:
        size = ("-x", str(WIDTH), "-y", str(HEIGHT))
        self._tmux("new-session", "-d", *size, *FEEDER, str(self.folder))

    def lines(self) -> list[str]:
        return self._tmux("capture-pane", "-p").split("\n")

    def stop(self) -> None:
        self._tmux("kill-server")
        super().stop()


class Screen(Multiplexer):
    """GNU screen; of its window it tells one byte a character, the last one of its number."""

    term = "screen-256color"

    def _screen(self, *arguments: str) -> str:
        return self.run("screen", "-U", "-c", str(self.folder / "rc"), "-S", "test", *arguments)

    def start(self) -> None:
        sockets = self.folder / "screen"
        sockets.mkdir(mode=0o700)
        self.env["SCREENDIR"] = str(sockets)
        (self.folder / "rc").write_text("startup_message off\ndefutf8 on\nvbell off\n")
        self._screen("-dm", *FEEDER, str(self.folder))

    def lines(self) -> list[str]:
        copy = self.folder / "copy"
        self._screen("-X", "hardcopy", str(copy))
        self._screen("-Q", "title")  # is answered when the copy is there
        return copy.read_text("latin-1").split("\n")

    def stop(self) -> None:
        self._screen("-X", "quit")
        super().stop()


@pytest.fixture(params=[Tmux, Screen])
def multiplexer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Multiplexer]:
    kind: type[Multiplexer] = request.param
    if shutil.which(kind.__name__.lower()) is None:
        pytest.skip(f"{kind.__name__.lower()} is not installed")
    made = kind(tmp_path)
    yield made
    made.stop()


class Terminal:
    """A grid and what brings it to a multiplexer's window."""

    def __init__(self, multiplexer: Multiplexer) -> None:
        self.multiplexer = multiplexer
        self.grid = ScreenBuffer(WIDTH, HEIGHT)
        self.book = StyleTable(
            ColorDepth.EIGHT_BIT, erases_with_background=multiplexer.term.startswith("tmux")
        )
        self.painter = Painter(self.book, WIDTH, HEIGHT)

    def put(self, row: int, column: int, text: str, style: Style | None = None) -> None:
        self.grid.rows[row].put(column, [Segment(text, style)], self.book)

    def show(self) -> list[str]:
        return self.multiplexer.show(self.painter.paint(self.grid, range(HEIGHT), None))

    def repaint(self) -> list[str]:
        self.painter = Painter(self.book, WIDTH, HEIGHT)
        return self.show()


def test_what_the_window_shows_is_what_a_repaint_shows_and_no_letter_of_before(
    multiplexer: Multiplexer,
) -> None:
    names = [f"{KEYCAPS}.example", f"{HINDI}.example", f"{FAMILY}.example", f"{FLAG}.example"]
    printed = [multiplexer.printed(name) for name in names]
    terminal = Terminal(multiplexer)
    for row in range(4):
        terminal.put(row, 0, "~" * 40)
    terminal.show()
    for row, name in enumerate(names):
        terminal.put(row, 0, name + " " * 40)
    shown = terminal.show()
    assert "~" not in "".join(shown)
    assert shown[0].replace(" ", "") == printed[0].replace(" ", "")
    assert shown[1] == printed[1]
    assert shown[3] == printed[3]
    assert shown == terminal.repaint()


def test_a_word_of_a_script_that_joins_is_as_whole_as_when_it_is_printed(multiplexer: Multiplexer) -> None:
    words = [HINDI, "क्षत्रिय", "العربية", "ไทยสวัสดี", "ខ្មែរ", "தமிழ்"]
    printed = [multiplexer.printed(f"{word}.example") for word in words]
    terminal = Terminal(multiplexer)
    for row, word in enumerate(words):
        terminal.put(row, 2, f"{word}.example")
        terminal.put(row, 40, "3 sites")
    shown = terminal.show()
    for line, word in zip(shown, printed, strict=True):
        assert line.startswith(f"  {word}  ")
        assert line.endswith("  3 sites")


@pytest.mark.parametrize("column", range(WIDTH - 4, WIDTH))
def test_what_does_not_fit_at_the_right_edge_never_shows_in_the_row_below(
    multiplexer: Multiplexer, column: int
) -> None:
    terminal = Terminal(multiplexer)
    terminal.put(0, column, f"{FAMILY}{FAMILY}")
    terminal.put(2, column, FLAG)
    terminal.put(4, column, f"{HINDI}{KEYCAPS}")
    assert [line for line in terminal.show()[1::2] if line] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_after_random_frames_the_window_shows_what_a_repaint_shows(
    multiplexer: Multiplexer, seed: int
) -> None:
    chance, terminal = random.Random(seed), Terminal(multiplexer)
    styles = [Style(), Style(bold=True), Style(reverse=True)]
    for step in range(25):
        for _ in range(chance.randint(1, 6)):
            text = "".join(chance.choices(PIECES, k=chance.randint(0, 7)))
            terminal.put(chance.randrange(ROWS), chance.randrange(WIDTH), text, chance.choice(styles))
        assert terminal.show() == terminal.repaint(), f"seed {seed}, step {step}"
