"""What the command line asked for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple


class AppOptions(NamedTuple):
    """The options of the app; `demo_now` is an aware time, None for the clock of this machine; `log` a file to write."""

    demo: bool = False
    demo_licenses: int = 250
    demo_dir: Path | None = None
    demo_now: datetime | None = None
    profile: str | None = None
    read_only: bool = False
    log: Path | None = None
