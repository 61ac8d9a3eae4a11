"""Runs the installed command against a sandbox over real HTTP, with folders of its own, and watches both."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.plain_http import plain_http
from tests.ui.terminal.pty_session import PtySession

JPMANAGE = str(Path(sys.executable).with_name("jpmanage"))
"""The installed command of the environment in which the tests run."""
API = "/wpcom/v2/jetpack-licensing"
PATIENCE = 30.0
ENDING = 15.0
"""Seconds in which a program that was told to end must have ended."""


def until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until a condition is true."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"never came true: {what}"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Whether there is no process of this id (one that has ended and waits for its parent counts as gone)."""
    status = Path(f"/proc/{pid}/status")
    if Path("/proc/self/status").exists():
        return not status.exists() or "State:\tZ" in status.read_text()
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@dataclass(frozen=True)
class Place:
    """A sandbox at `url`, and folders: what the program is told through its environment."""

    url: str
    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        """The program's own variables."""
        return {
            "JPMANAGE_API_URL": self.url,
            "JPMANAGE_STRIPE_URL": self.url,
            "JPMANAGE_TOKEN": "sandbox-key",
            "JPMANAGE_USER_TOKEN": "sandbox-user",
            **self.folders,
        }

    @property
    def folders(self) -> dict[str, str]:
        """Where it may keep things."""
        return {
            f"JPMANAGE_{name}_DIR": str(self.folder / name.lower())
            for name in ("CONFIG", "STATE", "DOWNLOAD")
        }

    def run(self, *arguments: str, size: tuple[int, int] = (120, 36), **env: str) -> PtySession:
        """Run the installed command in a pseudo-terminal; `--demo` among the arguments needs no server."""
        variables = self.folders if "--demo" in arguments else self.variables
        return PtySession(["tests.e2e.become", JPMANAGE, *arguments], size=size, env={**variables, **env})

    def faults(self, *specs: str) -> None:
        """Put faults in force."""
        plain_http.put(f"{self.url}/_sandbox/faults", json=list(specs)).raise_for_status()

    def asked(self, method: str, fragment: str) -> list[dict[str, Any]]:
        """Return the requests of a method with `fragment` in their path."""
        entries: list[dict[str, Any]] = plain_http.get(f"{self.url}/_sandbox/requests").json()
        return [one for one in entries if one["method"] == method and fragment in one["path"]]

    def changes(self) -> list[dict[str, Any]]:
        """Return what was changed, in order."""
        done: list[dict[str, Any]] = plain_http.get(f"{self.url}/_sandbox/changes").json()
        return done


def focused(session: PtySession, words: str) -> bool:
    """Whether a button with these words is shown in reverse, which says that it has the focus."""
    for number, line in enumerate(session.screen.display):
        column = line.find(words)
        if column >= 0 and session.screen.buffer[number][column].reverse:
            return True
    return False


def unassign_one(session: PtySession) -> None:
    """Choose an assigned license of the partner's own and say yes to unassigning it."""
    session.shows(" 1/")
    for below in range(2, 22):
        row = next((line for line in session.screen.display if "❯" in line), "")
        # the footer follows the cursor a frame later
        if "Unassign License" in session.screen.display[-1] and "Unassigned" not in row and "↗" not in row:
            break
        session.send("j")
        session.shows(f" {below}/")
        session.quiet(0.1)
    session.send("u")
    session.until(lambda: focused(session, "[ Cancel"))
    session.press("\t", lambda: focused(session, "[ Unassign "))
    session.press("\r", lambda: "Unassign License?" not in session.text)
