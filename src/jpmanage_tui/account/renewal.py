"""Ways to another token when one is refused: a command run again, a profile read again, a sign-in renewed."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from jpmanage_tui.api.errors import ApiConnectionError, RateLimitError, TokenUnavailableError
from jpmanage_tui.api.models.oauth import OAuthClient, OAuthRoutes
from jpmanage_tui.config.credentials import Profile
from jpmanage_tui.config.errors import ConfigError, Locked
from jpmanage_tui.config.files import lock

if TYPE_CHECKING:
    from pathlib import Path

    from jpmanage_tui.account.token_provider import Renew
    from jpmanage_tui.api.models.oauth import TokenSet
    from jpmanage_tui.api.oauth import OAuthResource
    from jpmanage_tui.config.credentials import CredentialStore
    from jpmanage_tui.operations.mutation import Mutation, Secrets
    from jpmanage_tui.operations.outcome import Outcome

logger = logging.getLogger("jpmanage.signin")
Submit = Callable[["Mutation[None]", "Secrets"], Awaitable["Outcome[None]"]]
_EARLY = timedelta(seconds=30)
_LOCK_SECONDS = 120.0  # another jpmanage may be waiting for the server with it
_LOOK_SECONDS = 0.1
"""Between two tries to lock."""
Result = TypeVar("Result")


def by_command(command: str, setting: str) -> Renew:
    """Return the way that runs the user's command again; `setting` is the key it stands under in config.toml.

    It raises ConfigError when the command gives no token.
    """

    async def renew(stale: SecretStr) -> SecretStr | None:
        del stale
        from jpmanage_tui.config.commands import run_token_command

        return await _in_daemon_thread(lambda: run_token_command(command, setting))

    return renew


def by_profile(store: CredentialStore, name: str, *, key: bool) -> Renew:
    """Return the way that reads the profile again: `jpmanage login` may have run meanwhile, in another terminal.

    It raises ConfigError when the file cannot be used.
    """

    async def renew(stale: SecretStr) -> SecretStr | None:
        del stale
        profile = await asyncio.to_thread(stored, store, name)
        if profile is None:
            return None
        return profile.key_token if key else profile.user_token

    return renew


async def _in_daemon_thread(work: Callable[[], Result]) -> Result:
    """Return what `work` returns; unlike a thread of the event loop's, the end of the program does not wait for it."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Result] = loop.create_future()

    def end(settle: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if ended.done() else settle())

    def run() -> None:
        try:
            result = work()
        except ConfigError as error:
            failure = error
            end(lambda: ended.set_exception(failure))
        else:
            end(lambda: ended.set_result(result))

    threading.Thread(target=run, name="token command", daemon=True).start()
    return await ended


def stored(store: CredentialStore, name: str) -> Profile | None:
    """Return a profile, None when there is none of this name. Raises ConfigError when the file cannot be used."""
    return store.load(name) if name in store.list() else None


def client_of(profile: Profile) -> OAuthClient | None:
    """Return the client that a profile's user token was given to, None for a pasted token."""
    if profile.client_id is None:
        return None
    routes = OAuthRoutes(profile.client_routes or OAuthRoutes.CURRENT.value)
    return OAuthClient(profile.client_id, profile.client_secret, routes)


