"""How many colours a terminal gets, decided once at start from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from rich.color import ColorSystem

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
)
_NO_COLOUR_TERMINALS = ("vt", "xterm-mono", "xtermm", "dtterm", "sun", "hpterm", "wy", "adm", "tvi", "ibm3")


class ColourDepth(Enum):
    """How many colours the output may use; NONE means that no colour code is ever sent."""

    NONE = "none"
    SIXTEEN = "16"
    EIGHT_BIT = "256"
    TRUECOLOR = "truecolor"

    @property
    def rich(self) -> ColorSystem | None:
        """The colour system of Rich to convert to; None where no colour may be sent."""
        return _RICH[self]


_RICH: dict[ColourDepth, ColorSystem | None] = {
    ColourDepth.NONE: None,
    ColourDepth.SIXTEEN: ColorSystem.STANDARD,
    ColourDepth.EIGHT_BIT: ColorSystem.EIGHT_BIT,
    ColourDepth.TRUECOLOR: ColorSystem.TRUECOLOR,
}


def no_colour(env: Mapping[str, str]) -> bool:
    """Say whether the user asked for no colour: NO_COLOR present and not empty (no-color.org)."""
    return bool(env.get("NO_COLOR"))


def colour_depth(env: Mapping[str, str]) -> ColourDepth:
    """Decide the colour depth from NO_COLOR, COLORTERM and TERM.

    NO_COLOR wins; then COLORTERM=truecolor|24bit; then what the name in TERM says. A terminal that says
    nothing gets the 16 colours which every colour terminal has.
    """
    if no_colour(env):
        return ColourDepth.NONE
    term = env.get("TERM", "").strip().lower()
    if _names_a_mono_terminal(term):
        return ColourDepth.NONE
    if env.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit") or "direct" in term:
        return ColourDepth.TRUECOLOR
    return ColourDepth.EIGHT_BIT if "256" in term else ColourDepth.SIXTEEN


def _names_a_mono_terminal(term: str) -> bool:
    if "color" in term or term.startswith(_SIXTEEN):
        return term in ("xterm-mono", "xtermm") or term.endswith("-m")
    return term in ("dumb", "unknown") or term.startswith(_NO_COLOUR_TERMINALS) or term.endswith("-m")


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
