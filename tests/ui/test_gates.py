"""The gates before an account opens: no credentials, terms, partner keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.input import Input
from tests.sandbox.harness import NOW, running_sandbox
from tests.ui.harness import LARGE, Run, on_server, running


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_sandbox(SandboxOptions(licenses=60, now=NOW)) as address:
        yield address


def environment(url: str, folder: Path, **tokens: str) -> dict[str, str]:
    return {
        "JPMANAGE_API_URL": url,
        "JPMANAGE_STRIPE_URL": url,
        "JPMANAGE_CONFIG_DIR": str(folder / "config"),
        "JPMANAGE_STATE_DIR": str(folder / "state"),
        **tokens,
    }


async def rows(run: Run) -> LicensesSection:
    await run.until(lambda: run.app.main.section is not None and run.app.main.section.counter(), "rows")
    return run.view(LicensesSection)


async def test_without_credentials_the_welcome_screen_offers_a_token_the_demo_or_the_way_out(
    url: str, tmp_path: Path
) -> None:
    async with on_server(environment(url, tmp_path)) as run:
        await run.sees("Welcome to jpmanage", "Try the demo", "Leave")


async def test_esc_leaves_the_welcome_screen_but_not_with_a_pasted_token_at_the_first_press(
    url: str, tmp_path: Path
) -> None:
    async with on_server(environment(url, tmp_path)) as run:
        await run.sees("Welcome to jpmanage")
        run.app.screen.query_one("#key", Input).value = "pasted"
        await run.press("escape")
        assert run.app.screen.query_one("#leave").has_focus
        await run.press("escape")
        await run.until(lambda: not run.app.is_running or run.app._exit, "the end")


async def test_terms_that_were_not_accepted_can_be_read_again(url: str, tmp_path: Path) -> None:
    async with on_server(environment(url, tmp_path, JPMANAGE_USER_TOKEN="sandbox-user-tos")) as run:
        await run.sees("Terms of service")
        await run.press("escape")
        await run.sees("The terms of service are not accepted", "Read the terms")
        await run.press("enter")
        await run.sees("has not accepted the terms of service of Jetpack's agency platform")


async def test_the_demo_can_be_opened_from_the_welcome_screen(url: str, tmp_path: Path) -> None:
    async with on_server(environment(url, tmp_path)) as run:
        await run.sees("Try the demo")
        run.app.screen.query_one("#demo").focus()
        await run.press("enter")
        await rows(run)
        await run.sees("DEMO")


async def test_open_terms_are_named_with_the_vendors_link_and_accepted_on_request(
    url: str, tmp_path: Path
) -> None:
    async with on_server(environment(url, tmp_path, JPMANAGE_USER_TOKEN="sandbox-user-tos")) as run:
        await run.sees("Terms of service", "https://jetpack.com/platform-agreement/")
        await run.press("tab", "enter")
        await run.until(lambda: run.app.session is not None, "the session")
        assert run.app.session is not None
        assert run.app.session.partner is not None
        assert run.app.session.partner.tos_accepted


async def test_an_account_with_several_keys_asks_which_and_k_changes_it(url: str, tmp_path: Path) -> None:
    async with on_server(environment(url, tmp_path, JPMANAGE_USER_TOKEN="sandbox-user")) as run:
        await run.sees("Partner key", "has licenses")
        await run.press("enter")
        view = await rows(run)
        first, total = run.app.session, view.state.pages.total
        assert first is not None
        await run.press("K")
        await run.sees("Partner key")
        await run.press("down", "enter")
        await run.until(lambda: run.app.session is not first, "the other key")
        view = await rows(run)
        assert run.app.session is not None
        assert run.app.session.key_id != first.key_id
        assert view.state.pages.total != total


async def test_both_tokens_together_use_the_given_key_without_asking(url: str, tmp_path: Path) -> None:
    tokens = {"JPMANAGE_USER_TOKEN": "sandbox-user", "JPMANAGE_TOKEN": "sandbox-key-2"}
    async with on_server(environment(url, tmp_path, **tokens)) as run:
        await rows(run)
        assert run.app.session is not None
        assert run.app.session.key_name


async def test_the_header_says_account_key_and_mode() -> None:
    async with running(LARGE, read_only=True) as run:
        session = run.app.session
        assert session is not None
        assert session.partner is not None
        await run.sees(session.partner.name, f"key {session.key_name}", "DEMO", "READ-ONLY")
