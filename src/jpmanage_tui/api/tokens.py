"""The two bearer tokens of the API, and where a client gets them from.

Contract, account 0: licenses, billing, cards and invoices take the partner key's token; the partner record,
the Stripe configuration, countries and ``/me`` take the user's WordPress.com token.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from pydantic import SecretStr


class TokenKind(Enum):
    """Which token a call takes."""

    KEY = "key"
    USER = "user"
    NONE = "none"

    @property
    def words(self) -> str:
        """The kind as words for a sentence."""
        return _WORDS[self]


_WORDS = {
    TokenKind.KEY: "a partner key's token",
    TokenKind.USER: "a WordPress.com user's token",
    TokenKind.NONE: "no token",
}


class TokenName(NamedTuple):
    """What the user knows a token by, to say of one that is not accepted where it came from and what to do.

    ``words`` name it ("JPMANAGE_TOKEN", "the sign-in of profile acme"); ``renew`` is a sentence on how to get another
    one, '' where there is nothing to say; ``variable``: it stands in the environment, which wins over every sign-in;
    ``other_keys``: it is a partner key's, and the account has others.
    """

    words: str
    renew: str = ""
    variable: bool = False
    other_keys: bool = False


@runtime_checkable
class NamedTokens(Protocol):
    """A source of tokens that knows where each came from."""

    def name(self, kind: TokenKind) -> TokenName | None:
        """Return what the token of ``kind`` is known by, None where that is not known."""


class TokenProvider(Protocol):
    """Gives tokens to the client; asked before every request, so a token may change while the client
    lives.

    Its methods raise ``TokenUnavailableError``, or another ApiError, where a token cannot be had: nothing else may
    come out of the client's own methods.
    """

    async def get(self, kind: TokenKind) -> SecretStr | None:
        """Return the token of ``kind``, or None when there is none."""
        ...

    async def refresh(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        """Return a token to use instead of ``stale``, which was answered by 401; None when there is no
        other.
        """
        ...


class StaticTokens:
    """Tokens that never change."""

    def __init__(self, key: SecretStr | None = None, user: SecretStr | None = None) -> None:
        self._tokens = {TokenKind.KEY: key, TokenKind.USER: user}

    async def get(self, kind: TokenKind) -> SecretStr | None:
        """Return the token given for ``kind``."""
        return self._tokens.get(kind)

    async def refresh(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        """Return None: there is no other."""
        del kind, stale
        return None
