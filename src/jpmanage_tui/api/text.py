"""Cleaning of strings that came from outside, before anything shows them."""

import re

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


def clean(text: str) -> str:
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
