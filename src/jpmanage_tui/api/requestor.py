"""The requestor that every request of the client goes through.

It attaches the right token, bounds time and size, repeats reads that may be repeated, never repeats what
changes something, and turns everything that is no success into the tree of ``errors``.
"""

import asyncio
import copy
import json
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import NamedTuple, Self
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    MissingTokenError,
    NotSent,
    OutcomeUnknownError,
    RateLimitError,
    ServerError,
    TokenUnavailableError,
)
from jpmanage_tui.api.failures import Failure, error_of, http_date, refused_inside, retry_after_seconds
from jpmanage_tui.api.ids import RequestId
from jpmanage_tui.api.options import PhaseTimeouts, RequestOptions
from jpmanage_tui.api.redaction import redacted
from jpmanage_tui.api.request import ApiRequest, ApiResponse, Exchange, Json
from jpmanage_tui.api.text import sanitize_text
from jpmanage_tui.api.tokens import NamedTokens, TokenKind, TokenProvider
from jpmanage_tui.api.transport import CannotSend
from jpmanage_tui.version import __version__

logger = logging.getLogger("jpmanage.api")

BACK_OFF = 0.5
RETRY_AFTER_CAP = 20.0
REDIRECTS = 3

_TOKEN = re.compile(r"[\x21-\x7e]+")  # what a header can carry

# These are raised before the first byte of a request can have left.
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class _Received(NamedTuple):
    """An answer as it came: the decoded body, or why it could not be read to its end."""

    status: int
    headers: httpx.Headers
    content: bytes
    trouble: str | None


@dataclass
class _Heard:
    """What the server has told along with its answers.

    ``request_id`` is the last id of an exchange with the API itself; ``date`` the last ``Date`` (aware UTC)
    and the monotonic second at which it came.
    """

    request_id: RequestId | None = None
    date: tuple[datetime, float] | None = None


