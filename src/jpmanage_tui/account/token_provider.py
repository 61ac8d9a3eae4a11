"""The tokens of one account, and how a refused one is renewed: by a command, the profile, the sign-in, the partner."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from jpmanage_tui.api.errors import RateLimitError, TokenUnavailableError
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.config.errors import ConfigError

if TYPE_CHECKING:
    from pydantic import SecretStr

    from jpmanage_tui.account.profiles import StoredProfile
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.api.oauth import OAuthResource
    from jpmanage_tui.api.partner import Partner
    from jpmanage_tui.api.tokens import TokenName
    from jpmanage_tui.config.credentials import CredentialStore
    from jpmanage_tui.operations.mutation import Mutation, Secrets
    from jpmanage_tui.operations.operation import Outcome

logger = logging.getLogger("jpmanage.signin")
Refresher = Callable[["SecretStr"], Awaitable["SecretStr | None"]]
"""Takes the refused token and returns another one, None when there is none.

May raise an ApiError, ConfigError or OperationError.
"""
Submit = Callable[["Mutation[None]", "Secrets"], Awaitable["Outcome[None]"]]
_EARLY = timedelta(seconds=30)
Result = TypeVar("Result")


def _never() -> bool:
    return False


def _no_partner(_partner: Partner) -> None:
    """Take no notice."""


class AccountTokens:
    """The two tokens of one account. A token that is refused is renewed once, however many requests it failed.

    A partner key's token is asked for anew from the partner where the user's token serves (contract: account
    7.3: on a 401 get the partner again, once, then report); else, as the user's, by the way it came.
    """

    def __init__(self, key: SecretStr | None, user: SecretStr | None) -> None:
        """`key` and `user` are the tokens known at first, None where there is none.

        `refreshers` renew them by kind; `names` are what the user knows them by; `is_expiring` says whether the user's
        has come to its end and should be renewed before it is used; `key_id` is the partner key in use, and `client`
        asks for it again; `on_partner` is then called with the partner, whose keys have their tokens of that moment.
        """
        self.key = key
        self.user = user
        self.key_id: PartnerKeyId | None = None
        self.client: LicensingClient | None = None
        self.refreshers: dict[TokenKind, Refresher] = {}
        self.names: dict[TokenKind, TokenName] = {}
        self.is_expiring: Callable[[], bool] = _never
        self.on_partner: Callable[[Partner], None] = _no_partner
        self._locks = {kind: asyncio.Lock() for kind in TokenKind}

    def name(self, kind: TokenKind) -> TokenName | None:
        """Return what the token of a kind is known by."""
        return self.names.get(kind)

    async def get(self, kind: TokenKind) -> SecretStr | None:
        """Return the token of a kind, None without one. Raises an ApiError when renewing it in time failed."""
        if kind is TokenKind.USER and self.user is not None and self.is_expiring():
            await self.refresh(kind, self.user)
        return self._current(kind)

    async def refresh(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        """Return another token than the refused one, None when there is none to be had. May raise an ApiError."""
        async with self._locks[kind]:
            current = self._current(kind)
            if current is not None and current.get_secret_value() != stale.get_secret_value():
                return current  # another request has renewed it meanwhile
            fresh = await self._new_token(kind, stale)
            if fresh is None or fresh.get_secret_value() == stale.get_secret_value():
                return None
            if kind is TokenKind.KEY:
                self.key = fresh
            else:
                self.user = fresh
            return fresh

    def _current(self, kind: TokenKind) -> SecretStr | None:
        if kind is TokenKind.KEY:
            return self.key
        return self.user if kind is TokenKind.USER else None

    async def _new_token(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        if kind is TokenKind.KEY and self.user is not None and self.key_id is not None:
            return await self._of_partner(self.key_id)
        refresher = self.refreshers.get(kind)
        return await self._call(refresher, stale) if refresher is not None else None

    async def _call(self, refresher: Refresher, stale: SecretStr) -> SecretStr | None:
        """Return what a refresher gives. A file, command or journal in the way is told as the client's errors are."""
        from jpmanage_tui.operations.errors import OperationError

        try:
            return await refresher(stale)
        except (ConfigError, OperationError) as error:
            sentence = error.sentence
        raise TokenUnavailableError(f"No fresh token could be had: {sentence}")

    async def _of_partner(self, key_id: PartnerKeyId) -> SecretStr | None:
        if self.client is None:
            return None
        partner = await self.client.partner.get()
        self.on_partner(partner)
        return next((key.oauth2_token for key in partner.keys if key.id == key_id and key.is_usable), None)


