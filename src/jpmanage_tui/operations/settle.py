"""Settling a fate unknown by looking: several times, because a slow server may do it late."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from jpmanage_tui.api.errors import ApiConnectionError, ApiError, AuthenticationError, TokenUnavailableError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.account import AcceptTerms, ConnectSite, CreatePartner, UpdatePartner
from jpmanage_tui.operations.mutations.account_checks import (
    look_at_connect,
    look_at_create,
    look_at_delete,
    look_at_payment,
    look_at_primary,
    look_at_save,
    look_at_terms,
    look_at_update,
)
from jpmanage_tui.operations.mutations.cards import (
    DeleteCard,
    MakeCardPrimary,
    PayInvoice,
    SaveCard,
)
from jpmanage_tui.operations.mutations.license_checks import (
    look_at_assign,
    look_at_issue,
    look_at_revoke,
    look_at_unassign,
)
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.operations.store import Settled
from jpmanage_tui.operations.verification import CheckResult, Look

Sleep = Callable[[float], Awaitable[None]]
KnownKeys = Callable[[], Awaitable[frozenset[LicenseKey]]]
Progress = Callable[[float], None]


async def look_once(client: ClientPort, entry: Entry, known: frozenset[LicenseKey]) -> Look:
    """Look once whether ``entry``'s change was done; ``known`` are the codes that other entries brought.

    Raises:
        ApiError: the server could not be asked.

    """
    change = entry.change
    if isinstance(change, IssueLicense):
        return await look_at_issue(client, change, entry.server_date, known | set(entry.before))
    for look_at in (_at_license, _at_account, _at_money):
        look = await look_at(client, change)
        if look is not None:
            return look
    return Look(CheckResult.UNCLEAR, "There is nothing by which it could be looked up.")


async def _at_license(client: ClientPort, change: Mutation[Any]) -> Look | None:
    match change:
        case AssignLicense():
            return await look_at_assign(client, change)
        case UnassignLicense():
            return await look_at_unassign(client, change)
        case RevokeLicense():
            return await look_at_revoke(client, change)
        case _:
            return None


async def _at_account(client: ClientPort, change: Mutation[Any]) -> Look | None:
    match change:
        case AcceptTerms():
            return await look_at_terms(client)
        case CreatePartner():
            return await look_at_create(client, change)
        case UpdatePartner():
            return await look_at_update(client, change)
        case ConnectSite():
            return await look_at_connect(client, change)
        case _:
            return None


async def _at_money(client: ClientPort, change: Mutation[Any]) -> Look | None:
    match change:
        case SaveCard():
            return await look_at_save(client, change)
        case MakeCardPrimary():
            return await look_at_primary(client, change)
        case DeleteCard():
            return await look_at_delete(client, change)
        case PayInvoice():
            return await look_at_payment(client, change)
        case _:
            return None


@dataclass(frozen=True)
class Verifier:
    """Looks at the server until a fate is known, or cannot be.

    ``pauses`` are the seconds to wait before each look; only after the last one may be said that a change
    was not done, or that what it should take away is gone. ``known`` gives the codes of the licences that the
    journal knows, fresh for each look.
    """

    client: ClientPort
    known: KnownKeys
    sleep: Sleep

    async def settle(self, entry: Entry, pauses: tuple[float, ...], progress: Progress) -> Settled:
        """Return how ``entry`` ended as far as looking told: found done, found not done, or still unknown.

        ``progress`` is called with the seconds until each look. Nothing is changed on the server.
        """
        last = Look(CheckResult.BLIND, "It was not looked up.")
        for pause in pauses:
            progress(pause)
            await self.sleep(pause)
            last, again = await self._look(entry)
            if last.verdict is CheckResult.DONE:
                return Settled(EntryState.FOUND_DONE, last.sentence, result=last.keys)
            if not again:
                break
        if last.verdict is CheckResult.GONE:
            return Settled(EntryState.FOUND_DONE, last.sentence)
        if last.verdict is CheckResult.NOT_YET:
            return Settled(EntryState.FOUND_NOT_DONE, f"{last.sentence} So it was not done.")
        return Settled(EntryState.UNKNOWN, last.sentence)

    async def _look(self, entry: Entry) -> tuple[Look, bool]:
        """Return what one look showed, and whether another can show more."""
        try:
            look = await look_once(self.client, entry, await self.known())
        except (TokenUnavailableError, AuthenticationError) as error:
            return Look(CheckResult.BLIND, f"It could not be looked up: {error.message}"), False
        except ApiConnectionError:
            return Look(
                CheckResult.BLIND, "It could not be looked up: there is no answer from the server."
            ), True
        except ApiError as error:
            return Look(CheckResult.BLIND, f"It could not be looked up: {error.message}"), True
        return look, look.verdict is not CheckResult.UNCLEAR
