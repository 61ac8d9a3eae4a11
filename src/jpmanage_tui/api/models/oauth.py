"""Signing in with WordPress.com (contract: account 7.3)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from pydantic import SecretStr


class OAuthRoutes(Enum):
    """The pair of routes: the published one with dynamic clients, or the older one for registered apps."""

    CURRENT = "oauth2-1"
    LEGACY = "oauth2"


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A client at WordPress.com, registered on the fly or configured; ``secret`` only where it has one."""

    client_id: str
    secret: SecretStr | None = None
    routes: OAuthRoutes = OAuthRoutes.CURRENT


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One try to sign in: the page to open, and what is needed to trust and use where it leads back to."""

    client: OAuthClient
    url: str = field(repr=False)
    redirect_uri: str
    state: SecretStr
    verifier: SecretStr


@dataclass(frozen=True, slots=True)
class TokenSet:
    """Tokens of a user. ``expires_at`` (aware UTC) and ``refresh_token`` are None where none was given."""

    access_token: SecretStr
    refresh_token: SecretStr | None
    expires_at: datetime | None
