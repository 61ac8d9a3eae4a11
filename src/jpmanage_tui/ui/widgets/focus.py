"""Where the focus is, shown on the uppermost screen alone: below a dialog there is no other selected row."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from jpmanage_tui.ui.widgets.sidebar import Sidebar
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


def repaint_focus(screen: Screen[Any]) -> None:
    """Repaint what shows the focus of a screen, which was covered by a dialog, or is uncovered now."""
    if isinstance(screen.focused, VirtualList | Sidebar):
        screen.focused.repaint_focus()
