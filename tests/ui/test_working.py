"""Work beside the screen that is canceled, or refused, before its first step leaves nothing behind."""

from __future__ import annotations

import gc
from weakref import ReferenceType, ref

import pytest
from textual._context import NoActiveAppError

from jpmanage_tui.config.keymap import Keymap
from jpmanage_tui.ui.app import JpmanageApp
from jpmanage_tui.ui.common.unhandled_errors import MOST
from jpmanage_tui.ui.common.workers import WorkerMixin
from jpmanage_tui.ui.main_screen import MainScreen
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.registry import SECTIONS
from jpmanage_tui.ui.widgets.item_list import PagedItemList
from tests.ui.harness import running


def leaked(caught: pytest.WarningsRecorder) -> list[str]:
    """Collect what is left over, and return what Python says of coroutines that were never begun."""
    gc.collect()
    return [str(one.message) for one in caught if "never awaited" in str(one.message)]


async def test_two_sections_asked_for_at_once_leave_no_coroutine_behind(
    recwarn: pytest.WarningsRecorder,
) -> None:
    async with running() as run:
        for section in SECTIONS[:3]:
            run.app.main.open_section(section.name)  # each cancels the one before, which has not begun yet
        await run.until(lambda: run.app.main.current == SECTIONS[2].name, "the last one asked for")
    assert leaked(recwarn) == []


async def test_work_asked_for_as_the_program_ends_leaves_no_coroutine_behind(
    recwarn: pytest.WarningsRecorder,
) -> None:
    async with running() as run:
        run.app.main.open_section(SECTIONS[1].name)
        run.app.workers.cancel_all()
    assert leaked(recwarn) == []


async def test_work_in_a_ring_of_references_leaves_no_coroutine_behind(
    recwarn: pytest.WarningsRecorder,
) -> None:
    """The collector may look at a coroutine before it looks at whoever was to close it."""

    class Ring:
        async def work(self) -> None:
            raise AssertionError("it was canceled before it began")

    async with running() as run:
        for _ in range(20):
            ring = Ring()
            worker = run.app.main.run_worker(ring.work(), group="ring", exit_on_error=False)
            ring.worker = worker  # type: ignore[attr-defined]
            worker.cancel()
            del ring, worker
        await run.pilot.pause()
    assert leaked(recwarn) == []


async def test_work_that_is_refused_leaves_no_coroutine_behind(recwarn: pytest.WarningsRecorder) -> None:
    async def work() -> None:
        raise AssertionError("it never began")

    with pytest.raises(NoActiveAppError):
        MainScreen(Keymap()).run_worker(work())
    assert leaked(recwarn) == []


@pytest.mark.parametrize("part", [JpmanageApp, MainScreen, Section, PagedItemList])
def test_every_part_that_starts_work_starts_it_this_way(part: type[WorkerMixin]) -> None:
    assert part.run_worker is WorkerMixin.run_worker


async def test_of_a_defect_the_kind_and_the_place_are_kept_and_nothing_that_its_frames_held() -> None:
    class Typed:
        """Stands for what was typed in."""

    gone: list[ReferenceType[Typed]] = []

    async def breaks() -> None:
        typed = Typed()
        gone.append(ref(typed))
        try:
            raise ValueError("the first", typed)
        except ValueError:
            raise ZeroDivisionError("the second") from ValueError(typed)

    async with running() as run:
        run.app.main.run_worker(breaks(), group="card", exit_on_error=False)
        await run.until(lambda: run.app.unhandled_errors.errors, "the defect")
        [defect] = run.app.unhandled_errors.errors
        assert (defect.kind, defect.group) == ("ZeroDivisionError", "card")
        assert defect.place.startswith("breaks:")
        await run.until(lambda: "ZeroDivisionError" in run.status, "told")
        await run.press("j")
        gc.collect()
        run.app.unhandled_errors.errors.clear()
    assert [one() for one in gone] == [None]


async def test_of_a_defect_that_comes_again_and_again_not_all_are_kept() -> None:
    async def breaks() -> None:
        raise ZeroDivisionError

    async with running() as run:
        for _ in range(MOST + 5):
            run.app.main.run_worker(breaks(), group="again", exit_on_error=False)
        await run.until(lambda: len(run.app.unhandled_errors.errors) == MOST, "as many as are kept")
        run.app.unhandled_errors.errors.clear()
