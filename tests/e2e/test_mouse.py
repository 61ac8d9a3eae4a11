"""The mouse in the installed command: off at first, switched by a key, and given back."""

from __future__ import annotations

import re

import pytest

from tests.e2e.harness import Place

pytestmark = [pytest.mark.pty, pytest.mark.slow]

F9 = "\x1b[20~"
MODES = re.compile(rb"\x1b\[\?(1000|1002|1003|1006|1015|1016)([hl])")


def test_it_is_asked_for_when_it_is_switched_on_and_given_back(demo: Place) -> None:
    with demo.run("--demo", "--demo-now", "2026-03-01T09:00:00Z") as session:
        session.shows(" 1/224")
        assert MODES.findall(bytes(session.raw)) == []
        session.send(F9)
        session.shows("The mouse works here; F9 gives it back.")
        assert dict(MODES.findall(bytes(session.raw))) == {b"1000": b"h", b"1015": b"h", b"1006": b"h"}
        session.send("\x1b[<0;40;7M\x1b[<0;40;7m")
        session.until(lambda: " 1/224" not in session.text and "/224" in session.text)
        session.send(F9)
        session.shows("The mouse is the terminal's again")
        assert dict(MODES.findall(bytes(session.raw)))[b"1000"] == b"l"
