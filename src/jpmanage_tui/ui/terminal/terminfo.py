"""What a terminal can do beyond a VT100, as far as its name in TERM says it."""

from __future__ import annotations

# They fill what they erase with the pen's background. GNU screen does not; in tmux TERM may be screen's.
_FILLS = (
    "xterm", "linux", "tmux", "alacritty", "kitty", "foot", "wezterm", "konsole", "rxvt", "vte", "gnome",
    "putty", "mintty", "st-", "ghostty", "contour", "iterm", "ms-terminal",
)  # fmt: skip
_OLD = ("vt", "ansi", "sun", "wy", "cons25", "pc")


def is_old(term: str) -> bool:
    """Say whether the name is of a terminal much like a VT100: no ECH, attributes only reset together."""
    name = term.lower()
    return name.startswith(_OLD) and not name.startswith("vte")


def erases_with_background(term: str) -> bool:
    """Say whether erasing fills with the pen's background colour in a terminal of that name."""
    return term.lower().startswith(_FILLS)
