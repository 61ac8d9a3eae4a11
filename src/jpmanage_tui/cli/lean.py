"""Textual without what it loads for a command palette of its own, which the app does not use.

``import textual.app`` loads that palette, and with it the input, select, option and tree widgets: a tenth of what the
import takes. While it is loaded, classes of the same names stand for it; who asks for the palette later gets the real one.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

_PALETTE = "textual.command"
_NAMES = ("CommandListItem", "CommandPalette", "DiscoveryHit", "Hit", "Hits", "Provider", "SimpleProvider")
"""What the modules of Textual that an app needs take from it."""


def load_textual() -> None:
    """Import `textual.app`; where it is loaded already, or needs more of the palette, nothing is saved and nothing lost."""
    if "textual.app" in sys.modules or _PALETTE in sys.modules:
        return
    stand_in = ModuleType(_PALETTE)
    for name in _NAMES:
        setattr(stand_in, name, type(name, (), {"__module__": _PALETTE}))
    sys.modules[_PALETTE] = stand_in
    try:
        import_module("textual.app")
    except ImportError:
        pass  # another Textual than the one this was made for: it is loaded as a whole when it is needed
    finally:
        del sys.modules[_PALETTE]
