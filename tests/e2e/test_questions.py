"""What a question asks of the terminal: whether it is shown, once, after its frame; and what it makes of the answer."""

from __future__ import annotations

import pytest

from jpmanage_tui.ui.terminal.keyboard import POSITION_QUERY
from tests.e2e.harness import JPMANAGE, Place, focused
from tests.ui.terminal.pty_session import PtySession

pytestmark = pytest.mark.pty
QUERY = POSITION_QUERY.encode()


def silent(demo: Place) -> PtySession:
    """Run the demo in a terminal that answers nothing."""
    argv = ["tests.e2e.become", JPMANAGE, "--demo", "--demo-now", "2026-03-01T09:00:00Z"]
    return PtySession(argv, size=(100, 30), env=demo.folders, answers=False)


def test_the_terminal_is_asked_once_for_a_question_after_its_frame_and_for_nothing_else(demo: Place) -> None:
    with silent(demo) as session:
        session.shows(" 1/224")
        for key, words in (("?", "─ Help ─"), ("\x1b", " 1/224"), (".", "View Site"), ("\x1b", " 1/224")):
            session.send(key)
            session.shows(words)
            session.quiet()
        assert session.raw.count(QUERY) == 1, "at the start: how wide ambiguous characters are"
        before = len(session.raw)
        session.send("x")
        session.until(lambda: focused(session, "[ Cancel"))
        session.until(lambda: QUERY in session.raw[before:])
        session.quiet(1.2)
        sent = bytes(session.raw[before:])
        assert sent.count(QUERY) == 1
        assert sent.endswith(QUERY), "it follows the frame, and nothing follows it"


def test_an_answer_that_comes_late_or_more_than_once_is_no_key(demo: Place) -> None:
    with silent(demo) as session:
        session.shows(" 1/224")
        asked = session.raw.count(QUERY)
        session.send("x")
        session.until(lambda: session.raw.count(QUERY) > asked)
        session.send("\x1b")
        session.until(lambda: "Revoke License?" not in session.text)
        session.quiet()
        before = len(session.raw)
        session.send("\x1b[17;42R" * 3)
        session.quiet(0.5)
        assert len(session.raw) == before, "nothing happens"
        session.send("j")
        session.shows(" 2/224")


def test_where_the_terminal_answers_nothing_a_person_waits_no_longer_than_a_second(place: Place) -> None:
    argv = ["tests.e2e.become", JPMANAGE]
    with PtySession(argv, size=(100, 30), env=place.variables, answers=False) as session:
        session.shows(" 1/")
        session.send("x")
        session.until(lambda: focused(session, "[ Cancel"))
        session.quiet(1.1)
        session.press("\t", lambda: focused(session, "[ Revoke"))
        session.press("\r", lambda: "Revoke License?" not in session.text)
        session.shows("is revoked")
    assert len(place.changes()) == 1
