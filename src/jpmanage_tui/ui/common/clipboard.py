"""Copying for the user: by tmux, by the terminal or by a local tool, and the sentence about which way it went."""

from __future__ import annotations

import os
from typing import Any

from textual.app import App

from jpmanage_tui.ui.terminal.app import TerminalApp


async def copy_text(app: App[Any], text: str, what: str) -> str:
    """Send `text` to the clipboard; returns the sentence about it, in which `what` names the text."""
    from jpmanage_tui.ui.terminal.clipboard import copy

    write = app.write_to_terminal if isinstance(app, TerminalApp) else lambda _text: None
    way = await copy(text, write, os.environ)
    return f"{what}: {way.sentence}."
