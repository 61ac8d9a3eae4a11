"""What is pasted without brackets, the places of the program where it lands, and the ways in which it comes there.

A paste opens questions, forms and menus, and answers them: `x`, tab, enter. None of them changes anything.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.e2e.harness import JPMANAGE, Place
from tests.sandbox.plain_http import plain_http
from tests.ui.terminal.pty_session import PtySession

CASES = Path(__file__).with_name("cases")
KEYS = "axupmndwoyYzRCVKStreEfFlbiDsk.*+-=#[]/ 0123456"
"""The keys of every command that does not end the program, and some that move."""
TYPED = "revoke d undo unassign move delete-card make-primary pay client-leaves issue retry-run"
"""Commands that change something, as they are typed in the command line."""
_RANDOM = random.Random(9)
_SERVERS = count()
PASTES: dict[str, str] = {
    "rows of a spreadsheet": (CASES / "paste-spreadsheet.txt").read_text(),
    "two lines": (CASES / "paste-two-lines.txt").read_text(),
    "x tab enter": "x\t\r",
    "enter, tab, enter": "\r\t\r\r\t\r\r\t ",
    "u tab enter, twice": "u\t\ru\t\r",
    "what charges and deletes": "p\t\rm\t\rx\r\t\rx\t\r",
    "every key, tab, enter": "".join(f"{key}\t\r" for key in KEYS),
    "every key, enter": "".join(f"{key}\r" for key in KEYS),
    "every key, tab, tab, space": "".join(f"{key}\t\t " for key in KEYS),
    "marks and a number": "   x3\t\t\r3\r\r\rx12\r\r",
    "menus and sites": ".\r\t\r.x\t\r.u\t\r.a\r\t\r.p\t\ra\r\t\ra\t\r\ra a\r\r\t\r",
    "an issue": "i \r\r\r\t\rR\r\t\r",
    "a card": "3nAda Lovelace\r5555555555554444\r12/34\r739\r\r\t\t\r ",
    "a company and a site": "6\tx\t\t\t\t\t\t\t\t\t\r\x1bSnhttps://new.example\r1\r\r\t\r",
    "typed commands": "".join(f":{name}\r\t\ry" for name in TYPED.split()),
    "what the help finds": "?/revoke\r\t\r?/pay\r\t\ry?/delete\r\t\ryA\r\t\rx\t\ry",
    "profiles and keys": "P\r\t\rK\r\t\ryA]]]]\r\t\rx\t\ry",
    "anything": "".join(_RANDOM.choice(KEYS + ":?AyYnHMLvP\t\t\t\r\r\r\r   ") for _ in range(150)),
}
LONGEST_PAUSE = 0.2
"""Seconds between two clumps of a paste; from 0.3 on it would be a person."""


@dataclass(frozen=True)
class Spot:
    """A place of the program: what leads there from the list of licenses, and what is seen there then."""

    steps: tuple[tuple[str, str], ...]


SPOTS: dict[str, Spot] = {
    "Licenses": Spot((("jj", " 3/"),)),
    "marked licenses": Spot((("jj", " 3/"), ("   ", "3 marked"))),
    "Billing's unassigned list": Spot((("2", "Estimate so far"), ("]", " 1/"))),
    "Payment Methods": Spot((("3", "Primary Card"), ("j", "2/"))),
    "Invoices": Spot((("4", "✓ Paid"), ("jjj", " 4/"))),
    "Sites": Spot((("S", "connected"), ("j", " 2/"))),
    "Issue": Spot((("i", " 1/23"), ("\r", "Assign later"), ("\r", "How billing works"))),
}

Paste = Callable[[str], None]


def clumps(text: str) -> Iterator[str]:
    """Yield a text in pieces of random sizes."""
    while text:
        size = _RANDOM.randint(1, 9)
        yield text[:size]
        text = text[size:]


def in_one_write(session: PtySession, text: str) -> None:
    """Let all of it come at once."""
    session.send(text)


def in_clumps(session: PtySession, text: str) -> None:
    """Let it come in pieces, as over a line that is slow."""
    for clump in clumps(text):
        session.send(clump)
        end = time.monotonic() + _RANDOM.uniform(0, LONGEST_PAUSE)
        while time.monotonic() < end:
            session.pump(max(0.0, end - time.monotonic()))


@contextmanager
def plain(place: Place, write: Callable[[PtySession, str], None]) -> Iterator[tuple[PtySession, Paste]]:
    """Run the program in a terminal of its own."""
    with place.run(size=(100, 30)) as session:
        yield session, lambda text: write(session, text)


@contextmanager
def in_tmux(place: Place) -> Iterator[tuple[PtySession, Paste]]:
    """Run the program in tmux, whose `paste-buffer` without -p puts no brackets around."""
    socket = place.folder / f"tmux-{next(_SERVERS)}"  # the server of the paste before may still be ending
    tmux = ["tmux", "-u", "-S", str(socket)]
    (place.folder / "tmux.conf").write_text("set -g status off\n")

    def run(*arguments: str) -> None:
        subprocess.run([*tmux, *arguments], check=True, timeout=20, capture_output=True)

    def paste(text: str) -> None:
        (place.folder / "buffer").write_bytes(text.encode())
        run("load-buffer", str(place.folder / "buffer"))
        run("paste-buffer", "-r")

    argv = [*tmux, "-f", str(place.folder / "tmux.conf"), "new-session", JPMANAGE]
    with ExitStack() as stack:
        stack.callback(subprocess.run, [*tmux, "kill-server"], capture_output=True, timeout=20, check=False)
        session = PtySession(["tests.e2e.become", *argv], size=(100, 30), env=place.variables)
        yield stack.enter_context(session), paste


@contextmanager
def in_screen(place: Place) -> Iterator[tuple[PtySession, Paste]]:
    """Run the program in GNU screen, whose own paste has no brackets."""
    sockets = place.folder / "screen"
    sockets.mkdir(mode=0o700, exist_ok=True)
    (place.folder / "rc").write_text("startup_message off\ndefutf8 on\nvbell off\n")
    env = {**place.variables, "SCREENDIR": str(sockets), "SHELL": "/bin/sh"}

    def run(*command: str) -> None:
        subprocess.run(
            ["screen", "-S", "pastes", "-X", *command],
            env={**os.environ, **env}, check=False, timeout=20, capture_output=True,
        )  # fmt: skip

    def paste(text: str) -> None:
        (place.folder / "register").write_bytes(text.encode())
        run("readreg", "p", str(place.folder / "register"))
        run("paste", "p")

    argv = ["screen", "-U", "-c", str(place.folder / "rc"), "-S", "pastes", JPMANAGE]
    with ExitStack() as stack:
        stack.callback(run, "quit")
        session = PtySession(["tests.e2e.become", *argv], size=(100, 30), env=env)
        yield stack.enter_context(session), paste


def go_to(session: PtySession, spot: Spot) -> None:
    """Go to a place, from a program that has just begun or from wherever it is."""
    session.shows(" 1/")
    for keys, words in spot.steps:
        for key in keys:
            session.send(key)
            session.quiet(0.1)
        session.shows(words)


def changing(place: Place) -> list[dict[str, Any]]:
    """Return the requests that change something."""
    asked: list[dict[str, Any]] = plain_http.get(f"{place.url}/_sandbox/requests").json()
    return [
        one
        for one in asked
        if not one["path"].startswith("/_sandbox")
        and (one["method"] != "GET" or "needs_intent" in str(one["query"]))
    ]
