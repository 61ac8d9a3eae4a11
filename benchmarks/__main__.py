"""`python -m benchmarks`: measure, print the tables, write results.json.

Needs `jpmanage` and VisiData's `vd` on the PATH (`make bench` sees to both). Cold means a new process with an empty
configuration; bytecode and files are in the system's cache.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import cold, keys, table, targets
from benchmarks.programs import BEFORE, EMPTY, JPMANAGE, TABLE, TERM, VISIDATA, programs
from benchmarks.samples import DEFAULT_THEME, Samples, Setting
from benchmarks.server import SandboxServer
from benchmarks.terminal import Size

RESULTS = Path(__file__).with_name("results.json")
LICENSES, SIZES, TRIES = (250, 10_000, 100_000), ((120, 36), (80, 24), (200, 50)), 9
THEMES = (DEFAULT_THEME, "terminal")
QUICK_LICENSES, QUICK_SIZES, QUICK_TRIES = (250,), ((120, 36),), 3
TABLE_AT_MOST = 10_000
"""Stock DataTable measures every cell before it shows the first: at 100,000 rows that takes a minute a start."""


def _size(text: str) -> Size:
    columns, _, lines = text.partition("x")
    return int(columns), int(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="250 licenses, one size, three tries")
    parser.add_argument("--licenses", type=int, action="append", help="so many licenses (can be repeated)")
    parser.add_argument("--size", type=_size, action="append", help="only this size, such as 80x24")
    parser.add_argument("--only", action="append", help="only this program (can be repeated)")
    parser.add_argument("--theme", action="append", help="this theme of jpmanage (can be repeated)")
    parser.add_argument(
        "--before", type=Path, help="the command of another jpmanage, measured beside this one"
    )
    parser.add_argument("--tries", type=int, help=f"tries of everything ({TRIES})")
    parser.add_argument("--cold", action="store_true", help="cold starts only")
    parser.add_argument("--table", action="store_true", help="print the tables of results.json again")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where to write the results")
    return parser.parse_args()


def main() -> int:
    """Measure and print; returns 0, or 2 where a program is missing."""
    arguments = _arguments()
    if arguments.table:
        _print(json.loads(arguments.out.read_text()))
        return 0
    missing = [program for program in ("jpmanage", "vd") if shutil.which(program) is None]
    if missing:
        sys.stderr.write(f"benchmarks: not on the PATH: {', '.join(missing)}; run `make bench`\n")
        return 2
    results = _measure(arguments)
    arguments.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    _print(results)
    return 0


def _print(results: dict[str, Any]) -> None:
    sys.stdout.write(table.measurements(results) + "\n" + table.targets(results) + "\n")


def _measure(arguments: argparse.Namespace) -> dict[str, Any]:
    samples = Samples()
    counts = arguments.licenses or (QUICK_LICENSES if arguments.quick else LICENSES)
    sizes = arguments.size or (QUICK_SIZES if arguments.quick else SIZES)
    tries = arguments.tries or (QUICK_TRIES if arguments.quick else TRIES)
    themes = arguments.theme or THEMES
    checks: list[dict[str, Any]] = []
    for licenses in counts:
        with TemporaryDirectory(prefix="jpmanage-bench-") as folder, SandboxServer(licenses) as server:
            csv = Path(folder) / "licenses.csv"
            first = server.write_csv(csv)
            chosen = _chosen(arguments, licenses)
            for theme, size in product(themes, sizes):
                found = programs(server, csv, first, theme, arguments.before)
                there = [one for name, one in found.items() if name in chosen]
                _say(f"{licenses:,} licenses, {size[0]}x{size[1]}, {theme}")
                cold.measure(there, licenses, size, tries, Path(folder), samples, theme)
                if licenses == min(counts) and theme == themes[0] and size == sizes[0]:
                    cold.measure_commands(there, server, licenses, size, tries, samples)
                for program in () if arguments.cold else there:
                    _say(f"  {program.name}: keys")
                    setting = Setting(program.name, licenses, size, theme)
                    keys.measure(program, setting, server, Path(folder), tries, samples)
                    if program.name == JPMANAGE and licenses == min(counts) and size == sizes[0]:
                        keys.measure_refresh(program, setting, server, Path(folder), samples)
                checks.append(_checks(samples, licenses, size, theme))
    return {"run": _about(tries), "targets": checks, "measurements": list(samples.rows())}


def _chosen(arguments: argparse.Namespace, licenses: int) -> set[str]:
    everything = {JPMANAGE, BEFORE, VISIDATA, TABLE, EMPTY}
    chosen = set(arguments.only or everything)
    return chosen - {TABLE} if licenses > TABLE_AT_MOST else chosen


def _checks(samples: Samples, licenses: int, size: Size, theme: str) -> dict[str, Any]:
    found = targets.check(samples, licenses, size, theme)
    return {
        "licenses": licenses,
        "size": f"{size[0]}x{size[1]}",
        "theme": theme,
        "checks": [target.to_json() for target in found],
    }


def _about(tries: int) -> dict[str, Any]:
    packages = ("jpmanage-tui", "textual", "visidata")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tries": tries,
        "term": TERM,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
        "versions": {name: version(name) for name in packages},
    }


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
