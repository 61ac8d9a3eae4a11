"""The terminal's answer about its background: taken out of what is typed, whenever and in whatever pieces it comes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from jpmanage_tui.ui.terminal.background import (
    ESCAPE_SECONDS,
    KEY_SECONDS,
    START_SECONDS,
    BackgroundFilter,
    is_dark,
)

DARK, LIGHT = "\x1b]11;rgb:1010/1515/1212", "\x1b]11;rgba:ffff/fafa/f0f0/ffff"
ENDS = ("\x1b\\", "\x07")


class Terminal:
    """A filter with a clock that stands still until it is told to go on."""

    def __init__(self, *, asked: bool = True) -> None:
        self.now = 100.0
        self.told: list[bool] = []
        self.filter = BackgroundFilter(self.told.append, lambda: self.now)
        if asked:
            self.filter.asked()

    def feed(self, *pieces: str, pause: float = 0.0) -> str:
        """Return what the program gets as typed; after each piece `pause` seconds pass, and it looks again."""
        typed = ""
        for piece in pieces:
            typed += "".join(self.filter.feed(piece))
            if pause:
                self.now += pause
                typed += "".join(self.filter.feed(""))
        return typed


@pytest.mark.parametrize(
    ("value", "dark"),
    [("rgb:0000/0000/0000", True), ("rgb:ff/ff/ff", False), ("rgb:f/f/e", False), ("rgb:00/2b/36", True),
     ("rgba:fdfd/f6f6/e3e3/ffff", False), ("rgb:/0/0", None), ("?", None), ("rgb:12345/0/0", None)],
)  # fmt: skip
def test_a_color_is_dark_or_light_by_how_bright_it_looks(value: str, dark: bool | None) -> None:
    assert is_dark(value) is dark


@settings(max_examples=60)
@given(
    st.sampled_from([(DARK, True), (LIGHT, False)]),
    st.sampled_from(ENDS),
    st.text("jk\x1b[A]1;é\t", max_size=4).filter(lambda text: not text.endswith("\x1b")),
    st.text("jk[A]1;\r", max_size=4),
    st.lists(st.integers(1, 40), max_size=5),
)
def test_however_an_answer_is_cut_no_part_of_it_is_typed_and_all_else_is(
    answer: tuple[str, bool], end: str, before: str, after: str, cuts: list[int]
) -> None:
    whole, terminal = before + answer[0] + end + after, Terminal()
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[one:other] for one, other in pairwise(places)]
    typed = terminal.feed(*pieces)
    terminal.now += START_SECONDS
    assert typed + terminal.feed("") == before + after
    assert terminal.told == [answer[1]]


@pytest.mark.parametrize("end", ENDS)
def test_an_answer_that_comes_a_character_at_a_time_after_seconds_is_no_key(end: str) -> None:
    terminal = Terminal()
    assert terminal.feed("j", *(DARK + end), "k", pause=ESCAPE_SECONDS - 0.01) == "jk"
    assert terminal.told == [True]


def test_an_escape_key_waits_a_moment_while_the_answer_is_waited_for_and_not_at_all_after_it() -> None:
    terminal = Terminal()
    assert terminal.feed("\x1b") == ""
    terminal.now += ESCAPE_SECONDS + 0.01
    assert terminal.feed("") == "\x1b"
    assert terminal.feed(DARK + "\x07") == ""
    assert terminal.feed("\x1b") == "\x1b"


def test_an_answer_whose_escape_was_taken_for_a_key_is_swallowed_all_the_same() -> None:
    terminal = Terminal()
    terminal.now += 60.0
    assert terminal.feed("\x1b", DARK[1:6], DARK[6:], "\x1b\\j", pause=0.5) == "\x1bj"
    assert terminal.told == [True]


def test_the_key_after_an_escape_does_not_wait_for_an_answer_that_never_comes() -> None:
    terminal = Terminal()
    terminal.now += 60.0
    assert terminal.feed("\x1b", pause=ESCAPE_SECONDS) == "\x1b"
    assert terminal.feed("]") == "]"
    assert terminal.feed("\x1b") == "\x1b"
    assert terminal.feed("]", pause=ESCAPE_SECONDS) == "]"  # and the escape is not typed twice


def test_a_key_of_an_escape_sequence_behind_a_late_answer_stays_whole() -> None:
    terminal = Terminal()
    terminal.now += 60.0
    assert terminal.feed("\x1b", DARK[1:] + "\x07\x1b[A", pause=0.2) == "\x1b\x1b[A"
    assert terminal.feed("\x1b", "k") == "\x1bk"
    assert terminal.told == [True]


@pytest.mark.parametrize(
    "typed", ["\x1b]", "\x1b]1", "\x1b]x", "\x1b[A", "\x1bOP", "\x1b\x1b", "é\x1b]11;no answer", "]11"]
)
def test_what_only_begins_like_an_answer_is_typed_in_the_end(typed: str) -> None:
    terminal = Terminal()
    given_now = terminal.feed(typed)
    terminal.now += START_SECONDS
    assert given_now + terminal.feed("") == typed
    assert terminal.told == []


def test_an_answer_to_a_question_that_nobody_asked_is_no_key_and_tells_nothing() -> None:
    terminal = Terminal(asked=False)
    assert terminal.feed("a" + DARK, "\x1b\\b") == "ab"
    assert terminal.told == []


def test_a_key_that_follows_an_escape_after_a_while_is_a_key_of_its_own() -> None:
    terminal = Terminal()
    assert terminal.filter.feed("\x1b") == ()
    terminal.now += KEY_SECONDS + 0.01
    assert terminal.filter.feed("j") == ("\x1b", "j")
    assert terminal.filter.feed("\x1b") == ()
    terminal.now += KEY_SECONDS + 0.01
    assert terminal.filter.feed("\x1b") == ("\x1b",)
    terminal.now += KEY_SECONDS + 0.01
    assert terminal.filter.feed("[A") == ("\x1b", "[A")
    assert terminal.filter.feed("\x1b[A") == ("\x1b[A",)
