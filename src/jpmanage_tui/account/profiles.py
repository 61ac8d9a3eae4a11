"""What is kept between runs, the tokens of a profile and the partner key chosen last, and the credentials in use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jpmanage_tui.api.tokens import TokenKind, TokenName
from jpmanage_tui.config.errors import ConfigError, Locked
from jpmanage_tui.config.paths import config_dir, state_dir
from jpmanage_tui.config.settings import DEFAULT_API_URL, Settings
from jpmanage_tui.config.sources import (
    KEY_VARIABLE,
    NO_ORIGIN,
    USER_VARIABLE,
    ResolvedTokens,
    resolve_tokens,
    tokens_of_environment,
)
from jpmanage_tui.loopback import is_loopback

if TYPE_CHECKING:  # tokens of the environment need none of these
    from contextlib import ExitStack

    from pydantic import SecretStr

    from jpmanage_tui.account.oauth_login import SignedIn
    from jpmanage_tui.api.oauth import OAuthClient, TokenSet
    from jpmanage_tui.api.partner import Partner, PartnerKey
    from jpmanage_tui.config.credentials import CredentialStore, Profile
    from jpmanage_tui.config.state import StateFile

logger = logging.getLogger("jpmanage.signin")
DEFAULT_PROFILE = "default"
UPDATE_SECONDS = 1.0
"""How long an update waits for another program that writes the file; such a write takes milliseconds."""
_LOCK_SECONDS = 120.0  # another jpmanage may be waiting for the server with it
_RETRY_SECONDS = 0.1
"""Between two tries to lock."""


class ProfileRepository:
    """Reads and writes profiles and the remembered partner key. It blocks shortly, as files do."""

    def __init__(self, settings: Settings, env: Mapping[str, str]) -> None:
        """`settings` say which API is meant, `env` where the folders are and which tokens it holds."""
        self._settings = settings
        self._env = env

    @cached_property
    def store(self) -> CredentialStore:
        """The profiles."""
        from jpmanage_tui.config.credentials import CredentialStore

        return CredentialStore(config_dir(self._env))

    def resolve(self, profile: str | None) -> ResolvedTokens:
        """Return the tokens to use; `profile` is the one named on the command line. Runs the token commands.

        Raises ConfigError: as `resolve_tokens` does, and when a profile belongs to another API.
        """
        given = tokens_of_environment(self._env, profile)
        if given is not None:
            return given
        tokens = resolve_tokens(self._settings, self.store, self._env, profile)
        if tokens.profile is not None:
            self.check_api(self.store.load(tokens.profile))
        return tokens

    def lock_path(self, profile: str) -> Path:
        """Return the file beside which the lock of a profile's renewal stands."""
        return self.store.path.with_name(f"sign-in-{profile}")

    def name_for_new(self, name: str | None) -> str:
        """Return the profile that a new sign-in is kept under: the one named, else the default one."""
        return name or self._settings.profile or self.store.default() or DEFAULT_PROFILE

    def use(self, name: str) -> None:
        """Make a stored profile the default one. Raises ConfigError where there is none of this name."""
        self.store.choose(name)

    def stored(self, name: str) -> StoredProfile:
        """Return a stored profile, and what it is kept in."""
        return StoredProfile(self.store.load(name), self.store, self.lock_path(name))

    def save(self, profile: Profile) -> Profile:
        """Store a new profile in place of what was there, and return it as it is stored."""
        if self._settings.api_url != DEFAULT_API_URL:
            profile = profile.model_copy(update={"api_url": self._settings.api_url})
        self.store.save(profile, make_default=self.store.default() is None)
        return profile

    def update(self, name: str, **about: str | int | None) -> None:
        """Store what is not secret (`account`, `key_id`, `key_name`) in a profile, if it is there; its tokens stay.

        Raises ConfigError when the file cannot be written soon.
        """
        self.store.amend(name, about, seconds=UPDATE_SECONDS)

    def remembered_key(self, place: str) -> int | None:
        """Return the id of the partner key chosen last at a place (a profile or an account)."""
        return self._state.key_id(place)

    def remember_key(self, place: str, key_id: int | None) -> None:
        """Remember the partner key chosen at a place, by its id alone (contract: account 7.1). None forgets it.

        Raises ConfigError when the file cannot be written soon.
        """
        self._state.remember_key(place, key_id, UPDATE_SECONDS)

    @property
    def _state(self) -> StateFile:
        from jpmanage_tui.config.state import StateFile

        return StateFile(state_dir(self._env))

    def check_api(self, profile: Profile) -> None:
        """Raise ConfigError where a profile's tokens would go to another API than the one they are for."""
        theirs, ours = profile.api_url or DEFAULT_API_URL, self._settings.api_url
        if _origin(theirs) != _origin(ours):
            raise ConfigError(
                f"Profile {profile.name} belongs to the API at {theirs}, but this run is set to {ours}: "
                "use another profile, or change JPMANAGE_API_URL."
            )


