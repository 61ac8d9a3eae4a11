"""`jpmanage whoami`: which account, which keys, and where each token came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.account.onboarding import choose_key
from jpmanage_tui.account.session import NeedsKey
from jpmanage_tui.api.partner import NO_PARTNER
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.config.settings import DEFAULT_API_URL
from jpmanage_tui.rules.account import unreadable_words

if TYPE_CHECKING:
    from jpmanage_tui.account.runtime import AccountConnection
    from jpmanage_tui.account.service import AccountService
    from jpmanage_tui.api.partner import Partner, PartnerKey
    from jpmanage_tui.cli.terminal import Terminal


async def whoami(door: AccountService, terminal: Terminal) -> ExitCode:
    """Ask the API once for each thing that is told: the partner, the user, and whether the key's token serves.

    Raises NoAccount, ConfigError or an ApiError.
    """
    say = terminal.say
    async with door.visit() as line:
        if door.demo:
            say("API:               the demo's sandbox")
        elif door.settings.api_url != DEFAULT_API_URL:
            say(f"API:               {door.settings.api_url}")
        if line.tokens.user is None:
            say("Account:           not known (no user token; `jpmanage login` adds one)")
            await _tell_key_token(line, terminal, line.tokens.key_origin)
            return ExitCode.OK
        return await _tell_user(line, terminal)


async def _tell_user(line: AccountConnection, terminal: Terminal) -> ExitCode:
    from jpmanage_tui.api.errors import ApiError

    say, client = terminal.say, line.client
    me = await client.me.get()
    say(f"WordPress.com:     {me.username or me.display_name or 'name unknown'}")
    try:
        partner = await client.partner.get()
    except ApiError as error:
        if error.code != NO_PARTNER:
            raise
        say("Account:           not registered as a partner; start jpmanage to sign up")
        say(f"User token:        {line.tokens.user_origin}")
        return ExitCode.NOT_SIGNED_IN
    say(f"Account:           {partner.name}" + ("" if partner.tos_accepted else " (terms of service open)"))
    say(f"User token:        {line.tokens.user_origin}{_end(line)}")
    key, is_open = _key(line, partner)
    for one in partner.keys:
        marks = ["in use"] if key is not None and one.id == key.id else []
        marks += ["disabled"] if one.disabled_on else []
        marks += ["no token"] if not one.has_token else []
        say(f"Partner key:       {one.name} (id {one.id}{''.join(f', {mark}' for mark in marks)})")
    if unreadable_words(partner):
        say(f"Not complete:      {unreadable_words(partner)}")
    if is_open:
        say("Partner key token: none chosen yet; start jpmanage to choose a key")
        return ExitCode.OK
    if line.source.key is not None and partner.tos_accepted:
        given = line.tokens.key is not None and line.source.key == line.tokens.key
        origin = line.tokens.key_origin if given else f"from the account (key {key.name if key else '?'})"
        await _tell_key_token(
            line, terminal, origin if key is not None else f"{origin}; of no key listed above"
        )
    return ExitCode.OK


def _key(line: AccountConnection, partner: Partner) -> tuple[PartnerKey | None, bool]:
    """Return the key in use, and whether it still has to be chosen."""
    try:
        return choose_key(line, partner), False
    except NeedsKey:
        return None, True


async def _tell_key_token(line: AccountConnection, terminal: Terminal, origin: str) -> None:
    counts = await line.client.licenses.counts()
    terminal.say(f"Partner key token: {origin}; it serves ({counts.not_revoked:,} active licenses)")


def _end(line: AccountConnection) -> str:
    return "" if line.ends is None else f"; until {line.ends:%Y-%m-%d %H:%M} UTC, then renewed"
