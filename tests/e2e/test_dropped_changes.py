"""A line that drops while something is being changed: nothing doubled, nothing forgotten."""

from __future__ import annotations

import signal

import pytest

from tests.e2e.harness import API, Place, unassign_one, until

pytestmark = pytest.mark.pty
SITE = f"{API}/license/*"


@pytest.mark.slow
def test_a_change_on_its_way_is_finished_when_the_line_drops_and_not_sent_again(place: Place) -> None:
    place.faults(f"DELETE {SITE} latency=1")
    with place.run() as session:
        unassign_one(session)
        until(lambda: place.asked("DELETE", "/license/"), "the request is on its way")
        session.signal(signal.SIGHUP)
        assert session.exit_code() == 129
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


@pytest.mark.slow
def test_a_change_whose_answer_was_lost_with_the_line_is_looked_up_at_the_next_start_and_told(
    place: Place,
) -> None:
    place.faults(f"DELETE {SITE} hang-after x1")
    with place.run() as session:
        unassign_one(session)
        until(lambda: len(place.changes()) == 1, "the change is committed")
        session.signal(signal.SIGHUP)
        assert session.exit_code() == 129
    with place.run() as session:
        session.shows("From the last run: Unassign ")
        session.shows("done (confirmed)")
        session.send("q")
        assert session.exit_code() == 0
    assert len(place.changes()) == 1
    assert len(place.asked("DELETE", "/license/")) == 1


@pytest.mark.slow
def test_a_program_that_is_killed_in_the_middle_of_a_change_looks_at_the_next_start_and_sends_nothing_again(
    place: Place,
) -> None:
    place.faults(f"DELETE {SITE} hang-before x1")
    with place.run() as session:
        unassign_one(session)
        until(lambda: place.asked("DELETE", "/license/"), "the request is on its way")
        session.signal(signal.SIGKILL)
        assert session.exit_code() == -signal.SIGKILL
    with place.run() as session:
        session.until(lambda: "checking whether" in session.text or "From the last run" in session.text)
        session.signal(signal.SIGTERM)
        assert session.exit_code() == 143
    assert place.changes() == []
    assert len(place.asked("DELETE", "/license/")) == 1
