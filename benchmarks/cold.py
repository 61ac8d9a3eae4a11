"""Cold starts: a new process, an empty configuration; the programs take turns, so that a busy machine hurts all alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.programs import Program
from benchmarks.samples import Samples, Setting
from benchmarks.terminal import Size

FRAME, ROWS, STARTED = "first frame", "first rows", "started"


def measure(
    programs: Sequence[Program], licenses: int, size: Size, tries: int, state: Path, samples: Samples
) -> None:
    """Start every program once unmeasured, so that its bytecode is there, then `tries` times."""
    for program in programs:
        _once(program, Setting(program.name, licenses, size), state, Samples())
    for _ in range(tries):
        for program in programs:
            _once(program, Setting(program.name, licenses, size), state, samples)


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
