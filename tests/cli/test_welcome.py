"""Signing in on the screen: the welcome screen and the dialog for WordPress.com."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from jpmanage_tui.account.token_provider import AccountTokens
from jpmanage_tui.ui.onboarding.sign_in import SignInDialog
from jpmanage_tui.ui.widgets.input import Input
from tests.cli.harness import KEY, USER_ONE_KEY, Cli, approve, token
from tests.sandbox.plain_http import plain_transport
from tests.ui.harness import SMALL, Run, on_server

TINY = (40, 24)


@asynccontextmanager
async def at_page(cli: Cli, size: tuple[int, int] = SMALL) -> AsyncIterator[tuple[Run, SignInDialog]]:
    """The app on the welcome screen, with the dialog opened from there and its page known."""
    async with on_server(dict(os.environ), size) as run:
        await run.sees("Sign in with WordPress.com")
        run.app.screen.query_one("#web").focus()
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, SignInDialog), "the dialog")
        dialog = run.app.screen
        assert isinstance(dialog, SignInDialog)
        yield run, dialog


async def page_of(run: Run, dialog: SignInDialog) -> str:
    await run.until(lambda: dialog.url, "the page")
    return dialog.url


async def paste(run: Run, dialog: SignInDialog, address: str) -> None:
    dialog.query_one("#address", Input).focus()
    dialog.query_one("#address", Input).value = address
    await run.press("enter")


async def signed_in(run: Run) -> None:
    await run.until(lambda: run.app.session is not None, "the session")


async def test_the_page_is_shown_as_a_link_and_the_pasted_address_signs_in(cli: Cli) -> None:
    cli.switch(oauth_user=USER_ONE_KEY)
    async with at_page(cli) as (run, dialog):
        page = await page_of(run, dialog)
        await run.sees(
            "open this address in a browser", "Address you were sent back to", "QR code of this address"
        )
        assert page.replace("\n", "") in run.text().replace("\n", "").replace(" ", "")
        await paste(run, dialog, await approve(page))
        await signed_in(run)
        assert run.app.session is not None
        assert run.app.session.origin == "profile default"
    assert cli.profile().refresh_token is not None


async def test_a_browser_on_this_desktop_signs_in_by_itself(cli: Cli) -> None:
    cli.browser()
    cli.switch(oauth_user=USER_ONE_KEY)
    async with on_server(dict(os.environ)) as run:
        await run.sees("Sign in with WordPress.com")
        run.app.screen.query_one("#web").focus()
        await run.press("enter")
        await signed_in(run)
    assert token(cli.profile().user_token)


async def test_an_address_of_another_try_is_told_under_its_field_and_the_next_one_serves(cli: Cli) -> None:
    cli.switch(oauth_user=USER_ONE_KEY)
    async with at_page(cli) as (run, dialog):
        page = await page_of(run, dialog)
        await run.press("enter")
        await run.sees("Paste the address first.")
        await paste(run, dialog, "http://127.0.0.1:1/callback?code=a&state=b")
        await run.sees("does not belong to the sign-in")
        await paste(run, dialog, await approve(page))
        await signed_in(run)


@pytest.mark.slow
async def test_a_refusal_is_told_and_one_can_start_again(cli: Cli) -> None:
    cli.switch(oauth_approval="denied", oauth_user=USER_ONE_KEY)
    async with at_page(cli) as (run, dialog):
        first = await page_of(run, dialog)
        await paste(run, dialog, await approve(first))
        await run.sees("The request was denied", "Start again")
        await paste(run, dialog, "http://127.0.0.1:1/callback")
        await run.sees("There is no sign-in to end")
        cli.switch(oauth_approval="given")
        dialog.query_one("#again").focus()
        await run.press("enter")
        await run.until(lambda: dialog.url and dialog.url != first, "another page")
        await paste(run, dialog, await approve(dialog.url))
        await signed_in(run)


async def test_a_server_that_cannot_be_reached_is_told(cli: Cli) -> None:
    cli.env(API_URL="http://127.0.0.1:9")
    async with at_page(cli) as (run, _dialog):
        await run.sees("could not be reached", "Start again")


async def test_stepping_back_leads_to_the_welcome_screen_and_nothing_listens(cli: Cli) -> None:
    async with at_page(cli) as (run, dialog):
        page = await page_of(run, dialog)
        await run.press("escape")
        await run.sees("Welcome to jpmanage")
        back = parse_qs(urlsplit(page).query)["redirect_uri"][0]
        await run.until(
            lambda: all(worker.group != "sign-in" for worker in run.app.workers), "the end of the try"
        )
        async with httpx.AsyncClient(transport=plain_transport()) as browser:
            with pytest.raises(httpx.ConnectError):
                await browser.get(back)
    assert cli.store.list() == ()


async def test_a_token_that_does_not_serve_leads_back_with_the_other_ways(cli: Cli) -> None:
    cli.switch(oauth_partner="refused")
    async with at_page(cli) as (run, dialog):
        await paste(run, dialog, await approve(await page_of(run, dialog)))
        await run.sees("Welcome to jpmanage", "does not take the token", "developer.wordpress.com/apps")
        run.app.screen.query_one("#key", Input).value = KEY
        run.app.screen.query_one("#key", Input).focus()
        await run.press("enter")
        await signed_in(run)
    assert token(cli.profile().key_token) == KEY


async def test_a_sign_in_that_shall_not_be_kept_is_kept_nowhere_and_still_renewed(cli: Cli) -> None:
    cli.switch(oauth_user=USER_ONE_KEY, oauth_expires_in=0)
    async with on_server(dict(os.environ)) as run:
        await run.sees("Keep it in the credentials file")
        run.app.screen.query_one("#keep").focus()
        await run.press("space")
        run.app.screen.query_one("#web").focus()
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, SignInDialog) and run.app.screen.url, "the page")
        dialog = run.app.screen
        assert isinstance(dialog, SignInDialog)
        cli.switch(oauth_expires_in=1_000_000)
        await paste(run, dialog, await approve(dialog.url))
        await signed_in(run)
        assert run.app.session is not None
        assert run.app.session.origin == "signed in"
        source = run.app.session.queue._dispatcher._tokens
        assert isinstance(source, AccountTokens)
        source.user = SecretStr("gone")
        assert (await run.app.session.client.me.get()).username
    assert cli.store.list() == ()


async def test_forty_columns_show_the_dialog_without_an_error(cli: Cli) -> None:
    async with at_page(cli, TINY) as (run, dialog):
        await page_of(run, dialog)
        await run.sees("Address you were sent back to")


async def test_y_copies_the_address_but_is_text_in_the_field(cli: Cli) -> None:
    async with at_page(cli) as (run, dialog):
        await page_of(run, dialog)
        dialog.query_one("#address", Input).focus()
        await run.press("y")
        assert dialog.query_one("#address", Input).value == "y"
        dialog.query_one("#copy").focus()
        await run.press("y")
        await run.sees("The address:")
