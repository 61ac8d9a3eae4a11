"""Pictures of the command line: what commands print in a terminal, at the same clock as the screens."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from tempfile import TemporaryDirectory

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tests.sandbox.harness import NOW
from tests.snapshots.svg import tidy
from tests.ui.harness import LARGE, SMALL
from tests.ui.terminal.pty_session import PtySession

DEMO = ("--demo", "--demo-now", NOW.isoformat())
SIZES = {"80x24": SMALL, "120x36": LARGE}
SHELL: dict[str, tuple[tuple[str, ...], ...]] = {
    "shell-licenses": (
        ("licenses", "list", "--state", "unassigned", "--limit", "8"),
        (
            "licenses",
            "list",
            "--lacks",
            "jetpack-scan",
            "--sort",
            "site",
            "--fields",
            "site,product",
            "--limit",
            "6",
        ),
    ),
    "shell-changes": (("licenses", "issue", "jetpack-scan:3", "--dry-run", "--assign-later"),),
    "shell-billing": (("billing", "show", "--limit", "8"), ("invoices", "list", "--limit", "4")),
}
"""The commands of each picture, without `jpmanage` and the options of the demo."""


def draw_shell(commands: Sequence[Sequence[str]], size: str) -> str:
    """Run commands one after another in a terminal of this size, and return the picture of what stands there then."""
    width, height = SIZES[size]
    screen = pyte.Screen(width, height)
    stream = pyte.ByteStream(screen)
    with TemporaryDirectory() as folder:
        env = {"JPMANAGE_CONFIG_DIR": folder, "JPMANAGE_STATE_DIR": folder}
        for command in commands:
            words = " ".join(f"'{word}'" if " " in word else word for word in command)
            stream.feed(f"$ jpmanage {words}\r\n".encode())
            with PtySession(["jpmanage_tui", *DEMO, *command], size=(width, height), env=env) as session:
                session.exit_code()
                session.quiet(0.05)
                stream.feed(bytes(session.raw))
    stream.feed(b"$ ")
    return _picture(screen)


def _picture(screen: pyte.Screen) -> str:
    console = Console(
        width=screen.columns,
        record=True,
        file=StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    for row in range(screen.lines):
        line = Text()
        for column in range(screen.columns):
            cell = screen.buffer[row][column]
            if cell.data:  # the second cell of a wide character has none
                color = None if cell.fg == "default" else {"brown": "yellow"}.get(cell.fg, cell.fg)
                line.append(cell.data, Style(color=color, bold=cell.bold))
        console.print(line, soft_wrap=True, end="\n")
    return tidy(console.export_svg(title="jpmanage"))
