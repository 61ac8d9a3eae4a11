"""What `jpmanage licenses list` costs: its start beside that of the libraries, and 100,000 licenses as JSONL.

`python -m benchmarks.commands [LICENSES] [TRIES]` prints a table of figures and their limits, and needs `jpmanage` on the
PATH. Both sides of the first figure take turns in one run; memory is the peak of the process (resident set).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.cold import LIBRARIES
from benchmarks.server import SandboxServer

LICENSES, TRIES = 100_000, 15
FACTOR, MB = 2.6, 90.0
FIRST = ("jpmanage", "licenses", "list", "--limit", "1")
WHOLE = ("jpmanage", "licenses", "list", "--state", "all", "--jsonl")
FOUND = ("jpmanage", "licenses", "list", "--state", "all", "--jsonl", "--older-than", "0")


class Reading(NamedTuple):
    """One run of a command: seconds to its first line and to its end, its lines, and its peak memory."""

    first: float
    whole: float
    lines: int
    megabytes: float


def run(command: tuple[str, ...], env: dict[str, str]) -> Reading:
    """Run a command to its end. Raises RuntimeError where it does not end with 0."""
    began = time.perf_counter()
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as process:  # noqa: S603
        if process.stdout is None:
            raise RuntimeError("the command has no output")
        lines = 1 if process.stdout.readline() else 0
        first = time.perf_counter() - began
        lines += sum(1 for _ in process.stdout)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Reading(first, time.perf_counter() - began, lines, _megabytes(used))


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def tell(what: str, figure: str, limit: str = "", *, met: bool | None = None) -> None:
    """Print a line of the table."""
    verdict = "" if met is None else "met" if met else "NOT met"
    sys.stdout.write(f"{what:<60} {figure:>12}   {limit:<24} {verdict}".rstrip() + "\n")
    sys.stdout.flush()


def measure_start(env: dict[str, str], tries: int) -> None:
    """Print how long one license takes, beside a Python that only imports the libraries, by turns."""
    libraries = (sys.executable, "-c", LIBRARIES)
    times: dict[tuple[str, ...], list[float]] = {FIRST: [], libraries: []}
    for number in range(tries + 1):
        for command, seconds in times.items():
            reading = run(command, env)
            if number:  # the first one compiles the bytecode
                seconds.append(reading.whole)
    ours, theirs = median(times[FIRST]) * 1000, median(times[libraries]) * 1000
    tell(f"python -c {LIBRARIES!r}", f"{theirs:,.0f} ms")
    limit = f"{FACTOR} x: {FACTOR * theirs:,.0f} ms"
    tell(" ".join(FIRST), f"{ours:,.0f} ms", limit, met=ours <= FACTOR * theirs)
    tell("  of the libraries' time", f"{ours / theirs:.2f} x")


def measure_whole(env: dict[str, str], licenses: int) -> None:
    """Print what it takes to print all licenses, as they are read and as a filter finds them."""
    for command, limit in ((WHOLE, MB), (FOUND, None)):
        reading = run(command, env)
        tell(" ".join(command), f"{reading.lines:,} lines")
        tell("  first line", f"{reading.first * 1000:,.0f} ms")
        tell("  all", f"{reading.whole:,.1f} s")
        if limit is None:
            tell("  peak memory", f"{reading.megabytes:,.0f} MB")
        else:
            at_most = f"{limit:.0f} MB at {LICENSES:,}"
            met = reading.megabytes < limit if licenses >= LICENSES else None
            tell("  peak memory", f"{reading.megabytes:,.0f} MB", at_most, met=met)


def main() -> int:
    """Measure and print; the figures are never asserted."""
    licenses = int(sys.argv[1]) if len(sys.argv) > 1 else LICENSES
    tries = int(sys.argv[2]) if len(sys.argv) > 2 else TRIES
    with TemporaryDirectory(prefix="jpmanage-bench-") as folder, SandboxServer(licenses) as server:
        folders = {"JPMANAGE_CONFIG_DIR": f"{folder}/config", "JPMANAGE_STATE_DIR": f"{folder}/state"}
        env = {**os.environ, **folders, **server.env}
        measure_start(env, tries)
        measure_whole(env, licenses)
    return 0


if __name__ == "__main__":
    sys.exit(main())
