"""Cold starts: a new process, an empty configuration; the programs take turns, so that a busy machine hurts all alike."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.programs import BEFORE, JPMANAGE, Program
from benchmarks.samples import DEFAULT_THEME, Samples, Setting
from benchmarks.server import SandboxServer
from benchmarks.terminal import Size

FRAME, ROWS, STARTED, COMMAND = "first frame", "first rows", "started", "command"
LIBRARIES = "import httpx, pydantic"
"""What `jpmanage whoami` is measured beside: a start of Python with the libraries that every request needs."""


def measure(
    programs: Sequence[Program],
    licenses: int,
    size: Size,
    tries: int,
    state: Path,
    samples: Samples,
    theme: str = DEFAULT_THEME,
) -> None:
    """Start every program once unmeasured, so that its bytecode is there, then `tries` times."""
    for program in programs:
        _once(program, Setting(program.name, licenses, size, theme), state, Samples())
    for _ in range(tries):
        for program in programs:
            _once(program, Setting(program.name, licenses, size, theme), state, samples)


def _once(program: Program, setting: Setting, state: Path, samples: Samples) -> None:
    conditions = {FRAME: program.frame}
    if program.rows is not None:
        conditions[ROWS] = program.rows
    with program.start(setting.size, state) as terminal:
        times = terminal.times_of(conditions, limit=300)
        terminal.settle(0.5)
        for what, seconds in times.items():
            samples.add(setting, what, "ms", seconds * 1000)
        samples.add(setting, STARTED, "bytes", len(terminal.raw))
        samples.add(setting, STARTED, "MB at most", terminal.peak_memory())


def measure_commands(
    programs: Sequence[Program],
    server: SandboxServer,
    licenses: int,
    size: Size,
    tries: int,
    samples: Samples,
) -> None:
    """Run `whoami` of every jpmanage, and a Python that only imports the libraries, by turns; take the wall time."""
    argv = {
        program.name: (*program.argv, "whoami") for program in programs if program.name in (JPMANAGE, BEFORE)
    }
    argv[LIBRARIES] = (sys.executable, "-c", LIBRARIES)
    env = {**os.environ, **server.env}
    for number in range(tries + 1):
        for name, command in argv.items():
            begin = time.perf_counter()
            subprocess.run(command, env=env, check=True, capture_output=True)  # noqa: S603
            if number:  # the first one compiles the bytecode
                seconds = time.perf_counter() - begin
                samples.add(Setting(name, licenses, size), COMMAND, "ms", seconds * 1000)
