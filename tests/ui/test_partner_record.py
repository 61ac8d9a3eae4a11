"""A partner record of which a part cannot be read: that is said, nothing is chosen unseen, and nobody signs up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from jpmanage_tui.sandbox.partner import routes as account_partner
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.onboarding.sign_up import SignUpDialog
from jpmanage_tui.ui.onboarding.welcome import WelcomeDialog
from tests.ui.harness import Run, signed_in_as

Spoil = Callable[[Any], Any]


@asynccontextmanager
async def spoiled(spoil: Spoil, user: str = "sandbox-user") -> AsyncIterator[tuple[Run, pytest.MonkeyPatch]]:
    """The app on an account whose record is spoiled on its way; undoing the patch lets it come whole."""
    with pytest.MonkeyPatch.context() as patch:
        whole = account_partner._partner_json
        patch.setattr(account_partner, "_partner_json", lambda *given: spoil(whole(*given)))
        patch.setattr("jpmanage_tui.ui.common.retry.PAUSES", (60.0,))
        async with signed_in_as(user=user) as run:
            yield run, patch


def keys(*change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Spoil the keys one by one; what is left over stays as it is."""

    def spoil(record: dict[str, Any]) -> dict[str, Any]:
        rows = list(record["keys"])
        for number, one in enumerate(change):
            rows[number] = one(rows[number])
        return record | {"keys": rows}

    return spoil


def same(key: dict[str, Any]) -> dict[str, Any]:
    return key


def nothing(_key: dict[str, Any]) -> None:
    return None


def no_id(key: dict[str, Any]) -> dict[str, Any]:
    return key | {"id": "seven"}


def no_token(key: dict[str, Any]) -> dict[str, Any]:
    return key | {"oauth2_token": None}


def disabled(key: dict[str, Any]) -> dict[str, Any]:
    return key | {"disabled_on": {"date": "2024-01-01"}}


def never_signs_up(run: Run) -> None:
    assert not any(isinstance(screen, SignUpDialog) for screen in run.app.screen_stack)
    assert run.asked("POST", "/partner") == []
    assert run.asked("PUT", "/partner") == []


@pytest.mark.parametrize("bad", [nothing, no_id])
async def test_with_one_of_two_keys_unreadable_the_other_is_not_chosen_unseen(
    bad: Callable[[Any], Any],
) -> None:
    async with spoiled(keys(same, bad)) as (run, _patch):
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the question")
        await run.sees("! 1 of this account's 2 partner keys could not be read.", "has licenses")
        assert run.app.session is None
        await run.press("enter")
        await run.until(lambda: run.app.session is not None, "the session")
        await run.until(lambda: "could not be read" in run.status, "said again")
        never_signs_up(run)
        await run.press("K")
        await run.until(lambda: "partner keys could not be read" in run.status, "why there is no other")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (keys(nothing, no_id), "None of this account's 2 partner keys could be read."),
        (
            lambda record: record | {"keys": None},
            "The list of this account's partner keys could not be read.",
        ),
        (
            lambda record: record | {"keys": "two"},
            "The list of this account's partner keys could not be read.",
        ),
    ],
    ids=["each", "null", "a word"],
)
@pytest.mark.sample(1)
async def test_with_no_key_readable_that_is_said_and_it_can_be_tried_again(spoil: Spoil, words: str) -> None:
    async with spoiled(spoil) as (run, patch):
        await run.until(lambda: isinstance(run.app.screen, WelcomeDialog), "the welcome screen")
        await run.sees(words, "[ Try again ]")
        never_signs_up(run)
        patch.undo()
        run.app.screen.query_one("#again").focus()
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "both keys")
        assert "could not be read" not in run.text()


async def test_a_key_that_is_disabled_or_has_no_token_is_shown_and_cannot_be_chosen() -> None:
    async with spoiled(keys(disabled, no_token)) as (run, _patch):
        await run.sees("This key is disabled.", "The API gave no token for this key.")
        await run.press("enter", "down", "enter")
        assert isinstance(run.app.screen, ChoiceDialog)
        await run.press("escape")
        await run.sees("can be used, so nothing can be shown.")
        never_signs_up(run)


async def test_the_only_key_that_is_not_disabled_is_used_and_the_other_one_is_shown_as_disabled() -> None:
    async with spoiled(keys(disabled)) as (run, _patch):
        await run.until(lambda: run.app.session is not None, "the session")
        await run.press("K")
        await run.sees("This key is disabled.")


async def test_terms_that_cannot_be_read_are_said_and_not_asked_for() -> None:
    async with spoiled(lambda record: record | {"tos": []}, user="sandbox-user-nocard") as (run, _patch):
        await run.until(lambda: run.app.session is not None, "the session")
        await run.until(lambda: "terms of service are accepted could not be read" in run.status, "said")
        assert not any(isinstance(screen, ConfirmDialog) for screen in run.app.screen_stack)
        never_signs_up(run)


@pytest.mark.parametrize("record", [[], None, "no", 7, {"id": None}, [1, 2]], ids=str)
@pytest.mark.sample(2)
async def test_an_answer_that_is_no_partner_record_is_an_error_to_try_again(record: object) -> None:
    async with spoiled(lambda _record: record) as (run, patch):
        await run.sees("Signing in:", "could not be read", "Press r to try again")
        assert run.app.session is None
        never_signs_up(run)
        patch.undo()
        await run.press("r")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "both keys")
