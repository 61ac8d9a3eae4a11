"""Runs many cells in a few processes, each row in one of them."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import traceback
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.environment import settle
from tests.matrix.cells import AGAIN, EACH_STEP, Cell, Matrix
from tests.sandbox.harness import stop_servers

FAILED = "FAIL"


class Run(NamedTuple):
    """How a cell was run: "ok", "unknown" or FAILED, as how many cells it counts, and how it failed."""

    cell: Cell
    word: str
    cells: int
    reason: str = ""


@contextmanager
def quick_folder() -> Iterator[Path]:
    """Give a folder in memory, where there is one: nothing here hangs on a disk, and its waits are most of the time."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(prefix="matrix-", dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def run_all(cells: Sequence[Cell], jobs: int) -> Iterable[Run]:
    """Run cells in some processes, those of one table and row together."""
    groups = [list(group) for _, group in groupby(cells, lambda cell: (cell.table, cell.row))]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max(1, min(jobs, len(groups))), mp_context=context) as pool:
        futures = [pool.submit(run_group, group) for group in sorted(groups, key=_weight, reverse=True)]
        for future in futures:
            yield from future.result()


def _weight(group: Sequence[Cell]) -> int:
    """Return about how long a group takes: what is killed at each step first."""
    return sum(50 * (not cell.number) if cell.column in (EACH_STEP, AGAIN) else 1 for cell in group)


def run_group(cells: Sequence[Cell]) -> list[Run]:
    """Run cells one after another; for a process of its own."""
    settle()
    try:
        return asyncio.run(_run_group(cells))
    finally:
        stop_servers()


async def _run_group(cells: Sequence[Cell]) -> list[Run]:
    ended = []
    with quick_folder() as folder:
        async with Matrix(folder) as matrix:
            for cell in cells:
                try:
                    result, number = await matrix.run(cell)
                except Exception as error:  # noqa: BLE001 - whatever it is, the cell failed and the others go on
                    reason = f"{type(error).__name__}: {error}"
                    first = error.__cause__ or error
                    if not isinstance(first, AssertionError) or not str(first):
                        reason += "\n" + traceback.format_exc()
                    ended.append(Run(cell, FAILED, 1, reason))
                else:
                    ended.append(Run(cell, result.value, number))
    return ended
