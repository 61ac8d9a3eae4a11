"""Every key that users of k9s, lazygit and vim press out of habit does something, or says that it does not."""

from __future__ import annotations

import re

import pytest

from tests.e2e.harness import Place
from tests.habits import DOCUMENT, DOWN, HABITS, LAST, UP, Habit, document
from tests.ui.terminal.pty_session import PtySession

ROW = re.compile(r" (\d+)/224")


def row(session: PtySession) -> int:
    """The row of the cursor; 0 where the screen says none."""
    found = ROW.search(session.text)
    return int(found[1]) if found else 0


def press(session: PtySession, habit: Habit) -> None:
    before = row(session)
    if habit.shows in (DOWN, UP):
        session.send(habit.sent)
        session.until(lambda: row(session) > before if habit.shows == DOWN else 0 < row(session) < before, 5)
    else:
        assert habit.shows not in session.text, f"{habit.label}: {habit.shows!r} is on the screen before it"
        session.send(habit.sent)
        session.until(lambda: habit.shows in session.text, 5)
    if habit.back:
        session.send(habit.back)
        session.until(lambda: habit.shows not in session.text and row(session) > 0, 5)


@pytest.mark.pty
def test_every_habit_does_what_the_table_says(demo: Place) -> None:
    with demo.run("--demo", "--demo-now", "2026-03-01T09:00:00Z", size=(100, 24)) as session:
        session.shows(" 1/224")
        session.quiet(0.1)
        wrong: list[str] = []
        for habit in HABITS:
            try:
                press(session, habit)
            except AssertionError as error:
                wrong.append(f"{habit.label}: {error}")
                break
        assert not wrong, wrong[0]
        session.send(LAST.sent)
        assert session.exit_code() == 0


def test_the_document_has_the_table_of_at_least_sixty_habits() -> None:
    assert len(HABITS) >= 60
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "python -m tests.habits"