def refresh_by_command(command: str, setting: str) -> Refresher:
    """Return the refresher that runs the user's command again; `setting` is the key it stands under in config.toml.

    It raises ConfigError when the command gives no token.
    """

    async def renew(stale: SecretStr) -> SecretStr | None:
        del stale
        from jpmanage_tui.config.tokens import run_token_command

        return await in_daemon_thread(lambda: run_token_command(command, setting))

    return renew


def refresh_from_profile(store: CredentialStore, name: str, *, key: bool) -> Refresher:
    """Return the refresher that reads the profile again: `jpmanage login` may have run meanwhile, in another terminal.

    It raises ConfigError when the file cannot be used.
    """

    async def renew(stale: SecretStr) -> SecretStr | None:
        del stale
        from jpmanage_tui.account.profiles import (
            find_profile,  # it loads pydantic: not before the first frame
        )

        profile = await asyncio.to_thread(find_profile, store, name)
        if profile is None:
            return None
        return profile.key_token if key else profile.user_token

    return renew


async def in_daemon_thread(work: Callable[[], Result]) -> Result:
    """Return what `work` returns, or raise what it raises.

    Unlike a thread of the event loop's, the end of the program does not wait for it.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Result] = loop.create_future()

    def end(settle: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if ended.done() else settle())

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            failure = error
            end(lambda: ended.set_exception(failure))
        else:
            end(lambda: ended.set_result(result))

    threading.Thread(target=run, name="token command", daemon=True).start()
    return await ended


class SignInRefresher:
    """Renews a sign-in with its refresh token, where the server gave one.

    Several programs may share a profile and a refresh token serves once: whoever comes first renews, under a
    lock, the others take over what was stored.
    """

    def __init__(
        self, stored_profile: StoredProfile, oauth: OAuthResource, submit: Submit, closing: asyncio.Event
    ) -> None:
        """`submit` sends a change through the journal and returns how it ended; `closing` is set when no more is sent."""
        self._stored = stored_profile
        self._oauth = oauth
        self._submit = submit
        self._closing = closing
        self._running: asyncio.Task[SecretStr | None] | None = None

    def is_expiring(self) -> bool:
        """Return whether the token is about to end, by what the server said of it, and can be renewed."""
        expires_at = self._stored.profile.expires_at
        return (
            expires_at is not None
            and self._stored.client is not None
            and expires_at <= datetime.now(UTC) + _EARLY
        )

    async def __call__(self, stale: SecretStr) -> SecretStr | None:
        """Return a fresh token; None when only signing in again helps.

        A caller that is canceled does not break off a renewal: the lock is kept until it has ended.

        Raises ApiConnectionError or RateLimitError when it is worth trying again, ConfigError when the profile is
        unusable, TokenUnavailableError or an OperationError when nothing was sent for another reason.
        """
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._fresh(stale), name="renewal")
            self._running.add_done_callback(_retrieve_exception)
        return await asyncio.shield(self._running)

    async def _fresh(self, stale: SecretStr) -> SecretStr | None:
        from jpmanage_tui.operations.entry import EntryState
        from jpmanage_tui.operations.mutation import Secrets
        from jpmanage_tui.operations.mutations.account import RefreshUserToken

        stored = self._stored
        with ExitStack() as stack:
            await stored.reload()
            if stored.has_other_token(stale):
                return stored.profile.user_token
            if not stored.can_refresh():
                return None
            await stored.lock(stack, self._closing)
            await stored.reload()  # another program may have renewed it while this one waited
            if stored.has_other_token(stale):
                return stored.profile.user_token
            if not stored.can_refresh():
                return None
            tried = stored.profile.refresh_token
            change = RefreshUserToken(stored.profile.name)
            outcome = await self._submit(change, Secrets(renew=self._renew))
        if outcome.happened:
            return stored.profile.user_token
        not_sent = outcome.state is EntryState.NOT_SENT  # then the refresh token may serve yet
        if isinstance(outcome.error, RateLimitError) or (not_sent and outcome.error is not None):
            raise outcome.error
        stored.used_refresh_token = tried
        logger.warning("%s", outcome.sentence)
        return None

    async def _renew(self) -> None:
        """Trade the refresh token in. Runs inside the journal's change, while the profile is locked.

        Raises TokenUnavailableError when it was not sent, else as the client does.
        """
        client, refresh = self._stored.client, self._stored.profile.refresh_token
        if client is None or refresh is None:
            raise TokenUnavailableError("The sign-in was ended meanwhile.")
        await self._stored.store_tokens(await self._oauth.refresh(client, refresh))


def _retrieve_exception(task: asyncio.Task[SecretStr | None]) -> None:
    """Take note of how a renewal failed for which nobody waits any more."""
    if not task.cancelled():
        task.exception()
