"""Windows that are dragged about while data loads and keys are pressed: what is shown in the end is right."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.e2e.harness import Place
from tests.ui.terminal.pty_session import PtySession

pytestmark = pytest.mark.pty
KEYS = (
    "j", "k", "\x1b[B", "\x1b[A", "\x1b[6~", "\x1b[5~", "g", "G", "\r", "\x1b[D", "\t", "1", "2", "3", "4", "5", "6",
    "?", "s", "0", "r", "]", "[", " ", "\x1b", "\x1b", "\x1b",
)  # fmt: skip
REPAINT = "\x0c"


def work(session: PtySession) -> list[str]:
    """The time that the program has spent on a processor."""
    return Path(f"/proc/{session.pid}/stat").read_text().rpartition(")")[2].split()[11:13]


def settle(session: PtySession) -> None:
    """Wait until the program neither writes nor works any more."""
    while True:
        session.quiet(0.2)
        before = work(session), len(session.raw)
        session.quiet(0.3)
        if (work(session), len(session.raw)) == before:
            return


def drag(session: PtySession, chance: random.Random) -> list[object]:
    """Resize and press keys at random; return what was done."""
    done: list[object] = []
    for _ in range(chance.randint(2, 9)):
        if chance.random() < 0.4:
            key = chance.choice(KEYS)
            session.send(key)
            done.append(key)
        else:
            sizes = [(chance.randint(40, 140), chance.randint(10, 45))]
            if chance.random() < 0.4:  # there and back
                sizes.append((session.screen.columns, session.screen.lines))
            for size in sizes:
                session.resize(*size)
                done.append(size)
        session.pump(chance.choice([0, 0, 0.005, 0.02, 0.05]))
    return done


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc tells when the program rests")
@pytest.mark.parametrize("seed", [20, 25, 28, 30])
def test_after_any_resizes_and_keys_the_screen_is_what_a_full_repaint_shows(seed: int, demo: Place) -> None:
    chance = random.Random(seed)
    with demo.run("--demo", "--demo-now", "2026-03-01T09:00:00Z") as session:
        session.shows(" 1/224")
        for _ in range(8):
            done = drag(session, chance)
            settle(session)
            shown = session.text
            before = len(session.raw)
            session.send(REPAINT)
            session.until(lambda before=before: len(session.raw) > before)  # type: ignore[misc]
            settle(session)
            assert session.text == shown, done
