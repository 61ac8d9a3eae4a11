"""`jpmanage login`, `logout` and `whoami`."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys

from pydantic import SecretStr

from jpmanage_tui.api import errors
from jpmanage_tui.cli.door import Door, Wanted
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.config.credentials import CredentialStore, checked_name, checked_token
from jpmanage_tui.config.errors import ConfigError, UsageError
from jpmanage_tui.config.paths import config_dir
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.ui.session import NeedsKey, NeedsTerms, NoAccount, Session

DEFAULT_PROFILE = "default"


def run(arguments: argparse.Namespace) -> ExitCode:
    """Run one of the commands and return its exit code; what went wrong is said on stderr in one sentence."""
    name = arguments.command
    try:
        match name:
            case "login":
                return asyncio.run(_login(arguments.login_profile or arguments.profile))
            case "logout":
                return _logout(arguments.login_profile or arguments.profile)
            case _:
                return asyncio.run(_whoami(arguments.profile))
    except UsageError as error:
        return _fail(error.sentence, ExitCode.USAGE)
    except (ConfigError, OperationError) as error:
        return _fail(error.sentence, ExitCode.USAGE)
    except NoAccount as error:
        return _fail(str(error), ExitCode.NOT_SIGNED_IN)
    except errors.ApiError as error:
        return _fail(error.message, code_of(error))
    except KeyboardInterrupt:
        return _fail("interrupted", ExitCode.INTERRUPTED)


def code_of(error: errors.ApiError) -> ExitCode:
    """Return the exit code that stands for an API error."""
    match error:
        case errors.MissingToken() | errors.NotSignedIn():
            return ExitCode.NOT_SIGNED_IN
        case errors.NoAnswer():
            return ExitCode.NO_ANSWER
        case errors.FateUnknown():
            return ExitCode.UNKNOWN
        case _:
            return ExitCode.REFUSED


def _fail(sentence: str, code: ExitCode) -> ExitCode:
    sys.stderr.write(f"jpmanage: {sentence}\n")
    return code


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


async def _login(profile: str | None) -> ExitCode:
    name = checked_name(profile or DEFAULT_PROFILE)
    door = Door.of_environment(Wanted())
    _say("Paste your tokens; they are not shown. Leave one empty if you have none.")
    user = _ask_token("User token")
    key = _ask_token("Partner key token")
    if user is None and key is None:
        return _fail("no token was given; nothing was kept", ExitCode.NOT_SIGNED_IN)
    try:
        session = await _opened(door, key, user, name)
        _say(f"Kept as profile {name}: {_account(session)}.")
        if session.close is not None:
            await session.close()
    finally:
        await door.close()
    return ExitCode.FINE


async def _opened(door: Door, key: SecretStr | None, user: SecretStr | None, profile: str) -> Session:
    try:
        session = await door.open_tokens(key, user, profile)
    except NeedsTerms:
        raise NoAccount(
            "The account's terms of service are open. Start jpmanage to read and accept them."
        ) from None
    except NeedsKey as need:
        usable = [one for one in need.partner.keys if one.is_usable]
        for number, one in enumerate(usable, 1):
            _say(f"  {number}  {one.name}")
        answer = await asyncio.to_thread(input, "Which partner key? ")
        if not answer.isdigit() or not 1 <= int(answer) <= len(usable):
            raise NoAccount("No partner key was chosen; nothing was kept.") from None
        session = await door.open_key(usable[int(answer) - 1].id)
    if session.partner is None:
        await session.client.licenses.counts()  # a key token is believed when it has served
    return session


def _ask_token(words: str) -> SecretStr | None:
    value = getpass.getpass(f"{words}: ") if sys.stdin.isatty() else sys.stdin.readline()
    return checked_token(value, words) if value.strip() else None


def _logout(profile: str | None) -> ExitCode:
    store = CredentialStore(config_dir(os.environ))
    name = profile or store.default()
    if name is None or not store.delete(name):
        return _fail(f"there is no profile {name or DEFAULT_PROFILE!r}", ExitCode.NOT_SIGNED_IN)
    _say(
        f"Profile {name} is forgotten on this machine. The partner key's token itself stays valid: "
        "ask the vendor to replace it if it may be known to others."
    )
    return ExitCode.FINE


async def _whoami(profile: str | None) -> ExitCode:
    door = Door.of_environment(Wanted(profile=profile))
    try:
        session = await door.open()
        if session.partner is None:
            await session.client.licenses.counts()  # nothing else tells whether a key token serves
        _say(_account(session))
        _say(f"Token: {session.origin}")
        if session.close is not None:
            await session.close()
    except NeedsKey as need:
        _say(f"{need.partner.name}, {len(need.partner.keys)} partner keys, none chosen")
    except NeedsTerms as need:
        _say(f"{need.partner.name}, terms of service open")
    finally:
        await door.close()
    return ExitCode.FINE


def _account(session: Session) -> str:
    if session.partner is None:
        return "a partner key, account name unknown (no user token)"
    return f"{session.partner.name}, key {session.key_name or 'unknown'}"
