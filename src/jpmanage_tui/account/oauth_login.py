"""Signing in with WordPress.com: from the page to open to the user's tokens (contract: account 7.3)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

from jpmanage_tui.account.callback_server import CallbackResponse, CallbackServer, address_at
from jpmanage_tui.account.oauth_flow import SignedIn
from jpmanage_tui.account.session import NoAccount
from jpmanage_tui.api import errors
from jpmanage_tui.api.models.oauth import OAuthClient, OAuthRoutes
from jpmanage_tui.api.oauth import SignInRefused, code_from

if TYPE_CHECKING:
    from pydantic import SecretStr

    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.models.oauth import AuthorizationRequest
    from jpmanage_tui.config.settings import Settings

T = TypeVar("T")
SECONDS = 600.0
"""How long one try may take; a code does not live longer either."""
APP_PORT = 48721
"""Where a configured client is answered: its redirect address is registered beforehand, so it cannot vary."""
REFUSALS = (
    errors.RequestRejectedError,
    errors.PermissionDeniedError,
    errors.NotFoundError,
    errors.AuthenticationError,
    errors.InvalidParameterError,
)
PASTE = "Paste a user token or a partner key's token instead."
OTHER_WAYS = (
    "Paste a user token or a partner key's token instead; or register an app at "
    f"https://developer.wordpress.com/apps/ with the redirect URL {address_at(APP_PORT)}, put its "
    "oauth_client_id and oauth_client_secret in config.toml, and sign in again."
)


class SignIn:
    """One try to sign in; an async context manager. See `ui.sign_in.SignInTry` for how it is used.

    The way back is a listener on this machine, for a browser that runs here (or a forwarded port), and at
    the same time `paste`, for a browser anywhere else, which then shows an address that it cannot reach.
    """

    def __init__(self, client: LicensingClient, settings: Settings, seconds: float = SECONDS) -> None:
        """`client` asks WordPress.com and stays open; `settings` may name a registered app; `seconds` is the bound."""
        self._client = client
        self._settings = settings
        self._seconds = seconds
        self._stack = AsyncExitStack()
        self._request: AuthorizationRequest | None = None
        self._code: asyncio.Future[SecretStr] | None = None

    async def __aenter__(self) -> Self:
        """Start the try: nothing is asked yet."""
        self._code = asyncio.get_running_loop().create_future()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening; an answer that comes later is ignored."""
        await self._stack.aclose()
        if self._code is not None and not self._code.cancel():
            self._code.exception()  # seen, if nobody waited for it

    async def begin(self) -> str:
        """Listen, register a client where none is configured, and return the page to open."""
        client = self._configured()
        address = await self._listen(APP_PORT if client is not None else 0)
        if client is None:
            refused = f"WordPress.com did not register this program. {OTHER_WAYS}"
            client = await _allowed(self._client.oauth.register([address]), refused)
        self._request = self._client.oauth.authorization(client, address)
        return self._request.url

    def paste(self, address: str) -> str | None:
        """Take an address; returns why it does not serve, None when the wait is over."""
        said = self._judge("".join(address.split()))  # a terminal may have wrapped it
        return None if said.good or (self._code is not None and self._code.done()) else said.words

    async def finish(self) -> SignedIn:
        """Wait for the way back and return the tokens."""
        if self._request is None or self._code is None:
            raise RuntimeError("begin comes first")
        try:
            code = await asyncio.wait_for(asyncio.shield(self._code), self._seconds)
        except TimeoutError:
            raise NoAccount(
                f"Nobody came back from WordPress.com within {self._seconds / 60:.0f} minutes. Sign in again."
            ) from None
        words = "WordPress.com gave no token. Sign in again."
        tokens = await _allowed(self._client.oauth.exchange(self._request, code), words)
        return SignedIn(self._request.client, tokens)

    def _configured(self) -> OAuthClient | None:
        """Return the configured client: with a secret it is a registered app, which has the older pair of routes."""
        client_id, secret = self._settings.oauth_client_id, self._settings.oauth_client_secret
        if client_id is None:
            return None
        return OAuthClient(client_id, secret, OAuthRoutes.CURRENT if secret is None else OAuthRoutes.LEGACY)

    async def _listen(self, port: int) -> str:
        """Listen, and return the address to be sent back to; where that port cannot be had, pasting still serves."""
        try:
            loopback = await self._stack.enter_async_context(CallbackServer(self._judge, port))
        except OSError:
            return address_at(port or APP_PORT)
        return loopback.address

    def _judge(self, address: str) -> CallbackResponse:
        """Take an address that a browser came to or a user pasted. One of another try does not end this one."""
        if self._request is None or self._code is None:
            return CallbackResponse(False, "No sign-in has begun.")
        try:
            code = code_from(self._request, address)
        except ValueError:
            return CallbackResponse(False, "This is no address.")
        except SignInRefused as refusal:
            if _is_answer(self._request, address) and not self._code.done():
                self._code.set_exception(refusal)
            return CallbackResponse(False, refusal.message)
        if not self._code.done():
            self._code.set_result(code)
        return CallbackResponse(
            True, "WordPress.com has answered. You can close this page and go on in the terminal."
        )


def _is_answer(request: AuthorizationRequest, address: str) -> bool:
    """Return whether an address without a code is the answer to this very try: a refusal."""
    query = parse_qs(urlsplit(address).query)
    state = query.get("state", [""])[0].encode()
    return "error" in query and secrets.compare_digest(state, request.state.get_secret_value().encode())


async def _allowed(asking: Awaitable[T], otherwise: str) -> T:
    """Return what was asked for. Raises SignInRefused where the server says no: its words, and `otherwise`."""
    try:
        return await asking
    except REFUSALS as refusal:
        message = f"{refusal.message.rstrip('.')}. {otherwise}"
    raise SignInRefused(message)


async def unwanted(
    signed: SignedIn, refusal: errors.ApiError, client: LicensingClient, settings: Settings
) -> str:
    """Give back the token that the licensing API refused, and return the sentence with the other ways to sign in."""
    ways = PASTE if settings.oauth_client_secret is not None else OTHER_WAYS
    words = (
        "WordPress.com signed you in, but its licensing API does not take the token: "
        f"{refusal.message.rstrip('.')}. {ways}"
    )
    trouble = await give_back(
        client, signed.client, [signed.tokens.refresh_token, signed.tokens.access_token]
    )
    return f"{words} {trouble}".rstrip()


async def give_back(
    client: LicensingClient, given_to: OAuthClient, tokens: Sequence[SecretStr | None]
) -> str:
    """Revoke a user's tokens; return "" or the sentence that says which trouble there was."""
    try:
        for token in tokens:
            if token is not None:
                await client.oauth.revoke(given_to, token)
    except errors.ApiError as error:
        return f"The sign-in could not be revoked at WordPress.com: {error.message}"
    return ""
