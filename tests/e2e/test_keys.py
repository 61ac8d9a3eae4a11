"""The user's own keys, in the installed command."""

from __future__ import annotations

import pytest

from tests.e2e.harness import Place

pytestmark = pytest.mark.pty


def configured(demo: Place, text: str) -> None:
    """Write config.toml."""
    (demo.folder / "config").mkdir(mode=0o700)
    (demo.folder / "config" / "config.toml").write_text(text)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('undo = "j"', "gives 'j' to both 'undo' (Licenses) and 'down' (In every list)"),
        ('asign = "A"', "names no command called 'asign'. Did you mean 'assign'?"),
        ('assign = "f22"', "did you mean f2?"),
    ],
)
def test_keys_that_cannot_be_used_are_refused_before_the_app_begins(
    entry: str, words: str, demo: Place
) -> None:
    configured(demo, f"[keys]\n{entry}\n")
    with demo.run("--demo") as session:
        assert session.exit_code() == 2
        assert words in bytes(session.raw).decode()
        assert b"\x1b[?1049h" not in session.raw


def test_a_moved_key_works(demo: Place) -> None:
    configured(demo, '[keys]\nopen-billing = "F7"\n')
    with demo.run("--demo", "--demo-now", "2026-03-01T09:00:00Z") as session:
        session.shows(" 1/224")
        session.send("\x1b[18~")
        session.shows("Estimate so far")


@pytest.mark.parametrize("pause", [0.0, 0.05, pytest.param(0.33, marks=pytest.mark.slow)])
def test_a_key_soon_after_esc_is_that_key_whatever_the_line_makes_of_them(demo: Place, pause: float) -> None:
    with demo.run("--demo", "--demo-now", "2026-03-01T09:00:00Z") as session:
        session.shows(" 1/224")
        session.send("\x1b" if pause else "\x1b4")
        if pause:
            session.pump(pause)
            session.send("4")
        session.shows("Due Date")


@pytest.mark.parametrize(
    "pieces",
    [
        ("\x1b[200~bistro\x1b", "[201~"),
        ("\x1b[20", "0~bistro\x1b[201", "~"),
        ("\x1b[200~bis\x1btro\x1b[201~",),
        ("\x1b[24;3", "6Rbistro"),  # what the terminal answers to a question about the cursor
    ],
)
def test_what_the_line_cuts_is_neither_lost_nor_typed(demo: Place, pieces: tuple[str, ...]) -> None:
    with demo.run("--demo", "--demo-now", "2026-03-01T09:00:00Z") as session:
        session.shows(" 1/224")
        session.send("/")
        session.shows("enter To the list")
        for piece in pieces:
            session.send(piece)
            session.pump(0.25)
            session.quiet(0.25)
        session.shows("match “bistro”")
        session.send("\x1b")
        session.quiet()
        session.send("4")
        session.shows("Due Date")
