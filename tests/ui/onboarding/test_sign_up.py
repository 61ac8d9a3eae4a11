"""Signing up an account without a partner record, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from jpmanage_tui.config.credentials import CredentialStore
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.onboarding.sign_up import SignUpDialog
from jpmanage_tui.ui.onboarding.welcome import WelcomeDialog
from jpmanage_tui.ui.widgets.checkbox import Checkbox
from tests.sandbox.harness import options, running_sandbox
from tests.sandbox.plain_http import plain_http, plain_transport
from tests.ui.harness import LARGE, SMALL, Run, on_server

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
FILLED = {
    "name": "Neue Agentur",
    "contact_person": "Ada Núñez",
    "company_website": "https://neu.example",
    "line1": "Am Markt 1",
    "city": "Leipzig",
    "postal_code": "04109",
}


@pytest.fixture
def url() -> Iterator[str]:
    with running_sandbox(options(20)) as base:
        yield base


@asynccontextmanager
async def newcomer(
    url: str, folder: Path, size: tuple[int, int] = SMALL, *, read_only: bool = False
) -> AsyncIterator[tuple[Run, SignUpDialog]]:
    """Start the app with the token of a user who has no partner record, and wait for the form."""
    env = {
        "JPMANAGE_API_URL": url,
        "JPMANAGE_STRIPE_URL": url,
        "JPMANAGE_USER_TOKEN": "sandbox-user-new",
        "JPMANAGE_CONFIG_DIR": str(folder / "config"),
        "JPMANAGE_STATE_DIR": str(folder / "state"),
    }
    async with on_server(env, size, read_only=read_only) as run:
        await run.until(lambda: isinstance(run.app.screen, SignUpDialog), "the form")
        dialog = run.app.screen
        assert isinstance(dialog, SignUpDialog)
        await run.until(lambda: dialog.form.countries, "the countries")
        yield run, dialog


def fill(dialog: SignUpDialog, **more: str) -> None:
    """Write into the form."""
    for name, value in {**FILLED, **more}.items():
        dialog.form.rows[name].value = value


async def pick(run: Run, dialog: SignUpDialog, name: str, *keys: str) -> None:
    """Choose in a row that holds a choice."""
    dialog.form.rows[name].control.focus()
    await run.press("enter")
    await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the list")
    await run.press(*keys, "enter")
    await run.until(lambda: run.app.screen is dialog, "the form")


def requests(url: str) -> list[dict[str, object]]:
    """The sign-ups that the sandbox was asked for, in order."""
    log = plain_http.get(f"{url}/_sandbox/requests").json()
    return [one for one in log if one["method"] == "POST" and one["path"].endswith("/partner")]


@pytest.mark.slow
@SIZES
async def test_an_account_without_partner_record_signs_up_and_the_session_opens(
    url: str, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with newcomer(url, tmp_path, size) as (run, dialog):
        await run.sees(
            "not registered as a partner", "https://jetpack.com/platform-agreement", "[ Continue ]"
        )
        fill(dialog)
        await pick(run, dialog, "country", *"germany")
        await pick(run, dialog, "company_type", "down")
        await run.press("f2")
        await run.until(lambda: run.app.session is not None, "the session")
        await run.sees("This account has no licenses yet.")
        session = run.app.session
        assert session is not None
        assert session.partner is not None
        assert session.partner.name == "Neue Agentur"
        assert session.partner.tos_accepted
        (sent,) = requests(url)
        body = sent["body"]
        assert isinstance(body, dict)
        assert body["tos"] == "consented"
        assert body["managed_sites"] == "1-5"
        assert body["company_type"] == "freelancer"
        assert body["country"] == "DE"
        assert body["partner_program_opt_in"] is False


@pytest.mark.slow
async def test_the_opt_in_is_asked_of_agencies_and_freelancers_and_taken_back_with_the_kind(
    url: str, tmp_path: Path
) -> None:
    async with newcomer(url, tmp_path) as (run, dialog):
        box = dialog.query_one("#opt-in", Checkbox)

        def state() -> tuple[bool, bool]:
            return bool(box.display), box.value

        assert state() == (False, False)
        await pick(run, dialog, "company_type")
        assert state() == (True, False)
        await run.press("down", "space")
        assert state() == (True, True)
        await pick(run, dialog, "company_type", "down", "down")
        assert state() == (False, False)
        fill(dialog)
        await run.press("f2")
        await run.until(lambda: run.app.session is not None, "the session")
        (sent,) = requests(url)
        assert isinstance(sent["body"], dict)
        assert sent["body"]["company_type"] == "business"
        assert "partner_program_opt_in" not in sent["body"]


async def test_the_number_of_sites_is_shown_with_a_dash_and_sent_with_a_hyphen(
    url: str, tmp_path: Path
) -> None:
    async with newcomer(url, tmp_path) as (run, dialog):
        await pick(run, dialog, "managed_sites", "down", "down")
        await run.sees("21–50")
        assert dialog.form.values()["managed_sites"] == "21-50"


async def test_what_the_server_refuses_stands_under_its_field_and_the_form_stays(
    url: str, tmp_path: Path
) -> None:
    async with newcomer(url, tmp_path) as (run, dialog):
        fill(dialog, name="", company_website="nowhere")
        await run.press("f2")
        await run.sees(
            "✗ Company name is required",
            "✗ Company website is required",
            "Not registered, nothing was changed",
        )
        assert run.app.focused is dialog.form.rows["name"].control
        fill(dialog)
        await run.press("f2")
        await run.until(lambda: run.app.session is not None, "the session")


async def test_a_lost_answer_does_not_sign_up_twice(url: str, tmp_path: Path) -> None:
    async with newcomer(url, tmp_path) as (run, dialog):
        async with httpx.AsyncClient(base_url=url, transport=plain_transport()) as http:
            await http.put("/_sandbox/faults", json=["POST *partner reset-after"])
        fill(dialog)
        await run.press("f2")
        await run.until(lambda: run.app.session is not None, "the session")
        assert len(requests(url)) == 1


async def test_stepping_back_leads_to_the_welcome_screen_and_sends_nothing(url: str, tmp_path: Path) -> None:
    async with newcomer(url, tmp_path) as (run, _):
        await run.press("escape")
        await run.until(lambda: isinstance(run.app.screen, WelcomeDialog), "the welcome screen")
        await run.sees("not registered as a partner")
        await run.press("enter")
        await run.until(
            lambda: isinstance(run.app.screen, SignUpDialog), "the form again: Sign up comes first"
        )
        assert not requests(url)


async def test_read_only_refuses_to_sign_up_before_any_request(url: str, tmp_path: Path) -> None:
    async with newcomer(url, tmp_path, read_only=True) as (run, dialog):
        fill(dialog)
        await run.press("f2")
        await run.sees("--read-only")
        assert not requests(url)


async def test_a_pasted_token_is_kept_once_the_account_is_registered(url: str, tmp_path: Path) -> None:
    env = {
        "JPMANAGE_API_URL": url,
        "JPMANAGE_STRIPE_URL": url,
        "JPMANAGE_CONFIG_DIR": str(tmp_path / "config"),
        "JPMANAGE_STATE_DIR": str(tmp_path / "state"),
    }
    async with on_server(env) as run:
        await run.until(lambda: isinstance(run.app.screen, WelcomeDialog), "the welcome screen")
        run.app.screen.dismiss(
            run.app.account_service.open_tokens(None, SecretStr("sandbox-user-new"), "default"),
        )
        await run.until(lambda: isinstance(run.app.screen, SignUpDialog), "the form")
        dialog = run.app.screen
        assert isinstance(dialog, SignUpDialog)
        fill(dialog)
        await run.press("f2")
        await run.until(lambda: run.app.session is not None, "the session")
        kept = CredentialStore(tmp_path / "config").load("default")
        assert kept.user_token is not None
        assert kept.user_token.get_secret_value() == "sandbox-user-new"
        assert kept.account == "Neue Agentur"
