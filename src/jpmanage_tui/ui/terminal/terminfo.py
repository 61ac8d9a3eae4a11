"""What a terminal can do beyond a VT100: what terminfo says of it, else what its name in TERM says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

# They fill what they erase with the pen's background. GNU screen does not; in tmux TERM may be screen's.
_FILLS = (
    "xterm", "linux", "tmux", "alacritty", "kitty", "foot", "wezterm", "konsole", "rxvt", "vte", "gnome",
    "putty", "mintty", "st-", "ghostty", "contour", "iterm", "ms-terminal",
)  # fmt: skip
_OLD = ("vt", "ansi", "sun", "wy", "cons25", "pc")
_RGB_NAMES = re.compile(rb"\0(?:RGB|Tc)\0")
"""The capabilities by which a terminal says that it has 24-bit colors: ncurses' and tmux's."""
_FOLDERS = (
    "/etc/terminfo",
    "/lib/terminfo",
    "/usr/share/terminfo",
    "/usr/local/share/terminfo",
    "/usr/lib/terminfo",
)
_set_up_for: list[str] = []


class TerminalEntry(NamedTuple):
    """What terminfo says of a terminal: how many `colors` it has (0: none), whether it takes 24-bit ones, and whether it
    can write `faint` (SGR 2).
    """

    colors: int
    rgb: bool
    faint: bool = True


def terminal_entry(term: str) -> TerminalEntry | None:
    """Return what terminfo says of a terminal of this name; None where it is not known here, or cannot be asked.

    ncurses reads one entry for the life of a process: for the name that is asked for first, which is that in TERM.
    """
    try:
        import curses
    except ImportError:  # a Python without it, or a system
        return None
    if _set_up_for and _set_up_for != [term]:
        return None
    try:
        if not _set_up_for:
            curses.setupterm(term, 1)
            _set_up_for.append(term)
        colors = max(0, curses.tigetnum("colors"))
        faint = curses.tigetstr("dim") is not None
    except (curses.error, ValueError):  # no such entry, or no name at all; a name with a NUL
        return None
    return TerminalEntry(colors, colors > 256 or _has_rgb(term, os.environ), faint)


def _has_rgb(term: str, env: Mapping[str, str]) -> bool:
    """Say whether the compiled entry names a capability of 24-bit colors.

    Such names are extensions (user_caps(5)), which Python's curses does not let ncurses read.
    """
    for folder in _folders(env):
        for name in (term[:1], f"{ord(term[0]):x}"):  # macOS names the folders by numbers
            try:
                return _RGB_NAMES.search((folder / name / term).read_bytes()) is not None
            except OSError:
                continue
    return False


def _folders(env: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders in which ncurses looks for entries, in its order."""
    if env.get("TERMINFO"):
        yield Path(env["TERMINFO"])
    if env.get("HOME"):
        yield Path(env["HOME"], ".terminfo")
    yield from (Path(folder) for folder in env.get("TERMINFO_DIRS", "").split(":") if folder)
    yield from map(Path, _FOLDERS)


def writes_faint(term: str) -> bool:
    """Say whether the terminal can write faint (SGR 2): as terminfo says, else all but old ones can."""
    entry = terminal_entry(term)
    return entry.faint if entry is not None else not is_old(term)


def is_old(term: str) -> bool:
    """Say whether the name is of a terminal much like a VT100: no ECH, attributes only reset together."""
    name = term.lower()
    return name.startswith(_OLD) and not name.startswith("vte")


def knows_later_sequences(term: str) -> bool:
    """Say whether a terminal of that name takes, or skips, what came after the VT220: DECSCUSR, and queries in OSC.

    The Linux console shows a part of them as text (in kernels before 5.10).
    """
    return not is_old(term) and term.lower() not in ("linux", "cygwin", "dumb", "unknown", "")


def erases_with_background(term: str) -> bool:
    """Say whether erasing fills with the pen's background color in a terminal of that name."""
    return term.lower().startswith(_FILLS)
