"""The programs that are measured: how each is started, and how one sees that it is there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.samples import DEFAULT_THEME
from benchmarks.server import SandboxServer
from benchmarks.terminal import Size, Terminal
from jpmanage_tui.config.ui_state import UiState

JPMANAGE, VISIDATA, TABLE, EMPTY = "jpmanage", "VisiData", "Textual DataTable", "empty Textual app"
BEFORE = "jpmanage before"
"""Another installation of jpmanage, measured in the same run: what it cost before a change."""
TERM = "xterm-256color"
_DROPPED = re.compile(
    r"JPMANAGE_.*|NO_COLOR|COLORTERM|COLORFGBG|TMUX|SSH_.*|COLUMNS|LINES|TERM_PROGRAM|PYTHON.*"
)


@dataclass(frozen=True)
class Program:
    """A program: its command, its environment beside the usual, and when its frame and its rows are there."""

    name: str
    argv: tuple[str, ...]
    frame: Callable[[Terminal], bool]
    rows: Callable[[Terminal], bool] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    theme: str | None = None

    def start(self, size: Size, state: Path, settings: str = "") -> Terminal:
        """Start it with no configuration but `settings` (lines of TOML), with state in a folder of its own below `state`.

        The theme is the one that was chosen at an earlier start, as the key for themes remembers it.
        """
        own = Path(mkdtemp(dir=state))
        if self.theme is not None:
            UiState(own / "state").theme = self.theme
        if settings:
            (own / "config").mkdir()
            (own / "config" / "config.toml").write_text(settings)
        env = {name: value for name, value in os.environ.items() if not _DROPPED.fullmatch(name)}
        env |= {"TERM": TERM, "HOME": str(own), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        env["PYTHONPYCACHEPREFIX"] = str(
            state / "bytecode"
        )  # as after an installation: compiled once, by the first start
        env |= {f"JPMANAGE_{name}_DIR": str(own / name.lower()) for name in ("CONFIG", "STATE", "DOWNLOAD")}
        return Terminal(self.argv, size, {**env, **self.env})


def programs(
    server: SandboxServer, csv: Path, first: list[dict[str, str]], theme: str, before: Path | None
) -> dict[str, Program]:
    """Return the programs by name, all on the licenses of `server`, whose first rows are `first`.

    `before` is the command of another installation of jpmanage; both have the theme `theme`, the usual one without
    having chosen it.
    """
    chosen = None if theme == DEFAULT_THEME else theme
    site = next(row["site"] for row in first if "." in row["site"] and row["site"].isascii())[:12]

    def rows(terminal: Terminal) -> bool:
        return site in terminal.text

    def heading(word: str) -> Callable[[Terminal], bool]:
        return lambda terminal: word in terminal.text

    visidata = ("vd", "--config", "/dev/null", "--overwrite", "n", "-f", "csv", str(csv))
    table = (sys.executable, "-m", "benchmarks.peers.datatable", str(csv))
    all_of_them = (
        Program(JPMANAGE, ("jpmanage",), heading("Licenses"), rows, server.env, chosen),
        *(
            [Program(BEFORE, (str(before),), heading("Licenses"), rows, server.env, chosen)]
            if before is not None
            else []
        ),
        Program(VISIDATA, visidata, heading("product"), rows),
        Program(TABLE, table, heading("product"), rows, {"PYTHONPATH": os.getcwd()}),
        Program(
            EMPTY, (sys.executable, "-m", "benchmarks.peers.empty"), _blank, None, {"PYTHONPATH": os.getcwd()}
        ),
    )
    return {program.name: program for program in all_of_them}


def _blank(terminal: Terminal) -> bool:
    """Whether the frame of an app that shows nothing has come: as many blanks as a line is wide."""
    return b" " * terminal.size[0] in terminal.taken
