"""Who one is: which account, which keys, and where each token came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jpmanage_tui.account.onboarding import check_key, choose_key
from jpmanage_tui.account.session import NeedsKey
from jpmanage_tui.api.ids import PartnerKeyId
from jpmanage_tui.api.partner import NO_PARTNER
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.terminal import Terminal
from jpmanage_tui.config.settings import DEFAULT_API_URL
from jpmanage_tui.rules.account import unreadable_words
from jpmanage_tui.services.fields.field import Field, Fields, FieldType

if TYPE_CHECKING:
    from jpmanage_tui.account.runtime import AccountConnection
    from jpmanage_tui.account.service import AccountService
    from jpmanage_tui.api.partner import Partner, PartnerKey


async def whoami(account_service: AccountService, terminal: Terminal) -> ExitCode:
    """Ask the API once for each thing that is told: the partner, the user, and whether the key's token serves.

    Raises NoAccount, ConfigError or an ApiError.
    """
    write_line = terminal.write_line
    async with account_service.connect() as connection:
        if account_service.demo:
            write_line("API:               the demo's sandbox")
        elif account_service.settings.api_url != DEFAULT_API_URL:
            write_line(f"API:               {account_service.settings.api_url}")
        if connection.tokens.user is None:
            _refuse_key(account_service)
            write_line("Account:           not known (no user token; `jpmanage login` adds one)")
            await _tell_key_token(connection, terminal, connection.tokens.key_origin)
            return ExitCode.OK
        return await _tell_user(connection, terminal, account_service.options.key_id)


def _refuse_key(account_service: AccountService) -> None:
    """Raise NoAccount where a key is asked for by its id, though no user token tells which there are."""
    if account_service.options.key_id is not None:
        check_key(None, PartnerKeyId(account_service.options.key_id))


async def _tell_user(connection: AccountConnection, terminal: Terminal, key_id: int | None) -> ExitCode:
    from jpmanage_tui.api.errors import ApiError

    write_line, client = terminal.write_line, connection.client
    me = await client.me.get()
    write_line(f"WordPress.com:     {me.username or me.display_name or 'name unknown'}")
    try:
        partner = await client.partner.get()
    except ApiError as error:
        if error.code != NO_PARTNER:
            raise
        write_line("Account:           not registered as a partner; start jpmanage to sign up")
        write_line(f"User token:        {connection.tokens.user_origin}")
        return ExitCode.NOT_SIGNED_IN
    write_line(
        f"Account:           {partner.name}" + ("" if partner.tos_accepted else " (terms of service open)")
    )
    write_line(f"User token:        {connection.tokens.user_origin}{_end(connection)}")
    key, is_open = _key(connection, partner, key_id)
    for one in partner.keys:
        marks = ["in use"] if key is not None and one.id == key.id else []
        marks += ["disabled"] if one.disabled_on else []
        marks += ["no token"] if not one.has_token else []
        write_line(f"Partner key:       {one.name} (id {one.id}{''.join(f', {mark}' for mark in marks)})")
    if unreadable_words(partner):
        write_line(f"Not complete:      {unreadable_words(partner)}")
    if is_open:
        write_line("Partner key token: none chosen yet; start jpmanage to choose a key")
        return ExitCode.OK
    if connection.token_provider.key is not None and partner.tos_accepted:
        given = connection.tokens.key is not None and connection.token_provider.key == connection.tokens.key
        origin = (
            connection.tokens.key_origin if given else f"from the account (key {key.name if key else '?'})"
        )
        await _tell_key_token(
            connection, terminal, origin if key is not None else f"{origin}; of no key listed above"
        )
    return ExitCode.OK


def _key(
    connection: AccountConnection, partner: Partner, key_id: int | None
) -> tuple[PartnerKey | None, bool]:
    """Return the key in use (`key_id` where one is asked for), and whether it still has to be chosen.

    Raises NoAccount where the account has no such key.
    """
    if key_id is not None:
        check_key(partner, PartnerKeyId(key_id))
    try:
        return choose_key(connection, partner, key_id), False
    except NeedsKey:
        return None, True


async def _tell_key_token(connection: AccountConnection, terminal: Terminal, origin: str) -> None:
    counts = await connection.client.licenses.counts()
    terminal.write_line(f"Partner key token: {origin}; it serves ({counts.not_revoked:,} active licenses)")


def _end(connection: AccountConnection) -> str:
    return (
        ""
        if connection.expires_at is None
        else f"; until {connection.expires_at:%Y-%m-%d %H:%M} UTC, then renewed"
    )


@dataclass(frozen=True)
class Identity:
    """A partner key of the account, or the account without one that is known. No token is in it."""

    api: str
    user: str | None = None
    account: str | None = None
    terms_accepted: bool | None = None
    user_token_from: str | None = None
    key_id: int | None = None
    key: str | None = None
    disabled: bool | None = None
    in_use: bool | None = None
    key_token_from: str | None = None
    active_licenses: int | None = None
    usable: bool | None = None


IDENTITY_FIELDS: Fields[Identity] = (
    Field("account", lambda one: one.account, "the partner account"),
    Field("key_id", lambda one: one.key_id, "a partner key's id", FieldType.NUMBER),
    Field("key", lambda one: one.key, "its name"),
    Field("in_use", lambda one: one.in_use, "whether it is the one that is used", FieldType.FLAG),
    Field("disabled", lambda one: one.disabled, "whether it is disabled", FieldType.FLAG),
    Field("user", lambda one: one.user, "the WordPress.com user", listed=False),
    Field(
        "user_token_from", lambda one: one.user_token_from, "where the user token comes from", listed=False
    ),
    Field(
        "key_token_from",
        lambda one: one.key_token_from,
        "where the key in use got its token from",
        listed=False,
    ),
    Field(
        "active_licenses",
        lambda one: one.active_licenses,
        "of the key in use, how many active licenses it has",
        FieldType.NUMBER,
        listed=False,
    ),
    Field(
        "terms_accepted",
        lambda one: one.terms_accepted,
        "whether the terms are accepted",
        FieldType.FLAG,
        listed=False,
    ),
    Field("api", lambda one: one.api, "the API's address; demo: the sandbox", listed=False),
    Field(
        "usable",
        lambda one: one.usable,
        "whether it is not disabled and the API gives its token",
        FieldType.FLAG,
        listed=False,
    ),
)


async def identities(account_service: AccountService) -> list[Identity]:
    """Return the partner keys of the account, each with what is known of the account; one where no key is known.

    A token in use that is of none of the keys has an entry of its own, without an id. Without a partner record there is
    one entry without an account. Raises as `whoami` does.
    """
    from jpmanage_tui.api.errors import ApiError

    async with account_service.connect() as connection:
        api = "demo" if account_service.demo else account_service.settings.api_url
        client, tokens = connection.client, connection.tokens
        if tokens.user is None:
            _refuse_key(account_service)
            return [await _with_token(Identity(api), connection, tokens.key_origin)]
        me = await client.me.get()
        known = Identity(api, me.username or me.display_name or None, user_token_from=tokens.user_origin)
        try:
            partner = await client.partner.get()
        except ApiError as error:
            if error.code != NO_PARTNER:
                raise
            return [known]
        account = replace(known, account=partner.name, terms_accepted=partner.tos_accepted)
        key, is_open = _key(connection, partner, account_service.options.key_id)
        given = tokens.key is not None and connection.token_provider.key == tokens.key
        origin = tokens.key_origin if given else "the account"
        found = []
        for one in partner.keys:
            used = key is not None and key.id == one.id
            entry = replace(
                account,
                key_id=one.id,
                key=one.name,
                disabled=one.disabled_on is not None,
                usable=one.is_usable,
                in_use=used,
            )
            serves = used and partner.tos_accepted
            found.append(await _with_token(entry, connection, origin) if serves else entry)
        if key is None and not is_open and partner.tos_accepted:
            found.append(await _with_token(account, connection, origin))
        return found or [account]


async def _with_token(entry: Identity, connection: AccountConnection, origin: str) -> Identity:
    """Return an entry whose key's token is in use, with where it comes from and what it serves. Raises ApiError."""
    licenses = (await connection.client.licenses.counts()).not_revoked
    return replace(entry, in_use=True, key_token_from=origin, active_licenses=licenses)
