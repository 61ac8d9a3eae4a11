"""A token that the API rejects: told once, with where it came from, and with advice that works where it stands."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from jpmanage_tui.config.credentials import CredentialStore, Profile
from jpmanage_tui.ui.onboarding.sign_in import SignInDialog
from jpmanage_tui.ui.onboarding.welcome import WelcomeDialog
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.sidebar import Sidebar
from tests.sandbox.harness import options, running_sandbox
from tests.ui.harness import LARGE, SMALL, Run, on_server

REJECTED = "Token rejected (401): {} is invalid or expired."


@asynccontextmanager
async def started(
    tmp_path: Path, size: tuple[int, int] = SMALL, **env: str
) -> AsyncIterator[tuple[Run, dict[str, str]]]:
    """The app as it starts with these variables, on a sandbox over real HTTP."""
    with running_sandbox(options(20)) as url:
        variables = {
            "JPMANAGE_API_URL": url,
            "JPMANAGE_STRIPE_URL": url,
            "JPMANAGE_CONFIG_DIR": str(tmp_path / "config"),
            "JPMANAGE_STATE_DIR": str(tmp_path / "state"),
            **{f"JPMANAGE_{name}": value for name, value in env.items()},
        }
        async with on_server(variables, size) as run:
            yield run, variables


def on_screen(run: Run) -> str:
    """Everything that stands on the main screen, in one line, without the sidebar."""
    sidebar = run.app.main.query_one(Sidebar).region
    lines = [
        line[sidebar.right :] if sidebar.y <= y < sidebar.bottom else line
        for y, line in enumerate(run.lines(run.app.main))
    ]
    return " ".join(" ".join(lines).split())


SECTIONS = {
    "1": "licenses", "2": "billing", "3": "payment-methods", "4": "invoices", "5": "prices", "S": "sites", "i": "issue",
}  # fmt: skip


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
async def test_a_wrong_key_token_is_told_once_on_every_section(size: tuple[int, int], tmp_path: Path) -> None:
    async with started(tmp_path, size, TOKEN="wrong") as (run, _):
        words = f"{REJECTED.format('JPMANAGE_TOKEN')} Set another one and start again."
        for key, name in SECTIONS.items():
            await run.press(key)
            await run.until(lambda name=name: run.app.main.current == name, name)  # type: ignore[misc]
            await run.until(lambda: words in on_screen(run), f"{name}: told")
            await run.until(
                lambda: run.app.main.section is not None and not run.app.main.section.progress(), "read"
            )
            assert on_screen(run).count("Token rejected (401)") == 1, f"{name}: {on_screen(run)}"
            assert "press K" not in on_screen(run), name
            assert "Press K" not in on_screen(run), name
        await run.press("1")
        await run.until(lambda: run.app.main.current == "licenses", "back")
        assert on_screen(run).count("Token rejected (401)") == 1, "told once here too"


async def test_with_several_keys_another_one_is_offered_and_the_key_for_it_works(tmp_path: Path) -> None:
    async with started(tmp_path, TOKEN="wrong", USER_TOKEN="sandbox-user") as (run, _):
        await run.sees(REJECTED.format("JPMANAGE_TOKEN"), "Press K for another key.")
        await run.press("K", "enter")
        await run.until(
            lambda: run.app.main.section and "1/" in run.app.main.section.counter(), "rows of another key"
        )


async def test_a_wrong_user_token_is_named_on_the_welcome_screen_with_what_works_there(
    tmp_path: Path,
) -> None:
    async with started(tmp_path, USER_TOKEN="wrong") as (run, _):
        await run.until(lambda: isinstance(run.app.screen, WelcomeDialog), "the welcome screen")
        await run.sees(
            REJECTED.format("JPMANAGE_USER_TOKEN"),
            "Sign in below. JPMANAGE_USER_TOKEN wins over that at the next start, unless it is unset.",
        )
        assert not re.search(r"press [rK0]\b", run.text(), re.IGNORECASE)


async def test_a_wrong_token_of_a_profile_names_the_profile(tmp_path: Path) -> None:
    with running_sandbox(options(20)) as url:
        profile = Profile(name="acme", user_token=SecretStr("wrong"), api_url=url)
        CredentialStore(tmp_path / "config").save(profile, make_default=True)
        folders = {name: str(tmp_path / name.lower()) for name in ("CONFIG", "STATE")}
        env = {f"JPMANAGE_{name}_DIR": folder for name, folder in folders.items()}
        env |= {"JPMANAGE_API_URL": url, "JPMANAGE_STRIPE_URL": url}
        async with on_server(env) as run:
            await run.sees(REJECTED.format("the user token of profile acme"), "Sign in below.")


async def test_a_pasted_token_that_is_wrong_is_called_so(tmp_path: Path) -> None:
    async with started(tmp_path) as (run, _):
        await run.until(lambda: isinstance(run.app.screen, WelcomeDialog), "the welcome screen")
        run.app.screen.query_one("#key", Input).value = "wrong"
        run.app.screen.query_one("#key", Input).focus()
        await run.press("enter")
        await run.sees(REJECTED.format("the token that was pasted"), "Sign in below.")
    assert CredentialStore(tmp_path / "config").list() == ()


async def test_what_failed_before_an_account_is_open_advises_no_key_of_the_main_screen(
    tmp_path: Path,
) -> None:
    async with started(tmp_path, API_URL="http://127.0.0.1:9") as (run, _):
        await run.until(lambda: isinstance(run.app.screen, WelcomeDialog), "the welcome screen")
        run.app.screen.query_one("#web").focus()
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, SignInDialog), "the dialog")
        await run.sees("could not be reached", "Start again, or cancel")
        assert not re.search(r"press [rK0]\b", run.text(), re.IGNORECASE)
