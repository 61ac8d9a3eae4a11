"""What the terminal sends, put together again where a slow line cut it: pastes, sequences of keys, answers to questions.

Textual's parser takes what does not come in one piece within a tenth of a second for keys: a cut end of a paste would be
lost, and every key after it with that; the digits of a cut answer would open sections.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from time import monotonic
from typing import NamedTuple

PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
"""What a terminal puts around a paste (bracketed paste, xterm's mode 2004)."""
PASTE_SILENCE = 10.0
"""Seconds in which nothing of a paste has come, after which a key is a key again: the paste's end was lost."""
KEY_SECONDS = 0.1
"""How long `ESC`, `ESC [` or `ESC O` may wait for the rest of a sequence before each is a key."""
SEQUENCE_SECONDS = 2.0
"""How long more of a sequence may wait for its rest."""
ESCAPE = "\x1b"
_ESCAPE_KEY = re.compile(r"(\x1b)(?![\[O])")
_UNFINISHED = re.compile(r"\x1b(?:\[([<?]?[0-9;]*\$?)|O)?\Z")
_ONE_KEY = re.compile(r"[^\x1b]|\x1b|\x1b?\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z])")


class Pasted(NamedTuple):
    """A text that was pasted."""

    text: str


def keys_apart(text: str) -> list[str]:
    r"""Return what was read with each escape that begins no sequence (CSI, SS3) as a part of its own: the key.

    On a slow line it comes in one piece with the next key. Textual takes the two for one key, and of an escape and a
    digit makes what WezTerm means by that on macOS (`¢`).

    >>> keys_apart("\x1b4\x1b[A")
    ['\x1b', '4\x1b[A']
    """
    return [part for part in _ESCAPE_KEY.split(text) if part]


class InputBuffer:
    """Holds back what is not here in full. `clock` tells seconds.

    Feed it what was read, as text, and `""` now and then, which gives out what has waited for its rest too long.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._read_at = clock()
        self._held = ""
        self._pasted: list[str] | None = None
        """The pieces of the paste whose end has not come, None outside of one."""

    def feed(self, text: str) -> list[str | Pasted]:
        """Return what is whole now: pastes, and the keys between them."""
        now = self._clock()
        pause = now - self._read_at
        if text:
            self._read_at = now
        if self._pasted is not None and text and pause >= PASTE_SILENCE and _ONE_KEY.fullmatch(text):
            return [self._end_paste(self._held), *self._feed_keys(text, 0.0)]
        whole, self._held = self._held + text, ""
        return list(self._parts(whole, 0.0 if text else pause))

    @property
    def holds(self) -> bool:
        """Whether something is held back that may be keys."""
        return bool(self._held) and self._pasted is None

    def flush(self) -> list[str]:
        """Return as keys what is held back; nothing inside a paste."""
        held = self._held if self.holds else ""
        self._held = self._held.removeprefix(held)
        return self._feed_keys(held, SEQUENCE_SECONDS)

    def _parts(self, text: str, pause: float) -> Iterator[str | Pasted]:
        while True:
            if self._pasted is not None:
                inside, end, text = text.partition(PASTE_END)
                if not end:
                    self._hold_paste(inside)
                    return
                yield self._end_paste(inside)
            before, start, after = text.partition(PASTE_START)
            if not start:
                yield from self._feed_keys(text, pause)
                return
            if before:
                yield before
            self._pasted, text = [], after

    def _hold_paste(self, text: str) -> None:
        """Keep what came of a paste; what may be the beginning of its end waits for the rest of that."""
        assert self._pasted is not None
        kept = next((size for size in range(len(PASTE_END) - 1, 0, -1) if text.endswith(PASTE_END[:size])), 0)
        self._pasted.append(text[: len(text) - kept])
        self._held = text[len(text) - kept :]

    def _end_paste(self, rest: str) -> Pasted:
        pieces, self._pasted, self._held = [*(self._pasted or []), rest], None, ""
        return Pasted("".join(pieces).replace("\0", ""))  # as Textual does

    def _feed_keys(self, text: str, pause: float) -> list[str]:
        cut = _UNFINISHED.search(text)
        if cut is None:
            return [text] if text else []
        if pause < (SEQUENCE_SECONDS if cut[1] else KEY_SECONDS):
            self._held = cut[0]
            parts = [text[: cut.start()]]
        elif cut[1]:
            parts = [text]
        else:
            parts = [text[: cut.start() + 1], text[cut.start() + 1 :]]
        return [part for part in parts if part]
