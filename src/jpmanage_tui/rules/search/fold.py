"""Folding of text for searching: case, accents, schemes of addresses and spaces do not count."""

from __future__ import annotations

from unicodedata import combining, normalize

from jpmanage_tui.rules.sites import search_text

_SCHEMES = ("https://", "http://", "//")


def fold(text: str) -> str:
    """Return `text` as it is compared: without case, accents and line breaks."""
    if text.isascii():
        folded = text.lower()
    else:
        decomposed = normalize("NFKD", text.casefold())
        folded = "".join(one for one in decomposed if not combining(one)).casefold()
    return folded.replace("\n", " ")


def site_text(siteurl: str) -> str:
    """Return a site's address as it is compared: host and path, folded, without scheme and closing slash."""
    folded = fold(siteurl).strip()
    for scheme in _SCHEMES:
        folded = folded.removeprefix(scheme)
    return folded.rstrip("/")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words that a search text asks for, folded, each once; a pasted address loses its scheme."""
    words = (site_text(word).removeprefix("#") for word in fold(search_text(text)).split())
    return tuple(dict.fromkeys(word for word in words if word))
