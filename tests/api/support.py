"""A scripted server and clients that talk to it without a network and without waiting."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.options import Timeouts
from jpmanage_tui.api.request import Exchange
from jpmanage_tui.api.tokens import StaticTokens, TokenKind, TokenProvider

API = "https://api.example"
STRIPE = "https://stripe.example"
KEY = "key-token-s3cret"
USER = "user-token-s3cret"
TOKENS = StaticTokens(SecretStr(KEY), SecretStr(USER))

Reply = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


def reply(status: int = 200, body: Any = None, text: str | None = None, **headers: str) -> Reply:
    """An answer with a JSON body (or a text one) and headers, underscores standing for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if text is not None:
        return lambda request: httpx.Response(status, text=text, headers=named)
    content = b"" if body is None else json.dumps(body).encode()
    return lambda request: httpx.Response(status, content=content, headers=named)


def fails(kind: type[httpx.TransportError]) -> Reply:
    """No answer, for that reason."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise kind("scripted", request=request)

    return answer


def error(status: int, code: str | None = None, message: str = "The vendor's words.", **data: Any) -> Reply:
    """An answer in the error envelope of wpcom/v2."""
    return reply(status, {"code": code, "message": message, "data": {"status": status, **data}})


class CutBody(httpx.AsyncByteStream):
    """A body that ends with a broken line."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"items": [{"license_key"'
        raise httpx.RemoteProtocolError("scripted")


class Server:
    """Answers requests with its script, the last line of it for ever, and keeps what it was asked."""

    def __init__(self, *script: Reply) -> None:
        self.script = list(script)
        self.requests: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        line = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        answer = line(request)
        return answer if isinstance(answer, httpx.Response) else await answer

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]

    @property
    def only(self) -> httpx.Request:
        assert len(self.requests) == 1, self.asked
        return self.requests[0]


class Pauses:
    """Stands for sleeping: notes the seconds and goes on."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


class Renewing:
    """A token source whose key token can be renewed from a list of fresh ones."""

    def __init__(self, *fresh: str) -> None:
        self.fresh = list(fresh)
        self.asked: list[tuple[TokenKind, str]] = []

    async def get(self, kind: TokenKind) -> SecretStr | None:
        return SecretStr(KEY)

    async def refresh(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        self.asked.append((kind, stale.get_secret_value()))
        return SecretStr(self.fresh.pop(0)) if self.fresh else None


def client_of(
    server: Server,
    tokens: TokenProvider = TOKENS,
    timeouts: Timeouts | None = None,
    pauses: Pauses | None = None,
    on_exchange: Callable[[Exchange], None] | None = None,
) -> LicensingClient:
    """A client of the scripted server."""
    return LicensingClient(
        tokens=tokens,
        api_url=API,
        stripe_url=STRIPE,
        timeouts=timeouts,
        transport=httpx.MockTransport(server),
        on_exchange=on_exchange,
        sleep=pauses or Pauses(),
    )


def query_of(request: httpx.Request) -> dict[str, str]:
    """The query of a request, each name once."""
    pairs = parse_qsl(request.url.query.decode(), keep_blank_values=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


def body_of(request: httpx.Request) -> Any:
    """The JSON body of a request; None without one."""
    return json.loads(request.content) if request.content else None


def form_of(request: httpx.Request) -> dict[str, str]:
    """The form of a request."""
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True))


COUNTS = reply(200, {"attached": 1})
ISSUED = reply(200, {"license_key": "jetpack-scan_x", "license_id": 1})
SCAN = ProductSlug("jetpack-scan")
CONNECT_TROUBLE = [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError]
LATE_TROUBLE = [
    httpx.ReadTimeout,
    httpx.WriteTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.RemoteProtocolError,
]
