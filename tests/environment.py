"""The environment in which every test and every picture is made, whatever the machine's own is."""

import os
import time


def settle() -> None:
    """Make this process look like a plain truecolor terminal in UTC, with none of the user's own variables."""
    for name in list(os.environ):
        if name.startswith("JPMANAGE_") or name in (
            "NO_COLOR", "COLORFGBG", "TMUX", "STY", "SSH_CONNECTION", "SSH_TTY", "BROWSER",
            "DISPLAY", "WAYLAND_DISPLAY", "TEXTUAL", "TEXTUAL_ANIMATIONS",
        ):  # fmt: skip
            del os.environ[name]
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", TZ="UTC")
    time.tzset()
