"""How a refused token is renewed: by the sign-in's refresh token, the profile, the command, or the partner."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from jpmanage_tui.account import profiles
from jpmanage_tui.account.onboarding import choose_key
from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.account.token_provider import AccountTokens
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiConnectionError, AuthenticationError, TokenUnavailableError
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.config.files import lock
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutations.account import AcceptTerms
from jpmanage_tui.operations.queue import OperationsQueue
from tests.cli.harness import KEY, SECOND_KEY, USER, USER_ONE_KEY, Cli, approve, token

REFRESH = "POST /oauth2-1/token 200"
ME = "GET /rest/v1.1/me 200"


def spoil(cli: Cli, **fields: object) -> None:
    """Change fields of the stored profile."""
    cli.store.save(cli.profile().model_copy(update=fields))


@pytest.fixture
def signed_in(cli: Cli) -> Cli:
    """A command line that is signed in with WordPress.com."""

    async def sign_in() -> None:
        door = AccountService.of_environment(AppOptions())
        async with door.sign_in() as attempt:
            attempt.paste(await approve(await attempt.begin()))
            session = await door.open_signed_in(await attempt.finish(), "default")
        await session.close()
        await door.close()

    cli.switch(oauth_user=USER_ONE_KEY)
    asyncio.run(sign_in())
    cli.forget_requests()
    return cli


def test_a_refused_user_token_is_renewed_once_stored_and_noted_in_the_journal(signed_in: Cli) -> None:
    cli, before = signed_in, signed_in.profile()
    spoil(cli, user_token=SecretStr("gone"))
    ended = cli("whoami")
    assert ended.code == 0, ended.text
    assert cli.asked().count(REFRESH) == 1
    after = cli.profile()
    assert token(after.user_token) not in (None, "gone", token(before.user_token))
    assert token(after.refresh_token) != token(before.refresh_token)
    assert after.account == before.account
    with sqlite3.connect(cli.folder / "state" / "journal.sqlite") as journal:
        rows = journal.execute("SELECT * FROM entries").fetchall()
    journal.close()
    assert "refresh_token" not in str(rows).replace("refresh_user_token", "")
    assert any("refresh_user_token" in str(row) for row in rows)


def test_a_token_that_ends_by_the_servers_word_is_renewed_before_it_is_used(signed_in: Cli) -> None:
    spoil(signed_in, expires_at=datetime.now(UTC) - timedelta(days=1))
    assert signed_in("whoami").code == 0
    assert signed_in.asked()[:2] == [REFRESH, ME]


def test_a_token_that_tells_no_end_is_used_until_it_is_refused(signed_in: Cli) -> None:
    spoil(signed_in, expires_at=None)
    assert signed_in("whoami").code == 0
    assert REFRESH not in signed_in.asked()


def test_a_refused_refresh_token_is_tried_once_and_asks_to_sign_in_again(signed_in: Cli) -> None:
    spoil(signed_in, user_token=SecretStr("gone"), refresh_token=SecretStr("gone-too"))
    ended = signed_in("whoami")
    assert ended.code == 3
    assert signed_in.asked().count("POST /oauth2-1/token 400") == 1


def test_a_lost_answer_to_the_renewal_is_not_asked_again(signed_in: Cli) -> None:
    spoil(signed_in, user_token=SecretStr("gone"))
    signed_in.faults("POST /oauth2-1/token reset-after")
    assert signed_in("whoami").code == 3
    assert sum("/oauth2-1/token" in one for one in signed_in.asked()) == 1


def test_a_pasted_token_has_nothing_to_be_renewed_with(cli: Cli) -> None:
    cli("login", typed=f"{USER_ONE_KEY}\n")
    spoil(cli, user_token=SecretStr("gone"))
    cli.forget_requests()
    assert cli("whoami").code == 3
    assert not any("oauth" in one for one in cli.asked())


def test_renewing_is_allowed_when_only_looking(signed_in: Cli) -> None:
    async def look() -> None:
        door = AccountService.of_environment(AppOptions(read_only=True))
        session = await door.open()
        assert session.read_only
        await session.close()
        await door.close()

    spoil(signed_in, user_token=SecretStr("gone"))
    asyncio.run(look())
    assert REFRESH in signed_in.asked()


def test_many_requests_that_are_refused_at_once_renew_once(signed_in: Cli) -> None:
    async def many() -> None:
        door = AccountService.of_environment(AppOptions())
        async with door.visit() as line:
            await asyncio.gather(*(line.client.me.get() for _ in range(8)))
        await door.close()

    spoil(signed_in, user_token=SecretStr("gone"))
    asyncio.run(many())
    assert signed_in.asked().count(REFRESH) == 1


def test_of_two_programs_one_renews_and_the_other_takes_it_over(signed_in: Cli) -> None:
    async def both() -> None:
        doors = [AccountService.of_environment(AppOptions()) for _ in range(2)]

        async def ask(door: AccountService) -> None:
            async with door.visit() as line:
                await line.client.me.get()
                await line.client.me.get()

        await asyncio.gather(*(ask(door) for door in doors))
        for door in doors:
            await door.close()

    spoil(signed_in, user_token=SecretStr("gone"))
    asyncio.run(both())
    assert signed_in.asked().count(REFRESH) == 1


def test_signing_in_again_in_another_terminal_serves_a_program_that_runs(cli: Cli) -> None:
    async def work() -> None:
        door = AccountService.of_environment(AppOptions())
        session = await door.open()
        spoil(cli, key_token=SecretStr(SECOND_KEY))
        cli.faults("GET /*/licenses/counts 401 x1")
        await session.client.licenses.counts()
        await session.close()
        await door.close()

    cli("login", typed=f"\n{KEY}\n")
    asyncio.run(work())


def test_a_token_command_is_run_again_when_its_token_is_refused(cli: Cli, tmp_path: Path) -> None:
    wallet = tmp_path / "wallet"
    command = f"{sys.executable} {tmp_path / 'show.py'}"
    (tmp_path / "show.py").write_text(
        f"import pathlib\nwallet = pathlib.Path({str(wallet)!r})\nprint(wallet.read_text())\n"
        f"wallet.write_text({KEY!r})\n"
    )
    wallet.write_text("old-token")
    cli.settings(f'token_command = "{command}"\n')
    ended = cli("whoami")
    assert ended.code == 0, ended.text
    assert "token_command; it serves" in ended.out


def test_a_token_command_that_fails_when_run_again_is_named_and_nobody_is_signed_in(
    cli: Cli, tmp_path: Path
) -> None:
    once = tmp_path / "once"
    (tmp_path / "show.py").write_text(
        f"import pathlib\nonce = pathlib.Path({str(once)!r})\n"
        "if once.exists(): raise SystemExit(9)\nonce.touch()\nprint('old-token')\n"
    )
    cli.settings(f'token_command = "{sys.executable} {tmp_path / "show.py"}"\n')
    ended = cli("whoami")
    assert ended.code == 3
    assert "token_command" in ended.err
    assert "exit code 9" in ended.err


async def test_a_key_token_that_was_replaced_is_found_at_the_partner(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER_ONE_KEY)
    door = AccountService.of_environment(AppOptions())
    async with door.visit() as line:
        partner = await line.client.partner.get()
        assert choose_key(line, partner) is not None
        line.source.key = SecretStr("replaced")
        assert (await line.client.licenses.counts()).not_revoked
        assert token(line.source.key) == "sandbox-key-nocard"
    await door.close()


async def test_another_request_that_has_renewed_it_is_believed() -> None:
    source = AccountTokens(SecretStr("new"), None)
    assert token(await source.refresh(TokenKind.KEY, SecretStr("old"))) == "new"
    assert await source.refresh(TokenKind.KEY, SecretStr("new")) is None
    assert await source.refresh(TokenKind.USER, SecretStr("old")) is None
    assert await source.get(TokenKind.NONE) is None


async def test_a_way_that_gives_the_refused_token_again_has_not_renewed_it() -> None:
    source = AccountTokens(SecretStr("old"), None)

    async def same(stale: SecretStr) -> SecretStr:
        return stale

    source.ways[TokenKind.KEY] = same
    assert await source.refresh(TokenKind.KEY, SecretStr("old")) is None


async def test_a_renewal_that_never_left_says_so_and_may_be_tried_again(signed_in: Cli) -> None:
    door = AccountService.of_environment(AppOptions())
    spoil(signed_in, user_token=SecretStr("gone"))
    async with door.visit() as line:
        assert line.client.oauth is not None
        line.client.oauth._requestor.api_url = "http://127.0.0.1:9"
        with pytest.raises(ApiConnectionError):
            await line.source.refresh(TokenKind.USER, SecretStr("gone"))
        line.client.oauth._requestor.api_url = signed_in.url
        assert await line.source.refresh(TokenKind.USER, SecretStr("gone")) is not None
    await door.close()


async def test_a_profile_that_was_logged_out_is_not_written_again(signed_in: Cli) -> None:
    door = AccountService.of_environment(AppOptions())
    async with door.visit() as line:
        signed_in.store.delete("default")
        assert await line.source.refresh(TokenKind.USER, line.source.user or SecretStr("")) is None
    await door.close()
    assert signed_in.store.list() == ()


async def test_a_credentials_file_that_broke_meanwhile_is_told_as_the_clients_errors_are(
    signed_in: Cli,
) -> None:
    door = AccountService.of_environment(AppOptions())
    async with door.visit() as line:
        signed_in.store.path.write_text("nonsense")
        with pytest.raises(TokenUnavailableError, match="not valid TOML"):
            await line.source.refresh(TokenKind.USER, line.source.user or SecretStr(""))
    await door.close()


def break_credentials(cli: Cli) -> None:
    cli.store.path.write_text("nonsense")


def open_credentials_to_others(cli: Cli) -> None:
    cli.store.path.chmod(0o644)


BREAKAGES = [break_credentials, open_credentials_to_others]
READS: list[Callable[[LicensingClient], Awaitable[object]]] = [
    lambda client: client.licenses.counts(),
    lambda client: client.partner.get(),
]


@pytest.mark.parametrize("read", READS, ids=["key token", "user token"])
@pytest.mark.parametrize("spoil_files", BREAKAGES)
async def test_a_read_whose_token_cannot_be_renewed_says_that_and_why(
    signed_in: Cli, spoil_files: Callable[[Cli], None], read: Callable[[LicensingClient], Awaitable[object]]
) -> None:
    spoil(signed_in, key_token=SecretStr(KEY))
    door = AccountService.of_environment(AppOptions())
    async with door.visit() as line:
        signed_in.faults("* * 401")
        spoil_files(signed_in)
        with pytest.raises(
            AuthenticationError, match=r"The OAuth2 token is invalid\. No fresh token could be had: "
        ) as caught:
            await read(line.client)
        assert str(signed_in.store.path) in caught.value.message
        assert caught.value.request_id
        signed_in.faults()
    await door.close()


async def test_a_renewal_that_the_journal_cannot_note_is_told_as_the_clients_errors_are_and_not_sent(
    signed_in: Cli,
) -> None:
    (signed_in.folder / "state").mkdir(mode=0o700, exist_ok=True)
    (signed_in.folder / "state" / "journal.sqlite").write_bytes(b"nonsense" * 1000)
    spoil(signed_in, user_token=SecretStr("gone"))
    signed_in.forget_requests()
    door = AccountService.of_environment(AppOptions())
    async with door.visit() as line:
        with pytest.raises(AuthenticationError, match="No fresh token could be had: The journal"):
            await line.client.partner.get()
    await door.close()
    assert not any("oauth" in one for one in signed_in.asked())


async def test_a_renewal_that_was_not_sent_may_be_tried_again(
    signed_in: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(signed_in, user_token=SecretStr("gone"))
    door = AccountService.of_environment(AppOptions())
    async with door.visit() as line:
        monkeypatch.setattr(profiles, "_LOCK_SECONDS", 0.01)
        with (
            lock(signed_in.store.path.with_name("sign-in-default")),
            pytest.raises(ApiConnectionError) as caught,
        ):
            await line.client.partner.get()
        assert "Another jpmanage" in caught.value.message
        assert (await line.client.partner.get()).id
    await door.close()


async def test_a_change_whose_token_cannot_be_had_is_not_sent(signed_in: Cli) -> None:
    spoil(signed_in, expires_at=datetime.now(UTC) - timedelta(days=1))
    door = AccountService.of_environment(AppOptions())
    async with door.visit() as line:
        queue = OperationsQueue(line.client, Journal(None), "account", tokens=line.source)
        break_credentials(signed_in)
        signed_in.forget_requests()
        outcome = await queue.submit(AcceptTerms()).outcome()
        assert (outcome.state.value, type(outcome.error)) == ("not_sent", TokenUnavailableError)
        assert "not valid TOML" in outcome.sentence
        assert signed_in.asked() == []
        await queue.close()
    await door.close()


def test_the_user_of_several_keys_is_not_a_renewal(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER)
    cli.forget_requests()
    cli("whoami")
    assert not any("oauth" in one for one in cli.asked())
