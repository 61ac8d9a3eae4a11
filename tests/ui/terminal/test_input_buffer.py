"""What a slow line cuts is put together again: no end of a paste is lost, no answer of the terminal is typed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.ui.terminal.input_buffer import (
    KEY_SECONDS,
    PASTE_END,
    PASTE_SILENCE,
    PASTE_START,
    SEQUENCE_SECONDS,
    InputBuffer,
    Pasted,
)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def fed(*steps: str | float) -> list[str | Pasted]:
    """Return what comes out where texts are read, and so many seconds pass between them; ticks come meanwhile."""
    clock = Clock()
    buffer, out = InputBuffer(clock), list[str | Pasted]()
    for step in steps:
        if isinstance(step, str):
            out += buffer.feed(step)
            continue
        end = clock.now + step
        while clock.now < end:
            clock.now = min(end, clock.now + 0.05)
            out += buffer.feed("")
    return out


def joined(parts: list[str | Pasted]) -> list[str | Pasted]:
    """Return the parts, keys that stand beside each other as one text."""
    out: list[str | Pasted] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        else:
            out.append(part)
    return out


KEYS = st.sampled_from(
    ["j", "é", "\r", "\x1b[A", "\x1b[6~", "\x1bOP", "\x1b[24;3R", "\x1b[?2026;2$y", "\x1b[<0;3;4M"]
)
TEXTS = st.text(st.sampled_from("ab\n\x1b[201"), max_size=12).filter(
    lambda text: PASTE_END not in text + PASTE_END[:-1] and not text.endswith("\x1b")
)
STREAMS = st.lists(st.one_of(KEYS, TEXTS.map(Pasted)), max_size=6)


@given(STREAMS, st.data())
def test_however_the_line_cuts_it_keys_and_pastes_are_the_same(
    stream: list[str | Pasted], data: st.DataObject
) -> None:
    text = "".join(one if isinstance(one, str) else f"{PASTE_START}{one.text}{PASTE_END}" for one in stream)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    steps: list[str | float] = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        # behind an escape what comes later cannot be told from keys
        short = text[:end].endswith(("\x1b", "\x1b[", "\x1bO"))
        steps += [text[start:end], KEY_SECONDS / 3 if short else 0.5]
    assert joined(fed(*steps)) == joined(stream)


@pytest.mark.parametrize("cut", range(1, len(PASTE_END)))
def test_the_end_of_a_paste_may_come_in_two_pieces_however_late_the_second(cut: int) -> None:
    steps = (f"{PASTE_START}text{PASTE_END[:cut]}", 30.0, f"{PASTE_END[cut:]}q")
    assert joined(fed(*steps)) == [Pasted("text"), "q"]


def test_an_escape_inside_a_paste_is_text() -> None:
    assert fed(f"{PASTE_START}a\x1b[31mred\x1b[0m\x1b b{PASTE_END}") == [Pasted("a\x1b[31mred\x1b[0m\x1b b")]


@pytest.mark.parametrize("key", ["q", "\x03", "\x1b", "\x1b[A", "\x1bOP", "é"])
def test_a_paste_whose_end_is_lost_ends_with_the_next_key_after_a_while(key: str) -> None:
    assert fed(f"{PASTE_START}text", PASTE_SILENCE - 1, key) == []
    assert fed(f"{PASTE_START}text", PASTE_SILENCE, key, 1.0) == [Pasted("text"), key]


def test_a_paste_that_goes_on_after_a_long_silence_is_still_one() -> None:
    steps = (f"{PASTE_START}one.example\n", PASTE_SILENCE * 3, "two.example\nx", f"y{PASTE_END}")
    assert fed(*steps) == [Pasted("one.example\ntwo.example\nxy")]


@pytest.mark.parametrize("key", ["[", "O"])
def test_escape_and_a_key_that_begins_a_sequence_are_two_keys_where_nothing_follows(key: str) -> None:
    assert fed(f"\x1b{key}", KEY_SECONDS / 2) == []
    assert fed(f"\x1b{key}", KEY_SECONDS) == ["\x1b", key]


def test_a_cut_sequence_waits_for_its_rest_and_not_for_ever() -> None:
    assert fed("\x1b[24;3", SEQUENCE_SECONDS / 2, "6R") == ["\x1b[24;36R"]
    assert fed("\x1b[24;3", SEQUENCE_SECONDS) == ["\x1b[24;3"]
