"""How many colors a terminal gets, decided once at start from the environment and from terminfo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from rich.color import ColorSystem

from jpmanage_tui.ui.terminal.terminfo import TerminalEntry, terminal_entry

_SIXTEEN = (
    "linux",
    "xterm",
    "screen",
    "tmux",
    "ansi",
    "cygwin",
    "rxvt",
    "cons25",
    "sun-color",
    "xterm-color",
    "vte",
)
_MODERN = (
    "alacritty", "kitty", "foot", "wezterm", "ghostty", "vte", "gnome", "konsole",
    "contour", "iterm", "iterm2", "iterm2.app", "mintty", "putty", "rio", "st", "ms",
)  # fmt: skip
"""They have 256 colors; terminfo of the host may not know them yet."""
_NO_COLOR_TERMINALS = ("vt", "xterm-mono", "xtermm", "dtterm", "sun", "hpterm", "wy", "adm", "tvi", "ibm3")


class ColorDepth(Enum):
    """How many colors the output may use; NONE means that no color code is ever sent."""

    NONE = "none"
    SIXTEEN = "16"
    EIGHT_BIT = "256"
    TRUECOLOR = "truecolor"

    @property
    def rich(self) -> ColorSystem | None:
        """The color system of Rich to convert to; None where no color may be sent."""
        return _RICH[self]


_RICH: dict[ColorDepth, ColorSystem | None] = {
    ColorDepth.NONE: None,
    ColorDepth.SIXTEEN: ColorSystem.STANDARD,
    ColorDepth.EIGHT_BIT: ColorSystem.EIGHT_BIT,
    ColorDepth.TRUECOLOR: ColorSystem.TRUECOLOR,
}


def no_color(env: Mapping[str, str]) -> bool:
    """Say whether the user asked for no color: NO_COLOR present and not empty (no-color.org)."""
    return bool(env.get("NO_COLOR"))


def color_depth(
    env: Mapping[str, str], entry_of: Callable[[str], TerminalEntry | None] = terminal_entry
) -> ColorDepth:
    """Decide the color depth from NO_COLOR, COLORTERM, and what terminfo knows of TERM.

    NO_COLOR wins; then COLORTERM=truecolor|24bit; then terminfo (`entry_of`), which must say so for 24-bit colors;
    then, where the host's terminfo does not know the terminal, what its name says. A terminal of which nothing is
    known gets the 16 colors which every color terminal has.
    """
    if no_color(env):
        return ColorDepth.NONE
    term = env.get("TERM", "").strip()
    name = term.lower()
    if _names_a_mono_terminal(name):
        return ColorDepth.NONE
    if env.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return ColorDepth.TRUECOLOR
    entry = entry_of(term)
    if entry is None:
        return _depth_by_name(name)
    if entry.rgb:
        return ColorDepth.TRUECOLOR
    if entry.colors >= 256:
        return ColorDepth.EIGHT_BIT
    return ColorDepth.SIXTEEN if entry.colors >= 8 else ColorDepth.NONE


def _depth_by_name(name: str) -> ColorDepth:
    if "direct" in name:
        return ColorDepth.TRUECOLOR
    modern = name.split("-")[0] in _MODERN or name.startswith(("xterm-kitty", "xterm-ghostty"))
    return ColorDepth.EIGHT_BIT if "256" in name or modern else ColorDepth.SIXTEEN


def _names_a_mono_terminal(term: str) -> bool:
    if "color" in term or term.startswith(_SIXTEEN):
        return term in ("xterm-mono", "xtermm") or term.endswith("-m")
    return term in ("dumb", "unknown") or term.startswith(_NO_COLOR_TERMINALS) or term.endswith("-m")


def refuse_terminal(env: Mapping[str, str]) -> str | None:
    """Return the sentence why the app cannot start in this terminal, or None where it can.

    A terminal that cannot move its cursor (TERM unset, empty, dumb or unknown) shows garbage: the caller
    prints the sentence and ends with the exit code for "no terminal".
    """
    term = env.get("TERM", "").strip().lower()
    if term in ("dumb", "unknown"):
        return (
            f"This terminal cannot move its cursor (TERM={term}), so jpmanage cannot draw in it. "
            "Run it in a full terminal, or set TERM to the one you have, such as xterm-256color."
        )
    if not term:
        return "TERM is not set, so jpmanage does not know how to draw. Set it, such as TERM=xterm-256color."
    return None
