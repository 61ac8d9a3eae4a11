"""The golden journals, copied to where a test can work with them."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).parent
KILLED_TOKEN = "token of the killed one"


def every_state(folder: Path) -> Path:
    """Return a copy of the journal with every kind of change in every state."""
    return _copy("journal", folder)


def killed(folder: Path) -> Path:
    """Return a copy of what a killed program left: all of it stands in the write-ahead log."""
    return _copy("killed", folder)


def _copy(name: str, folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in HERE.glob(f"{name}.sqlite*"):
        shutil.copyfile(path, folder / path.name.replace(name, "journal"))
    return folder / "journal.sqlite"
