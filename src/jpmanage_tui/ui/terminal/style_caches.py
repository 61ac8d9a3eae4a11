"""Memory of widgets that are gone: Textual 8.2 keeps the last 1,024 it painted, with every line of each.

It remembers the results of a method of `StylesCache`, of which each widget has one, together with the object that the
method belongs to. In hours of work, in which dialogs come and go, that is 60 MB.
"""

from __future__ import annotations

from contextlib import suppress


def forget_removed_widgets() -> None:
    """Let go of what Textual remembers of painted widgets; those that are still shown are remembered again."""
    with suppress(ImportError, AttributeError):  # another Textual: it keeps what it keeps
        from textual._styles_cache import StylesCache

        StylesCache.get_inner_outer.cache_clear()
