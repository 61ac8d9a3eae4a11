"""Profiles: the tokens of one account under a name, in a file of their own that only its owner may open."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

import tomli_w
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import lock, parse_toml, read_private, write_private
from jpmanage_tui.config.tokens import is_token

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def checked_name(name: str) -> str:
    """Return ``name`` if it can name a profile.

    Raises:
        ConfigError: it is empty, longer than 64, or holds other characters than letters, digits, ``.``,
            ``_``, ``-``.

    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} cannot name a profile: use up to 64 letters, digits, '.', '_' and '-', "
            "with a letter or digit first."
        )
    return name


def _token_of_file(value: object) -> object:
    if isinstance(value, str) and not is_token(value):
        raise ValueError("is not a token")
    return value


Token = Annotated[SecretStr, BeforeValidator(_token_of_file)]

_Names = list[str]  # CredentialStore.list hides the builtin


class Profile(BaseModel):
    """One account's credentials. ``repr`` shows no token.

    ``key_token`` is a partner key's bearer token, with ``key_id`` and ``key_name`` where known;
    ``user_token`` the WordPress.com user's, with ``refresh_token``, ``expires_at`` (aware) and the OAuth
    client that it was given to. ``account`` is what the account calls itself, for the header.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    account: str | None = None
    key_token: Token | None = None
    key_id: int | None = None
    key_name: str | None = None
    user_token: Token | None = None
    refresh_token: Token | None = None
    expires_at: AwareDatetime | None = None
    client_id: str | None = None
    client_secret: Token | None = None
    client_routes: Literal["oauth2-1", "oauth2"] | None = None
    api_url: str | None = Field(
        default=None, description="the API these tokens belong to, when not the vendor's"
    )


class CredentialStore:
    """The profiles in ``credentials.toml`` of one folder, and which of them is the default."""

    def __init__(self, config_dir: Path) -> None:
        """``config_dir`` is the settings folder; nothing is read or made yet."""
        self.path = config_dir / "credentials.toml"

    def list(self) -> tuple[str, ...]:
        """Return the profiles' names, sorted.

        Raises:
            ConfigError: as for every method here: the file is unreadable, open to others, or not understood.

        """
        return tuple(sorted(self._read()[1]))

    def load(self, name: str) -> Profile:
        """Return the profile ``name``.

        Raises:
            ConfigError: there is none of this name (the sentence lists those there are), or as in
                :meth:`list`.

        """
        profiles = self._read()[1]
        if name not in profiles:
            raise _no_profile(name, profiles)
        return profiles[name]

    def default(self) -> str | None:
        """Return the default profile's name: the chosen one, else the only one, else None."""
        default, profiles = self._read()
        if default in profiles:
            return default
        return next(iter(profiles)) if len(profiles) == 1 else None

    def save(self, profile: Profile, *, make_default: bool = False) -> None:
        """Store ``profile`` under its name, in place of an older one; the first one stored is the default.

        Raises:
            ConfigError: its name cannot be one, or the file cannot be written; the old file is then
                untouched.

        """
        checked_name(profile.name)
        with self._rewritten() as (profiles, chosen):
            profiles[profile.name] = profile
            if make_default or len(profiles) == 1:
                chosen[:] = [profile.name]

    def amend(
        self,
        name: str,
        fields: Mapping[str, object],
        only_if: Callable[[Profile], bool] = lambda _profile: True,
        seconds: float = 10.0,
    ) -> bool:
        """Change some fields of the profile ``name`` as it is now, and return whether it is there and was changed.

        Read and written under the file's lock, for which it waits at most ``seconds``: what another program changes
        in other fields stays. ``only_if`` says of the profile as it is whether it may be changed.

        Raises:
            ConfigError: as in :meth:`save`; Locked: another program writes the file all the time.

        """
        with self._rewritten(seconds) as (profiles, _chosen):
            known = profiles.get(name)
            if known is None or not only_if(known):
                return False
            changed = known.model_copy(update=dict(fields))
            profiles[name] = changed
            return changed != known

    def choose(self, name: str) -> None:
        """Make the profile ``name`` the default one.

        Raises:
            ConfigError: there is none of this name, or the file cannot be written.

        """
        with self._rewritten() as (profiles, chosen):
            if name not in profiles:
                raise _no_profile(name, profiles)
            chosen[:] = [name]

    def delete(self, name: str) -> bool:
        """Remove the profile ``name`` and return whether it was there."""
        with self._rewritten() as (profiles, _chosen):
            return profiles.pop(name, None) is not None

    @contextmanager
    def _rewritten(self, seconds: float = 10.0) -> Iterator[tuple[dict[str, Profile], _Names]]:
        with lock(self.path, seconds):
            default, profiles = self._read()
            chosen = [default] if default is not None else []
            before = dict(profiles), list(chosen)
            yield profiles, chosen
            if (profiles, chosen) == before:
                return  # nothing to write
            kept = next((name for name in chosen if name in profiles), None)
            write_private(self.path, tomli_w.dumps(_as_table(kept, profiles)).encode())

    def _read(self) -> tuple[str | None, dict[str, Profile]]:
        data = read_private(self.path)
        if data is None:
            return None, {}
        table = parse_toml(data, self.path)
        default, stored = table.get("default"), table.get("profiles", {})
        if not isinstance(stored, dict):
            raise ConfigError(f"{self.path}: profiles must be a table.")
        profiles = {str(name): self._profile(str(name), fields) for name, fields in stored.items()}
        return (default if isinstance(default, str) else None), profiles

    def _profile(self, name: str, fields: object) -> Profile:
        if not isinstance(fields, dict):
            raise ConfigError(f"{self.path}: profiles.{name} must be a table.")
        try:
            return Profile.model_validate({**fields, "name": name})
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
            key = ".".join(str(part) for part in fault["loc"])
            raise ConfigError(f"{self.path}: profiles.{name}.{key} is not valid.") from None


def _no_profile(name: str, profiles: Mapping[str, Profile]) -> ConfigError:
    """Return what is said of a profile that is not there: the nearest name, and all there are."""
    if not profiles:
        return ConfigError(f"There is no profile {name!r}, and no other. `jpmanage login` adds one.")
    near = get_close_matches(name, profiles, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    return ConfigError(f"There is no profile {name!r}; there are: {', '.join(sorted(profiles))}.{hint}")


def _as_table(default: str | None, profiles: dict[str, Profile]) -> dict[str, object]:
    table: dict[str, object] = {} if default is None else {"default": default}
    table["profiles"] = {name: _fields(profile) for name, profile in sorted(profiles.items())}
    return table


def _fields(profile: Profile) -> dict[str, str | int | datetime]:
    fields: dict[str, str | int | datetime] = {}
    for key in Profile.model_fields:
        value = getattr(profile, key)
        if key == "name" or value is None:
            continue
        fields[key] = value.get_secret_value() if isinstance(value, SecretStr) else value
    return fields
