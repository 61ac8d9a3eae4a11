"""What was typed into a field before, for the session: up and down bring it back."""

from __future__ import annotations

from weakref import WeakKeyDictionary

MOST = 100
"""How many texts are kept."""


_histories: WeakKeyDictionary[object, dict[str, History]] = WeakKeyDictionary()


def history_of(app: object, name: str) -> History:
    """Return the history of the fields of this name in an app, as long as it runs."""
    return _histories.setdefault(app, {}).setdefault(name, History())


class History:
    """The texts that were entered in a field, the newest last, each once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._at: int | None = None
        self._begun = ""
        """What stood in the field before the first step back."""

    def add(self, text: str) -> None:
        """Keep a text that was entered; the next step back begins at it."""
        self._at = None
        if text:
            self.texts = [*(one for one in self.texts if one != text), text][-MOST:]

    def older(self, present: str) -> str | None:
        """Return the text before the one that stands in the field, None where there is none."""
        if self._at is None:
            self._begun = present
        elif self.texts[self._at] != present:  # it was edited: back to the newest
            self._at, self._begun = None, present
        at = (len(self.texts) if self._at is None else self._at) - 1
        while at >= 0 and self.texts[at] == present:
            at -= 1
        if at < 0:
            return None
        self._at = at
        return self.texts[at]

    def newer(self) -> str | None:
        """Return the text after it, at the end what stood in the field at first; None where there was no step back."""
        if self._at is None:
            return None
        self._at += 1
        if self._at < len(self.texts) and self.texts[self._at] != self._begun:
            return self.texts[self._at]
        self._at = None
        return self._begun
