"""Which running program holds an unsettled entry: told by process and its start time, as process ids are
reused.
"""

from __future__ import annotations

import os
import platform
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path

_here: set[str] = set()  # the queues of this process that are open


@dataclass(frozen=True)
class Owner:
    """One open queue of one process; ``name`` stands in the journal."""

    name: str = field(default_factory=lambda: f"{_machine()}|{_process(os.getpid())}|{uuid.uuid4().hex[:12]}")

    def enter(self) -> None:
        """Say that this queue is open and looks after its entries."""
        _here.add(self.name)

    def leave(self) -> None:
        """Say that this queue is closed: its entries may be settled by another."""
        _here.discard(self.name)


def is_alive(name: str) -> bool:
    """Return whether the queue ``name`` may still be working on its entries.

    False only when that is certain: its process is gone, its machine was restarted, or it was closed in
    this process. Of another machine nothing can be known, so it counts as gone there: the journal lies in
    a state folder, which machines do not share.
    """
    machine, _, rest = name.partition("|")
    process = rest.partition("|")[0]
    if machine != _machine():
        return False
    pid = process.partition("@")[0]
    if pid == str(os.getpid()) and process == _process(os.getpid()):
        return name in _here
    return pid.isdecimal() and process == _process(int(pid))


def _machine() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id")
    try:
        return f"{platform.node()}:{boot.read_text().strip()}"
    except OSError:
        return platform.node()  # no Linux: the start time tells boots apart


def _process(pid: int) -> str:
    return f"{pid}@{_started(pid)}"


def _started(pid: int) -> str:
    """Return when process ``pid`` began, in the system's own form; empty when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "" if Path("/proc/self/stat").exists() else _started_by_ps(pid)
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]


def _started_by_ps(pid: int) -> str:
    done = subprocess.run(  # noqa: S603 - fixed words and a number
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return " ".join(done.stdout.split())
