"""The soak in this process, in short: what is seen only from inside, such as tasks that are left over."""

from __future__ import annotations

import asyncio
import gc
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import events

from jpmanage_tui.config.settings import Settings, Timeouts
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.ui.widgets.button import Button
from tests.soak.judge import disagreements, read_journal, unsettled
from tests.soak.server import FAULTS
from tests.soak.steps import LEAVING, RandomSteps, Shown, Step
from tests.ui.harness import LARGE, SMALL, Run, running
from tests.ui.terminal.harness import resize

SETTINGS = Settings(timeouts=Timeouts(connect=1, read=0.3, write=1, pool=5, total=1))


@pytest.fixture(autouse=True)
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What broke in a task of which nobody asked how it ended: nothing must."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(
        asyncio.BaseEventLoop, "call_exception_handler", lambda loop, context: seen.append(context)
    )
    yield seen
    gc.collect()  # a task tells of its exception when it is collected
    assert seen == []


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that looks up at once what became of a change: the sandbox in this process is never late."""
    defaults = OperationsQueue.__init__.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "policy", Policy(check_pauses=(0.0, 0.05, 0.1), rate_limit_longest=0.05))


def tasks() -> Counter[str]:
    """Return how many tasks run of each kind, those of Textual's widgets apart: a widget has one as long as it lives."""
    names = (getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks())
    return Counter(name for name in names if "MessagePump" not in name and "Timer" not in name)


def shown(run: Run) -> Shown:
    focused = run.app.focused
    return Shown(run.text(), str(focused.label) if isinstance(focused, Button) else "")


async def do(run: Run, step: Step) -> None:
    if step.kind == "resize":
        await resize(run.pilot, *step.size)
    elif step.kind == "paste":
        run.app.post_message(events.Paste(step.text))
        await run.settled()
    elif step.together:
        await run.burst(*step.keys)
    else:
        await run.press(*step.keys)


async def step_out(run: Run) -> None:
    """Leave every dialog, mark and search."""
    for _ in range(20):
        await run.press("escape")
        drops = [
            one for one in run.app.screen.query(Button) if str(one.label).startswith(("Discard", "Clear"))
        ]
        if drops and len(run.app.screen_stack) > 1:
            drops[0].focus()
            await run.press("enter")


async def soak(seed: int, keys: int, licenses: int, folder: Path, size: tuple[int, int] = SMALL) -> None:
    before = tasks()
    steps, chance, recent, done = RandomSteps(seed, never=LEAVING), random.Random(seed), [""], 0
    async with running(size, licenses=licenses, demo_dir=folder, settings=SETTINGS) as run:
        await run.until(lambda: not [one for one in run.app.workers if not one.is_finished], "idle")
        at_first = tasks()
        run.sandbox.faults.replace(FAULTS)
        while done < keys and run.app.is_running:
            step = steps.next(shown(run))
            recent = [*recent[-29:], str(step)]
            done += len(step.keys) or 1
            await do(run, step)
            if chance.random() < 0.3:
                await asyncio.sleep(chance.random() * 0.02)
            defects = run.app.unhandled_errors.errors
            assert not defects, f"seed {seed}, keys before: {'  '.join(recent)}:\n{defects}\n{run.text()}"
        run.sandbox.faults.replace(())
        journal = folder / "journal.sqlite"
        await step_out(run)
        await run.until(lambda: not unsettled(read_journal(journal)), f"settled, seed {seed}")
        await step_out(run)
        changes = await run.sandbox.read(
            lambda db: [dict(row) for row in db.execute("SELECT * FROM changes")]
        )
        assert disagreements(read_journal(journal), changes) == []
        if run.app.is_running:
            await run.until(
                lambda: not tasks() - at_first, f"no task more than at first, seed {seed}: {recent}"
            )
    assert tasks() == before, f"seed {seed}"


@pytest.mark.long
async def test_random_keys_on_a_failing_sandbox_leave_no_task_and_nothing_broken(tmp_path: Path) -> None:
    await soak(1, 80, 60, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 104))
async def test_many_random_keys_on_a_failing_sandbox_leave_no_task_and_nothing_broken(
    seed: int, tmp_path: Path
) -> None:
    await soak(seed, 300, 2_000, tmp_path, LARGE)
