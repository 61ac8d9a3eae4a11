"""Leaving the program while something is on its way: it is closed once, whoever asks for it and however often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jpmanage_tui.api.licenses import LicenseState
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.licenses import UnassignLicense
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.session_controller import LEAVING
from tests.cases import cases
from tests.ui.harness import Run, running, signed_in_as
from tests.ui.states import answers_held

HANGUP, INTERRUPTED, TERMINATED = 129, 130, 143
Step = str | int
"""A key, or the exit code of a signal."""


@pytest.fixture(autouse=True)
def broken() -> Iterator[list[dict[str, Any]]]:
    """What broke in a task of which nobody asked how it ended: nothing must."""
    seen: list[dict[str, Any]] = []

    def note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        seen.append(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            asyncio.BaseEventLoop, "call_exception_handler", lambda loop, context: note(loop, context)
        )
        yield seen
    assert seen == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that waits no time for what is on its way when it is closed."""
    defaults = OperationsQueue.__init__.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "policy", Policy(close_seconds=0.05))


async def unassign(run: Run) -> None:
    """Begin to unassign the first license that can be."""
    known = run.view(LicensesSection).state.pages.rows.items()
    row = next(row for row, one in known if one.state is LicenseState.ATTACHED and not one.is_standard)
    await run.press(*["j"] * row, "u")
    await run.sees("Unassign License?")
    await run.press("tab", "enter")
    await run.until(lambda: run.asked("DELETE", "/site"), "the request is on its way")


async def take(run: Run, *steps: Step) -> None:
    """Press keys, and let signals come, in this order."""
    for step in steps:
        if isinstance(step, int):
            run.app.end_with(step)
            await run.pilot.pause()
        else:
            await run.press(step)


async def entries(folder: Path) -> list[tuple[type[Mutation[Any]], EntryState]]:
    """Return what stands in the journal, and how it ended, oldest first."""
    journal = await Journal.open(folder / "journal.sqlite")
    try:
        return [(type(one.change), one.state) for one in reversed(await journal.entries())]
    finally:
        await journal.close()


ORDERS: list[tuple[tuple[Step, ...], int]] = [
    (("q",), 0),
    (("q", "q", "q"), 0),
    (("ctrl+c", "q"), 0),
    (("q", "ctrl+c", "ctrl+c"), INTERRUPTED),
    (("q", "ctrl+c", "q", "ctrl+c", "ctrl+c"), INTERRUPTED),
    (("q", TERMINATED), TERMINATED),
    (("q", HANGUP, TERMINATED), HANGUP),
    (("ctrl+c", TERMINATED, "q", "ctrl+c", "ctrl+c"), TERMINATED),
]


@pytest.mark.parametrize(
    ("steps", "code"),
    cases(
        ((" ".join(map(str, steps)), (steps, code)) for steps, code in ORDERS),
        "q",
        "q ctrl+c ctrl+c",
        "ctrl+c 143 q ctrl+c ctrl+c",
    ),
)
@pytest.mark.sample(1)
async def test_what_is_on_its_way_is_finished_however_often_one_asks_to_leave(
    steps: tuple[Step, ...], code: int, tmp_path: Path
) -> None:
    async with running(licenses=20, demo_dir=tmp_path) as run:
        async with answers_held("DELETE") as release:
            await unassign(run)
            await take(run, steps[0])
            await run.sees("Leave?", "A change is on its way")
            await run.press("tab", "enter")
            await run.until(lambda: run.app.leaving, "leaving")
            await take(run, *steps[1:])
            assert run.app.is_running
            assert LEAVING in run.status
            release.set()
            await run.until(lambda: not run.app.is_running, "the end")
        assert run.app.return_code == code
        assert len(run.asked("DELETE", "/site")) == 1
    assert await entries(tmp_path) == [(UnassignLicense, EntryState.DONE)]


@pytest.mark.parametrize("steps", [("ctrl+c", "ctrl+c"), (TERMINATED, "q"), (HANGUP, "ctrl+c", "ctrl+c")])
@pytest.mark.sample(1)
async def test_a_signal_and_ctrl_c_twice_ask_nothing_and_wait_for_the_same_end(
    steps: tuple[Step, ...], tmp_path: Path
) -> None:
    async with running(licenses=20, demo_dir=tmp_path) as run:
        async with answers_held("DELETE") as release:
            await unassign(run)
            await take(run, *steps)
            await run.until(lambda: run.app.leaving, "leaving")
            assert run.app.is_running
            release.set()
            await run.until(lambda: not run.app.is_running, "the end")
        assert run.app.return_code == (steps[0] if isinstance(steps[0], int) else INTERRUPTED)
    assert await entries(tmp_path) == [(UnassignLicense, EntryState.DONE)]


