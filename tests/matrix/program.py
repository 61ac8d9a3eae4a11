"""One program as a cell runs it: a client, its queue and its journal, and the line between it and the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.options import Timeouts
from jpmanage_tui.api.tokens import TokenKind, TokenProvider
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.operations.runner import Runner
from jpmanage_tui.operations.scopes import fingerprint, key_account, token_account, user_account

LONGEST = 30
"""Seconds after which something hangs."""
HOST = "sandbox.example"
"""The API's host in the names of accounts; the sandbox's own has another port each time."""
FRESH = "-fresh"
"""What the fresh token that can be had for a refused one ends with."""


async def no_time(seconds: float) -> None:
    """Stand for a wait: let the others run once."""
    del seconds
    await asyncio.sleep(0)


POLICY = Policy(
    check_pauses=(0.0, 0.0),
    answered_pauses=(0.0, 0.0),
    conflict_pauses=(0.0,) * 200,
    close_seconds=0.01,
    sleep=no_time,
)
PATIENT = Timeouts(connect=10, read=20, write=10, pool=10, total=40)


@dataclass(frozen=True)
class Identity:
    """Who a program works for: its tokens, and the partner key that it knows by its id (None: by its token alone)."""

    key: str | None = "sandbox-key"
    user: str | None = "sandbox-user"
    partner_key: tuple[int, int] | None = (4021, 90121)

    @property
    def account(self) -> str:
        """The journal's name of the account, as the app makes it."""
        if self.partner_key is not None:
            return key_account(HOST, *self.partner_key)
        if self.key is not None:
            return token_account(HOST, fingerprint(SecretStr(self.key)))
        return user_account(HOST, fingerprint(SecretStr(self.user or "")))


class RenewableTokens:
    """The tokens of an identity; for each that is refused another can be had, once."""

    def __init__(self, identity: Identity) -> None:
        self._known = {TokenKind.KEY: identity.key, TokenKind.USER: identity.user}

    async def get(self, kind: TokenKind) -> SecretStr | None:
        """Return the token of a kind."""
        token = self._known.get(kind)
        return SecretStr(token) if token is not None else None

    async def refresh(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        """Return the fresh token, None where the refused one is fresh already."""
        if stale.get_secret_value().endswith(FRESH):
            return None
        self._known[kind] = stale.get_secret_value() + FRESH
        return await self.get(kind)


@dataclass(frozen=True)
class Route:
    """The route that a cell is about: method and path, ``*`` crosses slashes; ``query`` must be in the query.

    The method ``*`` is any that changes something.
    """

    method: str
    path: str
    query: str = ""

    def fits(self, request: httpx.Request) -> bool:
        """Return whether a request goes this way."""
        return self.has(request.method, request.url.path) and self.query in request.url.query.decode()

    def has(self, method: str, path: str) -> bool:
        """Return whether a method and a path are of this route."""
        return (self.method == method or (self.method == "*" and method != "GET")) and fnmatchcase(
            path.rstrip("/"), self.path
        )

    def spec(self, fault: str, times: int | None = None, skip: int = 0) -> str:
        """Return a fault of this route as the sandbox reads it: the first ``skip`` requests pass."""
        words = [self.method, self.path, fault]
        return " ".join(words + [f"x{times}"] * (times is not None) + [f"+{skip}"] * bool(skip))


async def until(holds: Callable[[], Awaitable[bool]], pause: float = 0.001) -> None:
    """Wait till something holds, looking every ``pause`` seconds.

    Raises:
        TimeoutError: it takes longer than anything here can.

    """
    async with asyncio.timeout(LONGEST):
        while not await holds():  # noqa: ASYNC110 - what is waited for happens in another process, or in a database
            await asyncio.sleep(pause)


Hook = Callable[[], Awaitable[None]]
Network = Callable[[], httpx.AsyncBaseTransport]


class Line(httpx.AsyncBaseTransport):
    """What carries a program's requests, and may break.

    ``hangs``: returns once the sandbox hangs with the request of ``route``, which ends as a time-out would, without its
    seconds. ``cut``: after the first request of that route nothing goes through any more. ``before`` and ``after`` are
    called when one is about to leave, and when its answer has come.
    """

    def __init__(
        self,
        network: httpx.AsyncBaseTransport,
        route: Route,
        *,
        hangs: Hook | None = None,
        cut: bool = False,
        before: Hook | None = None,
        after: Hook | None = None,
    ) -> None:
        self._network = network
        self._route = route
        self._hangs = hangs
        self._cut = cut
        self._before = before
        self._after = after
        self._broken = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request."""
        if self._broken:
            raise httpx.ConnectError("The line is cut.", request=request)
        if not self._route.fits(request):
            return await self._network.handle_async_request(request)
        self._broken = self._cut
        if self._before is not None:
            await self._before()
        response = await self._carried(request)
        if self._after is not None:
            await self._after()
        return response

    async def _carried(self, request: httpx.Request) -> httpx.Response:
        if self._hangs is None:
            return await self._network.handle_async_request(request)
        answer = asyncio.ensure_future(self._network.handle_async_request(request))
        hanging = asyncio.ensure_future(self._hangs())
        try:
            await asyncio.wait({answer, hanging}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            raise httpx.ReadTimeout("No answer in time", request=request)
        finally:
            await _ended(answer, hanging)

    async def aclose(self) -> None:
        """Close what it stands on."""
        await self._network.aclose()


async def _ended(*tasks: asyncio.Future[Any]) -> None:
    running = [task for task in tasks if not task.done()]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


@dataclass(frozen=True)
class Program:
    """A running program: the parts of it that a cell works with."""

    client: LicensingClient
    journal: Journal
    queue: OperationsQueue
    runner: Runner


@asynccontextmanager
async def program(
    url: str,
    network: httpx.AsyncBaseTransport,
    journal_file: Path,
    identity: Identity,
    *,
    tokens: TokenProvider | None = None,
    policy: Policy = POLICY,
) -> AsyncIterator[Program]:
    """Start a program on a journal; at the end it leaves as the app does. ``tokens`` are the identity's by default."""
    tokens = tokens or RenewableTokens(identity)
    async with LicensingClient(
        tokens=tokens, api_url=url, stripe_url=url, timeouts=PATIENT, transport=network, sleep=no_time
    ) as client:
        journal = await Journal.open(journal_file)
        try:
            queue = OperationsQueue(client, journal, identity.account, tokens=tokens, policy=policy)
            runner = Runner(queue)
            try:
                yield Program(client, journal, queue, runner)
            finally:
                await runner.close()
                await queue.close()
        finally:
            await journal.close()
