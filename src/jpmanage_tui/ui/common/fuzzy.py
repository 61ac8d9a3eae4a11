"""Finding a command by a few letters: the one matcher of the palette, the help and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple, TypeVar

from jpmanage_tui.rules.search.fold import fold

Item = TypeVar("Item")
LEAST_FOR_TYPO = 3
"""Letters that a word must have before one of them may be wrong."""


class Kind(IntEnum):
    """How a text matches what was typed, the best first."""

    SAME = 0
    BEGINS = 1
    """The text begins with what was typed."""
    WORD_STARTS = 2
    """Every word that was typed begins a word of the text."""
    ABBREVIATION = 3
    """The letters are the beginnings of words of the text, in their order: `ncc`, `updet`."""
    HOLDS = 4
    """Every word that was typed stands somewhere in the text."""
    TYPO = 5
    """Every word that was typed begins a word of the text but for one letter: wrong, missing, too many or swapped."""
    LETTERS = 6
    """The letters stand in the text in their order."""


class Match(NamedTuple):
    """How well a text matches: less is better. `spread` is how far apart the letters stand."""

    kind: Kind
    spread: int = 0


def match(text: str, typed: str) -> Match | None:
    """Return how `text` matches `typed`, None where it does not. Case, accents and dashes do not count."""
    text, typed = _plain(text), _plain(typed)
    if text == typed:
        return Match(Kind.SAME)
    if text.startswith(typed):
        return Match(Kind.BEGINS)
    words, wanted = text.split(), typed.split()
    if all(any(word.startswith(one) for word in words) for one in wanted):
        return Match(Kind.WORD_STARTS)
    letters = "".join(wanted)
    if _abbreviates(letters, words):
        return Match(Kind.ABBREVIATION)
    if all(one in text for one in wanted):
        return Match(Kind.HOLDS)
    if all(any(_nearly_begins(word, one) for word in words) for one in wanted):
        return Match(Kind.TYPO)
    spread = _spread(letters, text)
    return Match(Kind.LETTERS, spread) if spread is not None else None


def best_first(items: Iterable[Item], typed: str, texts: Callable[[Item], Sequence[str]]) -> list[Item]:
    """Return the items of which one of their texts matches, best first; those that match alike keep their order.

    What matches with a letter wrong is left out where something holds what was typed, and what has its letters only
    where anything else matches.
    """
    if not typed.strip():
        return list(items)
    found = []
    for item in items:
        matches = [one for text in texts(item) if (one := match(text, typed)) is not None]
        if matches:
            found.append((min(matches), item))
    best = min((one.kind for one, _ in found), default=Kind.SAME)
    worst = max(best, Kind.HOLDS)
    kept = (pair for pair in found if pair[0].kind <= worst)
    return [item for _, item in sorted(kept, key=lambda pair: pair[0])]


def _plain(text: str) -> str:
    return " ".join(fold(text).replace("-", " ").replace(":", " ").split())


def _abbreviates(letters: str, words: Sequence[str]) -> bool:
    """Return whether letters are beginnings of words, in their order; words may be left out."""
    if not letters:
        return True
    for index, word in enumerate(words):
        common = 0
        while common < min(len(word), len(letters)) and word[common] == letters[common]:
            common += 1
        rest = words[index + 1 :]
        if any(_abbreviates(letters[size:], rest) for size in range(common, 0, -1)):
            return True
    return False


def _nearly_begins(word: str, typed: str) -> bool:
    """Return whether `word` begins with `typed`, but for one letter at the most."""
    if word.startswith(typed):
        return True
    if len(typed) < LEAST_FOR_TYPO:
        return False
    at = next((n for n, (one, other) in enumerate(zip(word, typed, strict=False)) if one != other), len(word))
    rest, left = word[at:], typed[at:]
    swapped = left[1:2] + left[:1] + left[2:]
    return any(
        rest[skipped:].startswith(ending)
        for skipped, ending in ((1, left[1:]), (0, left[1:]), (1, left), (0, swapped))
    )


def _spread(letters: str, text: str) -> int | None:
    """Return how many cells of `text` the letters take in their order; None where they are not all there."""
    start = text.find(letters[:1])
    if not letters or start < 0:
        return None
    at = start
    for letter in letters[1:]:
        at = text.find(letter, at + 1)
        if at < 0:
            return None
    return at - start
