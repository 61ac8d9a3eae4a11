"""Several programs on one profile: what is noted waits for nobody, is waited for by nobody, and undoes nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from jpmanage_tui.account import profiles as keeping
from jpmanage_tui.account.profiles import StoredProfile
from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.account.session import NeedsKey
from jpmanage_tui.account.token_provider import refresh_by_command
from jpmanage_tui.api.errors import ApiConnectionError
from jpmanage_tui.api.ids import PartnerKeyId
from jpmanage_tui.api.oauth import TokenSet
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.config.credentials import CredentialStore, Profile
from jpmanage_tui.config.errors import ConfigError, Locked
from jpmanage_tui.config.files import lock
from tests.account.test_token_provider import REFRESH, signed_in as signed_in, spoil
from tests.cli.harness import KEY, USER, USER_ONE_KEY, Cli, token

BOUND = 5.0
"""Seconds in which nothing may take long that waits for no other program."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let another program hold the lock that guards a file: a lock belongs to the descriptor, not to the process."""
    with lock(path):
        yield


def guard(cli: Cli) -> Path:
    return cli.store.path.with_name("sign-in-default")


class Threads(ThreadPoolExecutor):
    """The event loop's threads, which remember what they were given to do."""

    def __init__(self) -> None:
        super().__init__()
        self.works: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **members: Any) -> Future[Any]:
        """Do something in a thread."""
        work = super().submit(fn, *args, **members)
        self.works.append(work)
        return work


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(BOUND):
        while not condition():  # noqa: ASYNC110 - a sandbox in another thread tells no event
            await asyncio.sleep(0.01)


async def test_a_start_does_not_wait_for_a_program_that_renews_the_sign_in(signed_in: Cli) -> None:
    with locked(guard(signed_in)):
        account_service = AccountService.from_environment(AppOptions())
        async with asyncio.timeout(BOUND):
            session = await account_service.open()
            await session.close()
            await account_service.close()
    assert signed_in.profile().account, "and what it notes is noted all the same"


@pytest.mark.parametrize("file", ["credentials.toml", "state.toml"])
async def test_a_note_that_cannot_be_written_fails_nothing_and_keeps_nobody_waiting(
    file: str, cli: Cli, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeping, "UPDATE_SECONDS", 0.05)
    cli.keep(user=USER)
    folder = cli.config if file == "credentials.toml" else cli.folder / "state"
    folder.mkdir(mode=0o700, exist_ok=True)
    account_service = AccountService.from_environment(AppOptions())
    partner = await _partner(account_service)
    with locked(folder / file), caplog.at_level(logging.WARNING, logger="jpmanage.signin"):
        async with asyncio.timeout(BOUND):
            session = await account_service.open_key(partner)
            assert (await session.client.licenses.counts()).not_revoked
            await session.close()
            await account_service.close()
    assert "not stored" in caplog.text
    assert token(cli.profile().user_token) == USER


async def _partner(account_service: AccountService) -> PartnerKeyId:
    """Return the id of the account's second key, after an opening that asked for one."""
    with pytest.raises(NeedsKey) as need:
        await account_service.open()
    return need.value.partner.keys[1].id


async def test_while_a_note_waits_the_event_loop_goes_on(cli: Cli) -> None:
    cli.keep(user=USER_ONE_KEY)
    account_service = AccountService.from_environment(AppOptions())
    with locked(cli.store.path):
        session = await account_service.open()
        note = account_service._runtime._background
        assert note is not None
        ticks = 0
        while not note.done() and ticks < 20:
            await asyncio.sleep(0.01)
            ticks += 1
        assert ticks == 20, "it waits in a thread"
    await session.close()
    await account_service.close()
    assert cli.profile().account


async def test_leaving_does_not_wait_for_a_program_that_renews_the_sign_in(signed_in: Cli) -> None:
    spoil(signed_in, user_token=SecretStr("gone"))
    asyncio.get_running_loop().set_default_executor(threads := Threads())
    account_service = AccountService.from_environment(AppOptions())
    with locked(guard(signed_in)):
        opening = asyncio.ensure_future(account_service.open())
        await until(lambda: account_service._runtime._connections and "401" in str(signed_in.asked()))
        async with asyncio.timeout(BOUND):
            await account_service.close()
        with pytest.raises(
            ApiConnectionError, match="Another jpmanage is renewing the sign-in of profile default"
        ):
            await opening
        assert threads.works
        await until(lambda: all(work.done() for work in threads.works))
    assert REFRESH not in signed_in.asked()