def new_profile(name: str, key: SecretStr | None, user: SecretStr | None, signed: SignedIn | None) -> Profile:
    """Return a profile of these tokens; those of `signed` come with what renews and revokes them."""
    from jpmanage_tui.config.credentials import Profile

    profile = Profile(name=name, key_token=key, user_token=user)
    if signed is None:
        return profile
    return profile.model_copy(
        update={
            "user_token": signed.tokens.access_token,
            "refresh_token": signed.tokens.refresh_token,
            "expires_at": signed.tokens.expires_at,
            "client_id": signed.client.client_id,
            "client_secret": signed.client.secret,
            "client_routes": signed.client.routes.value,
        }
    )


def _origin(url: str) -> str:
    """The origin that tokens belong to; this machine is one place, whatever the port."""
    parts = urlsplit(url)
    return "loopback" if is_loopback(parts.hostname or "") else f"{parts.scheme}://{parts.netloc}".lower()


def find_profile(store: CredentialStore, name: str) -> Profile | None:
    """Return a profile, None when there is none of this name. Raises ConfigError when the file cannot be used."""
    return store.load(name) if name in store.list() else None


def client_of(profile: Profile) -> OAuthClient | None:
    """Return the client that a profile's user token was given to, None for a pasted token."""
    from jpmanage_tui.api.oauth import OAuthClient, OAuthRoutes

    if profile.client_id is None:
        return None
    routes = OAuthRoutes(profile.client_routes or OAuthRoutes.CURRENT.value)
    return OAuthClient(profile.client_id, profile.client_secret, routes)


class StoredProfile:
    """One account's profile as it is now: in the credentials file, or in memory only.

    `profile` is what is known of it; `used_refresh_token` a refresh token that failed, which is not tried again.
    """

    def __init__(self, profile: Profile, store: CredentialStore | None, lock_path: Path | None) -> None:
        """Without `store` and `lock_path` (None) it stays in memory; to refresh, the lock at `lock_path` is held."""
        self.profile = profile
        self.used_refresh_token: SecretStr | None = None
        self._store = store
        self._lock_path = lock_path

    @classmethod
    def placeholder(cls, name: str) -> StoredProfile:
        """Return one that holds nothing until it is opened, for tokens that have not served yet."""
        from jpmanage_tui.config.credentials import Profile

        return cls(Profile(name=name), None, None)

    def open(self, profile: Profile, store: CredentialStore | None, lock_path: Path | None) -> None:
        """Hold a profile from now on; `store` and `lock_path` as at the start."""
        self.profile, self._store, self._lock_path = profile, store, lock_path

    @property
    def client(self) -> OAuthClient | None:
        """The client that can renew the user's token, None without one or when there is nothing to renew with."""
        refresh = self.profile.refresh_token
        return client_of(self.profile) if refresh is not None and refresh != self.used_refresh_token else None

    def can_refresh(self) -> bool:
        """Return whether there is something to renew the user's token with."""
        return self.client is not None

    def has_other_token(self, stale: SecretStr) -> bool:
        """Return whether there is a user token other than `stale`."""
        return self.profile.user_token is not None and self.profile.user_token != stale

    async def lock(self, stack: ExitStack, canceled: asyncio.Event) -> None:
        """Keep other programs from renewing it until the stack is left, or wait until `canceled` is set.

        Raises ApiConnectionError where another program keeps it too long or it was canceled, ConfigError where it
        cannot be locked.
        """
        from jpmanage_tui.api.errors import ApiConnectionError
        from jpmanage_tui.config.files import lock

        if self._lock_path is None:
            return
        deadline = asyncio.get_running_loop().time() + _LOCK_SECONDS
        while not canceled.is_set() and asyncio.get_running_loop().time() < deadline:
            with suppress(Locked):
                stack.enter_context(lock(self._lock_path, 0))
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(canceled.wait(), _RETRY_SECONDS)
        raise ApiConnectionError(f"Another jpmanage is renewing the sign-in of profile {self.profile.name}.")

    async def reload(self) -> None:
        """Read what another program may have stored. Raises ConfigError."""
        if self._store is not None:
            found = await asyncio.to_thread(find_profile, self._store, self.profile.name)
            # Logged out meanwhile: nothing is renewed or stored again.
            self.profile = found or self.profile.model_copy(update={"refresh_token": None})

    async def store_tokens(self, tokens: TokenSet) -> None:
        """Hold fresh tokens, and store them; not over those of somebody who has signed in anew meanwhile."""
        tried, store = self.profile.refresh_token, self._store
        fresh = {
            "user_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "expires_at": tokens.expires_at,
        }
        self.profile = self.profile.model_copy(update=fresh)
        if store is None:
            return
        name = self.profile.name
        try:
            await asyncio.to_thread(lambda: store.amend(name, fresh, lambda now: now.refresh_token == tried))
        except ConfigError as error:  # this run goes on with it; the next one has to sign in again
            logger.warning("The renewed sign-in could not be stored: %s", error.sentence)


