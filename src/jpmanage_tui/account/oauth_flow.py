"""What the welcome screen needs of a sign-in with WordPress.com; the command line gives it one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from jpmanage_tui.api.models.oauth import OAuthClient, TokenSet


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in gave: the user's tokens, and the client that they were given to and that renews them."""

    client: OAuthClient
    tokens: TokenSet


class OAuthFlow(Protocol):
    """One try to sign in with WordPress.com: `begin`, show the page, then `finish`, while `paste` may be called."""

    async def __aenter__(self) -> Self:
        """Start the try."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, at whatever point it is; nothing listens any more."""

    async def begin(self) -> str:
        """Return the page to open. Raises SignInRefused or an ApiError."""

    def paste(self, address: str) -> str | None:
        """Take the address that the user was sent back to; returns why it does not serve, None if it ends the wait."""

    async def finish(self) -> SignedIn:
        """Wait for the way back and return the tokens. Raises SignInRefused, NoAccount (too late) or an ApiError."""
