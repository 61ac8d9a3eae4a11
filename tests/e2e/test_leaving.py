"""Leaving again and again while a change hangs: one request, one entry in the journal, a terminal as it was."""

from __future__ import annotations

import signal

import pytest

from tests.e2e.harness import API, Place, focused, unassign_one, until
from tests.ui.terminal.pty_session import PtySession
from tests.ui.terminal.test_signals import assert_restored

pytestmark = [pytest.mark.pty, pytest.mark.slow]
SITE = f"{API}/license/*"
SIGNALS = {"SIGTERM": signal.SIGTERM, "SIGHUP": signal.SIGHUP}


def leave(session: PtySession) -> None:
    """Press `q` and say yes."""
    session.send("q")
    session.until(lambda: focused(session, "[ Cancel"))
    session.press("\t", lambda: focused(session, "[ Leave"))
    session.press("\r", lambda: "Leaving: what is on its way is finished first" in session.text)


def take(session: PtySession, *steps: str) -> None:
    """Press keys, and send signals, in this order."""
    for step in steps:
        if step in SIGNALS:
            session.signal(SIGNALS[step])
        else:
            session.send(step)
        session.quiet(0.1)


@pytest.mark.parametrize(
    ("asked", "steps", "code"),
    [
        (True, ["q"], 0),
        (True, ["q", "\x03", "q", "r", "x"], 0),
        (True, ["q", "\x03", "\x03"], 130),
        (True, ["q", "SIGTERM", "SIGHUP"], 143),
        (False, ["\x03", "\x03", "q"], 130),
        (False, ["SIGTERM", "SIGTERM", "\x03"], 143),
        (False, ["SIGHUP", "q"], 129),
    ],
    ids=repr,
)
def test_a_change_that_hangs_is_sent_once_and_looked_up_at_the_next_start(
    asked: bool, steps: list[str], code: int, place: Place
) -> None:
    place.faults(f"DELETE {SITE} hang-after x1")
    with place.run() as session:
        unassign_one(session)
        until(lambda: len(place.changes()) == 1, "the change is committed")
        if asked:
            leave(session)
        take(session, *steps)
        assert session.exit_code() == code
        assert_restored(session)
        assert b"Error" not in session.raw
    assert len(place.asked("DELETE", "/license/")) == 1
    with place.run() as session:
        session.shows("From the last run: Unassign ")
        session.shows("done (confirmed)")
        session.send("q")
        assert session.exit_code() == 0
    assert len(place.changes()) == 1
    assert len(place.asked("DELETE", "/license/")) == 1


@pytest.mark.parametrize("steps", [["q"], ["\x03", "q"], ["q", "q", "q"]], ids=repr)
def test_a_change_that_is_slow_is_finished_before_the_program_ends(steps: list[str], place: Place) -> None:
    place.faults(f"DELETE {SITE} latency=3")
    with place.run() as session:
        unassign_one(session)
        until(lambda: place.asked("DELETE", "/license/"), "the request is on its way")
        leave(session)
        take(session, *steps)
        assert session.exit_code() == 0
        assert_restored(session)
    assert len(place.changes()) == 1
    with place.run() as session:
        session.shows(" 1/")
        session.send("0")
        session.shows("✓ done")
        session.send("1")
        session.until(lambda: "✓ done" not in session.text)
        session.send("q")
        assert session.exit_code() == 0
    assert len(place.asked("DELETE", "/license/")) == 1
