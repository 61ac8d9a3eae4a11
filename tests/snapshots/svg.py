"""What a picture is as a file, whoever drew it."""

from __future__ import annotations

import re

FONT_SIZE = 20.264
"""Pixels at which a letter of DejaVu Sans Mono is as wide as a cell: not every viewer stretches a text to its length."""
_FONTS = re.compile(r"\s*@font-face\s*\{.*?\}\n?", re.DOTALL)
_FAMILY = re.compile(r"font-family: Fira Code, ?monospace")


def tidy(svg: str) -> str:
    """Return a picture that refers to no font of another host, and looks the same in every viewer."""
    svg = _FAMILY.sub("font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace", _FONTS.sub("", svg))
    svg = svg.replace("font-size: 20px", f"font-size: {FONT_SIZE}px", 1)
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)  # some viewers trim the spaces before a word
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)
