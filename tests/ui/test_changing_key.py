"""Choosing another partner key while something of the present one is under way: wait for it, stop it, or stay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiConnectionError
from jpmanage_tui.api.licenses import LicenseState
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.dialogs.under_way import OpeningDialog
from jpmanage_tui.ui.sections.issue.section import IssueSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import Run, running
from tests.ui.sections.issue.keyboard import opened, search, to_review_later
from tests.ui.states import answers_held


def session_of(run: Run) -> Session:
    session = run.app.session
    assert session is not None
    return session


async def choose_other_key(run: Run) -> None:
    await run.press("K")
    await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the keys")
    await run.press("down", "enter")


async def answer(run: Run, button: str) -> None:
    run.app.screen.query_one(f"#{button}").focus()
    await run.press("enter")


@asynccontextmanager
async def issuing(count: int = 6) -> AsyncIterator[tuple[Run, IssueSection]]:
    """Issue some licenses; the first answer is held back until the test lets it come."""
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "daily")
        await run.press("space", *["plus"] * (count - 1))
        await to_review_later(run, view)
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        yield run, view


async def begin(run: Run) -> None:
    await run.press("tab", "enter")
    await run.until(lambda: run.asked("POST", "/license"), "the first is on its way")


def issued(run: Run) -> int:
    return len(run.asked("POST", "/license"))


async def test_issuing_goes_on_under_the_other_key_and_is_told_there() -> None:
    async with issuing() as (run, _view):
        before = session_of(run)
        async with answers_held("POST") as release:
            await begin(run)
            await choose_other_key(run)
            await run.until(lambda: run.app.session is not before, "the other key, without a question")
            await run.sees("Issue 6 licenses: 0 of 6")
            release.set()
            await run.sees("✓ Issue 6 licenses: done.")
        assert issued(run) == 6


async def unassign(run: Run) -> None:
    known = run.view(LicensesSection).state.pages.rows.items()
    row = next(row for row, one in known if one.state is LicenseState.ATTACHED and not one.is_standard)
    await run.press(*["j"] * row, "u")
    await run.sees("Unassign License?")
    await run.press("tab", "enter")
    await run.until(lambda: run.asked("DELETE", "/site"), "the request is on its way")


async def test_a_change_that_hangs_is_asked_about_and_the_app_goes_on_taking_keys() -> None:
    async with running(licenses=60) as run:
        before = session_of(run)
        async with answers_held("DELETE") as release:
            await unassign(run)
            await choose_other_key(run)
            await run.sees("A change is on its way.")
            await run.press("escape")
            cursor = run.view(LicensesSection).license_list.cursor
            await run.press("j")
            assert run.view(LicensesSection).license_list.cursor == cursor + 1
            await choose_other_key(run)
            await answer(run, "wait")
            release.set()
            await run.until(lambda: run.app.session is not before, "the other key")
        await run.sees("Unassign", "done")
        assert len(run.asked("DELETE", "/site")) == 1


async def test_the_session_before_is_closed_beside_the_screen() -> None:
    """Whatever keeps a session from closing at once, the next one's keys are taken."""
    async with running(licenses=60) as run:
        before = session_of(run)
        async with answers_held("DELETE") as release:
            await unassign(run)
            assert before.partner is not None
            other = next(key.id for key in before.partner.keys if key.id != before.key_id)
            run.app.sessions.open_in_worker(run.app.account_service.open_key(other))
            await run.until(lambda: run.app.session is not before, "the other key")
            await run.until(
                lambda: "1/" in run.app.main.section.counter() if run.app.main.section else False, "rows"
            )
            await run.press("j")
            assert run.view(LicensesSection).license_list.cursor == 1
            assert before.busy
            release.set()
            await run.until(lambda: not before.busy, "its end")


async def test_what_is_being_opened_can_be_given_up_and_the_present_key_stays() -> None:
    async with running(licenses=60) as run:
        before = session_of(run)
        async with answers_held("GET") as release:
            await choose_other_key(run)
            await run.until(lambda: isinstance(run.app.screen, OpeningDialog), "opening")
            await run.press("u", "x", "i")
            assert isinstance(run.app.screen, OpeningDialog), "nothing else is begun meanwhile"
            await run.press("escape")
            await run.until(lambda: len(run.app.screen_stack) == 2, "no dialog")
            release.set()
        assert run.app.session is before
        await run.press("r", "j")
        await run.until(lambda: run.view(LicensesSection).license_list.cursor == 1, "the cursor")
        assert (await before.client.licenses.counts()).not_revoked


async def test_a_key_that_cannot_be_opened_is_told_and_the_present_one_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(licenses=60) as run:
        before = session_of(run)

        async def fails(_key: object) -> Session:
            raise ApiConnectionError("The line is down.", method="GET", path="/partner")

        monkeypatch.setattr(run.app.account_service, "open_key", fails)
        await choose_other_key(run)
        await run.sees("The line is down.")
        await run.until(lambda: len(run.app.screen_stack) == 2, "no dialog")
        assert run.app.session is before
