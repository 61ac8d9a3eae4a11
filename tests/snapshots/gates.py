"""What stands before an account is open, and an account in which there is nothing yet."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from jpmanage_tui.config.credentials import Profile
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.ui.onboarding.sign_in import SignInDialog
from jpmanage_tui.ui.onboarding.sign_up import SignUpDialog
from jpmanage_tui.ui.sections.all_keys.section import AllKeysSection
from jpmanage_tui.ui.sections.issue.section import IssueSection
from jpmanage_tui.ui.widgets.input import Input
from tests.snapshots.scene import Scene, Take
from tests.ui.harness import Run, signed_in_as
from tests.ui.sections.issue import keyboard as issuing


async def _welcome(run: Run, take: Take) -> None:
    await run.sees("Welcome to jpmanage")
    await take("welcome")
    run.app.screen.query_one("#web").focus()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "jpmanage_tui.api.oauth.secrets.token_urlsafe", lambda size: "Zm9vYmFyYmF6" * (size // 9)
        )
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, SignInDialog) and run.app.screen.url, "the page")
    await run.sees("Waiting for you")
    await take("sign-in")
    run.app.screen.query_one("#address", Input).value = "http://127.0.0.1:48721/callback?code=old&state=old"
    await run.press("enter")
    await run.sees("does not belong")
    await take("sign-in-wrong")


async def _refused(run: Run, take: Take) -> None:
    await run.sees("Welcome to jpmanage", "Token rejected (401)")
    await take("welcome-refused")


async def _sign_up(run: Run, take: Take) -> None:
    await run.until(lambda: isinstance(run.app.screen, SignUpDialog), "the form")
    dialog = run.app.screen
    assert isinstance(dialog, SignUpDialog)
    await run.until(lambda: dialog.form.countries, "the countries")
    await take("sign-up")
    await run.press("f2")
    await run.sees("Not registered, nothing was changed.")
    await take("sign-up-refused")


async def _keys(run: Run, take: Take) -> None:
    await run.sees("Partner key", "has licenses")
    await take("partner-key")


async def _newcomer(run: Run, take: Take) -> None:
    await run.sees("Terms of service")
    await take("terms")
    await run.press("tab", "enter")
    await run.sees("no licenses yet")
    await take("licenses-empty")
    await run.press("2")
    await run.sees("is being prepared", "No invoices yet")
    await take("billing-preparing")
    for name, key, words in (
        ("payment-methods-empty", "3", "No payment method yet"),
        ("invoices-empty", "4", "No invoices yet"),
        ("sites-empty", "S", "No connected sites"),
    ):
        await run.press(key)
        await run.sees(words)
        await take(name)
    view = await issuing.opened(run)
    await run.press("space")
    await issuing.to_review_later(run, view)
    await take("issue-needs-card")
    assert run.view(IssueSection).order.status


async def _key_alone(run: Run, take: Take) -> None:
    await run.sees("18 licenses")
    await run.until(run.knows_open_invoices, "the open invoices, of which the header warns")
    await run.press("6")
    await run.sees("belong to the account")
    await take("company-details-key-token")


_REGISTERED = Settings(oauth_client_id="98765")
"""A registered app is answered at one port; others at whichever is free, which would be another on each picture."""


async def _welcome_help(run: Run, take: Take) -> None:
    await run.sees("Welcome to jpmanage")
    await run.press("?")
    await run.sees("oauth_client_id")
    await take("welcome-help")


async def _profiles(run: Run, take: Take) -> None:
    await run.until(lambda: run.app.main.section and run.app.main.section.counter(), "the rows")
    await run.press("P")
    await run.sees("✓ in use")
    await take("profiles")


async def _tour(run: Run, take: Take) -> None:
    await run.press("f4")
    await run.sees("Tour 1/6")
    await take("tour")
    await run.press("f4", "K")
    await run.sees("✓ in use")
    await take("partner-key-in-use")


async def _all_keys(run: Run, take: Take) -> None:
    await run.press("A")
    await run.until(lambda: run.app.main.current == "all-keys", "All Keys")
    view = run.view(AllKeysSection)
    await run.until(lambda: view.state.is_whole, "every key")
    await take("all-keys")
    await run.press("[")
    await run.sees("together so far")
    await take("all-keys-billing")


_PROFILES = (
    Profile(name="acme", key_token=SecretStr("sandbox-key"), account="Acme Agency", key_name="Clients"),
    Profile(
        name="bistro", user_token=SecretStr("sandbox-user-nocard"), client_id="98765", account="Bistro Web"
    ),
    Profile(name="staging", key_token=SecretStr("x"), api_url="https://api.staging.example"),
)

GATES: tuple[Scene, ...] = (
    Scene(("welcome-help",), _welcome_help, {}, signed_in_as),
    Scene(("profiles",), _profiles, {"profiles": _PROFILES}, signed_in_as),
    Scene(("tour", "partner-key-in-use"), _tour, {"licenses": 60}),
    Scene(("all-keys", "all-keys-billing"), _all_keys, {"licenses": 60}),
    Scene(
        ("welcome", "sign-in", "sign-in-wrong"),
        _welcome,
        {"settings": _REGISTERED},
        signed_in_as,
    ),
    Scene(("welcome-refused",), _refused, {"user": "sandbox-stale"}, signed_in_as),
    Scene(("sign-up", "sign-up-refused"), _sign_up, {"user": "sandbox-user-new"}, signed_in_as),
    Scene(("company-details-key-token",), _key_alone, {"key": "sandbox-key"}, signed_in_as),
    Scene(("partner-key",), _keys, {"user": "sandbox-user"}, signed_in_as),
    Scene(
        (
            "terms",
            "licenses-empty",
            "billing-preparing",
            "payment-methods-empty",
            "invoices-empty",
            "sites-empty",
            "issue-needs-card",
        ),
        _newcomer,
        {"user": "sandbox-user-tos"},
        signed_in_as,
    ),
)
