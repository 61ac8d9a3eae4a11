from __future__ import annotations

import pytest

from jpmanage_tui.ui.terminal.colours import ColourDepth, colour_depth, refuse_terminal
from jpmanage_tui.ui.terminal.terminfo import erases_with_background, is_old


@pytest.mark.parametrize(
    ("env", "depth"),
    [
        ({"TERM": "xterm-256color"}, ColourDepth.EIGHT_BIT),
        ({"TERM": "screen-256color"}, ColourDepth.EIGHT_BIT),
        ({"TERM": "tmux-256color"}, ColourDepth.EIGHT_BIT),
        ({"TERM": "linux"}, ColourDepth.SIXTEEN),
        ({"TERM": "xterm"}, ColourDepth.SIXTEEN),
        ({"TERM": "vt100"}, ColourDepth.NONE),
        ({"TERM": "vt220"}, ColourDepth.NONE),
        ({"TERM": "xterm-mono"}, ColourDepth.NONE),
        ({"TERM": "some-new-terminal"}, ColourDepth.SIXTEEN),
        ({"TERM": "xterm-direct"}, ColourDepth.TRUECOLOR),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, ColourDepth.TRUECOLOR),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, ColourDepth.TRUECOLOR),
        ({"TERM": "vt100", "COLORTERM": "truecolor"}, ColourDepth.NONE),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, ColourDepth.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, ColourDepth.EIGHT_BIT),
    ],
)
def test_the_environment_says_how_many_colours_there_are(env: dict[str, str], depth: ColourDepth) -> None:
    assert colour_depth(env) is depth


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
