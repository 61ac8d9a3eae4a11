"""What the terminal gets while the screen asks again by itself: nothing where nothing changed, else what changed."""

from __future__ import annotations

import pytest

from tests.cases import cases
from tests.e2e.harness import API, Place
from tests.sandbox.plain_http import plain_http
from tests.ui.terminal.pty_session import PtySession

pytestmark = pytest.mark.pty


def asked(place: Place) -> int:
    """Return how often the open invoices were asked for, which ends each asking."""
    return len([one for one in place.asked("GET", "/invoices") if one["query"].get("status") == "open"])


def refreshes(place: Place, session: PtySession, times: int = 3) -> None:
    """Let it ask so often."""
    before = asked(place)
    session.until(lambda: asked(place) > before + times)


@pytest.mark.parametrize(
    "sections",
    cases(
        (
            ("two", {"6": "Company name", "1": " 1/"}),
            ("lists", {"2": "total", "]": " 1/", "4": "Paid", "S": " 1/", "1": " 1/"}),
            ("others", {"3": "Visa", "5": "Scan", "0": "Nothing", "1": " 1/"}),
        ),
        "two",
    ),
)  # fmt: skip
def test_an_idle_screen_that_asks_again_gets_no_byte_and_a_new_license_costs_some_cells(
    place: Place, sections: dict[str, str]
) -> None:
    program = ["tests.e2e.refreshing", "0.2"]
    with PtySession(program, size=(120, 36), env=place.variables) as session:
        session.shows(" 1/")
        for section, seen in sections.items():
            session.send(section)
            session.shows(seen)
            refreshes(place, session, 1)  # all that the section asks for is there then
            session.quiet(0.5)
            before = len(session.raw)
            refreshes(place, session)
            assert bytes(session.raw[before:]) == b"", f"section {section!r}"
        session.send("jj")
        session.shows(" 3/")
        session.quiet()
        row, before = session.screen.display[5], len(session.raw)
        plain_http.post(
            f"{place.url}{API}/license",
            headers={"Authorization": "Bearer sandbox-key"},
            json={"product": "jetpack-scan", "quantity": 1},
        ).raise_for_status()
        session.shows(" 4/")
        refreshes(place, session)
        assert 0 < len(session.raw) - before < 150
        assert "❯" in row
        assert session.screen.display[5][:-1] == row[:-1]  # the scroll bar stands at the end