async def test_a_caller_that_goes_away_leaves_the_renewal_and_its_lock_alone(signed_in: Cli) -> None:
    spoil(signed_in, user_token=SecretStr("gone"))
    account_service = AccountService.from_environment(AppOptions())
    async with account_service.connect() as connection:
        signed_in.faults("POST */token latency=0.5")
        asking = asyncio.ensure_future(connection.token_provider.refresh(TokenKind.USER, SecretStr("gone")))
        await until(lambda: any("oauth2-1/token" in one for one in signed_in.asked()))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        with pytest.raises(Locked), lock(guard(signed_in), 0):
            pass
        fresh = await connection.token_provider.refresh(TokenKind.USER, SecretStr("gone"))
        assert fresh is not None
        with lock(guard(signed_in), 0):
            pass
    await account_service.close()
    assert signed_in.asked().count(REFRESH) == 1
    assert token(signed_in.profile().user_token) == token(fresh)


def test_what_two_programs_change_in_one_profile_at_once_is_all_there_after(tmp_path: Path) -> None:
    store = CredentialStore(tmp_path)
    store.save(Profile(name="default", user_token=SecretStr("a"), refresh_token=SecretStr("r0")))
    rounds = 25

    def renew() -> None:
        for number in range(rounds):
            mine = CredentialStore(tmp_path)
            held = SecretStr(f"r{number + 1}")
            assert mine.amend("default", {"refresh_token": held, "user_token": SecretStr(f"u{number + 1}")})

    def note() -> None:
        for number in range(rounds):
            assert CredentialStore(tmp_path).amend("default", {"account": f"Acme {number}"})

    with ThreadPoolExecutor() as pool:
        for ended in [pool.submit(renew), pool.submit(note)]:
            ended.result()
    after = store.load("default")
    assert token(after.refresh_token) == f"r{rounds}"
    assert after.account == f"Acme {rounds - 1}"


def test_a_profile_that_is_gone_or_another_one_by_now_is_not_amended(tmp_path: Path) -> None:
    store = CredentialStore(tmp_path)
    assert not store.amend("default", {"account": "Acme"})
    assert store.list() == ()
    store.save(Profile(name="default", user_token=SecretStr("a")))
    assert not store.amend("default", {"account": "Acme"}, lambda profile: profile.key_token is not None)
    assert store.load("default").account is None
    written = store.path.stat().st_mtime_ns
    assert not store.amend("default", {"account": None})
    assert store.path.stat().st_mtime_ns == written, "nothing is written where nothing changes"
    with locked(store.path), pytest.raises(ConfigError):
        store.amend("default", {"account": "Acme"}, seconds=0)


async def test_a_renewal_is_not_stored_over_a_sign_in_of_meanwhile(tmp_path: Path) -> None:
    store = CredentialStore(tmp_path)
    old = Profile(name="default", user_token=SecretStr("u"), refresh_token=SecretStr("r"), client_id="c")
    store.save(old)
    stored_profile = StoredProfile(old, store, tmp_path / "sign-in-default")
    anew = old.model_copy(update={"user_token": SecretStr(KEY), "refresh_token": SecretStr("anew")})
    store.save(anew)
    await stored_profile.store_tokens(
        TokenSet(SecretStr("fresh"), SecretStr("r2"), datetime(2030, 1, 1, tzinfo=UTC))
    )
    assert token(stored_profile.profile.user_token) == "fresh", "this run goes on with it"
    assert store.load("default") == anew


def test_a_token_command_that_waits_for_somebody_does_not_hold_up_the_end(tmp_path: Path) -> None:
    fifo = tmp_path / "passphrase"
    os.mkfifo(fifo)

    async def work() -> None:
        renewing = asyncio.ensure_future(
            refresh_by_command(f"cat {fifo}", "token_command")(SecretStr("stale"))
        )
        await until(lambda: any(thread.name == "token command" for thread in threading.enumerate()))
        renewing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await renewing

    asyncio.run(
        work()
    )  # returns although the command still runs: the event loop waits for its own threads only
    with fifo.open("w") as end:
        end.write("late\n")
    for thread in threading.enumerate():
        if thread.name == "token command":
            thread.join(BOUND)
            assert not thread.is_alive()
