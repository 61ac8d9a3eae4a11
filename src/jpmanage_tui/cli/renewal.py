"""Ways to another token when one is refused: a command run again, a profile read again, a sign-in renewed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from jpmanage_tui.api.errors import RateLimited, TokenUnavailable
from jpmanage_tui.api.models.oauth import OAuthClient, OAuthRoutes
from jpmanage_tui.config.credentials import Profile
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import lock

if TYPE_CHECKING:
    from pathlib import Path

    from jpmanage_tui.api.models.oauth import TokenSet
    from jpmanage_tui.api.oauth import OAuth
    from jpmanage_tui.cli.tokens import Renew
    from jpmanage_tui.config.credentials import CredentialStore
    from jpmanage_tui.operations.change import Change, Secrets
    from jpmanage_tui.operations.outcome import Outcome

logger = logging.getLogger("jpmanage.signin")
Submit = Callable[["Change[None]", "Secrets"], Awaitable["Outcome[None]"]]
_EARLY = timedelta(seconds=30)
_LOCK_SECONDS = 120.0  # another jpmanage may be waiting for the server with it


def by_command(command: str, setting: str) -> Renew:
    """Return the way that runs the user's command again; `setting` is the key it stands under in config.toml.

    It raises ConfigError when the command gives no token.
    """

    async def renew(stale: SecretStr) -> SecretStr | None:
        del stale
        from jpmanage_tui.config.commands import run_token_command

        return await asyncio.to_thread(run_token_command, command, setting)

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


def stored(store: CredentialStore, name: str) -> Profile | None:
    """Return a profile, None when there is none of this name. Raises ConfigError when the file cannot be used."""
    return store.load(name) if name in store.list() else None


def client_of(profile: Profile) -> OAuthClient | None:
    """Return the client that a profile's user token was given to, None for a pasted token."""
    if profile.client_id is None:
        return None
    routes = OAuthRoutes(profile.client_routes or OAuthRoutes.CURRENT.value)
    return OAuthClient(profile.client_id, profile.client_secret, routes)


class Vault:
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
    def closed(cls, name: str) -> Vault:
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

    def is_fresh(self, stale: SecretStr) -> bool:
        """Return whether another user token than `stale` is known."""
        return self.held.user_token is not None and self.held.user_token != stale

    async def lock(self, stack: ExitStack) -> None:
        """Keep other programs from renewing it until the stack is left. Raises ConfigError."""
        if self._guard is not None:
            await asyncio.to_thread(stack.enter_context, lock(self._guard, _LOCK_SECONDS))

    async def read(self) -> None:
        """Read what another program may have stored. Raises ConfigError."""
        if self._store is not None:
            found = await asyncio.to_thread(stored, self._store, self.held.name)
            # Logged out meanwhile: nothing is renewed or stored again.
            self.held = found or self.held.model_copy(update={"refresh_token": None})

    async def take(self, tokens: TokenSet) -> None:
        """Hold fresh tokens, and store them."""
        self.held = self.held.model_copy(
            update={
                "user_token": tokens.access_token,
                "refresh_token": tokens.refresh_token,
                "expires_at": tokens.expires_at,
            }
        )
        if self._store is None:
            return
        try:
            await asyncio.to_thread(self._store.save, self.held)
        except ConfigError as error:  # this run goes on with it; the next one has to sign in again
            logger.warning("The renewed sign-in could not be stored: %s", error.sentence)


class SignInRenewal:
    """Renews a sign-in with its refresh token, where the server gave one.

    Several programs may share a profile and a refresh token serves once: whoever comes first renews, under a
    lock, the others take over what was stored.
    """

    def __init__(self, vault: Vault, oauth: OAuth, submit: Submit) -> None:
        """`submit` sends a change through the journal and returns how it ended."""
        self._vault = vault
        self._oauth = oauth
        self._submit = submit

    def due(self) -> bool:
        """Return whether the token is about to end, by what the server said of it, and can be renewed."""
        ends = self._vault.held.expires_at
        return ends is not None and self._vault.client is not None and ends <= datetime.now(UTC) + _EARLY

    async def __call__(self, stale: SecretStr) -> SecretStr | None:
        """Return a fresh token; None when only signing in again helps.

        Raises NoAnswer or RateLimited when it is worth trying again, ConfigError when the profile is unusable,
        TokenUnavailable or an OperationError when nothing was sent for another reason.
        """
        from jpmanage_tui.operations.change import Secrets
        from jpmanage_tui.operations.changes import RefreshUserToken
        from jpmanage_tui.operations.entry import EntryState

        vault = self._vault
        await vault.read()
        if vault.is_fresh(stale):
            return vault.held.user_token
        tried = vault.held.refresh_token
        if vault.client is None:
            return None
        change = RefreshUserToken(vault.held.name)
        outcome = await self._submit(change, Secrets(renew=lambda: self._renew(stale)))
        if outcome.happened:
            return vault.held.user_token
        not_sent = outcome.state is EntryState.NOT_SENT  # then the refresh token may serve yet
        if isinstance(outcome.error, RateLimited) or (not_sent and outcome.error is not None):
            raise outcome.error
        vault.spent = tried
        logger.warning("%s", outcome.sentence)
        return None

    async def _renew(self, stale: SecretStr) -> None:
        """Trade the refresh token in, unless another program has done so. Runs inside the journal's change.

        Raises TokenUnavailable when it was not sent, else as the client does.
        """
        vault = self._vault
        with ExitStack() as stack:
            try:
                await vault.lock(stack)
                await vault.read()
            except ConfigError as error:
                raise TokenUnavailable(error.sentence) from None
            if vault.is_fresh(stale):
                return
            client, refresh = vault.client, vault.held.refresh_token
            if client is None or refresh is None:
                raise TokenUnavailable("The sign-in was ended meanwhile.")
            await vault.take(await self._oauth.refresh(client, refresh))
