"""Signing in with WordPress.com: authorization code with PKCE, refresh, revocation.

There is no device flow (contract: account 7.3): the user opens a link and the address one is sent back to is
read by a loopback listener or pasted.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from pydantic import SecretStr

from jpmanage_tui.api import coerce
from jpmanage_tui.api.errors import RequestRejectedError
from jpmanage_tui.api.request import ApiRequest, ApiResponse, Scalar
from jpmanage_tui.api.text import sanitize_text
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.requestor import Requestor


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


SCOPE = "global"
CLIENT_NAME = "jpmanage-tui"
_LONGEST = 10 * 365 * 24 * 3600  # seconds; more is no expiry


class SignInRefused(Exception):
    """The address pasted or called is not the end of this sign-in; ``message`` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class OAuthResource:
    """WordPress.com's OAuth. Every method that asks the server raises a subclass of ApiError."""

    def __init__(self, requestor: "Requestor") -> None:
        self._requestor = requestor

    async def register(self, redirect_uris: Sequence[str]) -> OAuthClient:
        """Register a public client on the fly and return it. Changes."""
        body: dict[str, Scalar | list[str]] = {
            "client_name": CLIENT_NAME,
            "redirect_uris": list(redirect_uris),
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        }
        call = ApiRequest("POST", "/oauth2-1/register", TokenKind.NONE, changing=True, body=body)
        answer = await self._requestor.send(call)
        members = answer.mapping()
        client_id = coerce.text_or_none(members.get("client_id"))
        if client_id is None:
            answer.unreadable("it has no client_id")
        secret = coerce.text_or_none(members.get("client_secret"))
        return OAuthClient(client_id, SecretStr(secret) if secret else None)

    def authorization(self, client: OAuthClient, redirect_uri: str) -> AuthorizationRequest:
        """Return the page to open for one try to sign in, with a fresh state and PKCE verifier (S256)."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode("ascii")).digest()
        query = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": state,
        }
        if client.routes is OAuthRoutes.CURRENT:
            query["code_challenge"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
            query["code_challenge_method"] = "S256"
        url = f"{self._requestor.api_url}/{client.routes.value}/authorize?{urlencode(query)}"
        return AuthorizationRequest(client, url, redirect_uri, SecretStr(state), SecretStr(verifier))

    async def exchange(self, request: AuthorizationRequest, code: SecretStr) -> TokenSet:
        """Turn the code of ``code_from`` into tokens. Changes: a code serves once."""
        form = {
            "grant_type": "authorization_code",
            "code": code.get_secret_value(),
            "redirect_uri": request.redirect_uri,
        }
        if request.client.routes is OAuthRoutes.CURRENT:
            form["code_verifier"] = request.verifier.get_secret_value()
        return await self._tokens(request.client, form)

    async def refresh(self, client: OAuthClient, refresh_token: SecretStr) -> TokenSet:
        """Return new tokens for a refresh token. Changes: the old refresh token may be gone afterwards.

        The old refresh token stays in the answer where the server gives no new one.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token.get_secret_value()}
        tokens = await self._tokens(client, form)
        if tokens.refresh_token is not None:
            return tokens
        return TokenSet(tokens.access_token, refresh_token, tokens.expires_at)

    async def revoke(self, client: OAuthClient, token: SecretStr) -> None:
        """Revoke a user's token; a refused token counts as revoked. Changes.

        Concerns the user's token only: a partner key's stays valid (contract: account 7.3).
        """
        form = {"token": token.get_secret_value(), **_identity(client)}
        try:
            await self._requestor.send(
                ApiRequest("POST", "/oauth2-1/revoke", TokenKind.NONE, changing=True, form=form)
            )
        except RequestRejectedError as error:
            if error.code != "invalid_token":
                raise

    async def _tokens(self, client: OAuthClient, form: dict[str, str]) -> TokenSet:
        path = f"/{client.routes.value}/token"
        call = ApiRequest("POST", path, TokenKind.NONE, changing=True, form=form | _identity(client))
        return self._read(await self._requestor.send(call))

    def _read(self, answer: ApiResponse) -> TokenSet:
        members = answer.mapping()
        access = coerce.text_or_none(members.get("access_token"))
        if access is None:
            answer.unreadable("it has no access_token")
        refresh = coerce.text_or_none(members.get("refresh_token"))
        seconds = coerce.positive_integer(members.get("expires_in"))
        expires = None
        if seconds is not None and seconds < _LONGEST:
            expires = datetime.now(UTC) + timedelta(seconds=seconds)
        return TokenSet(SecretStr(access), SecretStr(refresh) if refresh else None, expires)


def code_from(request: AuthorizationRequest, address: str) -> SecretStr:
    """Return the code from the address one was sent back to.

    Raises SignInRefused when the address is not that of this try (``state`` differs), carries no code, or
    says that the user or the server refused.
    """
    query = parse_qs(urlsplit(address.strip()).query)
    state = query.get("state", [""])[0]
    if not secrets.compare_digest(state.encode(), request.state.get_secret_value().encode()):
        raise SignInRefused("This address does not belong to the sign-in that was just begun.")
    if "error" in query:
        words = sanitize_text(query.get("error_description", query["error"])[0]).strip()[:300]
        raise SignInRefused(f"WordPress.com did not sign in: {words or 'it gave no reason'}")
    code = query.get("code", [""])[0]
    if not code:
        raise SignInRefused("This address carries no code.")
    return SecretStr(code)


def _identity(client: OAuthClient) -> dict[str, str]:
    if client.secret is None:
        return {"client_id": client.client_id}
    return {"client_id": client.client_id, "client_secret": client.secret.get_secret_value()}
