"""Operations: the list, a run in progress, and the report of one of which something failed."""

from __future__ import annotations

from jpmanage_tui.operations.mutations.licenses import RevokeLicense
from jpmanage_tui.operations.run import PlannedItem, RunPlan
from jpmanage_tui.services.license_changes import unassign_change
from tests.snapshots.scene import Scene, Take
from tests.ui.harness import Run
from tests.ui.sections.operations.test_operations import (
    REVOKE,
    assigned,
    begin,
    opened,
    session_of,
    standing,
    unassign_plan,
)
from tests.ui.states import answers_held
from tests.ui.test_earlier import lost


async def _operations(run: Run, take: Take) -> None:
    licenses = assigned(run, 9)
    whole = await begin(run, unassign_plan(licenses[:3]))
    await session_of(run).runner.finished(whole.id)
    items = [PlannedItem(unassign_change(one, False)) for one in licenses[3:6]]
    partly = await begin(run, RunPlan("Client leaves", (*items, *REVOKE.items)))
    await session_of(run).runner.finished(partly.id)
    await standing(run, REVOKE)
    await lost(run, RevokeLicense(licenses[8].license_key, licenses[8].product))
    view = await opened(run)
    await run.until(lambda: view.run is not None and view.run.resumable, "the run that stands")
    await take("operations")
    await run.press("j", "enter")
    await run.until(lambda: view.run_view.item_list.current, "its changes")
    await take("run-report")


async def _in_progress(run: Run, take: Take) -> None:
    async with answers_held("DELETE") as release:
        begun = await begin(run, unassign_plan(assigned(run, 12)))
        view = await opened(run)
        await run.sees("running")
        await run.press("enter")
        await run.sees("4 on their way, 8 not begun")
        await run.until(lambda: view.run_view.item_list.current, "its changes")
        await take("run-in-progress")
        release.set()
        await session_of(run).runner.finished(begun.id)


OPERATIONS: tuple[Scene, ...] = (
    Scene(("operations", "run-report"), _operations, {"licenses": 60}),
    Scene(("run-in-progress",), _in_progress, {"licenses": 60}),
)
