"""Cleaning of strings that came from outside, before anything shows them; and of those that are searched for."""

import re
from collections.abc import Callable
from unicodedata import normalize

# Whole terminal sequences go first, so that "ESC [ 31 m" does not leave "[31m" behind.
_SEQUENCES = re.compile(
    r"\x1b\][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC up to its terminator
    r"|\x1b[PX^_][^\x1b\x9c]*(?:\x1b\\|\x9c)?"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI
    r"|\x1b[ -/]*[0-~]?"  # two-character escapes
)
_SPACES = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_REMOVED = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def sanitize_text(text: str) -> str:
    """Return ``text`` without anything a terminal could take for a command.

    Escape sequences, C0 and C1 controls and bidirectional overrides are removed, line breaks and tabs become
    one space, half surrogates become U+FFFD. Printable text of any script stays as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _SEQUENCES.sub("", text)
    text = _SPACES.sub(" ", text)
    text = _REMOVED.sub("", text)
    return _SURROGATES.sub("\ufffd", text)


# What comes along with a paste and cannot be seen: soft hyphens, zero-width spaces, marks of direction, byte order marks.
_PASTED = re.compile(
    r"[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
    # joiners belong to some scripts and to emoji, and to nothing where there is no such sign on both sides
    r"|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
_ACE = "xn--"


def typed(text: str) -> str:
    """Return what a user typed or pasted without the invisible marks and outer blanks, in composed letters (NFC)."""
    if text.isascii():
        return text.strip()
    return normalize("NFC", _PASTED.sub("", text)).strip()


def spellings(text: str) -> tuple[str, ...]:
    """Return the ways in which an address that holds ``text`` may be written where it is stored, each once.

    As it is typed; with its host names in ASCII (punycode, RFC 3492) or out of it; and with its accents as signs of
    their own (NFD). The server compares letter by letter as far as anybody knows (contract: licenses 1.18).
    """
    text = typed(text)
    readable = of_punycode(text)
    return tuple(dict.fromkeys((text, to_punycode(text), readable, normalize("NFD", readable))))


def to_punycode(text: str) -> str:
    """Return ``text`` with the labels of its hosts in ASCII; paths stay as they are."""
    return text if text.isascii() else _each_label(text, _label_to_punycode)


def of_punycode(text: str) -> str:
    """Return ``text`` with those labels of its hosts in their own letters that are punycode; a part of one stays."""
    return _each_label(text, _label_of_punycode) if _ACE in text.lower() else text


def _each_label(text: str, change: Callable[[str], str]) -> str:
    return " ".join(_in_host(word, change) for word in text.split(" "))


def _in_host(word: str, change: Callable[[str], str]) -> str:
    scheme, slashes, rest = word.rpartition("://") if "://" in word else ("", "", word)
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{'.'.join(change(label) for label in host.split('.'))}{slash}{path}"


def _label_to_punycode(label: str) -> str:
    if label.isascii():
        return label
    try:
        return _ACE + normalize("NFKC", label).lower().encode("punycode").decode("ascii")
    except UnicodeError:
        return label


def _label_of_punycode(label: str) -> str:
    if not label.lower().startswith(_ACE) or not label.isascii():
        return label
    try:
        return sanitize_text(label[len(_ACE) :].lower().encode("ascii").decode("punycode")) or label
    except (UnicodeError, ValueError, OverflowError):
        return label
