"""Which keys may decide something: those that a person pressed after he or she could see what they decide.

Where a paste comes without brackets (GNU screen's own, `tmux paste-buffer` without -p, a plain terminal) it is keys like
any others: `x`, tab, enter would open a question and answer it. A person is told from a paste by the silence before a
key, and what a question asked before from what was asked after by the terminal's answer to a query that follows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import NamedTuple, Protocol, runtime_checkable

from textual import events
from textual.message import Message

SILENCE = 0.3
"""Seconds without a key after which the next one is a person's. Pastes come in clumps, but in closer ones."""
CLUMP = 0.1
"""Seconds in which the next key comes after one that answers, where the two are of one paste; a person takes longer."""
ANSWER = 1.0
"""Seconds after which a terminal that has not answered is taken for one that never does."""
DOUBLE_CLICK = 0.5
"""Seconds in which the second click of a double click comes, as Textual counts them."""
POSITION_QUERY = "\x1b[6n"
"""Asks where the cursor stands. Textual's parser makes an event of the answer; that to `CSI 5 n` would be four keys."""


class Press(NamedTuple):
    """A key or a paste as it came from the terminal.

    `before` and `after` are the seconds of silence around it; `after` is infinite where nothing had come by its turn.
    """

    event: events.Key | events.Paste
    before: float
    after: float = inf


@dataclass(frozen=True)
class WrittenFrame:
    """A frame that was written to the terminal at `at` (seconds on Textual's clock).

    `query` is the number of the query that was written after it, None where none was.
    """

    query: int | None
    at: float


def now() -> float:
    """Return the time in seconds, on the clock by which Textual stamps its events."""
    return Message().time


class Keyboard:
    """Tells a key that a person pressed from keys that came together; `clock` is the one that stamps events."""

    def __init__(self, clock: Callable[[], float] = now) -> None:
        self._clock = clock
        self._last: float | None = None
        self._queries = 0
        self._answers: list[float] = []
        self._skipping = 0.0
        """The silence, in seconds, until which what comes is dropped; 0 where nothing is."""

    # -- silence ---------------------------------------------------------------------------

    def quiet_before(self, event: events.Key | events.Paste) -> float:
        """Note that a key or a paste has come, and return the seconds of silence before it."""
        last, self._last = self._last, event.time
        return inf if last is None else event.time - last

    def is_deliberate(self, press: Press) -> bool:
        """Return whether a person pressed this: it came after a silence, and nothing came with it."""
        return press.before >= SILENCE and press.after >= SILENCE

    def skip_rest(self, silence: float = SILENCE) -> None:
        """Drop what comes until the next silence of so many seconds: it is the rest of a paste."""
        self._skipping = silence

    def skips(self, press: Press) -> bool:
        """Return whether this is still the rest of the paste for which `skip_rest` was called."""
        if press.before >= self._skipping:
            self._skipping = 0.0
        return self._skipping > 0

    # -- what stands on the terminal ---------------------------------------------------------

    def written(self, *, queried: bool) -> WrittenFrame:
        """Note that a frame was written now, and, where so, a query after it."""
        self._queries += queried
        return WrittenFrame(self._queries if queried else None, self._clock())

    def answered(self, event: events.CursorPosition) -> None:
        """Note the terminal's answer: it answers queries in their order, each when all before it is shown."""
        if len(self._answers) < self._queries:
            self._answers.append(event.time)

    def stood(self, frame: WrittenFrame | None, at: float) -> bool:
        """Return whether a frame stood on the terminal before `at` for longer than a double click takes.

        None: its frame is not written yet.
        """
        if frame is None:
            return False
        shown = frame.at
        if frame.query is not None:
            answered = self._answers[frame.query - 1 : frame.query]
            shown = min([*answered, frame.at + ANSWER])
        return at - shown > DOUBLE_CLICK

    def is_armed(self, frame: WrittenFrame | None, press: Press) -> bool:
        """Return whether a question that `frame` shows may take this key (None: its frame is not written yet).

        The frame was written before the key came, the terminal had answered the query after it or a second had passed,
        and the keyboard had been silent.
        """
        if frame is None or not self.is_deliberate(press):
            return False
        pressed = press.event.time
        if frame.query is None or pressed - frame.at >= ANSWER:
            return pressed > frame.at
        return len(self._answers) >= frame.query and pressed > self._answers[frame.query - 1]


@runtime_checkable
class KeyGuard(Protocol):
    """A screen that looks at every key and paste before one of its parts gets it."""

    def drops(self, press: Press) -> bool:
        """Return whether nothing gets this key; the screen has then said why."""

    def drops_click(self, time: float) -> bool:
        """Return whether nothing gets what the mouse's buttons did at `time`; the screen has then said why."""


@runtime_checkable
class DecidingPart(Protocol):
    """A part of a screen in which some keys change something."""

    def decides(self, event: events.Key) -> bool:
        """Return whether this key would change something now."""
