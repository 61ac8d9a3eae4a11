"""Which accounts a reading command reads: that of the command line, all profiles, all partner keys."""

from __future__ import annotations

import argparse
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from jpmanage_tui.cli import output
from jpmanage_tui.cli.errors import REPORTED, CommandError
from jpmanage_tui.services.exports import Record
from jpmanage_tui.services.fields.field import Field, record_of
from jpmanage_tui.services.fields.keys import KEY_FIELDS

if TYPE_CHECKING:
    from jpmanage_tui.account.service import AccountService
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.cli.command import Invocation
    from jpmanage_tui.cli.parser import Parser

_PROFILE: Field[Any] = Field("profile", lambda _: None, "the profile")


def add_account_options(parser: Parser, *, all_keys: bool = True) -> None:
    """Add the options by which several accounts are read; not `all_keys` where one reading has every key anyway."""
    group = parser.add_argument_group("accounts")
    parser.option(
        "--all-profiles", to=group, action="store_true", help="read every profile; a column names it"
    )
    parser.set_defaults(all_keys=False)
    if all_keys:
        parser.option(
            "--all-keys",
            to=group,
            action="store_true",
            help="read every partner key; columns name it",
        )


def account_fields(arguments: argparse.Namespace) -> tuple[Field[Any], ...]:
    """Return the columns that name the account of a row, none where one account is read."""
    return (*([_PROFILE] if arguments.all_profiles else []), *(KEY_FIELDS if arguments.all_keys else []))


@dataclass(frozen=True)
class Account:
    """An account to read: what names it in its rows, how it is called, and how it is opened."""

    name: str
    open: Callable[[], Awaitable[Session]] = field(repr=False)
    labels: Record = field(default_factory=dict)


@asynccontextmanager
async def opened(account: Account) -> AsyncIterator[Session]:
    """Give the open session of an account, and close it."""
    session = await account.open()
    try:
        yield session
    finally:
        await session.close()


Read = Callable[[Account], Awaitable[None]]


async def each_account(invocation: Invocation, read: Read) -> None:
    """Have `read` read each account that the command line asks for. What one raises ends it, where there is one alone.

    Raises CommandError where the options cannot be followed, and what opening the account raises whose keys are asked
    for. With several accounts `read` is to take care of what goes wrong with one.
    """
    arguments = invocation.arguments
    if arguments.all_keys and arguments.key is not None:
        raise CommandError("--key and --all-keys contradict each other: drop one of them.")
    if not arguments.all_profiles:
        await _each_key(invocation.account_service, arguments.all_keys, Account("", _unopened), read)
        return
    if arguments.demo or arguments.profile is not None:
        other = "--demo" if arguments.demo else "--profile"
        raise CommandError(f"{other} and --all-profiles contradict each other: drop one of them.")
    given = [name for name in ("JPMANAGE_TOKEN", "JPMANAGE_USER_TOKEN") if os.environ.get(name)]
    if given:
        them = "them" if len(given) > 1 else "it"
        raise CommandError(
            f"--all-profiles cannot be used together with {' and '.join(given)}: unset {them}, or drop the option."
        )
    names = invocation.account_service.profiles.store.list()
    if not names:
        raise CommandError("No profile is stored. `jpmanage login` adds one.")
    for name in names:
        service = invocation.service_for(name)
        try:
            account = Account(f"profile {name}", _unopened, {"profile": name})
            await _each_key(service, arguments.all_keys, account, read)
        finally:
            await service.close()


async def _each_key(service: AccountService, all_keys: bool, account: Account, read: Read) -> None:
    if not all_keys:
        await read(replace(account, open=service.open))
        return
    from jpmanage_tui.account.session import NoAccount
    from jpmanage_tui.services.all_keys import keys_to_read

    try:
        partner = await service.partner()
    except REPORTED as error:  # told by whoever reads, as what else goes wrong with an account
        if not account.labels:
            raise
        await read(replace(account, open=partial(_failed, error)))
        return
    for one in keys_to_read(partner):
        if one.key is None:
            name, labels = account.name or one.name, account.labels
        else:
            labels = {**account.labels, **record_of(KEY_FIELDS, one.key)}
            name = f"{account.name}, partner key {one.name}".lstrip(", ")
        if one.disabled:  # nothing is missing
            output.write_error(f"jpmanage: {name} is disabled, and is left out.")
        elif one.key is None or one.lack:
            await read(Account(name, partial(_failed, NoAccount(one.lack)), labels))
        else:
            await read(Account(name, partial(service.open, one.key.id), labels))


async def _failed(error: Exception) -> Session:
    raise error


async def _unopened() -> Session:
    raise RuntimeError("this account stands for others")
