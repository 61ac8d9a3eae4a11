"""What is kept between runs: the tokens of a profile, and the partner key that was chosen last."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.paths import config_dir, state_dir
from jpmanage_tui.config.settings import DEFAULT_API_URL, Settings
from jpmanage_tui.config.sources import ResolvedTokens, resolve_tokens, tokens_of_environment
from jpmanage_tui.loopback import is_loopback

if TYPE_CHECKING:  # tokens of the environment need none of these
    from pydantic import SecretStr

    from jpmanage_tui.account.oauth_flow import SignedIn
    from jpmanage_tui.account.renewal import StoredProfile
    from jpmanage_tui.config.credentials import CredentialStore, Profile
    from jpmanage_tui.config.state import StateFile

DEFAULT_PROFILE = "default"
_KEY_ID = "key_id"
NOTE_SECONDS = 1.0
"""How long a note waits for another program that writes the file; such a write takes milliseconds."""


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

    def guard(self, profile: str) -> Path:
        """Return the file beside which the lock of a profile's renewal stands."""
        return self.store.path.with_name(f"sign-in-{profile}")

    def name_for_new(self, wanted: str | None) -> str:
        """Return the profile that a new sign-in is kept under: the one named, else the default one."""
        return wanted or self.store.default() or DEFAULT_PROFILE

    def vault(self, name: str) -> StoredProfile:
        """Return the vault of a stored profile."""
        from jpmanage_tui.account.renewal import StoredProfile

        return StoredProfile(self.store.load(name), self.store, self.guard(name))

    def keep(self, profile: Profile) -> Profile:
        """Store a new profile in place of what was there, and return it as it is stored."""
        if self._settings.api_url != DEFAULT_API_URL:
            profile = profile.model_copy(update={"api_url": self._settings.api_url})
        self.store.save(profile, make_default=self.store.default() is None)
        return profile

    def note(self, name: str, **about: str | int | None) -> None:
        """Note what is not secret (`account`, `key_id`, `key_name`) in a profile, if it is there; its tokens stay.

        Raises ConfigError when the file cannot be written soon.
        """
        self.store.amend(name, about, seconds=NOTE_SECONDS)

    def remembered(self, place: str) -> int | None:
        """Return the id of the partner key chosen last at a place (a profile or an account)."""
        value = self._state.get(place, _KEY_ID)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def remember(self, place: str, key_id: int | None) -> None:
        """Remember the partner key chosen at a place, by its id alone (contract: account 7.1). None forgets it.

        Raises ConfigError when the file cannot be written soon.
        """
        self._state.set(place, _KEY_ID, key_id, NOTE_SECONDS)

    @property
    def _state(self) -> StateFile:
        from jpmanage_tui.config.state import StateFile

        return StateFile(state_dir(self._env))

    def check_api(self, profile: Profile) -> None:
        """Raise ConfigError where a profile's tokens would go to another API than the one they are for."""
        theirs, ours = profile.api_url or DEFAULT_API_URL, self._settings.api_url
        if _place(theirs) != _place(ours):
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


def _place(url: str) -> str:
    """The origin that tokens belong to; this machine is one place, whatever the port."""
    parts = urlsplit(url)
    return "loopback" if is_loopback(parts.hostname or "") else f"{parts.scheme}://{parts.netloc}".lower()
