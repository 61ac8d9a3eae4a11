"""`jpmanage logout`: forget a profile, and revoke what can be revoked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jpmanage_tui.cli.command import LOCAL_ONLY, Command, Example, Invocation
from jpmanage_tui.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from jpmanage_tui.account.service import AccountService
    from jpmanage_tui.cli.terminal import Terminal
    from jpmanage_tui.config.credentials import Profile


async def logout(account_service: AccountService, profile: str | None, terminal: Terminal) -> ExitCode:
    """Forget a profile (None: the default one); the tokens of its sign-in are revoked at WordPress.com first.

    It is forgotten also when that fails, which is said and gives the exit code "partly done". Raises
    NoAccount when there is no such profile, ConfigError when the credentials file cannot be used.
    """
    from jpmanage_tui.account.session import NoAccount
    from jpmanage_tui.config.sources import KEY_VARIABLE, USER_VARIABLE

    profiles, write_line = account_service.profiles, terminal.write_line
    name = profile or profiles.store.default()
    if name is None or name not in profiles.store.list():
        raise NoAccount(f"There is no profile {name!r}." if name else "There is no default profile.")
    stored = profiles.store.load(name)
    trouble = await _revoke(account_service, stored)
    profiles.store.delete(name)
    profiles.remember_key(f"profile {name}", None)
    write_line(f"Profile {name} is forgotten on this machine.")
    for sentence in _still_valid(stored, trouble):
        write_line(sentence)
    for variable in (KEY_VARIABLE, USER_VARIABLE):
        if os.environ.get(variable):
            write_line(f"{variable} is still set and signs in.")
    return ExitCode.PARTIAL if trouble else ExitCode.OK


async def _revoke(account_service: AccountService, profile: Profile) -> str:
    """Revoke the tokens of a sign-in; return "" or what hindered it."""
    from jpmanage_tui.account.oauth_login import revoke_tokens
    from jpmanage_tui.account.profiles import client_of
    from jpmanage_tui.config.errors import ConfigError

    client = client_of(profile)
    if client is None:
        return ""
    try:
        account_service.profiles.check_api(profile)
    except ConfigError as error:
        return f"The sign-in was not revoked. {error.sentence}"
    return await revoke_tokens(
        account_service.anonymous_client, client, [profile.refresh_token, profile.user_token]
    )


def _still_valid(profile: Profile, trouble: str) -> list[str]:
    sentences = [trouble] if trouble else []
    if profile.client_id is not None and not trouble:
        sentences.append("The sign-in was revoked at WordPress.com.")
    elif profile.user_token is not None:
        sentences.append(
            "The user token itself stays valid: revoke it at https://wordpress.com/me/security/connected-applications."
        )
    sentences.append(
        "The partner keys' tokens stay valid: ask the vendor to replace one that others may know."
    )
    return sentences


async def _run(invocation: Invocation) -> int:
    from jpmanage_tui.cli.terminal import Terminal

    service = invocation.account_service
    return await logout(service, service.options.profile, Terminal())


COMMAND = Command(
    "logout",
    "forget a profile, and revoke its sign-in",
    _run,
    examples=(
        Example("jpmanage logout", "Forget the default profile."),
        Example("jpmanage logout --profile acme", "Forget the profile acme."),
    ),
    refused=LOCAL_ONLY,
)
