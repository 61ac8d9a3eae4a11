"""Opening account_service: which tokens it opens with, which key it chooses, what it remembers and what it scopes by."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.account.session import NeedsKey, NeedsTerms, NoAccount, Session
from jpmanage_tui.api.errors import AuthenticationError
from jpmanage_tui.api.ids import PartnerKeyId
from jpmanage_tui.config.errors import ConfigError
from tests.cli.harness import KEY, SECOND_KEY, USER, USER_ONE_KEY, USER_TERMS, Cli, token
from tests.sandbox.harness import NOW


@asynccontextmanager
async def service_of(
    options: AppOptions | None = None, env: Mapping[str, str] | None = None
) -> AsyncIterator[AccountService]:
    """A service for this environment, closed afterwards."""
    account_service = AccountService.from_environment(options or AppOptions(), env)
    try:
        yield account_service
    finally:
        await account_service.close()


async def close(session: Session) -> None:
    await session.close()


async def account_of(session: Session) -> str:
    """Return what scopes the journal of a session, and close it."""
    account = session.queue.account
    await close(session)
    return account


async def test_the_demo_ignores_every_token_url_profile_and_credential(cli: Cli) -> None:
    cli.keep("acme", key=KEY)
    cli.store.path.chmod(0o644)  # reading it would be refused
    cli.env(TOKEN="wrong", USER_TOKEN="wrong", API_URL="http://nobody.example", STRIPE_URL="nonsense")
    cli.forget_requests()
    async with service_of(AppOptions(demo=True, demo_licenses=5, demo_now=NOW)) as account_service:
        assert account_service.has_credentials
        session = await account_service.open()
        assert session.demo
        assert session.origin == "demo"
        assert (await session.client.licenses.counts()).not_revoked
        await close(session)
    assert cli.asked() == []


async def test_the_demo_leaves_no_file_behind(cli: Cli) -> None:
    async with service_of(AppOptions(demo=True, demo_licenses=5, demo_now=NOW)) as account_service:
        session = await account_service.open()
        await close(await account_service.open_key(PartnerKeyId(int(session.key_id or 0))))
        await close(session)
    assert os.listdir(cli.folder) == []


async def test_the_only_key_of_an_account_is_chosen_by_itself(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER_ONE_KEY)
    async with service_of() as account_service:
        session = await account_service.open()
        assert session.key_id is not None
        assert session.partner is not None
        assert session.key_name == session.partner.keys[0].name
        await close(session)


async def test_of_several_keys_the_user_chooses_and_the_choice_is_remembered_by_account(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER)
    async with service_of() as account_service:
        with pytest.raises(NeedsKey) as need:
            await account_service.open()
        second = need.value.partner.keys[1]
        await close(await account_service.open_key(second.id))
    async with service_of() as account_service:
        session = await account_service.open()
        assert session.key_id == second.id
        await close(session)
    assert SECOND_KEY not in (cli.folder / "state" / "state.toml").read_text()


async def test_a_key_that_is_gone_from_the_account_is_asked_for_anew(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER)
    async with service_of() as account_service:
        with pytest.raises(NeedsKey) as need:
            await account_service.open()
        account_service.profiles.remember_key(
            f"{cli.url.removeprefix('http://')} partner {need.value.partner.id}", 12345
        )
    async with service_of() as account_service:
        with pytest.raises(NeedsKey):
            await account_service.open()


async def test_a_key_token_of_the_environment_wins_over_a_remembered_key_until_another_is_chosen(
    cli: Cli,
) -> None:
    cli.env(TOKEN=KEY, USER_TOKEN=USER)
    async with service_of() as account_service:
        session = await account_service.open()
        assert session.partner is not None
        other = next(key for key in session.partner.keys if key.id != session.key_id)
        await close(session)
        session = await account_service.open_key(other.id)
        assert session.key_id == other.id
        await close(session)
    async with service_of() as account_service:
        session = await account_service.open()
        assert session.key_id != other.id
        await close(session)


async def test_a_key_chosen_in_a_profile_stays_chosen_although_it_holds_a_key_token(cli: Cli) -> None:
    cli.keep(key=KEY, user=USER)
    async with service_of() as account_service:
        session = await account_service.open()
        assert session.partner is not None
        other = next(key for key in session.partner.keys if key.id != session.key_id)
        await close(session)
        await close(await account_service.open_key(other.id))
    async with service_of() as account_service:
        session = await account_service.open()
        assert session.key_id == other.id
        await close(session)
    async with service_of() as account_service:
        session = await account_service.open_tokens(SecretStr(KEY), SecretStr(USER), "default")
        assert session.key_id != other.id, "a key token that is given anew is the one to use"
        await close(session)


async def test_the_journals_accounts_differ_by_api_partner_and_key(cli: Cli) -> None:
    names = []
    for tokens in (
        {"TOKEN": KEY, "USER_TOKEN": USER},
        {"TOKEN": SECOND_KEY, "USER_TOKEN": USER},
        {"TOKEN": None, "USER_TOKEN": USER_ONE_KEY},
        {"TOKEN": KEY, "USER_TOKEN": None},
        {"TOKEN": SECOND_KEY, "USER_TOKEN": None},
        {"API_URL": cli.url.replace("127.0.0.1", "localhost"), "TOKEN": KEY, "USER_TOKEN": None},
    ):
        cli.env(**tokens)
        async with service_of() as account_service:
            names.append(await account_of(await account_service.open()))
    async with service_of(AppOptions(demo=True, demo_licenses=5, demo_now=NOW)) as account_service:
        names.append(await account_of(await account_service.open()))
    assert len(set(names)) == len(names), names
    assert not any(token in name for name in names for token in (KEY, SECOND_KEY, USER))


async def test_terms_are_accepted_once_through_the_journal_and_not_when_only_looking(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER_TERMS)
    cli.forget_requests()
    async with service_of(AppOptions(read_only=True)) as account_service:
        with pytest.raises(NeedsTerms):
            await account_service.open()
        with pytest.raises(NoAccount, match="read-only"):
            await account_service.accept_terms()
    assert not any(one.startswith("PUT") for one in cli.asked())
    async with service_of() as account_service:
        with pytest.raises(NeedsTerms):
            await account_service.open()
        cli.faults("PUT /*/partner reset-after")
        await account_service.accept_terms()  # the answer was lost: looking finds it done
        await close(await account_service.open())
    assert sum(one.startswith("PUT") for one in cli.asked()) == 1


async def test_terms_that_the_server_refuses_to_take_are_told_as_its_refusal(cli: Cli) -> None:
    cli.env(USER_TOKEN=USER_TERMS)
    async with service_of() as account_service:
        account_service.load_credentials()
        cli.faults("PUT /*/partner 401")
        connection = await account_service._runtime.connect(account_service.load_credentials())
        account_service._onboarding.hold(connection)
        with pytest.raises(AuthenticationError):
            await account_service.accept_terms()


async def test_without_a_gate_nothing_can_be_accepted(cli: Cli) -> None:
    async with service_of() as account_service:
        with pytest.raises(NoAccount, match="No account is open yet"):
            await account_service.accept_terms()
        with pytest.raises(NoAccount, match="No account is open yet"):
            await account_service.open_key(PartnerKeyId(1))


async def test_pasted_tokens_without_a_profile_are_kept_nowhere(cli: Cli) -> None:
    async with service_of() as account_service:
        session = await account_service.open_tokens(SecretStr(KEY), None, None)
        assert session.origin == "pasted token"
        await close(session)
    assert cli.store.list() == ()


async def test_pasted_tokens_that_do_not_serve_leave_the_old_profile_alone(cli: Cli) -> None:
    cli.keep(key=KEY)
    async with service_of() as account_service:
        with pytest.raises(AuthenticationError):
            await account_service.open_tokens(None, SecretStr("wrong"), "default")
    assert token(cli.profile().key_token) == KEY


async def test_whether_there_are_credentials_is_known_without_a_request(cli: Cli) -> None:
    cli.forget_requests()
    async with service_of() as account_service:
        assert not account_service.has_credentials
    async with service_of(AppOptions(profile="missing")) as account_service:
        assert account_service.has_credentials, "so that opening it can say what is missing"
        with pytest.raises(ConfigError, match="missing"):
            await account_service.open()
    cli.env(TOKEN=KEY)
    async with service_of() as account_service:
        assert account_service.has_credentials
    assert cli.asked() == []


async def test_a_bad_credentials_file_is_told_when_the_door_is_opened(cli: Cli) -> None:
    cli.settings("")
    cli.store.path.write_text("[profiles.default]\nkey_tokn = 'x'\n")
    cli.store.path.chmod(0o600)
    async with service_of() as account_service:
        with pytest.raises(ConfigError, match=r"profiles\.default\.key_tokn"):
            _ = account_service.has_credentials
        with pytest.raises(ConfigError, match=r"profiles\.default\.key_tokn"):
            await account_service.open()


async def test_a_name_in_the_profile_never_costs_the_tokens(cli: Cli) -> None:
    cli.keep(user=USER_ONE_KEY)
    async with service_of() as account_service:
        await close(await account_service.open())
    profile = cli.profile()
    assert profile.account
    assert profile.key_name
    assert token(profile.user_token) == USER_ONE_KEY
    assert profile.key_token is None


def _lists(cli: Cli) -> list[str]:
    return [one for one in cli.asked() if one.startswith("GET /wpcom/v2/jetpack-licensing/licenses ")]


async def test_the_first_page_is_asked_for_once_while_the_session_opens_and_can_be_taken_once(
    cli: Cli,
) -> None:
    cli.env(TOKEN=KEY, USER_TOKEN=USER)
    async with service_of() as account_service:
        cli.forget_requests()
        session = await account_service.open()
        page = session.take_first_page()
        assert page is not None
        assert (await page).items
        assert session.take_first_page() is None
        assert len(_lists(cli)) == 1
        await close(session)


async def test_where_another_key_was_chosen_the_page_is_that_keys(cli: Cli) -> None:
    cli.env(TOKEN=KEY, USER_TOKEN=USER)
    async with service_of() as account_service:
        session = await account_service.open()
        assert session.partner is not None
        key = next(key for key in session.partner.keys if key.id != session.key_id)
        await close(session)
        other = await account_service.open_key(key.id)
        page = other.take_first_page()
        assert page is not None
        theirs = {one.license_key for one in (await page).items}
        assert theirs == {one.license_key for one in (await other.client.licenses.list()).items}
        await close(other)


async def test_a_page_that_nobody_takes_ends_with_the_session(cli: Cli) -> None:
    cli.env(TOKEN=KEY, USER_TOKEN=USER)
    async with service_of() as account_service:
        session = await account_service.open()
        page = session.first_page
        assert page is not None
        await close(session)
        await asyncio.wait([page])
        assert session.first_page is None


async def test_a_session_that_does_not_open_leaves_no_page_behind(cli: Cli) -> None:
    cli.env(TOKEN=KEY, USER_TOKEN="wrong")
    async with service_of() as account_service:
        with pytest.raises(AuthenticationError):
            await account_service.open()
        assert not [
            task for task in asyncio.all_tasks() if task.get_name() == "first page" and not task.cancelling()
        ]
