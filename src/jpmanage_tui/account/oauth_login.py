"""Signing in with WordPress.com: from the page to open to the user's tokens (contract: account 7.3)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

from jpmanage_tui.account.session import NoAccount
from jpmanage_tui.api import errors
from jpmanage_tui.api.oauth import OAuthClient, OAuthRoutes, SignInRefused, code_from

if TYPE_CHECKING:
    from pydantic import SecretStr

    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.oauth import AuthorizationRequest, TokenSet
    from jpmanage_tui.config.settings import Settings

T = TypeVar("T")
HOST = "127.0.0.1"
CALLBACK = "/callback"
REQUEST_SECONDS = 10.0
"""For one request: a browser sends it in one go."""
_LONGEST = 16 * 1024
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>jpmanage</title>
<body style="font-family: sans-serif; margin: 4em auto; max-width: 32em"><h1>jpmanage</h1><p>{words}</p></body></html>
"""
SIGN_IN_SECONDS = 600.0
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


def address_at(port: int, path: str = CALLBACK) -> str:
    """Return the address to be sent back to at a port of this machine."""
    return f"http://{HOST}:{port}{path}"


PASTE = "Paste a user token or a partner key's token instead."
OTHER_WAYS = (
    "Paste a user token or a partner key's token instead; or register an app at "
    f"https://developer.wordpress.com/apps/ with the redirect URL {address_at(APP_PORT)}, put its "
    "oauth_client_id and oauth_client_secret in config.toml, and sign in again."
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in gave: the user's tokens, and the client that they were given to and that renews them."""

    client: OAuthClient
    tokens: TokenSet


class OAuthFlow:
    """One try to sign in; an async context manager: `begin`, show the page, then `finish`, while `paste` may be called.

    The way back is a listener on this machine, for a browser that runs here (or a forwarded port), and at
    the same time `paste`, for a browser anywhere else, which then shows an address that it cannot reach.
    """

    def __init__(self, client: LicensingClient, settings: Settings, seconds: float = SIGN_IN_SECONDS) -> None:
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
        """Listen, register a client where none is configured, and return the page to open.

        Raises SignInRefused or an ApiError.
        """
        client = self._configured()
        address = await self._listen(APP_PORT if client is not None else 0)
        if client is None:
            refused = f"WordPress.com did not register this program. {OTHER_WAYS}"
            client = await _or_refused(self._client.oauth.register([address]), refused)
        self._request = self._client.oauth.authorization(client, address)
        return self._request.url

    def paste(self, address: str) -> str | None:
        """Take the address that the browser was sent to; return why it cannot be used.

        None where it is accepted, or the wait is over.
        """
        response = self._judge("".join(address.split()))  # a terminal may have wrapped it
        return (
            None if response.accepted or (self._code is not None and self._code.done()) else response.message
        )

    async def finish(self) -> SignedIn:
        """Wait for the way back and return the tokens. Raises SignInRefused, NoAccount (too late) or an ApiError."""
        if self._request is None or self._code is None:
            raise RuntimeError("begin comes first")
        try:
            code = await asyncio.wait_for(asyncio.shield(self._code), self._seconds)
        except TimeoutError:
            raise NoAccount(
                f"Nobody came back from WordPress.com within {self._seconds / 60:.0f} minutes. Sign in again."
            ) from None
        words = "WordPress.com gave no token. Sign in again."
        tokens = await _or_refused(self._client.oauth.exchange(self._request, code), words)
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


async def _or_refused(asking: Awaitable[T], otherwise: str) -> T:
    """Return what was asked for. Raises SignInRefused where the server says no: its words, and `otherwise`."""
    try:
        return await asking
    except REFUSALS as refusal:
        message = f"{refusal.message.rstrip('.')}. {otherwise}"
    raise SignInRefused(message)


async def revoke_unusable(
    signed: SignedIn, refusal: errors.ApiError, client: LicensingClient, settings: Settings
) -> str:
    """Give back the token that the licensing API refused, and return the sentence with the other ways to sign in."""
    other_ways = PASTE if settings.oauth_client_secret is not None else OTHER_WAYS
    words = (
        "WordPress.com signed you in, but its licensing API does not take the token: "
        f"{refusal.message.rstrip('.')}. {other_ways}"
    )
    trouble = await revoke_tokens(
        client, signed.client, [signed.tokens.refresh_token, signed.tokens.access_token]
    )
    return f"{words} {trouble}".rstrip()


async def revoke_tokens(
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


@dataclass(frozen=True)
class CallbackResponse:
    """What the browser gets: whether the address was what was waited for, and a sentence for the page."""

    accepted: bool
    message: str


TakeAddress = Callable[[str], CallbackResponse]
"""Takes the address that the browser came to, and says what to tell it."""


class CallbackServer:
    """A listener on 127.0.0.1 for one path; `take` is called with each address that a browser comes to.

    It answers with one plain page without scripts and serves nothing else. Use it as an async context manager.
    """

    def __init__(self, take: TakeAddress, port: int = 0, path: str = CALLBACK) -> None:
        """`port` 0 picks a free one; nothing listens yet."""
        self._take = take
        self._port = port
        self._path = path
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listen. Raises OSError when the port cannot be had."""
        self._server = await asyncio.start_server(self._serve, HOST, self._port, limit=_LONGEST)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def address(self) -> str:
        """The address to be sent back to. Raises RuntimeError where nothing listens."""
        if self._server is None:
            raise RuntimeError("the listener is not open")
        return address_at(self._port, self._path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                status, words = self._answer(head.split(b"\r\n", 1)[0].decode("latin-1"))
                writer.write(_response(status, words))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return  # not a browser, or one that left: the wait goes on
        finally:
            writer.close()

    def _answer(self, line: str) -> tuple[int, str]:
        method, _, rest = line.partition(" ")
        target = rest.rpartition(" ")[0]
        if not secrets.compare_digest(target.partition("?")[0].encode("latin-1"), self._path.encode("ascii")):
            return 404, "There is nothing here."
        if method != "GET":
            return 405, "There is nothing to send here."
        response = self._take(f"http://{HOST}:{self._port}{target}")
        return (200 if response.accepted else 400), response.message


def _response(status: int, words: str) -> bytes:
    from html import escape

    body = _PAGE.format(words=escape(words)).encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",  # the address holds the code
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode("ascii") + body
