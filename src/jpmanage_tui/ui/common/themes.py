"""The themes and which of them a terminal gets.

`terminal` uses the 16 colors and the background that the user has chosen for the terminal, marks the cursor by reverse
and what is muted by the terminal's faint, so it is legible on dark and on light. The others bring their own background
and need 256 colors: `dark`, `light`, `high-contrast`, and the user's own (`theme_of_file`).

Beside Textual's variables each has `muted-style` (how what is muted is written where it has no color of its own),
`field` and `field-style` (how a field shows where it is), and `heading-style` (the rule under a list's headings).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.theme import Theme

from jpmanage_tui.ui.terminal.colors import ColorDepth, color_depth, no_color

if TYPE_CHECKING:
    from jpmanage_tui.config.theme_files import ThemeFile

TERMINAL, DARK, LIGHT, HIGH_CONTRAST = "terminal", "dark", "light", "high-contrast"

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
        "muted-style": "dim",
        "field": "ansi_default",
        "field-style": "underline",
        "heading-style": "bold underline",
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
        "muted-style": "none",
        "field": "#2b3831",
        "field-style": "none",
        "heading-style": "bold underline",
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
        "muted-style": "none",
        "field": "#dbe0dd",
        "field-style": "none",
        "heading-style": "bold underline",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#00701a",
        "text-muted": "#4c5459",
        "text-disabled": "#5d666b",
        "footer-key-foreground": "#00701a",
    },
)

_HIGH_CONTRAST = Theme(
    name=HIGH_CONTRAST,
    primary="#ffe14d",
    secondary="#7fdbff",
    warning="#ffc933",
    error="#ffadad",
    success="#7dff9b",
    accent="#7fdbff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    dark=True,
    variables={
        "muted-style": "none",
        "field": "#303030",
        "field-style": "underline",
        "heading-style": "bold underline",
        "block-cursor-foreground": "#000000",
        "block-cursor-background": "#ffe14d",
        "text-muted": "#d7d7d7",
        "text-disabled": "#c6c6c6",
        "footer-key-foreground": "#ffe14d",
    },
)

THEMES: tuple[Theme, ...] = (_TERMINAL, _DARK, _LIGHT, _HIGH_CONTRAST)
"""The program's own themes; the app registers each of them."""
_BY_NAME = {theme.name: theme for theme in THEMES}
VARIABLE_DEFAULTS = {
    "muted-style": "none",
    "field": "ansi_default",
    "field-style": "underline",
    "heading-style": "bold underline",
}
"""The variables that Textual does not know, for a theme that does not set them."""
VARIABLES_OF = {
    "muted": ("text-muted", "text-disabled"),
    "field": ("field",),
    "cursor-foreground": ("block-cursor-foreground",),
    "cursor-background": ("block-cursor-background", "footer-key-foreground"),
}
"""The variables that a color of a theme's file sets, where it sets no color of Textual's own."""


def theme_of_file(file: ThemeFile) -> Theme:
    """Return the user's theme: the one it extends, with the colors of the file."""
    base = _BY_NAME[file.extends]
    colors = {key: value for key, value in file.colors.items() if key not in VARIABLES_OF}
    if "accent" in colors:
        colors["secondary"] = colors["accent"]
    variables = dict(base.variables)
    for key, names in VARIABLES_OF.items():
        if key in file.colors:
            variables |= dict.fromkeys(names, file.colors[key])
    theme = replace(base, name=file.name, variables=variables)
    for key, color in colors.items():
        setattr(theme, key, color)
    return theme


def can_be_had(name: str, depth: ColorDepth) -> bool:
    """Return whether a theme is legible with so many colors: each but `terminal` needs 256."""
    return name == TERMINAL or depth in (ColorDepth.EIGHT_BIT, ColorDepth.TRUECOLOR)


def pick_theme(
    env: Mapping[str, str], wanted: Sequence[str | None], dark_background: bool | None = None
) -> str:
    """Return the name of the theme to start with.

    `wanted` are the names that were asked for, the most important first, None where none was: the first that the
    terminal has the colors for is taken. Without one a terminal with 256 colors gets `dark`, or `light` where its
    background is light (`has_dark_background`; `dark_background` is what it has answered).
    """
    depth = color_depth(env)
    for name in wanted:
        if name is not None and can_be_had(name, depth):
            return name
    if not can_be_had(DARK, depth):
        return TERMINAL
    return LIGHT if has_dark_background(env, dark_background) is False else DARK


def theme_reason(name: str, env: Mapping[str, str]) -> str | None:
    """Return why a theme cannot be had in the terminal of this environment, None where it can."""
    depth = color_depth(env)
    if can_be_had(name, depth):
        return None
    if no_color(env):
        return "needs 256 colors, and NO_COLOR is set"
    has = "16" if depth is ColorDepth.SIXTEEN else "none"
    return f"needs 256 colors, this terminal (TERM={env.get('TERM', '')}) has {has}"


def has_dark_background(env: Mapping[str, str], answered: bool | None) -> bool | None:
    """Return whether the terminal's background is dark: as COLORFGBG says, or as it has `answered` at the last start.

    The last part of COLORFGBG ("15;0", "0;default;15") is the number of the background's color. None: not known.
    """
    number = env.get("COLORFGBG", "").rpartition(";")[2]
    if not number.isdecimal() or int(number) > 15:
        return answered
    return int(number) not in (7, 15)