class ActiveCredentials:
    """The tokens of an account and where they are kept. Made by `stored`, `given` or `demo`."""

    def __init__(self, tokens: ResolvedTokens, profiles: ProfileRepository | None) -> None:
        """`profiles` None keeps nothing."""
        self.tokens = tokens
        self.verified = True
        self.stored_profile: StoredProfile | None = None
        self._profiles = profiles
        self._new: Profile | None = None

    @classmethod
    def stored(cls, profiles: ProfileRepository, tokens: ResolvedTokens) -> ActiveCredentials:
        """Return the account of tokens from the environment, a profile or a command. Raises ConfigError."""
        credentials = cls(tokens, profiles)
        if tokens.profile is not None:
            credentials.stored_profile = profiles.stored(tokens.profile)
        return credentials

    @classmethod
    def given(
        cls,
        profiles: ProfileRepository,
        key: SecretStr | None,
        user: SecretStr | None,
        profile: str | None,
        signed: SignedIn | None = None,
    ) -> ActiveCredentials:
        """Return the account of tokens that were pasted or got by signing in; `profile` None keeps them nowhere."""
        words = f"profile {profile}" if profile is not None else "pasted token"
        if profile is None and signed is not None:
            words = "signed in"
        origins = (words if key is not None else NO_ORIGIN, words if user is not None else NO_ORIGIN)
        credentials = cls(ResolvedTokens(key, user, *origins, profile), profiles)
        credentials.verified = False
        credentials._new = new_profile(profile or "of this session", key, user, signed)
        credentials.stored_profile = StoredProfile.placeholder(credentials._new.name)
        return credentials

    @classmethod
    def demo(cls, user: SecretStr) -> ActiveCredentials:
        """Return the demo's account: nothing of it is kept."""
        return cls(ResolvedTokens(user=user, user_origin="demo", key_origin="demo"), None)

    def name(self, kind: TokenKind) -> TokenName:
        """Return what its token of a kind is known by, and how the user gets another one."""
        of_key = kind is TokenKind.KEY
        variable = KEY_VARIABLE if of_key else USER_VARIABLE
        command = "token_command" if of_key else "user_token_command"
        origin = self.tokens.key_origin if of_key else self.tokens.user_origin
        signed_in = self._new is not None and self._new.client_id is not None
        if not self.verified:
            return TokenName("the sign-in" if signed_in else "the token that was pasted")
        if origin.endswith(f" from {variable}"):
            return TokenName(variable, "Set another one and start again.", variable=True)
        if origin == command:
            return TokenName(f"what {command} printed", "Run that command by hand to see what it prints.")
        if self.tokens.profile is None:
            return TokenName(f"the token of {'the demo' if origin == 'demo' else 'this session'}")
        name = self.tokens.profile
        words = f"the {'key' if of_key else 'user'} token of profile {name}"
        return TokenName(words, f"`jpmanage login --profile {name}` gets another one.")

    @property
    def refresh_repository(self) -> ProfileRepository | None:
        """What a refused key token is read again from; None before new tokens have served."""
        return self._profiles if self.verified and self.tokens.profile is not None else None

    async def mark_verified(self) -> None:
        """Note that the tokens have served: new ones are stored, where the user wants them kept, and may be renewed.

        Raises ConfigError when they cannot be stored.
        """
        if self.verified or self._new is None or self._profiles is None or self.stored_profile is None:
            return
        if self.tokens.profile is None:
            self.stored_profile.open(self._new, None, None)
        else:
            profiles, name = self._profiles, self.tokens.profile
            kept = await asyncio.to_thread(profiles.save, self._new)
            self.stored_profile.open(kept, profiles.store, profiles.lock_path(name))
            if self.tokens.key is not None:  # the key that was given now is the one to use
                await asyncio.to_thread(profiles.remember_key, self._place(""), None)
        self.verified = True

    def update_profile(
        self, host: str, partner: Partner | None, key: PartnerKey | None, chosen: int | None
    ) -> None:
        """Note in the profile whose it is and the name of its key, and remember the id of a key that was `chosen` now.

        It blocks, as files do: for a thread. A note is worth no failure: one that cannot be written is logged.
        """
        profiles = self._profiles
        if profiles is None:
            return
        try:
            if partner is not None and chosen is not None:
                profiles.remember_key(self._place(f"{host} partner {partner.id}"), chosen)
            if self.tokens.profile is not None:
                profiles.update(
                    self.tokens.profile,
                    account=partner.name if partner is not None else None,
                    key_id=key.id if key is not None else None,
                    key_name=key.name if key is not None else None,
                )
        except ConfigError as error:
            logger.warning("What was noted of the account is not stored: %s", error.sentence)

    def remembered_key(self, host: str, partner: Partner) -> int | None:
        """Return the id of the partner key chosen last, None where there is none or a key's token is given anew."""
        if self._profiles is None or (self.tokens.key is not None and not self.verified):
            return None
        return self._profiles.remembered_key(self._place(f"{host} partner {partner.id}"))

    def _place(self, account: str) -> str:
        """Return where a chosen key is remembered: by profile, else by account (API and partner)."""
        return f"profile {self.tokens.profile}" if self.tokens.profile is not None else account
