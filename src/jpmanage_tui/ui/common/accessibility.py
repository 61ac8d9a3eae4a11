"""Words in the place of signs, for whom a screen reader reads (`accessible = true`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from textual.widget import Widget

from jpmanage_tui.ui.terminal.colors import ColorDepth
from jpmanage_tui.ui.terminal.differ import CellDiffer

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "*": "marked", "✓": "selected", "!": "problem", "-": "left out", "?": "unknown",
        "⌄": "", "⌃": "open", "≡": "bundle", "└": "in a bundle", "↗": "bought elsewhere",
        "↓": "sorted down", "↑": "sorted up",
    }
)  # fmt: skip
"""What the signs before a row and in a heading mean; that a row can be opened is not said of each."""

CURRENT = " (this one)"
"""What is said beside the present one of several tabs or steps, which bold and reverse tell else."""


def is_accessible(widget: Widget) -> bool:
    """Say whether the app that a widget belongs to is in its accessible mode."""
    app = _app_of(widget)
    return app is not None and app.accessible


def draws_blocks(widget: Widget) -> bool:
    """Say whether blocks can be drawn, as they cannot in ASCII."""
    app = _app_of(widget)
    return app is None or not app.ascii_only


def draws_light(widget: Widget) -> bool | None:
    """Say whether a filled cell is brighter than an empty one where there are no colors; None where there are.

    A terminal that does not say what its background is has a dark one.
    """
    app = _app_of(widget)
    if app is None or app.color_depth is not ColorDepth.NONE:
        return None
    return app.dark_background is not False


def _app_of(widget: Widget) -> CellDiffer[object] | None:
    """Return the app of a widget where it has these modes; None for another one, and for a widget that is in none yet."""
    app = widget.app if widget.is_attached else None
    return app if isinstance(app, CellDiffer) else None


def without_signs(sentence: str) -> str:
    """Return a sentence without the signs that stand in brackets beside their words: they are not drawn.

    >>> without_signs("a bundle (≡) opens to its licenses (└).")
    'a bundle opens to its licenses.'
    """
    for sign in WORDS:
        sentence = sentence.replace(f" ({sign})", "")
    return sentence


def words_of(signs: str) -> str:
    """Return the words for the signs before a row, with a colon and a space behind them; nothing where there is none.

    >>> words_of("*⌄≡ ")
    'marked, bundle: '
    """
    words = ", ".join(words for sign in signs if (words := WORDS.get(sign, sign.strip())))
    return f"{words}: " if words else ""
