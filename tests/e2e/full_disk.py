"""A real disk that fills up: a small tmpfs that only the program sees."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import subprocess
from pathlib import Path

_WAYS = (("--mount",), ("--mount", "--map-root-user"))
"""As root, and as a user who may have a namespace of her own."""


def unshare() -> list[str] | str:
    """Return the command before which a tmpfs can be mounted unseen by others, else why there is none here."""
    if shutil.which("unshare") is None or not Path("/proc/self/root").exists():
        return "no unshare, so no disk of its own to fill (Linux has it in util-linux)"
    for way in _WAYS:
        tried = subprocess.run(
            ["unshare", *way, "mount", "-t", "tmpfs", "none", "/mnt"],
            capture_output=True,
            check=False,
            timeout=20,
        )
        if tried.returncode == 0:
            return ["unshare", *way]
    return "no tmpfs can be mounted here, so no disk can be filled"


class SmallDisk:
    """The disk at `folder`, for a program that is started by `command` and then has the process id `pid`."""

    def __init__(self, folder: Path, way: list[str]) -> None:
        self.folder = folder
        self._way = way

    def command(self, *argv: str, full: bool = False) -> list[str]:
        """Return the command that runs another one on it, empty or full."""
        folder = shlex.quote(str(self.folder))
        fill = f"cat /dev/zero > {folder}/filler 2>/dev/null;" if full else ""
        return [
            *self._way, "sh", "-c", f"mount -t tmpfs -o size=600k none {folder} && {fill} exec {shlex.join(argv)}",
        ]  # fmt: skip

    def seen_by(self, pid: int) -> Path:
        """Return where this process, outside, finds it."""
        return Path(f"/proc/{pid}/root{self.folder}")

    def fill(self, pid: int) -> None:
        """Leave no byte free."""
        with (self.seen_by(pid) / "filler").open("ab", buffering=0) as file:
            for size in (4096, 1):
                try:
                    while True:
                        file.write(os.urandom(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def empty(self, pid: int) -> None:
        """Give the space back."""
        (self.seen_by(pid) / "filler").unlink()