class StoredProfile:
    """One account's profile as it is now: in the credentials file, or in memory only.

    `held` is what is known of it; `spent` a refresh token that failed, which is not tried again.
    """

    def __init__(self, held: Profile, store: CredentialStore | None, guard: Path | None) -> None:
        """Without `store` and `guard` (None) it stays in memory; beside `guard` stands the lock to renew under."""
        self.held = held
        self.spent: SecretStr | None = None
        self._store = store
        self._guard = guard

    @classmethod
    def closed(cls, name: str) -> StoredProfile:
        """Return one that holds nothing until it is opened, for tokens that have not served yet."""
        return cls(Profile(name=name), None, None)

    def open(self, held: Profile, store: CredentialStore | None, guard: Path | None) -> None:
        """Hold a profile from now on; `store` and `guard` as at the start."""
        self.held, self._store, self._guard = held, store, guard

    @property
    def client(self) -> OAuthClient | None:
        """The client that can renew the user's token, None without one or when there is nothing to renew with."""
        refresh = self.held.refresh_token
        return client_of(self.held) if refresh is not None and refresh != self.spent else None

    def renews(self) -> bool:
        """Return whether there is something to renew the user's token with."""
        return self.client is not None

    def is_fresh(self, stale: SecretStr) -> bool:
        """Return whether another user token than `stale` is known."""
        return self.held.user_token is not None and self.held.user_token != stale

    async def lock(self, stack: ExitStack, given_up: asyncio.Event) -> None:
        """Keep other programs from renewing it until the stack is left, or wait until `given_up` is set.

        Raises ApiConnectionError where another program keeps it too long or it was given up, ConfigError where it
        cannot be locked.
        """
        if self._guard is None:
            return
        deadline = asyncio.get_running_loop().time() + _LOCK_SECONDS
        while not given_up.is_set() and asyncio.get_running_loop().time() < deadline:
            with suppress(Locked):
                stack.enter_context(lock(self._guard, 0))
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(given_up.wait(), _LOOK_SECONDS)
        raise ApiConnectionError(f"Another jpmanage is renewing the sign-in of profile {self.held.name}.")

    async def read(self) -> None:
        """Read what another program may have stored. Raises ConfigError."""
        if self._store is not None:
            found = await asyncio.to_thread(stored, self._store, self.held.name)
            # Logged out meanwhile: nothing is renewed or stored again.
            self.held = found or self.held.model_copy(update={"refresh_token": None})

    async def take(self, tokens: TokenSet) -> None:
        """Hold fresh tokens, and store them; not over those of somebody who has signed in anew meanwhile."""
        tried, store = self.held.refresh_token, self._store
        fresh = {
            "user_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "expires_at": tokens.expires_at,
        }
        self.held = self.held.model_copy(update=fresh)
        if store is None:
            return
        name = self.held.name
        try:
            await asyncio.to_thread(lambda: store.amend(name, fresh, lambda now: now.refresh_token == tried))
        except ConfigError as error:  # this run goes on with it; the next one has to sign in again
            logger.warning("The renewed sign-in could not be stored: %s", error.sentence)


class SignInRenewal:
    """Renews a sign-in with its refresh token, where the server gave one.

    Several programs may share a profile and a refresh token serves once: whoever comes first renews, under a
    lock, the others take over what was stored.
    """

    def __init__(
        self, vault: StoredProfile, oauth: OAuthResource, submit: Submit, closing: asyncio.Event
    ) -> None:
        """`submit` sends a change through the journal and returns how it ended; `closing` is set when no more is sent."""
        self._vault = vault
        self._oauth = oauth
        self._submit = submit
        self._closing = closing
        self._running: asyncio.Task[SecretStr | None] | None = None

    def due(self) -> bool:
        """Return whether the token is about to end, by what the server said of it, and can be renewed."""
        ends = self._vault.held.expires_at
        return ends is not None and self._vault.client is not None and ends <= datetime.now(UTC) + _EARLY

    async def __call__(self, stale: SecretStr) -> SecretStr | None:
        """Return a fresh token; None when only signing in again helps.

        A caller that is cancelled does not break off a renewal: the lock is kept until it has ended.

        Raises ApiConnectionError or RateLimitError when it is worth trying again, ConfigError when the profile is
        unusable, TokenUnavailableError or an OperationError when nothing was sent for another reason.
        """
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._fresh(stale), name="renewal")
            self._running.add_done_callback(_heard)
        return await asyncio.shield(self._running)

    async def _fresh(self, stale: SecretStr) -> SecretStr | None:
        from jpmanage_tui.operations.entry import EntryState
        from jpmanage_tui.operations.mutation import Secrets
        from jpmanage_tui.operations.mutations.account import RefreshUserToken

        vault = self._vault
        with ExitStack() as stack:
            await vault.read()
            if vault.is_fresh(stale):
                return vault.held.user_token
            if not vault.renews():
                return None
            await vault.lock(stack, self._closing)
            await vault.read()  # another program may have renewed it while this one waited
            if vault.is_fresh(stale):
                return vault.held.user_token
            if not vault.renews():
                return None
            tried = vault.held.refresh_token
            change = RefreshUserToken(vault.held.name)
            outcome = await self._submit(change, Secrets(renew=self._renew))
        if outcome.happened:
            return vault.held.user_token
        not_sent = outcome.state is EntryState.NOT_SENT  # then the refresh token may serve yet
        if isinstance(outcome.error, RateLimitError) or (not_sent and outcome.error is not None):
            raise outcome.error
        vault.spent = tried
        logger.warning("%s", outcome.sentence)
        return None

    async def _renew(self) -> None:
        """Trade the refresh token in. Runs inside the journal's change, while the profile is locked.

        Raises TokenUnavailableError when it was not sent, else as the client does.
        """
        client, refresh = self._vault.client, self._vault.held.refresh_token
        if client is None or refresh is None:
            raise TokenUnavailableError("The sign-in was ended meanwhile.")
        await self._vault.take(await self._oauth.refresh(client, refresh))


def _heard(task: asyncio.Task[SecretStr | None]) -> None:
    """Take note of how a renewal failed for which nobody waits any more."""
    if not task.cancelled():
        task.exception()
