"""All partner keys of an account at once: which of them can be read, and a client for each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.rules.account import unreadable_words

if TYPE_CHECKING:
    from jpmanage_tui.account.session import KeyConnection, Session
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.api.partner import Partner, PartnerKey

_TOKENLESS = "The API gave no token for it."


class KeyToRead(NamedTuple):
    """A partner key of the account under its name, or what of the account's keys could not be read (`key` None).

    `lack` says why nothing of it can be read, "" where it can. Nothing is missing of one that is `disabled`: the API
    gives nothing to it.
    """

    name: str
    key: PartnerKey | None
    lack: str = ""
    disabled: bool = False


def keys_to_read(partner: Partner) -> tuple[KeyToRead, ...]:
    """Return the keys of an account in its order, and at the end what of them could not be read."""
    keys = []
    for key in partner.keys:
        disabled = key.disabled_on is not None
        lack = "" if key.is_usable else "It is disabled." if disabled else _TOKENLESS
        keys.append(KeyToRead(key.name or str(key.id), key, lack, disabled))
    words = unreadable_words(partner)
    return (*keys, KeyToRead(partner.name, None, words)) if words else tuple(keys)


class KeyClients:
    """A client for each partner key of a session's account, connected when it is first asked for. Close it at the end."""

    def __init__(self, session: Session) -> None:
        """Nothing is connected yet."""
        self._session = session
        self._connections: dict[PartnerKeyId, KeyConnection] = {}
        self._lock = asyncio.Lock()
        self._closed = False

    async def client(self, key: PartnerKey) -> LicensingClient:
        """Return the client of a key that can be used: that of the session for the key which is in use.

        Raises RuntimeError after `close`, and where the session connects to no other key; else what connecting raises.
        """
        if key.id == self._session.key_id:
            return self._session.client
        async with self._lock:
            if key.id not in self._connections:
                if self._closed or self._session.connect_key is None:
                    raise RuntimeError("this session connects to no other key")
                self._connections[key.id] = await self._session.connect_key(key)
            return self._connections[key.id].client

    async def close(self) -> None:
        """Disconnect from every key but the session's own."""
        self._closed = True
        async with self._lock:
            connections, self._connections = list(self._connections.values()), {}
        for connection in connections:
            await connection.aclose()
