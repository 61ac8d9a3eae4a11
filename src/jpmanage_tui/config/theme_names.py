"""The names of the themes that the program brings, and where those of the user are."""

from __future__ import annotations

from pathlib import Path

BUILT_IN_THEMES = ("terminal", "dark", "light", "high-contrast")
"""`terminal` has the terminal's own colors, the others bring theirs."""


def themes_dir(config_dir: Path) -> Path:
    """Return the folder of the user's themes, which need not exist."""
    return config_dir / "themes"
