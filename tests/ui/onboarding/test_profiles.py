"""Profiles inside the app: listed with what they are, switched, and kept where another one cannot be opened."""

from __future__ import annotations

import re

from pydantic import SecretStr

from jpmanage_tui.config.credentials import Profile
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog, ChoiceList
from jpmanage_tui.ui.sections.base import PartnerUpdated
from tests.ui.harness import LARGE, Run, running, signed_in_as

ACME = Profile(name="acme", key_token=SecretStr("sandbox-key"), account="Acme", key_name="Main")
BISTRO = Profile(name="bistro", user_token=SecretStr("sandbox-user-nocard"))
STALE = Profile(name="stale", key_token=SecretStr("no-such-token"))
ELSEWHERE = Profile(name="other", key_token=SecretStr("x-token"), api_url="https://api.example")


async def is_open(run: Run, profile: str) -> None:
    await run.until(
        lambda: run.app.session is not None and run.app.account_service.profile_in_use == profile, profile
    )
    await run.until(lambda: len(run.app.screen_stack) == 2, "no dialog")


async def test_profiles_are_listed_and_switched_and_the_choice_holds() -> None:
    async with signed_in_as(LARGE, profiles=(ACME, BISTRO, ELSEWHERE)) as run:
        await is_open(run, "acme")
        await run.press("P")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the list")
        choices = {choice.name: choice for choice in run.app.screen.query_one(ChoiceList).choices}
        assert choices["acme"].hint == "✓ in use, pasted key token, default"
        assert choices["bistro"].hint == "pasted user token"
        assert choices["other"].reason == "Its tokens are for https://api.example."
        await run.press("down", "enter")
        await is_open(run, "bistro")
        assert run.app.session is not None
        assert run.app.session.origin == "profile bistro"
        run.app.action_choose_profile("acme")
        await is_open(run, "acme")


async def test_one_that_cannot_be_opened_says_why_and_the_present_one_stays() -> None:
    async with signed_in_as(LARGE, profiles=(ACME, STALE)) as run:
        await is_open(run, "acme")
        before = run.app.session
        run.app.action_choose_profile("stale")
        await run.sees("Token rejected (401): the key token of profile stale")
        await is_open(run, "acme")
        assert run.app.session is before
        await run.press("r", "P")
        await run.sees("✓ in use")
        await run.press("escape")
        run.app.action_choose_profile("nothing")
        await run.sees("There is no profile nothing. Profiles: acme, stale.")
        run.app.action_choose_profile("acme")
        await run.sees("Profile acme is in use.")


async def test_a_record_that_comes_late_is_not_taken_for_that_of_the_account_opened_meanwhile() -> None:
    async with signed_in_as(LARGE, profiles=(ACME, BISTRO)) as run:
        await is_open(run, "acme")
        before = run.app.session
        run.app.action_choose_profile("bistro")
        await is_open(run, "bistro")
        session = run.app.session
        assert before is not None
        assert session is not None
        assert session.partner is not None
        own = session.partner
        late = own.model_copy(update={"id": own.id + 1, "name": "Somebody else"})
        run.app.main.post_message(PartnerUpdated(before, late))
        await run.settled()
        assert session.partner == own
        run.app.main.post_message(PartnerUpdated(session, late))
        await run.until(lambda: session.partner == late, "its own record")


async def test_why_none_can_be_switched_to_is_said() -> None:
    async with signed_in_as(LARGE, key="sandbox-key", profiles=(BISTRO,)) as run:
        await run.until(lambda: run.app.session, "the session")
        await run.press("P")
        await run.sees("JPMANAGE_TOKEN wins over every profile. Unset it and start again to switch.")
    async with running() as run:
        await run.press("P")
        await run.sees("The demo uses no profile.")


async def test_the_key_in_use_is_marked_in_its_picker_with_what_the_api_tells_of_each() -> None:
    async with running(LARGE) as run:
        session = run.app.session
        assert session is not None
        assert session.partner is not None
        session.partner = session.partner.model_copy(update={"has_valid_payment_method": False})
        await run.press("K")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the keys")
        first, *others = run.app.screen.query_one(ChoiceList).choices
        assert first.hint.startswith("✓ in use, ")
        assert not any("in use" in other.hint for other in others)
        assert re.search(r"✓ in use, ! past due: \S+, has licenses", first.hint)
        await run.sees("! The account has no valid payment method.")
