"""Where the client gets its tokens from, and how a refused one is renewed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic import SecretStr

from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.ids import PartnerKeyId


class AccountTokens:
    """The two tokens of one account. A refused key token is looked up anew at the partner, once a refusal.

    (contract: account 7.3: 401 on a partner-key call -> get the partner again, once, then report)
    """

    def __init__(self, key: SecretStr | None, user: SecretStr | None) -> None:
        """`key` and `user` are the tokens known at first, None where there is none."""
        self.key = key
        self.user = user
        self.key_id: PartnerKeyId | None = None
        self.client: LicensingClient | None = None
        self._renewing = asyncio.Lock()

    async def token(self, kind: TokenKind) -> SecretStr | None:
        """Return the token of a kind, None without one."""
        if kind is TokenKind.KEY:
            return self.key
        return self.user if kind is TokenKind.USER else None

    async def renewed(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        """Return another token than the refused one, None when there is none to be had."""
        if kind is not TokenKind.KEY or self.client is None or self.user is None or self.key_id is None:
            return None
        async with self._renewing:
            if self.key is not None and self.key.get_secret_value() != stale.get_secret_value():
                return self.key  # another request has renewed it meanwhile
            partner = await self.client.partner.get()
            for key in partner.keys:
                fresh = key.oauth2_token.get_secret_value()
                if key.id == self.key_id and key.is_usable and fresh != stale.get_secret_value():
                    self.key = key.oauth2_token
                    return self.key
        return None
