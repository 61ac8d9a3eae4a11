"""The three themes and which of them a terminal gets.

`terminal` uses the 16 colors and the background that the user has chosen for the terminal, and marks the
cursor by reverse, so it is legible on dark and on light. `dark` and `light` bring their own background and
need 256 colors.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

from jpmanage_tui.ui.terminal.colors import ColorDepth, color_depth, no_color

TERMINAL, DARK, LIGHT = "terminal", "dark", "light"

_TERMINAL = Theme(
    name=TERMINAL,
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_magenta",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    variables={
        "surface": "ansi_default",  # Textual makes these transparent, and paints what is transparent black
        "panel": "ansi_default",
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "border": "ansi_cyan",
        "border-blurred": "ansi_bright_black",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-text-style": "reverse",
        "block-cursor-blurred-text-style": "underline",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_cyan",
        "screen-selection-foreground": "ansi_black",
        "scrollbar": "ansi_bright_black",
        "scrollbar-hover": "ansi_cyan",
        "scrollbar-active": "ansi_cyan",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
        "footer-key-foreground": "ansi_cyan",
        "link-color": "ansi_cyan",
        "link-background-hover": "ansi_default",
        "link-color-hover": "ansi_cyan",
    },
)

_DARK = Theme(
    name=DARK,
    primary="#48c774",
    secondary="#6fb7ff",
    warning="#f0b849",
    error="#ff8085",
    success="#48c774",
    accent="#6fb7ff",
    foreground="#e4e8e5",
    background="#101512",
    surface="#161d19",
    panel="#1e2722",
    dark=True,
    variables={
        "block-cursor-foreground": "#101512",
        "block-cursor-background": "#48c774",
        "text-muted": "#a3aea7",
        "text-disabled": "#8a958e",
        "footer-key-foreground": "#48c774",
    },
)

_LIGHT = Theme(
    name=LIGHT,
    primary="#00701a",
    secondary="#0a5ea8",
    warning="#7a4d00",
    error="#a8201a",
    success="#00701a",
    accent="#0a5ea8",
    foreground="#101517",
    background="#ffffff",
    surface="#f6f7f7",
    panel="#e9ebea",
    dark=False,
    variables={
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#00701a",
        "text-muted": "#4c5459",
        "text-disabled": "#5d666b",
        "footer-key-foreground": "#00701a",
    },
)

THEMES: tuple[Theme, ...] = (_TERMINAL, _DARK, _LIGHT)
"""All themes; the app registers each of them."""


def themes_for(depth: ColorDepth) -> tuple[str, ...]:
    """Return the names of the themes that are legible with so many colors, the default one first."""
    if depth in (ColorDepth.NONE, ColorDepth.SIXTEEN):
        return (TERMINAL,)
    return TERMINAL, DARK, LIGHT


def pick_theme(env: Mapping[str, str], setting: str | None) -> str:
    """Return the name of the theme to start with.

    The user's setting wins where the terminal has the colors for it. Without one, a terminal that tells its
    background (COLORFGBG) gets `dark` or `light`, and one that says no more gets `terminal`.
    """
    possible = themes_for(color_depth(env))
    wanted = setting or _background(env)
    return wanted if wanted in possible else TERMINAL


def theme_reason(name: str, env: Mapping[str, str]) -> str | None:
    """Return why a theme cannot be had in the terminal of this environment, None where it can."""
    depth = color_depth(env)
    if name in themes_for(depth):
        return None
    if no_color(env):
        return "needs 256 colors, and NO_COLOR is set"
    has = "16" if depth is ColorDepth.SIXTEEN else "none"
    return f"needs 256 colors, this terminal (TERM={env.get('TERM', '')}) has {has}"


def _background(env: Mapping[str, str]) -> str | None:
    """Read COLORFGBG ("15;0", "0;default;15"): the last part is the number of the background's color."""
    number = env.get("COLORFGBG", "").rpartition(";")[2]
    if not number.isdecimal() or int(number) > 15:
        return None
    return LIGHT if int(number) in (7, 15) else DARK
