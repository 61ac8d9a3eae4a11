"""Choosing another profile: the stored sign-ins, which of them is in use, and what each is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.settings import DEFAULT_API_URL
from jpmanage_tui.services.profile_list import profile_facts
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog

if TYPE_CHECKING:
    from textual.app import App

    from jpmanage_tui.account.profiles import ProfileRepository
    from jpmanage_tui.account.service import AccountService


async def ask_profile(app: App[Any], account_service: AccountService, name: str = "") -> str | None:
    """Return the profile to switch to: `name`, else the one that the user chooses; None where there is none to go to.

    Why there is none is told. One whose tokens are for another API is shown with that as the reason.
    """
    in_use = account_service.profile_in_use
    try:
        choices = await asyncio.to_thread(_choices, account_service.profiles, in_use)
    except ConfigError as error:
        app.notify(error.sentence, severity="error")
        return None
    if not choices:
        app.notify("No profile is stored. `jpmanage login --profile NAME` adds one.", severity="warning")
        return None
    chosen: str | None = name
    if name:
        choice = next((choice for choice in choices if choice.name == name), None)
        why = f"There is no profile {name}." if choice is None else choice.reason
        if why is not None:
            names = ", ".join(choice.name for choice in choices)
            app.notify(f"{why} Profiles: {names}.", severity="warning")
            return None
    else:
        note = (
            "" if in_use is not None else "What is open now is of no profile: it cannot be switched back to."
        )
        chosen = await app.push_screen_wait(ChoiceDialog("Profile", choices, start=in_use, note=note))
    if chosen == in_use and chosen is not None:
        app.notify(f"Profile {chosen} is in use.")
        return None
    return chosen


def _choices(profiles: ProfileRepository, in_use: str | None) -> list[Choice]:
    """Return the stored profiles. It blocks, as files do. Raises ConfigError."""
    store = profiles.store
    default, choices = store.default(), []
    for name in store.list():
        profile = store.load(name)
        try:
            profiles.check_api(profile)
            reason = None
        except ConfigError:
            reason = f"Its tokens are for {profile.api_url or DEFAULT_API_URL}."
        facts = profile_facts(profile, in_use=name == in_use, default=name == default)
        choices.append(Choice(name, name, ", ".join(facts), reason))
    return choices