class Requestor:
    """Sends calls and returns answers; one per client, opened and closed with it."""

    def __init__(
        self,
        *,
        tokens: TokenProvider,
        api_url: str,
        options: RequestOptions,
        transport: httpx.AsyncBaseTransport,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        _keep_addresses_out_of_logs()
        self.api_url = api_url.rstrip("/")
        self.options = options
        self._tokens = tokens
        self._sleep = sleep
        self._heard = _Heard()
        self.http = httpx.AsyncClient(
            transport=transport,
            trust_env=False,  # what the environment says is the transport's to know
            auth=httpx.Auth(),  # neither .netrc nor a user in an address puts another Authorization in place
            timeout=_httpx_timeout(options.timeouts),
            headers={"User-Agent": f"jpmanage-tui/{__version__}", "Accept": "application/json"},
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self.http.aclose()

    def with_options(self, options: RequestOptions) -> Self:
        """Return a requestor on the same connections, with the same clock, whose requests have these options."""
        view = copy.copy(self)
        view.options = options
        return view

    @property
    def last_request_id(self) -> RequestId | None:
        """The API's id of the last exchange with it that had one, whoever made it."""
        return self._heard.request_id

    def server_now(self) -> datetime | None:
        """Return the server's own clock (aware UTC): its last ``Date``, moved on by the time since then."""
        if self._heard.date is None:
            return None
        moment, seen = self._heard.date
        return moment + timedelta(seconds=time.monotonic() - seen)

    async def send(self, call: ApiRequest) -> ApiResponse:
        """Send ``call`` and return its answer.

        Reads are sent again up to ``max_retries`` times, pausing with jitter or as ``Retry-After`` asks (at most 20 s),
        and once more with a fresh token after a 401; all within the total time-out. What changes something is
        sent once. Raises a subclass of ApiError.
        """
        call = self.options.account.apply(call)
        bearer = await self._bearer(call)
        if call.changing:
            return await self._attempt(call, bearer, self._deadline())
        return await self._read(call, bearer, self._deadline())

    async def _read(self, call: ApiRequest, bearer: SecretStr | None, deadline: float) -> ApiResponse:
        tries, renewed = 1, False
        while True:
            try:
                return await self._attempt(call, bearer, deadline)
            except AuthenticationError as error:
                fresh = None if renewed or bearer is None else await self._renewed(call, bearer, error)
                if fresh is None:
                    raise
                bearer, renewed = fresh, True
                path = redacted(call.path)
                logger.info("%s %s again with a renewed token (%s)", call.method, path, error.code)
            except (RateLimitError, ServerError, ApiConnectionError) as error:
                pause = _pause(error, tries)
                if tries > self.options.max_retries or pause is None or self._now() + pause >= deadline:
                    raise
                tries += 1
                await self._sleep(pause)

    async def _renewed(
        self, call: ApiRequest, stale: SecretStr, refusal: AuthenticationError
    ) -> SecretStr | None:
        if call.bearer is not None or call.token is TokenKind.NONE:
            return None
        try:
            return await self._tokens.refresh(call.token, stale)
        except TokenUnavailableError as error:  # the refusal is the server's answer; this is why it stands
            words = f"{refusal.message.rstrip('.')}. {error.message}"
        raise AuthenticationError(
            words,
            status=refusal.status,
            code=refusal.code,
            request_id=refusal.request_id,
            method=call.method,
            path=call.path,
        )

    async def _bearer(self, call: ApiRequest) -> SecretStr | None:
        if call.bearer is not None:
            return SecretStr(call.bearer)
        if call.token is TokenKind.NONE:
            return None
        token = await self._tokens.get(call.token)
        if token is None or not token.get_secret_value():
            raise MissingTokenError(call.token, method=call.method, path=call.path)
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise AuthenticationError(
                "The token holds characters that no token has; nothing was sent.",
                method=call.method,
                path=call.path,
            )
        return token

    async def _attempt(self, call: ApiRequest, bearer: SecretStr | None, deadline: float) -> ApiResponse:
        before = self.server_now()
        started = time.monotonic()
        received: _Received | None = None
        error: ApiError | None = None
        try:
            received = await self._exchange(call, bearer, deadline, before)
            return self._judge(call, received, before)
        except ApiError as raised:
            error = raised
            if isinstance(raised, AuthenticationError) and isinstance(self._tokens, NamedTokens):
                raised.token = self._tokens.name(call.token)
            raise
        finally:
            self._report(call, received, error, time.monotonic() - started)

    async def _exchange(
        self, call: ApiRequest, bearer: SecretStr | None, deadline: float, before: datetime | None
    ) -> _Received:
        trouble: Exception
        try:
            request = self._request(call, bearer)
            async with asyncio.timeout_at(deadline):
                return await self._receive(request, call)
        except (httpx.HTTPError, httpx.InvalidURL) as raised:
            trouble = raised
        except TimeoutError as raised:
            trouble = raised
        # Outside the handlers: the exception must not drag the request, and the token in it, along.
        raise _no_answer(call, trouble, before)

    async def _receive(self, request: httpx.Request, call: ApiRequest) -> _Received:
        hops = 0
        while True:
            if self.http.is_closed:
                raise ApiConnectionError("The account was closed meanwhile; nothing was sent.")
            response = await self.http.send(request, stream=True)
            try:
                self._note(response, call)
                onward = None if call.changing else same_origin_target(request, response)
                if onward is None or hops == REDIRECTS:
                    content, trouble = await read_body(response, call)
                    return _Received(response.status_code, response.headers, content, trouble)
            finally:
                await response.aclose()
            hops += 1
            request = self.http.build_request(
                "GET", onward, headers=request.headers, timeout=_httpx_timeout(self.options.timeouts)
            )

    def _request(self, call: ApiRequest, bearer: SecretStr | None) -> httpx.Request:
        url = (call.origin or self.api_url) + call.path
        if call.query:
            url += "?" + urlencode(
                {name: _query_word(value) for name, value in call.query.items()}, errors="replace"
            )
        headers = {} if bearer is None else {"Authorization": f"Bearer {bearer.get_secret_value()}"}
        timeout = _httpx_timeout(self.options.timeouts)
        if call.form is not None:
            return self.http.build_request(
                call.method, url, headers=headers, data=dict(call.form), timeout=timeout
            )
        if call.body is not None:
            return self.http.build_request(
                call.method, url, headers=headers, json=dict(call.body), timeout=timeout
            )
        return self.http.build_request(call.method, url, headers=headers, timeout=timeout)

    def _note(self, response: httpx.Response, call: ApiRequest) -> None:
        if call.origin is not None:
            return  # Stripe's ids are not for the vendor's support, and its clock does not date licenses
        request_id = request_id_of(call, response.headers)
        if request_id is not None:
            self._heard.request_id = request_id
        moment = http_date(response.headers.get("Date"))
        if moment is not None:
            self._heard.date = (moment, time.monotonic())

    def _judge(self, call: ApiRequest, received: _Received, before: datetime | None) -> ApiResponse:
        body, trouble = (None, received.trouble) if received.trouble else parse(received.content)
        request_id = request_id_of(call, received.headers)
        answer = ApiResponse(call, received.status, body, request_id, before)
        if 200 <= received.status < 300:
            if trouble:
                answer.unreadable(trouble)
            if not refused_inside(body):
                return answer
        now = http_date(received.headers.get("Date")) or self.server_now()
        wish = retry_after_seconds(received.headers.get("Retry-After"), now)
        status = received.status if not 200 <= received.status < 300 else 400
        error = error_of(Failure(call, status, body, request_id, wish, before))
        error.status = received.status
        raise error

    def _report(
        self, call: ApiRequest, received: _Received | None, error: ApiError | None, seconds: float
    ) -> None:
        status = received.status if received is not None else None
        request_id = request_id_of(call, received.headers) if received is not None else None
        name = type(error).__name__ if error is not None else None
        path = redacted(call.path)
        exchange = Exchange(call.method, path, status, request_id, seconds, name)
        logger.info(
            "%s %s -> %s in %.0f ms, request id %s%s",
            call.method,
            path,
            status or "no answer",
            seconds * 1000,
            request_id or "none",
            f", {name}" if name else "",
        )
        for listener in self.options.listeners:
            listener(exchange)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _deadline(self) -> float:
        return self._now() + self.options.timeouts.total


def _keep_addresses_out_of_logs() -> None:
    """Let httpx and httpcore log warnings only, unless their levels were set: they log whole addresses, and the one that
    Stripe's setup intent is read at holds its client secret.
    """
    for name in ("httpx", "httpcore"):
        logger_of_http = logging.getLogger(name)
        if logger_of_http.level == logging.NOTSET:
            logger_of_http.setLevel(logging.WARNING)


def _httpx_timeout(timeouts: PhaseTimeouts) -> httpx.Timeout:
    return httpx.Timeout(
        connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool
    )


def _no_answer(call: ApiRequest, trouble: Exception, before: datetime | None) -> ApiError:
    """What it means that no answer came."""
    if isinstance(trouble, CannotSend):
        return NotSent(trouble.sentence, lasting=trouble.lasting, method=call.method, path=call.path)
    late = isinstance(trouble, httpx.TimeoutException | TimeoutError)
    words = "No answer came in time." if late else "The connection broke before the answer was complete."
    if call.changing and not isinstance(trouble, _NEVER_LEFT):
        return OutcomeUnknownError(words, server_date_before=before, method=call.method, path=call.path)
    if isinstance(trouble, _NEVER_LEFT):
        words = "The server could not be reached."
    return ApiConnectionError(words, method=call.method, path=call.path)


def _pause(error: ApiError, tries: int) -> float | None:
    """Seconds to wait before the next try; None when it is not worth one."""
    if isinstance(error, ServerError) and (error.status or 0) < 400:
        return None  # a 200 that cannot be read, or a redirect, will be the same again
    if isinstance(error, NotSent) and error.lasting:
        return None
    if isinstance(error, RateLimitError | ServerError) and error.retry_after is not None:
        return error.retry_after if error.retry_after <= RETRY_AFTER_CAP else None
    jitter = random.uniform(0.5, 1.5)  # noqa: S311 -- spreads clients, guards no secret
    return float(BACK_OFF * 2 ** (tries - 1) * jitter)


def _query_word(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


BODY_LIMIT = 20 * 1024 * 1024
"""Bytes of a decoded body; more is no answer of this API."""


async def read_body(response: httpx.Response, call: ApiRequest) -> tuple[bytes, str | None]:
    """Return the decoded body, and what was wrong with it (None if nothing was).

    Raises httpx.HTTPError when the line fails within the answer of a read, which may be tried again.
    """
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > BODY_LIMIT:
                return b"", "it is larger than 20 MB"
            chunks.append(chunk)
    except httpx.DecodingError:
        return b"", "its compression is broken"
    except httpx.HTTPError:
        if not call.changing and response.status_code < 400:
            raise
        return b"", "it was cut off"
    return b"".join(chunks), None


def parse(content: bytes) -> tuple[Json, str | None]:
    """Return the JSON value (None for an empty body), and what was wrong with it; fractions become
    Decimal.
    """
    if not content.strip():
        return None, None
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_constant), None
    except (ValueError, RecursionError):
        return None, "it is not JSON"
    except ArithmeticError:  # 1e99999999999999999999
        return None, "a number in it is out of range"


def request_id_of(call: ApiRequest, headers: httpx.Headers) -> RequestId | None:
    """Return the server's id of the exchange, cleaned; None without one.

    The API's header is ``X-Jetpack-Request-Id`` (contract: account 1.8), Stripe's is ``Request-Id``.
    """
    name = "X-Jetpack-Request-Id" if call.origin is None else "Request-Id"
    text = sanitize_text(headers.get(name, "")).strip()[:200]
    return RequestId(text) if text else None


def same_origin_target(request: httpx.Request, response: httpx.Response) -> httpx.URL | None:
    """Return where a redirect leads if that is the same origin (the token may go there), else None."""
    location = response.headers.get("Location")
    if not response.has_redirect_location or not location:
        return None
    try:
        target = request.url.join(location)
    except httpx.InvalidURL:
        return None
    same = origin(target) == origin(request.url) and not target.userinfo  # which would replace the token
    return target if same else None


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return scheme, host and port, the default port spelled out."""
    return url.scheme, url.host, url.port or {"https": 443, "http": 80}.get(url.scheme)


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON
