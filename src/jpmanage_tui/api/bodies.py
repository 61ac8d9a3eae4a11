"""Reading of an answer's headers and body, within bounds."""

import json
from decimal import Decimal

import httpx

from jpmanage_tui.api.ids import RequestId
from jpmanage_tui.api.request import ApiRequest, Json
from jpmanage_tui.api.text import sanitize_text

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