@pytest.mark.usefixtures("impatient")
async def test_what_does_not_end_in_time_is_noted_as_unknown_and_found_at_the_next_start(
    tmp_path: Path,
) -> None:
    async with running(licenses=20, demo_dir=tmp_path) as run, answers_held("DELETE"):
        await unassign(run)
        await run.press("q")
        await run.sees("Leave?")
        await run.press("tab", "enter")
        await run.press("q")
        await run.until(lambda: not run.app.is_running, "the end")
    assert await entries(tmp_path) == [(UnassignLicense, EntryState.UNKNOWN)]
    async with running(licenses=20, demo_dir=tmp_path) as run:
        await run.sees("From the last run: Unassign")
        assert run.asked("DELETE", "/site") == []
    assert await entries(tmp_path) == [(UnassignLicense, EntryState.CONFIRMED_DONE)]


async def test_while_it_is_being_left_no_key_begins_anything(tmp_path: Path) -> None:
    async with running(licenses=20, demo_dir=tmp_path) as run:
        async with answers_held("DELETE") as release:
            await unassign(run)
            await run.press("q")
            await run.sees("Leave?")
            await run.press("tab", "enter")
            await run.until(lambda: run.app.leaving, "leaving")
            before = len(run.sandbox.log.entries())
            await run.press("r", "2", "i", "0", "x", "tab", "enter", "K", "question_mark", "ctrl+p")
            assert len(run.app.screen_stack) == 2, "no dialog"
            assert len(run.sandbox.log.entries()) == before, "no request"
            release.set()
            await run.until(lambda: not run.app.is_running, "the end")
        assert run.app.return_code == 0


async def test_asking_again_while_the_question_stands_does_not_put_a_second_one_over_it() -> None:
    async with running(licenses=20) as run:
        async with answers_held("DELETE"):
            await unassign(run)
            await run.press("ctrl+c")
            await run.sees("Leave?")
            run.app._twice = type(run.app._twice)(seconds=0.0)  # the second one comes late
            await run.press("ctrl+c")
            assert len(run.app.screen_stack) == 3
            await run.press("escape")
            await run.until(lambda: len(run.app.screen_stack) == 2, "no question")
        await run.sees("is unassigned from")


@pytest.mark.parametrize(
    ("user", "method", "words"),
    [
        ("sandbox-user-tos", "PUT", "Terms of service"),
        ("sandbox-user-new", "POST", "Sign up as a Jetpack partner"),
    ],
)
async def test_what_opens_an_account_is_finished_too_before_the_journal_is_closed(
    user: str, method: str, words: str
) -> None:
    async with signed_in_as(user=user) as run:
        ended: list[str] = []
        journal = run.app.account_service._runtime
        async with answers_held(method) as release:
            await run.sees(words)
            if method == "PUT":
                await run.press("tab", "enter")
            else:
                await run.write("Acme")
                await run.press("f2")
            await run.until(lambda: run.asked(method, "/partner"), "on its way")
            closing = asyncio.create_task(_close(run, ended))
            await run.until(lambda: run.app.leaving, "leaving")
            assert journal._journal is not None, "it is still open"
            release.set()
            await closing
        assert ended == ["closed"]


async def _close(run: Run, ended: list[str]) -> None:
    await run.app.before_end(TERMINATED)
    ended.append("closed")


async def test_a_close_that_fails_still_ends_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(licenses=20) as run:
        close: Callable[[], Any] = run.app.account_service.close

        async def fails() -> None:
            await close()
            raise PermissionError("the disk takes no writing")

        monkeypatch.setattr(run.app.account_service, "close", fails)
        await run.press("q")
        await run.until(lambda: not run.app.is_running, "the end")
        run.app.unhandled_errors.errors.clear()
        with pytest.raises(PermissionError):
            await run.app.before_end(0)
        monkeypatch.undo()
        run.app.sessions.close = type(run.app.sessions.close)(close)
