"""One life of the program in a pseudo-terminal, and what can be seen of it from outside."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.harness import JPMANAGE
from tests.soak.steps import USUAL, Shown, Step
from tests.ui.terminal.pty_session import PtySession

BYTES = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "tab": "\t",
    "enter": "\r",
    "escape": "\x1b",
    "space": " ",
    "slash": "/",
    "asterisk": "*",
    "full_stop": ".",
    "question_mark": "?",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "cdlpu"},
}
"""What a terminal sends for the keys of `steps` that are no character."""
SILENCE = 0.33
"""Seconds around a key that decides something: more than the program asks for."""
AFTER_ESCAPE = 0.12
"""Seconds after esc, so that the next key is not taken for one with alt: so much later esc counts as pressed."""
QUIET, LONGEST = 0.02, 0.06
"""After a key: until nothing has come for so long, and at most so long."""
FIRST_TAB = 21
"""The column, at the usual size, at which the first tab begins at the latest."""
TROUBLE = re.compile(
    r"Traceback|A bug in jpmanage|an internal error|Task exception was never|Task was destroyed"
)
LOG_TROUBLE = re.compile(
    r".*(?:Traceback|never retrieved|unclosed|was destroyed|\bERROR\b|\bCRITICAL\b|jpmanage\.defects).*"
)


@dataclass(frozen=True)
class Usage:
    """What the process holds: resident memory in MB (10^6 bytes), descriptors, sockets among them, threads."""

    memory: float
    descriptors: int
    sockets: int
    threads: int

    def __str__(self) -> str:
        return f"{self.memory:.0f} MB, {self.descriptors} descriptors, {self.sockets} sockets, {self.threads} threads"


class Program:
    """`jpmanage` with its log and its errors in files of `folder`; each life has a number."""

    def __init__(self, folder: Path, number: int, variables: Mapping[str, str]) -> None:
        self.number = number
        self.log = folder / f"log-{number:03}"
        self.errors = folder / f"stderr-{number:03}"
        self.size = USUAL
        self._log_read = 0
        self._last_key = 0.0
        self._closed = False
        self.reads = 0
        """How often something has come from it."""
        env = {**variables, "PYTHONWARNINGS": "default::ResourceWarning", "PYTHONUNBUFFERED": "1"}
        argv = ["tests.e2e.become", JPMANAGE, "--log", str(self.log)]
        self._session = PtySession(argv, size=self.size, env=env, prelude=self._errors_to_a_file)

    def _errors_to_a_file(self) -> None:
        """Have what is written to standard error in a file, in the child before it becomes the program."""
        descriptor = os.open(self.errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(descriptor, 2)
        os.close(descriptor)

    # -- the screen ------------------------------------------------------------------------

    @property
    def shown(self) -> Shown:
        """What the screen shows."""
        return Shown(self._session.text, self._focused())

    def _focused(self) -> str:
        """The words of the button that is shown in reverse; its first line, where it has several."""
        screen = self._session.screen
        for number, line in enumerate(screen.display):
            for found in re.finditer(r"\[ (\w.*?)(?= \]|│|$)", line):
                if screen.buffer[number][found.start() + 2].reverse:
                    return found[1].strip()
        return ""

    @property
    def cursor_line(self) -> str:
        """The line of the list that the cursor is on, "" where none is shown."""
        return next((line for line in self._session.text.splitlines() if "❯" in line[4:]), "")

    @property
    def on_the_first_tab(self) -> bool:
        """Whether the first of the tabs is shown, or none has the mark of the one that is shown."""
        row = self._session.screen.buffer[1]
        reversed_at = [column for column in range(self._session.screen.columns) if row[column].reverse]
        return not reversed_at or reversed_at[0] <= FIRST_TAB

    def read(self, seconds: float) -> bool:
        """Take what comes within some seconds, and return whether something came."""
        came = not self.ended() and self._session.pump(seconds)
        if came:
            for row in range(self._session.screen.lines):
                # pyte keeps no row that nothing was written to, and leaves what it shows where one is deleted over it
                self._session.screen.buffer[row]
            self._session.forget()
            self.reads += 1
        return came

    def settle(self, quiet: float = QUIET, longest: float = LONGEST) -> None:
        """Take what comes until nothing has come for `quiet` seconds, at most for `longest` seconds."""
        end = time.monotonic() + longest
        while (left := end - time.monotonic()) > 0 and self.read(min(quiet, left)):
            pass

    def until_it_shows(self, text: str, seconds: float) -> bool:
        """Wait until the screen shows a text, at most so many seconds, and return whether it does."""
        end = time.monotonic() + seconds
        while text not in self._session.text and time.monotonic() < end and not self.ended():
            self.read(0.1)
        return text in self._session.text

    # -- what is done to it -----------------------------------------------------------------

    def do(self, step: Step) -> None:
        """Do a step that is done to the program, and take what it sends for it."""
        if step.kind == "resize":
            self.size = step.size
            self._session.resize(*step.size)
            self.settle(0.1, 0.5)
        elif step.kind == "paste":
            self._send(f"\x1b[200~{step.text}\x1b[201~")
            self.settle()
        elif step.together:
            self._send("".join(map(_bytes, step.keys)))
            self.settle()
        else:
            for key in step.keys:
                self._press(key, deliberate=step.deliberate)

    def _press(self, key: str, *, deliberate: bool) -> None:
        if deliberate:
            self.spend(self._last_key + SILENCE - time.monotonic())
        self._send(_bytes(key))
        if key == "escape":
            self.spend(AFTER_ESCAPE)
            self._last_key = time.monotonic()
        if deliberate:
            self.spend(SILENCE)
        self.settle()

    def spend(self, seconds: float) -> None:
        """Take what comes for so many seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not self.read(left) and self.ended():
                return

    def _send(self, data: str) -> None:
        if not self.ended():
            self._session.send(data)
            self._last_key = time.monotonic()

    # -- its end ---------------------------------------------------------------------------

    def ended(self) -> bool:
        """Whether it has ended."""
        return self._session.ended()

    def exit_code(self, seconds: float = 40.0) -> int:
        """Wait for its end and return the exit code, or minus the signal that killed it."""
        return self._session.exit_code(seconds)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._session.signal(number)

    def hang_up(self) -> None:
        """Close its terminal."""
        self._session.hang_up()

    def close(self) -> None:
        """Kill it where it still runs, and close the terminal."""
        if not self._closed:
            self._closed = True
            self._session.__exit__()

    # -- what can be seen of it ----------------------------------------------------------------

    def usage(self) -> Usage | None:
        """Return what it holds now, None where it has just ended."""
        folder = Path(f"/proc/{self._session.pid}")
        try:
            status = (folder / "status").read_text()
            links = [os.readlink(link) for link in (folder / "fd").iterdir()]
        except OSError:
            return None
        memory, threads = re.search(r"VmRSS:\s*(\d+) kB", status), re.search(r"Threads:\s*(\d+)", status)
        if memory is None or threads is None:
            return None
        sockets = sum(link.startswith("socket:") for link in links)
        return Usage(int(memory[1]) * 1024 / 1e6, len(links), sockets, int(threads[1]))

    def trouble(self) -> str | None:
        """Return what must not be: a traceback on the screen, anything on standard error, an error in the log."""
        if (found := TROUBLE.search(self._session.text)) is not None:
            return f"the screen shows {found[0]!r}"
        if self.errors.exists() and (errors := self.errors.read_text(errors="replace")):
            return f"standard error got:\n{errors}"
        if self.log.exists():
            with self.log.open("rb") as log:
                log.seek(self._log_read)
                data = log.read()
            self._log_read += data.rfind(b"\n") + 1  # a line that is being written is read again
            if (found := LOG_TROUBLE.search(data.decode("utf-8", "replace"))) is not None:
                return f"the log {self.log} says: {found[0]}"
        return None


def _bytes(key: str) -> str:
    return BYTES.get(key, key)


END_CODES: Mapping[str, tuple[int, ...]] = {
    "kill": (-signal.SIGKILL,),
    "hang-up": (128 + signal.SIGHUP,),
    "terminate": (128 + signal.SIGTERM,),
    "left": (0, 130),
}
"""How the program must have ended after what was done to it."""
