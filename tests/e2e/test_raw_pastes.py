"""A paste without brackets changes nothing, wherever it lands and however it comes; a fast typist loses no key."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from tests.e2e import raw_pastes
from tests.e2e.harness import Place
from tests.e2e.raw_pastes import PASTES, SPOTS, Paste, changing, go_to
from tests.ui.terminal.pty_session import PtySession

pytestmark = pytest.mark.pty
Run = Callable[[Place], AbstractContextManager[tuple[PtySession, Paste]]]
RUNS: dict[str, Run] = {
    "in one write": partial(raw_pastes.plain, write=raw_pastes.in_one_write),
    "in clumps": partial(raw_pastes.plain, write=raw_pastes.in_clumps),
    "tmux": raw_pastes.in_tmux,
    "screen": raw_pastes.in_screen,
}


def pasted(run: Run, place: Place, spot: str, name: str) -> None:
    """Paste at a place, and look that nothing was changed and the program still takes keys, or has ended."""
    with run(place) as (session, paste):
        go_to(session, SPOTS[spot])
        paste(PASTES[name])
        session.quiet(0.5)
    assert changing(place) == [], f"{name!r} pasted on {spot}"


@pytest.mark.parametrize(
    ("spot", "name"),
    [("Licenses", "x tab enter"), ("Invoices", "what charges and deletes"), ("Issue", "enter, tab, enter")],
)
def test_a_paste_that_comes_at_once_changes_nothing(place: Place, spot: str, name: str) -> None:
    pasted(RUNS["in one write"], place, spot, name)


@pytest.mark.slow
@pytest.mark.parametrize("spot", SPOTS)
@pytest.mark.parametrize("run", RUNS)
def test_no_paste_without_brackets_changes_anything_anywhere(place: Place, run: str, spot: str) -> None:
    if run in ("tmux", "screen") and shutil.which(run) is None:
        pytest.skip(f"{run} is not installed")
    for name in PASTES:
        pasted(RUNS[run], place, spot, name)


WORDS = (
    "bistro",
    "rhythm",
    "02/34",
    "linden-legal-30.example",
    "São",
    "x",
    "tab",
    "aa",
    "ab",
    "abba",
    "sesame",
)
"""What is typed: letters in an order that shows, more than once in a word too."""


def type_fast(place: Place, words: int) -> None:
    """Type words into a field in clumps, as a fast typist on a slow line does; each must stand there as typed."""
    chance = random.Random(words)
    with place.run(size=(100, 30)) as session:
        session.shows(" 1/")
        session.send("3")
        session.shows("Primary Card")
        session.send("n")
        session.shows("Name on card")
        session.quiet()
        for _ in range(words):
            word = "".join(chance.choice(WORDS) for _ in range(chance.randint(1, 2)))
            rest = word
            while rest:
                size = chance.randint(1, 4)
                session.send(rest[:size])
                session.pump(chance.uniform(0, 0.02))
                rest = rest[size:]
            session.until(lambda word=word: name(session) == word)  # type: ignore[misc]
            session.send("\x15")
            session.until(lambda: name(session) == "")


def name(session: PtySession) -> str | None:
    """What stands in the field for the name, None while a frame that moves the form is half drawn."""
    lines = [line for line in session.screen.display if "│ Name on card" in line]
    return lines[0].partition("Name on card")[2].partition("│")[0].strip() if lines else None


def test_words_typed_in_clumps_stand_in_the_field_as_typed(place: Place) -> None:
    type_fast(place, 12)


@pytest.mark.slow
def test_two_hundred_words_typed_in_clumps_stand_in_the_field_as_typed(place: Place) -> None:
    type_fast(place, 200)
