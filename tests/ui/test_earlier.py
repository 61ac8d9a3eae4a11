"""A change that may have been done already with another token: the user is asked, and the log shows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import Any

import pytest

from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutation import Mutation, Snapshot
from jpmanage_tui.operations.mutations.account import AcceptTerms
from jpmanage_tui.operations.mutations.licenses import IssueLicense, RevokeLicense
from jpmanage_tui.operations.store import JournalStore, Settled
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.operations.section import OperationsSection
from tests.operations.golden.files import killed
from tests.operations.test_migrations import FIRST_RELEASE, running as program
from tests.sandbox.harness import NOW
from tests.ui.harness import LARGE, SMALL, Run, running
from tests.ui.sections.issue.keyboard import opened, search, to_review_later

ELSEWHERE = "sandbox key 0123456789ab"


def journal_of(run: Run) -> Journal:
    assert run.app.session is not None
    return run.app.session.queue.journal


async def lost(run: Run, change: Mutation[Any], account: str = ELSEWHERE) -> int:
    """Note a change of unknown fate that was made with a token of which nobody knows whose it is."""
    journal = journal_of(run)
    entry = await journal.add(account, change, "gone|1@1|x")
    await journal.mark_sent(entry.id, Snapshot(NOW))
    await journal.settle(entry.id, Settled(EntryState.UNKNOWN))
    return entry.id


async def at_an_assigned_license(run: Run) -> License:
    view = run.view(LicensesSection)
    known = view.state.pages.rows.items()
    row = next(row for row, one in known if one.state is LicenseState.ATTACHED and not one.is_standard)
    await run.press(*["j"] * row)
    license = view.current
    assert license is not None
    return license


async def revoke(run: Run) -> None:
    await run.press("x")
    await run.sees("Revoke License?")
    await run.press("tab", "enter")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
async def test_the_question_names_the_earlier_change_and_enter_alone_sends_nothing(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        license = await at_an_assigned_license(run)
        await lost(run, RevokeLicense(license.license_key, license.product))
        await revoke(run)
        await run.sees(
            "This may have been done already",
            f"({license.license_key})",
            "key token 0123456789ab",
            "may be done twice",
            "Send anyway",
        )
        await run.press("enter")
        await run.until(lambda: len(run.app.screen_stack) == 2, "closed")
        await run.sees("was not confirmed")
        assert run.asked("DELETE", "/license") == []
        await revoke(run)
        await run.sees("This may have been done already")
        await run.press("tab", "enter")
        await run.sees("is revoked")
        assert len(run.asked("DELETE", "/license")) == 1


async def test_a_run_is_asked_about_once() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "daily")
        await run.press("space", "plus", "plus")
        await to_review_later(run, view)
        planned = view.order.planned_licenses[0]
        await lost(run, IssueLicense(planned.slug, None, planned.name))
        await run.press("enter")
        await run.until(lambda: len(run.app.screen_stack) == 3, "the question")
        await run.press("tab", "enter")
        await run.sees("This may have been done already")
        assert run.asked("POST", "/license") == []
        await run.press("tab", "enter")
        await run.until(lambda: view.run is not None and view.run.complete, "the run")
        assert len(run.asked("POST", "/license")) == 3


async def test_leaving_takes_the_question_along_and_sends_nothing() -> None:
    async with running() as run:
        license = await at_an_assigned_license(run)
        await lost(run, RevokeLicense(license.license_key, license.product))
        await revoke(run)
        await run.sees("This may have been done already")
        await run.app.before_end(0)
        assert run.asked("DELETE", "/license") == []


async def test_the_log_shows_it_and_the_users_word_settles_it() -> None:
    async with running() as run:
        license = await at_an_assigned_license(run)
        await lost(run, RevokeLicense(license.license_key, license.product))
        await lost(run, AcceptTerms(), "sandbox partner 1 key 2")  # of another partner: not shown
        await run.press("0")
        await run.sees(
            "[key token 0123456789ab] Revoke", "? unknown", "made with another token", "you have looked"
        )
        assert len(run.view(OperationsSection).operations.items) == 1
        await run.press("l")
        assert run.asked("GET", "/license/") == []
        await run.press("n")
        await run.sees("It was not done?")
        await run.press("tab", "enter")
        await run.sees("✗ not done", "By the user's word.")
        await run.press("1")
        await revoke(run)
        await run.sees("is revoked")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
async def test_a_row_that_cannot_be_read_is_shown_as_such_and_blocks_no_other(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running(size, demo_dir=tmp_path / "demo") as run:
        license = await at_an_assigned_license(run)
        await revoke(run)
        await run.sees("is revoked")
        session = run.app.session
        assert session is not None
        entry = (await session.queue.entries())[0]
        with closing(sqlite3.connect(tmp_path / "demo" / "journal.sqlite")) as db, db:
            db.execute("UPDATE entries SET kind='set_on_fire', state='burning', created_at='then'")
        await run.press("0")
        await run.sees(
            "? unknown",
            "An entry that this version cannot read (a change of the kind 'set_on_fire'",
            "As it stands in the journal:",
            license.license_key,
            "d it was done",
        )
        await run.press("l")  # there is nothing to look up
        await run.press("d")
        await run.sees("It was done?")
        await run.press("tab", "enter")
        await run.sees("✓ done (confirmed)")
        assert (await session.queue.entries())[0].id == entry.id


def _older(path: Path) -> AbstractContextManager[object]:
    return program(FIRST_RELEASE, path)


def _newer(path: Path) -> AbstractContextManager[object]:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA user_version=99")
    return nullcontext()


@pytest.mark.parametrize(
    ("other", "words"),
    [(_older, "An older jpmanage, or another program"), (_newer, "written by a newer jpmanage")],
    ids=["older", "newer"],
)
async def test_a_journal_that_can_only_be_read_is_told_at_the_start_and_nothing_is_sent(
    tmp_path: Path, other: Callable[[Path], AbstractContextManager[object]], words: str
) -> None:
    """The licenses and the log are shown."""
    demo = tmp_path / "demo"
    killed(demo)
    with closing(sqlite3.connect(demo / "journal.sqlite")) as db, db:
        db.execute("UPDATE entries SET account='sandbox key 0123456789ab'")
    if other is _newer:
        JournalStore(demo / "journal.sqlite").close()
    with other(demo / "journal.sqlite"):
        async with running(demo_dir=demo) as run:
            await run.sees(words)
            await at_an_assigned_license(run)
            await revoke(run)
            await run.sees("was not revoked")
            assert run.asked("DELETE", "/license") == []
            await run.press("0")
            await run.sees("[key token 0123456789ab]", "Issue one Jetpack Scan license")
