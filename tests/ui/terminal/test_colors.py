from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jpmanage_tui.ui.terminal.colors import ColorDepth, color_depth, refuse_terminal
from jpmanage_tui.ui.terminal.terminfo import TerminalEntry, erases_with_background, is_old


@pytest.mark.parametrize(
    ("env", "depth"),
    [
        ({"TERM": "xterm-256color"}, ColorDepth.EIGHT_BIT),
        ({"TERM": "screen-256color"}, ColorDepth.EIGHT_BIT),
        ({"TERM": "tmux-256color"}, ColorDepth.EIGHT_BIT),
        ({"TERM": "linux"}, ColorDepth.SIXTEEN),
        ({"TERM": "xterm"}, ColorDepth.SIXTEEN),
        ({"TERM": "vt100"}, ColorDepth.NONE),
        ({"TERM": "vt220"}, ColorDepth.NONE),
        ({"TERM": "xterm-mono"}, ColorDepth.NONE),
        ({"TERM": "some-new-terminal"}, ColorDepth.SIXTEEN),
        ({"TERM": "xterm-direct"}, ColorDepth.TRUECOLOR),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, ColorDepth.TRUECOLOR),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, ColorDepth.TRUECOLOR),
        ({"TERM": "vt100", "COLORTERM": "truecolor"}, ColorDepth.NONE),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, ColorDepth.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, ColorDepth.EIGHT_BIT),
    ],
)
def test_where_terminfo_knows_nothing_the_environment_says_how_many_colors_there_are(
    env: dict[str, str], depth: ColorDepth
) -> None:
    assert color_depth(env, lambda _term: None) is depth


@pytest.mark.parametrize(
    "term",
    ["alacritty", "alacritty-direct", "xterm-kitty", "foot", "foot-extra", "wezterm", "xterm-ghostty", "ghostty",
     "vte-256color", "vte", "konsole", "st-256color", "tmux-256color"],
)  # fmt: skip
def test_terminals_of_today_have_256_colors_also_where_terminfo_does_not_know_them(term: str) -> None:
    depth = color_depth({"TERM": term}, lambda _term: None)
    assert depth is (ColorDepth.TRUECOLOR if "direct" in term else ColorDepth.EIGHT_BIT)
    assert color_depth({"TERM": term, "COLORTERM": "truecolor"}, lambda _term: None) is ColorDepth.TRUECOLOR
    assert color_depth({"TERM": term, "NO_COLOR": "1"}, lambda _term: None) is ColorDepth.NONE


@pytest.mark.parametrize(
    ("entry", "depth"),
    [
        (TerminalEntry(256, False), ColorDepth.EIGHT_BIT),
        (TerminalEntry(256, True), ColorDepth.TRUECOLOR),
        (TerminalEntry(0x1000000, True), ColorDepth.TRUECOLOR),
        (TerminalEntry(88, False), ColorDepth.SIXTEEN),
        (TerminalEntry(16, False), ColorDepth.SIXTEEN),
        (TerminalEntry(8, False), ColorDepth.SIXTEEN),
        (TerminalEntry(0, False), ColorDepth.NONE),
    ],
)
@pytest.mark.parametrize("term", ["xterm", "some-terminal", "misnamed-256color"])
def test_what_terminfo_says_counts_more_than_the_name(
    term: str, entry: TerminalEntry, depth: ColorDepth
) -> None:
    assert color_depth({"TERM": term}, lambda _term: entry) is depth


ENTRIES = """
many|many colors,
	am, colors#256, cup=\\E[%i%p1%d;%p2%dH, pairs#32767, setaf=\\E[38;5;%p1%dm,
few|few colors,
	am, colors#8, cup=\\E[%i%p1%d;%p2%dH, pairs#64, setaf=\\E[3%p1%dm,
none|no color,
	am, cup=\\E[%i%p1%d;%p2%dH,
flagged|24-bit as tmux writes it,
	Tc, use=many,
direct|24-bit as ncurses writes it,
	RGB, colors#0x1000000, use=many,
counted|24-bit with the bits of a color,
	RGB#8, use=many,
spelled|24-bit with the bits of each color,
	RGB=8/8/8, use=many,
"""


@pytest.mark.skipif(shutil.which("tic") is None, reason="tic, which compiles terminfo, is not installed")
@pytest.mark.parametrize(
    ("term", "depth"),
    [
        ("many", "EIGHT_BIT"),
        ("few", "SIXTEEN"),
        ("none", "NONE"),
        ("flagged", "TRUECOLOR"),
        ("direct", "TRUECOLOR"),
        ("counted", "TRUECOLOR"),
        ("spelled", "TRUECOLOR"),
        ("not-there", "SIXTEEN"),
        ("../many", "SIXTEEN"),
        ("x" * 5000, "SIXTEEN"),
        ("", "SIXTEEN"),
    ],
)
def test_terminfo_is_asked_of_the_real_ncurses(term: str, depth: str, tmp_path: Path) -> None:
    (tmp_path / "entries").write_text(ENTRIES)
    subprocess.run(["tic", "-x", "-o", str(tmp_path), str(tmp_path / "entries")], check=True, timeout=30)
    told = subprocess.run(
        [sys.executable, "-c", "from jpmanage_tui.ui.terminal import colors; import os;"
         "print(*{colors.color_depth(os.environ).name for _ in range(2)})"],
        env={**os.environ, "TERM": term, "TERMINFO": str(tmp_path), "COLORTERM": "", "NO_COLOR": ""},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (told.stdout, told.stderr, told.returncode) == (f"{depth}\n", "", 0)


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TERM": "unknown"}, {"TERM": ""}, {}])
def test_a_terminal_that_cannot_be_drawn_in_is_refused_with_a_sentence_that_says_what_to_do(
    env: dict[str, str],
) -> None:
    sentence = refuse_terminal(env)
    assert sentence is not None
    assert "TERM" in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    "term", ["xterm-256color", "screen-256color", "tmux-256color", "linux", "xterm", "vt100"]
)
def test_a_terminal_that_moves_its_cursor_is_not_refused(term: str) -> None:
    assert refuse_terminal({"TERM": term}) is None


def test_only_terminals_known_to_fill_are_erased_with_a_background() -> None:
    assert erases_with_background("xterm-256color")
    assert not erases_with_background("screen-256color")
    assert not erases_with_background("vt100")


def test_a_vt100_is_old_and_an_xterm_is_not() -> None:
    assert is_old("vt100")
    assert not is_old("vte-256color")
    assert not is_old("xterm")
