"""The tokens of one account, and how a refused one is renewed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from pydantic import SecretStr

    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.ids import PartnerKeyId
    from jpmanage_tui.api.models.partner import Partner
    from jpmanage_tui.api.tokens import TokenName

Renew = Callable[["SecretStr"], Awaitable["SecretStr | None"]]
"""Takes the refused token and returns another one, None when there is none.

May raise an ApiError, ConfigError or OperationError.
"""


def _never() -> bool:
    return False


def _no_partner(_partner: Partner) -> None:
    """Take no notice."""


class AccountTokens:
    """The two tokens of one account. A token that is refused is renewed once, however many requests it failed.

    A partner key's token is looked up anew at the partner where the user's token serves (contract: account
    7.3: on a 401 get the partner again, once, then report); else, as the user's, by the way it came.
    """

    def __init__(self, key: SecretStr | None, user: SecretStr | None) -> None:
        """`key` and `user` are the tokens known at first, None where there is none.

        `ways` renew them by kind; `names` are what the user knows them by; `due` says whether the user's has come to
        its end and should be renewed before it is used; `key_id` is the partner key in use and `client` asks for it
        again; `link` takes the partner with the tokens of its keys as they are then.
        """
        self.key = key
        self.user = user
        self.key_id: PartnerKeyId | None = None
        self.client: LicensingClient | None = None
        self.ways: dict[TokenKind, Renew] = {}
        self.names: dict[TokenKind, TokenName] = {}
        self.due: Callable[[], bool] = _never
        self.link: Callable[[Partner], None] = _no_partner
        self._locks = {kind: asyncio.Lock() for kind in TokenKind}

    def name(self, kind: TokenKind) -> TokenName | None:
        """Return what the token of a kind is known by."""
        return self.names.get(kind)

    async def token(self, kind: TokenKind) -> SecretStr | None:
        """Return the token of a kind, None without one. Raises an ApiError when renewing it in time failed."""
        if kind is TokenKind.USER and self.user is not None and self.due():
            await self.renewed(kind, self.user)
        return self._known(kind)

    async def renewed(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        """Return another token than the refused one, None when there is none to be had. May raise an ApiError."""
        async with self._locks[kind]:
            known = self._known(kind)
            if known is not None and known.get_secret_value() != stale.get_secret_value():
                return known  # another request has renewed it meanwhile
            fresh = await self._fresh(kind, stale)
            if fresh is None or fresh.get_secret_value() == stale.get_secret_value():
                return None
            if kind is TokenKind.KEY:
                self.key = fresh
            else:
                self.user = fresh
            return fresh

    def _known(self, kind: TokenKind) -> SecretStr | None:
        if kind is TokenKind.KEY:
            return self.key
        return self.user if kind is TokenKind.USER else None

    async def _fresh(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        if kind is TokenKind.KEY and self.user is not None and self.key_id is not None:
            return await self._of_partner(self.key_id)
        way = self.ways.get(kind)
        return await self._by(way, stale) if way is not None else None

    async def _by(self, way: Renew, stale: SecretStr) -> SecretStr | None:
        """Return what a way gives. A file, command or journal in the way is told as the client's errors are."""
        from jpmanage_tui.api.errors import TokenUnavailableError
        from jpmanage_tui.config.errors import ConfigError
        from jpmanage_tui.operations.errors import OperationError

        try:
            return await way(stale)
        except (ConfigError, OperationError) as error:
            sentence = error.sentence
        raise TokenUnavailableError(f"No fresh token could be had: {sentence}")

    async def _of_partner(self, key_id: PartnerKeyId) -> SecretStr | None:
        if self.client is None:
            return None
        partner = await self.client.partner.get()
        self.link(partner)
        return next((key.oauth2_token for key in partner.keys if key.id == key_id and key.is_usable), None)
