"""The sign-in itself: the listener on this machine, the pasted address, what ends a try and what does not."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from jpmanage_tui.account.oauth_login import APP_PORT, CallbackResponse, CallbackServer, OAuthFlow
from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.account.session import NoAccount
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiConnectionError
from jpmanage_tui.api.oauth import SignInRefused
from jpmanage_tui.api.tokens import StaticTokens
from jpmanage_tui.cli.command_line import parse_arguments
from jpmanage_tui.cli.run_command import run_command
from jpmanage_tui.cli.signing_in import SignInMethod, login
from jpmanage_tui.cli.terminal import Terminal
from jpmanage_tui.config.settings import Settings
from tests.cli.harness import APP_ID, APP_SECRET, KEY, USER_ONE_KEY, Cli, approve, token, typing
from tests.sandbox.plain_http import plain_transport


@asynccontextmanager
async def begun(
    url: str, settings: Settings | None = None, seconds: float = 20.0
) -> AsyncIterator[tuple[OAuthFlow, str]]:
    """A try that has begun, and the page to open."""
    async with (
        LicensingClient(tokens=StaticTokens(), api_url=url) as client,
        OAuthFlow(client, settings or Settings(), seconds) as attempt,
    ):
        yield attempt, await attempt.begin()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition is true."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "never came true"
        await asyncio.sleep(0.01)


async def get(address: str, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient(transport=plain_transport()) as browser:
        return await browser.request(method, address)


async def test_a_browser_on_this_machine_ends_the_wait(cli: Cli, url: str) -> None:
    async with begun(url) as (attempt, page):
        shown = await get(await approve(page))
        assert shown.status_code == 200
        assert "You can close this page" in shown.text
        assert (await attempt.finish()).tokens.refresh_token is not None


async def test_an_address_pasted_from_another_machine_ends_the_wait(cli: Cli, url: str) -> None:
    async with begun(url) as (attempt, page):
        address = await approve(page)
        half = len(address) // 2
        assert attempt.paste(f"  {address[:half]}\n{address[half:]} ") is None, (
            "a terminal may have wrapped it"
        )
        assert (await attempt.finish()).client.client_id.startswith("dyn-")


async def test_the_page_shows_nothing_of_what_was_asked_and_tells_nobody(cli: Cli, url: str) -> None:
    async with begun(url) as (attempt, page):
        address = await approve(page)
        answer = await get(f"{address.replace('state=', 'state=x')}&error_description=<script>")
        assert answer.status_code == 400
        assert "<script>" not in answer.text
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert attempt.paste(address) is None


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:1/callback?code=abc", "does not belong"),
        ("http://127.0.0.1:1/callback?code=abc&state=guess", "does not belong"),
        ("http://127.0.0.1:1/callback?error=access_denied&state=guess", "does not belong"),
        ("http://[", "no address"),
        ("hello", "does not belong"),
    ],
)
async def test_an_address_of_another_try_does_not_end_this_one(
    cli: Cli, url: str, address: str, words: str
) -> None:
    async with begun(url) as (attempt, page):
        assert words in str(attempt.paste(address))
        assert attempt.paste(await approve(page)) is None
        assert token((await attempt.finish()).tokens.access_token)


async def test_an_own_address_without_a_code_does_not_end_the_try(cli: Cli, url: str) -> None:
    async with begun(url) as (attempt, page):
        state = parse_qs(urlsplit(page).query)["state"][0]
        assert "carries no code" in str(attempt.paste(f"http://127.0.0.1:1/callback?state={state}"))
        assert attempt.paste(await approve(page)) is None


async def test_the_refusal_of_this_try_ends_it(cli: Cli, url: str) -> None:
    cli.switch(oauth_approval="denied")
    async with begun(url) as (attempt, page):
        assert attempt.paste(await approve(page)) is None
        with pytest.raises(SignInRefused, match="The request was denied"):
            await attempt.finish()


async def test_nobody_coming_back_in_time_ends_the_try(cli: Cli, url: str) -> None:
    async with begun(url, seconds=0.05) as (attempt, _page):
        with pytest.raises(NoAccount, match="Nobody came back"):
            await attempt.finish()


async def test_after_the_try_nothing_listens(cli: Cli, url: str) -> None:
    async with begun(url) as (_attempt, page):
        back = parse_qs(urlsplit(page).query)["redirect_uri"][0]
        assert (await get(back)).status_code == 400
    with pytest.raises(httpx.ConnectError):
        await get(back)


async def test_a_used_code_gives_no_token(cli: Cli, url: str) -> None:
    async with begun(url) as (attempt, page):
        attempt.paste(await approve(page))
        await attempt.finish()
        with pytest.raises(SignInRefused, match="gave no token"):
            await attempt.finish()


async def test_a_dead_server_is_no_answer(cli: Cli) -> None:
    with pytest.raises(ApiConnectionError):
        async with begun("http://127.0.0.1:9"):
            pass


async def test_a_configured_client_has_one_address_also_when_its_port_is_taken(cli: Cli, url: str) -> None:
    settings = Settings(oauth_client_id=APP_ID, oauth_client_secret=SecretStr(APP_SECRET))
    taken = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", APP_PORT)
    async with taken, begun(url, settings) as (attempt, page):
        query = parse_qs(urlsplit(page).query)
        assert urlsplit(page).path == "/oauth2/authorize"
        assert query["redirect_uri"] == [f"http://127.0.0.1:{APP_PORT}/callback"]
        assert attempt.paste(await approve(page)) is None
        assert (await attempt.finish()).tokens.refresh_token is None


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/favicon.ico", 404), ("POST", "/callback", 405), ("GET", "/", 404)],
)
async def test_the_listener_serves_nothing_else(method: str, path: str, status: int) -> None:
    taken: list[str] = []

    def take(address: str) -> CallbackResponse:
        taken.append(address)
        return CallbackResponse(True, "yes")

    async with CallbackServer(take) as loopback:
        answer = await get(loopback.address.replace("/callback", path), method)
    assert answer.status_code == status
    assert taken == []


@pytest.mark.parametrize("data", [b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"x" * 40_000])
async def test_the_listener_outlives_what_is_no_browser(data: bytes) -> None:
    async with CallbackServer(lambda _address: CallbackResponse(True, "yes")) as loopback:
        parts = urlsplit(loopback.address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(data)
        with suppress(ConnectionResetError):
            await reader.read()
        writer.close()
        assert (await get(f"{loopback.address}?code=1")).status_code == 200


async def test_login_over_ssh_shows_the_link_and_takes_the_address_that_is_pasted(
    cli: Cli, url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    cli.monkeypatch.setenv("DISPLAY", ":99")
    cli.monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 5 10.0.0.2 22")
    cli.switch(oauth_user=USER_ONE_KEY)
    reading, writing = os.pipe()
    account_service = AccountService.from_environment(AppOptions())
    signing = asyncio.create_task(login(account_service, None, SignInMethod.WEB, Terminal(reading)))
    lines: list[str] = []

    def told() -> str:
        lines.append(capfd.readouterr().out)
        return "".join(lines)

    await until(lambda: "ctrl+c cancels" in told())
    assert "on this or any other machine" in told()
    page = next(line for line in told().splitlines() if line.startswith(url))
    os.write(writing, b"http://127.0.0.1:1/callback?state=old\n")
    os.write(writing, (await approve(page)).encode() + b"\n")
    assert await signing == 0
    os.close(reading)
    os.close(writing)
    await account_service.close()
    assert "does not belong" in capfd.readouterr().out
    assert token(cli.profile().user_token)


async def test_login_can_be_cancelled_while_it_waits(cli: Cli) -> None:
    reading, writing = os.pipe()
    account_service = AccountService.from_environment(AppOptions())
    signing = asyncio.create_task(login(account_service, None, SignInMethod.WEB, Terminal(reading)))
    await until(lambda: "POST /oauth2-1/register 201" in cli.asked())
    signing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await signing
    await account_service.close()
    os.close(reading)
    os.close(writing)
    assert cli.store.list() == ()


def test_a_plain_file_on_standard_input_serves_too(cli: Cli) -> None:
    path = cli.folder / "tokens"
    path.write_text(f"\n{KEY}")
    arguments = parse_arguments(["login"])
    with typing(""), path.open("rb") as file:
        os.dup2(file.fileno(), 0)
        assert run_command(arguments) == 0
    assert token(cli.profile().key_token) == KEY
