"""Where the tokens come from: the environment, a profile, or a command; said in words for the header and
whoami.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from pydantic import SecretStr

from jpmanage_tui.config.errors import ConfigError, UsageError
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.config.tokens import checked_token, run_token_command

if TYPE_CHECKING:
    from jpmanage_tui.config.credentials import CredentialStore, Profile

KEY_VARIABLE = "JPMANAGE_TOKEN"
USER_VARIABLE = "JPMANAGE_USER_TOKEN"
PROFILE_VARIABLE = "JPMANAGE_PROFILE"
RunCommand = Callable[[str, str], SecretStr]
NO_ORIGIN = "none"


class ResolvedTokens(NamedTuple):
    """The two tokens, each with the words for its origin (``"none"`` without one), and the profile if one
    is used.
    """

    key: SecretStr | None = None
    user: SecretStr | None = None
    key_origin: str = NO_ORIGIN
    user_origin: str = NO_ORIGIN
    profile: str | None = None

    @property
    def signed_in(self) -> bool:
        """Return whether there is any token at all."""
        return self.key is not None or self.user is not None


def resolve_tokens(
    settings: Settings,
    store: CredentialStore,
    env: Mapping[str, str],
    profile: str | None = None,
    run: RunCommand = run_token_command,
) -> ResolvedTokens:
    """Return the tokens to use: those of the environment, else of a profile, else of the configured commands.

    The sources are never mixed: a key token of one account beside the user token of another would show one
    account's cards and change the other's. ``profile`` is the one named on the command line or by
    JPMANAGE_PROFILE, None for that of the settings, else the default one; ``run`` runs a command (a parameter for tests).

    Raises:
        UsageError: a profile is named although the environment gives a token.
        ConfigError: the named profile is missing, a token is malformed, or a command failed.

    """
    from_env = tokens_of_environment(env, profile)
    if from_env is not None:
        return from_env
    name = profile or settings.profile or store.default()
    if name is not None:
        try:
            stored = store.load(name)
        except ConfigError as error:
            if profile is not None or settings.profile is None:
                raise
            raise ConfigError(f"The settings say profile = {name!r}. {error.sentence}") from None
        tokens = _of_profile(stored)
        if tokens.signed_in or profile is not None:
            return tokens
    return _of_commands(settings, run)


def variables_with_tokens(env: Mapping[str, str]) -> list[str]:
    """Return the names of the variables that give a token."""
    return [name for name in (KEY_VARIABLE, USER_VARIABLE) if env.get(name)]


def tokens_of_environment(env: Mapping[str, str], profile: str | None = None) -> ResolvedTokens | None:
    """Return the tokens of the environment, None where it has none; ``profile`` is the one named on the command line.

    Raises:
        UsageError: a profile is named although the environment gives a token.
        ConfigError: a token is malformed.

    """
    key, user = env.get(KEY_VARIABLE), env.get(USER_VARIABLE)
    if not key and not user:
        return None
    if profile is not None:
        names = " and ".join(variables_with_tokens(env))
        if env.get(PROFILE_VARIABLE) == profile:
            raise UsageError(f"{PROFILE_VARIABLE} cannot be used together with {names}: unset one of them.")
        them = "them" if key and user else "it"
        raise UsageError(
            f"--profile {profile} cannot be used together with {names}: unset {them}, or drop --profile."
        )
    return ResolvedTokens(
        key=checked_token(key, KEY_VARIABLE) if key else None,
        user=checked_token(user, USER_VARIABLE) if user else None,
        key_origin=f"key from {KEY_VARIABLE}" if key else NO_ORIGIN,
        user_origin=f"user token from {USER_VARIABLE}" if user else NO_ORIGIN,
    )


def _of_profile(profile: Profile) -> ResolvedTokens:
    origin = f"profile {profile.name}"
    return ResolvedTokens(
        key=profile.key_token,
        user=profile.user_token,
        key_origin=origin if profile.key_token else NO_ORIGIN,
        user_origin=origin if profile.user_token else NO_ORIGIN,
        profile=profile.name,
    )


def _of_commands(settings: Settings, run: RunCommand) -> ResolvedTokens:
    key_command, user_command = settings.token_command, settings.user_token_command
    return ResolvedTokens(
        key=run(key_command, "token_command") if key_command else None,
        user=run(user_command, "user_token_command") if user_command else None,
        key_origin="token_command" if key_command else NO_ORIGIN,
        user_origin="user_token_command" if user_command else NO_ORIGIN,
    )
