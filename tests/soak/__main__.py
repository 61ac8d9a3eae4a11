"""`python -m tests.soak`: random keys on many licenses, with faults and kills; exits with 1 where something is wrong."""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.environment import settle
from tests.soak.soak import Soak, SoakFailure


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--keys", type=int, default=10_000, help="so many keys (10,000)")
    parser.add_argument("--licenses", type=int, default=100_000, help="on so many licenses (100,000)")
    parser.add_argument("--seed", type=int, help="the seed (the time)")
    parser.add_argument(
        "--replay", type=Path, help="do the steps of this file (steps.jsonl of an earlier run)"
    )
    parser.add_argument("--keep", type=Path, help="write everything there, and keep it")
    return parser.parse_args()


def main() -> int:
    """Run it, print what happened, and return the exit code."""
    arguments = _arguments()
    settle()
    seed = arguments.seed if arguments.seed is not None else int(time.time())
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="jpmanage-soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    soak = Soak(folder, arguments.keys, arguments.licenses, seed, arguments.replay, _say)
    _say(f"soak: {arguments.keys:,} keys on {arguments.licenses:,} licenses, seed {seed}, in {folder}\n")
    try:
        soak.run()
    except (SoakFailure, AssertionError, OSError, sqlite3.Error, httpx.HTTPError) as error:
        shown = soak.program.shown.text if soak.program is not None else ""
        _say(
            f"FAILED with seed {seed} after {soak.done:,} keys: {error}\n\nThe last steps: "
            f"{'  '.join(map(str, soak.recent))}\nAll of them: {folder / 'steps.jsonl'}\n\n{shown}\n{soak.summary()}\n"
        )
        return 1
    _say(f"{soak.summary()}\n{soak.told_changes()}\n{soak.told_growth()}\n")
    if arguments.keep is None:
        shutil.rmtree(folder)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
