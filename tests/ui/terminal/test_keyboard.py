"""Which keys may decide something, by the times at which they and the terminal's answers came."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from jpmanage_tui.ui.terminal.keyboard import ANSWER, SILENCE, Keyboard, Press, WrittenFrame

GAPS = st.lists(st.floats(0, SILENCE - 0.001), min_size=1, max_size=40)
TIME = 1000.0


def key_at(time: float, key: str = "enter") -> events.Key:
    event = events.Key(key, None)
    event.time = time
    return event


def answer_at(time: float) -> events.CursorPosition:
    event = events.CursorPosition(0, 0)
    event.time = time
    return event


def presses(keyboard: Keyboard, times: list[float]) -> list[Press]:
    """Let keys come at these times, each with what is known when the next one has come."""
    come = [key_at(time) for time in times]
    before = [keyboard.quiet_before(event) for event in come]
    return [Press(*one) for one in zip(come, before, [*before[1:], float("inf")], strict=True)]


def shown(keyboard: Keyboard, at: float = TIME, answered: float | None = TIME) -> WrittenFrame:
    """Return a frame that was written and asked after at a time; the terminal answered then, or never."""
    keyboard._clock = lambda: at
    frame = keyboard.written(queried=True)
    if answered is not None:
        keyboard.answered(answer_at(answered))
    return frame


@given(GAPS, st.floats(-5, 5))
def test_no_key_of_a_paste_is_a_persons_and_none_arms_a_question(
    gaps: list[float], shown_after: float
) -> None:
    keyboard = Keyboard()
    keyboard.quiet_before(key_at(TIME))
    times = [TIME + sum(gaps[: number + 1]) for number in range(len(gaps))]
    frame = shown(keyboard, TIME + shown_after, TIME + shown_after)
    for press in presses(keyboard, times):
        assert not keyboard.is_deliberate(press)
        assert not keyboard.is_armed(frame, press)


@given(GAPS)
def test_the_first_key_of_a_paste_is_no_persons_either_once_the_next_has_come(gaps: list[float]) -> None:
    keyboard = Keyboard()
    first, *_ = presses(keyboard, [TIME, *(TIME + sum(gaps[: number + 1]) for number in range(len(gaps)))])
    assert not keyboard.is_deliberate(first)


@given(st.lists(st.floats(SILENCE + 1e-6, 60), min_size=1, max_size=10))
def test_every_key_after_a_silence_is_a_persons_whatever_came_before(gaps: list[float]) -> None:
    keyboard = Keyboard()
    frame = shown(keyboard, answered=TIME + 0.001)
    keyboard.quiet_before(key_at(TIME))
    for press in presses(keyboard, [TIME + sum(gaps[: number + 1]) for number in range(len(gaps))]):
        assert keyboard.is_deliberate(press)
        assert keyboard.is_armed(frame, press)


def test_a_key_from_before_the_terminals_answer_arms_nothing_until_a_second_has_passed() -> None:
    keyboard = Keyboard()
    frame = shown(keyboard, answered=TIME + 0.8)
    for time, armed in ((TIME + 0.7, False), (TIME + 1.1, True)):
        [press] = presses(keyboard, [time])
        assert keyboard.is_armed(frame, press) is armed

    keyboard = Keyboard()
    frame = shown(keyboard, answered=None)
    for time, armed in ((TIME + 0.5, False), (TIME + 0.9, False), (TIME + ANSWER + 0.3, True)):
        [press] = presses(keyboard, [time])
        assert keyboard.is_armed(frame, press) is armed


def test_an_answer_belongs_to_the_query_that_was_asked_first() -> None:
    keyboard = Keyboard()
    shown(keyboard, TIME, answered=None)
    second = shown(keyboard, TIME + 2, answered=TIME + 2.1)  # that to the first
    [press] = presses(keyboard, [TIME + 2.5])
    assert not keyboard.is_armed(second, press)
    keyboard.answered(answer_at(TIME + 2.6))
    [press] = presses(keyboard, [TIME + 2.9])
    assert keyboard.is_armed(second, press)


def test_answers_that_nobody_asked_for_arm_nothing() -> None:
    keyboard = Keyboard()
    for _ in range(5):  # shift+F3 looks like one
        keyboard.answered(answer_at(TIME))
    frame = shown(keyboard, TIME + 1, answered=None)
    [press] = presses(keyboard, [TIME + 1.5])
    assert not keyboard.is_armed(frame, press)


def test_a_frame_that_is_not_written_yet_arms_nothing_and_one_without_a_query_does_once_it_is() -> None:
    keyboard = Keyboard(lambda: TIME)
    [early] = presses(keyboard, [TIME - 1])
    assert not keyboard.is_armed(None, early)
    frame = keyboard.written(queried=False)
    assert not keyboard.is_armed(frame, early), "it was pressed before"
    [press] = presses(keyboard, [TIME + 0.1])
    assert keyboard.is_armed(frame, press)


def test_the_rest_of_a_paste_is_skipped_up_to_the_next_silence() -> None:
    keyboard = Keyboard()
    keyboard.quiet_before(key_at(TIME))
    keyboard.skip_rest()
    rest = presses(keyboard, [TIME + 0.1, TIME + 0.3, TIME + 0.7, TIME + 0.8])
    assert [keyboard.skips(press) for press in rest] == [True, True, False, False]


@pytest.mark.parametrize("answer", ["\x1b[1;1R", "\x1b[24;80R", "\x1b[100;200R", "\x1b[1;2R"])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_terminals_answer_is_never_a_key_in_whatever_pieces_it_comes(answer: str, size: int) -> None:
    parser = XTermParser()
    come: list[object] = []
    data = f"j{answer}x{answer}{answer}\r"
    for start in range(0, len(data), size):
        come += parser.feed(data[start : start + size])
    assert [event.key for event in come if isinstance(event, events.Key)] == ["j", "x", "enter"]
    assert sum(isinstance(event, events.CursorPosition) for event in come) == 3


def test_the_answer_to_the_shorter_query_would_be_keys() -> None:
    parser = XTermParser()
    come = [*parser.feed("\x1b[0n"), *parser.feed("j" * 40)]
    assert "0" in [event.key for event in come if isinstance(event, events.Key)], "0 opens the log"
