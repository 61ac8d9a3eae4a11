"""What a run of many changes costs: beside the same changes one by one, beside the user's keys, and in memory.

`python -m benchmarks.runs [CHANGES] [MILLISECONDS]` takes 200 licenses from their sites at a server that answers each
change after 300 ms, prints a table, and needs `jpmanage` on the PATH.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from benchmarks.programs import Program
from benchmarks.server import SandboxServer
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.api.tokens import StaticTokens
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutations.licenses import RevokeLicense, UnassignLicense
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.run import PlannedItem, RunPlan
from jpmanage_tui.operations.runner import Runner

LICENSES, MANY = 1_000, 10_000
TARGET, KEY_MS, RUN_MB, OPEN_SECONDS = 3.3, 16.0, 30.0, 1.0
ARROWS = 40


def tell(what: str, figure: str, limit: str, met: bool) -> None:
    """Print a line of the table."""
    sys.stdout.write(f"{what:<58} {figure:>14}   {limit:<22} {'met' if met else 'NOT met'}\n")
    sys.stdout.flush()


def _unassign(license: License) -> UnassignLicense:
    return UnassignLicense(
        license.license_key,
        False,
        license.product,
        license.siteurl or "",
        license.parent_license_id,
        license.blog_id,
    )


async def _assigned(client: LicensingClient, count: int) -> list[License]:
    found = [
        one
        async for one in client.licenses.list_all(LicenseFilter.ATTACHED, per_page=100)
        if not one.is_standard
    ]
    if len(found) < count:
        raise RuntimeError(f"the sandbox has {len(found)} assigned licenses, {count} are needed")
    return found[:count]


async def _speed(server: SandboxServer, folder: Path, count: int, milliseconds: int) -> None:
    tokens = StaticTokens(key=SecretStr(server.env["JPMANAGE_TOKEN"]))
    async with LicensingClient(tokens=tokens, api_url=server.env["JPMANAGE_API_URL"]) as client:
        licenses = await _assigned(client, 2 * count)
        server.faults(f"DELETE * latency={milliseconds / 1000}")
        journal = await Journal.open(folder / "journal.sqlite")
        queue = OperationsQueue(client, journal, "bench key 1")
        start = time.perf_counter()
        for license in licenses[:count]:
            if not (await queue.submit(_unassign(license)).outcome()).happened:
                raise RuntimeError("a change failed")
        singly = time.perf_counter() - start
        runner = Runner(queue)
        plan = RunPlan("Unassign", tuple(PlannedItem(_unassign(one)) for one in licenses[count:]))
        start = time.perf_counter()
        run = await runner.finished((await runner.add(plan)).id)
        together = time.perf_counter() - start
        if not run.complete:
            raise RuntimeError(f"the run was not completed: {run.counts}")
        server.faults()
        await runner.close()
        await queue.close()
        await journal.close()
    tell(f"{count} unassigns, {milliseconds} ms each, one by one", f"{singly:.1f} s", "", met=True)
    tell(
        "the same as a run",
        f"{together:.1f} s, {singly / together:.2f} x",
        f"{TARGET} x faster",
        singly / together >= TARGET,
    )


def _keys(server: SandboxServer, folder: Path, milliseconds: int) -> None:
    """Press an arrow again and again while the app carries out a run."""
    program = Program(
        "jpmanage", ("jpmanage",), lambda terminal: "Licenses" in terminal.text, lambda _: True, server.env
    )
    with program.start((120, 36), folder) as terminal:
        terminal.times_of({"rows": lambda one: "Assigned" in one.text and ".example" in one.text}, limit=60)
        terminal.settle(1.5, limit=20)
        idle = [terminal.press(key, 0.2).first for key in ("down", "up") * (ARROWS // 2)]
        for key in ("]", "]"):
            terminal.press(key, 1.0)
        terminal.press("*", 3.0)
        server.faults(f"DELETE * latency={milliseconds / 1000}")
        terminal.press("u", 1.0)
        for key in ("tab", "enter"):
            terminal.press(key, 0.3)
        terminal.settle(0.6, limit=3)
        if "licenses: " not in terminal.text or "/" not in terminal.line(-2):
            raise RuntimeError(f"the run did not begin:\n{terminal.text}")
        busy = [terminal.press(key, 0.2).first for key in ("down", "up") * (ARROWS // 2)]
        server.faults()
    tell("arrow key's first byte, nothing under way", f"{median(_known(idle)):.1f} ms", "", met=True)
    figures = sorted(_known(busy))
    tell(
        "arrow key's first byte during the run",
        f"{median(figures):.1f} ms",
        f"{KEY_MS:.0f} ms; 9 of 10 in {figures[len(figures) * 9 // 10]:.1f} ms",
        median(figures) < KEY_MS,
    )


def _known(seconds: list[float | None]) -> list[float]:
    """Return the milliseconds of what came at all."""
    return [one * 1000 for one in seconds if one is not None]


async def _size(folder: Path) -> None:
    """Write a run of many items down, read it as a screen does, and begin it as the runner does."""
    journal = await Journal.open(folder / "many.sqlite")
    keys = [LicenseKey(f"jetpack-backup-t1_{number:024d}") for number in range(MANY)]
    before = _resident()
    start = time.perf_counter()
    plan = RunPlan("Revoke", tuple(PlannedItem(RevokeLicense(key, "Jetpack Backup (10GB)")) for key in keys))
    run = await journal.add_run("bench key 1", plan, "nobody")
    written = time.perf_counter() - start
    del plan
    start = time.perf_counter()
    await journal.runs("bench key 1")
    await journal.run_items(run.id, 0, 100)
    opened = time.perf_counter() - start
    start = time.perf_counter()
    items = await journal.run_items(run.id)
    read = time.perf_counter() - start
    grown = _resident() - before
    await journal.close()
    tell(f"a run of {len(items):,} items: written down", f"{written:.2f} s", "", met=True)
    tell(
        "  opened: the list of runs and the first items",
        f"{opened:.2f} s",
        f"{OPEN_SECONDS:.0f} s",
        opened < OPEN_SECONDS,
    )
    tell("  read whole, as the runner does before it begins", f"{read:.2f} s", "", met=True)
    tell("  memory, with all items in it", f"{grown:.1f} MB", f"{RUN_MB:.0f} MB", grown < RUN_MB)


def _resident() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int, milliseconds: int) -> None:
    """Measure and print."""
    with TemporaryDirectory(prefix="jpmanage-bench-") as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", __spec__.name, "size"], check=True)  # noqa: S603 - in a process of its own
        with SandboxServer(LICENSES) as server:
            asyncio.run(_speed(server, folder, count, milliseconds))
        with SandboxServer(LICENSES) as server:
            _keys(server, folder, milliseconds)


if __name__ == "__main__":
    if sys.argv[1:] == ["size"]:
        with TemporaryDirectory(prefix="jpmanage-bench-") as name:
            asyncio.run(_size(Path(name)))
    else:
        numbers = [int(one) for one in sys.argv[1:]]
        main(*(numbers + [200, 300][len(numbers) :]))
