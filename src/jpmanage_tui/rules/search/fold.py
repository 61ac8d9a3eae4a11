"""Folding of text for searching: case, accents, invisible marks, schemes of addresses and spaces do not count."""

from __future__ import annotations

import re
from unicodedata import combining, normalize

from jpmanage_tui.api.text import of_punycode
from jpmanage_tui.rules.sites import search_text

_SCHEMES = ("https://", "http://", "//")
_IGNORABLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What Unicode calls default ignorable: it is not seen, and nobody types it."""
_LETTERS = str.maketrans(
    {
        "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ŋ": "n", "ı": "i", "ĸ": "k",
        "æ": "ae", "œ": "oe", "þ": "th",
        "‘": "'", "’": "'", "‛": "'", "ʼ": "'", "′": "'", "´": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
    }
)  # fmt: skip
"""Letters that Unicode takes for letters of their own, and signs that a keyboard has one of."""


def fold(text: str) -> str:
    """Return `text` as it is compared: without case, accents, invisible marks and line breaks.

    Letters with a stroke or a ring are the plain ones (Å, Ø: a, o), ligatures are two (æ, ß: ae, ss), signs of full
    width are those of half width; whether accents are composed does not count.
    """
    if text.isascii():
        return text.lower().replace("\n", " ")
    plain = _IGNORABLE.sub("", text).casefold().translate(_LETTERS)
    bare = "".join(one for one in normalize("NFKD", plain) if not combining(one))
    return bare.casefold().translate(_LETTERS).replace("\n", " ")


def site_text(siteurl: str) -> str:
    """Return a site's address as it is compared: host and path, folded, without scheme and closing slash.

    One whose host is written in punycode is compared in its own letters and as it is written.
    """
    written = _without_scheme(fold(siteurl))
    readable = _without_scheme(fold(of_punycode(siteurl)))
    return readable if readable == written else f"{readable} {written}"


def words_of(text: str) -> tuple[str, ...]:
    """Return the words that a search text asks for, folded, each once; a pasted address loses its scheme."""
    words = (_without_scheme(word).removeprefix("#") for word in fold(of_punycode(search_text(text))).split())
    return tuple(dict.fromkeys(word for word in words if word))


def holds(text: str, wanted: str) -> bool:
    """Tell whether every word of `wanted` stands in `text`, both folded here; where nothing is wanted it is so."""
    folded = fold(text)
    return all(word in folded for word in fold(wanted).split())


def _without_scheme(folded: str) -> str:
    folded = folded.strip()
    for scheme in _SCHEMES:
        folded = folded.removeprefix(scheme)
    return folded.rstrip("/")
