"""Whether the terminal's background is dark: asked for by OSC 11, and its answer taken out of what is typed.

The answer comes when it comes: after seconds on a slow line, in pieces, in the middle of typing. Textual's parser knows
no OSC and would make keys of it.
https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h3-Operating-System-Commands
"""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic

QUERY = "\x1b]11;?\x1b\\"
_START = "\x1b]11;"
_ANSWER = re.compile("\x1b\\]11;([^\x07\x1b]*)(?:\x07|\x1b\\\\)")
_VALUE = re.compile(r"rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/[0-9a-fA-F]{1,4})?")
_LONGEST = 64
"""Characters that an answer has at the most: what is longer is none."""
_PIECES = re.compile(r"[0-9a-zA-Z:/#]*\x1b?")
"""What may stand after the beginning of an answer that is not here in full."""
ESCAPE_SECONDS, START_SECONDS = 0.3, 2.0
"""How long `ESC` or `ESC ]`, or more of the answer's beginning, may wait for the rest before it is a key.

Only while an answer is waited for; as soon as `ESC ] 1 1 ;` is there it is one, however long the rest takes."""
KEY_SECONDS = 0.1
"""So long after an escape the next character is a key of its own; Textual's parser takes it for a part of one before."""
WAITS = 10.0
"""Seconds after the query in which a lone escape waits; later ones are keys at once."""


def is_dark(value: str) -> bool | None:
    """Return whether a color as X11 writes it (`rgb:1010/1515/1212`) is dark, None where it is none.

    >>> is_dark("rgb:0000/0000/0000"), is_dark("rgb:ff/ff/ff"), is_dark("?")
    (True, False, None)
    """
    match = _VALUE.fullmatch(value)
    if match is None:
        return None
    red, green, blue = (int(part, 16) / int("f" * len(part), 16) for part in match.groups())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.5


class BackgroundFilter:
    """Takes the answer to `QUERY` out of what the terminal sends, and calls `tell` with whether the background is dark.

    Feed it what was read, as text, and `""` now and then: what may be the beginning of an answer is held back for a
    while. `clock` tells seconds.
    """

    def __init__(self, tell: Callable[[bool], object], clock: Callable[[], float] = monotonic) -> None:
        self._tell = tell
        self._clock = clock
        self._asked: float | None = None
        self._held = ""
        self._held_since = 0.0
        self._escape_gone: float | None = None
        """When an escape was given away that nothing has followed yet: it may have been the answer's first character."""
        self._held_after_escape = False
        """Whether what is held back begins with that escape, which is not given away again."""

    def asked(self) -> None:
        """Note that the query was sent."""
        self._asked = self._clock()

    def feed(self, text: str) -> tuple[str, ...]:
        """Return what of the text is no answer, with what was held back and turned out to be none.

        Between two parts there was a pause: an escape before it is a key of its own.
        """
        if (
            self._held == "\x1b"
            and text[:1] not in ("", "]")
            and self._clock() - self._held_since >= KEY_SECONDS
        ):
            self._held = ""
            parts: tuple[str, ...] = ("\x1b", self._without_answer(text))
        else:
            parts = (self._without_answer(text),)
        return tuple(filter(None, parts))

    def _without_answer(self, text: str) -> str:
        if not text and not self._held:
            return ""
        now = self._clock()
        if text:
            self._held_since = now
        belated = self._escape_gone is not None and self._goes_on(text, now - self._escape_gone)
        if not self._held and "\x1b" not in text and not belated:
            self._escape_gone = None
            return text
        whole = f"{self._held}\x1b{text}" if belated else self._held + text
        again = (belated or self._held_after_escape) and not _ANSWER.match(whole)
        whole = _ANSWER.sub(self._take, whole)
        start = self._start_of_answer(whole, now)
        given, self._held = whole[:start], whole[start:]
        self._held_after_escape = again and start == 0
        if again:
            given = given.removeprefix("\x1b")  # that one was a key
        self._escape_gone = now if given.endswith("\x1b") and self._asked is not None else None
        return given

    @staticmethod
    def _goes_on(text: str, pause: float) -> bool:
        """Say whether what came so many seconds after an escape goes on with the answer: a `]` alone is a key."""
        if text == "]" and pause >= ESCAPE_SECONDS:
            return False
        return text.startswith(_START[1:]) or _START[1:].startswith(text)

    def _take(self, match: re.Match[str]) -> str:
        dark = is_dark(match[1])
        if dark is not None and self._asked is not None:
            self._asked = None
            self._tell(dark)
        return ""

    def _start_of_answer(self, text: str, now: float) -> int:
        """Return where an answer may begin that is not here in full; the length of the text where none does."""
        none = len(text)
        start = text.rfind("\x1b]")
        if start >= 0 and text[start:].startswith(_START):
            rest = text[start + len(_START) :]
            return start if len(rest) <= _LONGEST and _PIECES.fullmatch(rest) else none
        if self._asked is None:
            return none
        start = text.rfind("\x1b")
        if start < 0 or not _START.startswith(text[start:]):
            return none
        waits = START_SECONDS if text[start:] not in ("\x1b", "\x1b]") else ESCAPE_SECONDS
        if text[start:] == "\x1b" and now - self._asked >= WAITS:
            waits = 0.0
        return start if now - self._held_since < waits else none
