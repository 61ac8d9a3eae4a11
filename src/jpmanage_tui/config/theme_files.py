"""The user's own themes: a file each in the folder ``themes`` beside ``config.toml``, read strictly, never rewritten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import parse_toml
from jpmanage_tui.config.theme_names import BUILT_IN_THEMES

EXTENDABLE = BUILT_IN_THEMES[1:]
"""Those that a theme of one's own can begin with: `terminal` has no colors of its own."""
COLORS = (
    "foreground",
    "muted",
    "background",
    "surface",
    "panel",
    "field",
    "primary",
    "accent",
    "success",
    "warning",
    "error",
    "cursor-foreground",
    "cursor-background",
)
"""The colors that a file may set."""
KEYS = ("extends", *COLORS)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class ThemeFile(NamedTuple):
    """A theme of the user's: its name, the built-in theme it begins with, and the colors that differ (``#rrggbb``)."""

    name: str
    extends: str
    colors: Mapping[str, str]


def theme_file_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the user's themes, in order: those of the files ``NAME.toml`` in the folder.

    A name that cannot be shown, since it has control characters or bytes that are no text, is left out.
    """
    try:
        found = [path.stem for path in folder.iterdir() if path.suffix == ".toml"]
    except OSError:
        return ()  # no such folder, or one that is not ours to look into: no themes
    return tuple(sorted(name for name in found if name not in BUILT_IN_THEMES and name.isprintable()))


def load_theme_file(folder: Path, name: str) -> ThemeFile:
    """Return the user's theme of this name.

    Raises:
        ConfigError: names the file, the line and the key, what is wrong, and the nearest valid key.

    """
    path = folder / f"{name}.toml"
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{path}: a theme's name has small letters, digits, - and _ only, 40 at the most.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}.") from error
    table = parse_toml(data, path)
    lines = data.decode("utf-8").splitlines()
    for key, value in table.items():
        fault = _fault(key, value)
        if fault:
            raise ConfigError(f"{path}, line {_line_of(key, lines)}: {fault}")
    colors = {key: str(value) for key, value in table.items() if key != "extends"}
    return ThemeFile(name, str(table.get("extends", "dark")), colors)


def unknown_theme(name: str, names: tuple[str, ...]) -> str:
    """Return what is wrong with a theme's name that is none of ``names``, with the nearest one."""
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}."


def _fault(key: str, value: object) -> str:
    if key not in KEYS:
        near = get_close_matches(key, KEYS, n=1, cutoff=0.5)
        return f"unknown key {key!r}; " + (
            f"did you mean {near[0]}?" if near else f"valid keys are {', '.join(KEYS)}."
        )
    if key == "extends":
        return "" if value in EXTENDABLE else f"extends: must be one of {', '.join(EXTENDABLE)}."
    if isinstance(value, str) and _COLOR.fullmatch(value):
        return ""
    return f'{key}: must be a color such as "#48c774".'


def _line_of(key: str, lines: list[str]) -> int:
    """Return the number of the line that sets a key of the topmost table (or begins the table of that name)."""
    begins = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*(?:=|\]|\.)""")
    return next((number for number, line in enumerate(lines, 1) if begins.match(line)), 1)
