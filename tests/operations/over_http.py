"""What the specifications of the changing actions share: a sandbox over real HTTP, its database file, and callers.

What was asked is read from the sandbox's own list of requests, what it did from its database, neither through the
client.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.options import Timeouts
from jpmanage_tui.api.tokens import StaticTokens, TokenProvider
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutation import NO_SECRETS, Mutation, Secrets
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.queue import OperationsQueue
from jpmanage_tui.sandbox.options import SandboxOptions
from tests.api.routes import route_of
from tests.sandbox.harness import NOW, running_sandbox
from tests.sandbox.plain_http import plain_transport

T = TypeVar("T")
QUICK = Timeouts(connect=5, read=5, write=5, pool=5, total=10)
POLICY = Policy(check_pauses=(0.0,), answered_pauses=(0.0,), card_pause=0.0)
ELSEWHERE = ("/oauth2", "/v1/")
"""Paths outside the vendor's route index: sign-in, and Stripe's."""
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Wire:
    """One changing request as the sandbox received it: values of the query are text, those of the body as typed.

    `token` is the kind of token that came with it, `kind` how the body was written ("" without one).
    """

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    token: str = "key"
    kind: str = ""

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Wire:
        """Read one entry of ``GET /_sandbox/requests``."""
        names = ("method", "path", "query", "body", "token", "content_type")
        return cls(*(entry[name] for name in names))


def json_of(method: str, path: str, body: dict[str, Any], token: str = "key") -> Wire:
    """Return a request with a JSON body."""
    return Wire(method, path, body=body, token=token, kind=JSON)


def form_of(path: str, body: dict[str, str], token: str = "none") -> Wire:
    """Return a POST of a form."""
    return Wire("POST", path, body=body, token=token, kind=FORM)


@dataclass
class World:
    """A running sandbox: its address, its database file, and a plain HTTP client to arrange and to ask with."""

    url: str
    database: Path
    http: httpx.AsyncClient
    stack: AsyncExitStack
    _before: int = 0

    async def caller(
        self,
        key: str | None = "sandbox-key",
        user: str | None = "sandbox-user",
        *,
        tokens: TokenProvider | None = None,
        policy: Policy = POLICY,
        journal: Path | None = None,
    ) -> Caller:
        """Return a client and a queue with these tokens; they are closed with the world."""
        source = tokens or StaticTokens(
            SecretStr(key) if key is not None else None, SecretStr(user) if user is not None else None
        )
        client = LicensingClient(
            tokens=source, api_url=self.url, stripe_url=self.url, timeouts=QUICK, transport=plain_transport()
        )
        await self.stack.enter_async_context(client)
        book = await Journal.open(journal or self.database.with_name(f"journal-{id(client)}.sqlite"))
        self.stack.push_async_callback(book.close)
        queue = OperationsQueue(client, book, f"{key}|{user}", tokens=source, policy=policy)
        self.stack.push_async_callback(queue.close)
        return Caller(client, queue)

    async def sent(self) -> list[Wire]:
        """Return the changing requests since `forget`, in order, each held against the vendor's published route."""
        found = [Wire.of(entry) for entry in await self.log() if changes_something(entry)]
        for wire in found:
            route = route_of(wire.method, wire.path)
            if route is None:
                assert wire.path.startswith(ELSEWHERE), f"{wire.path} is no route of the vendor's"
            else:
                route.check(wire.query, wire.body or {})
        return found

    async def log(self) -> list[dict[str, Any]]:
        """Return every request since `forget`."""
        found: list[dict[str, Any]] = (await self.http.get("/_sandbox/requests")).json()
        return found

    def changed(self) -> list[tuple[str, str, str]]:
        """Return what the sandbox's database notes as changed since `forget`: kind, subject, detail."""
        return self.rows("SELECT kind, subject, detail FROM changes WHERE change_id > ?", self._before)

    async def turn(self, **states: str | int | None) -> None:
        """Turn switches; underscores stand for hyphens."""
        wanted = {name.replace("_", "-"): state for name, state in states.items()}
        (await self.http.put("/_sandbox/switches", json=wanted)).raise_for_status()

    async def faults(self, *specs: str) -> None:
        """Put faults in force."""
        (await self.http.put("/_sandbox/faults", json=list(specs))).raise_for_status()

    async def forget(self) -> None:
        """Forget the requests and changes that only arranged something."""
        await self.http.delete("/_sandbox/requests")
        self._before = self.one("SELECT coalesce(max(change_id), 0) FROM changes")

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the sandbox's database file."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5)) as connection:
            return connection.execute(question, values).fetchall()

    def write(self, statement: str, *values: object) -> None:
        """Arrange something in the sandbox's database file that nobody can ask for."""
        with closing(sqlite3.connect(self.database, timeout=5)) as connection, connection:
            connection.execute(statement, values)

    def one(self, question: str, *values: object) -> Any:
        """Return the first value of the first row."""
        return self.rows(question, *values)[0][0]


@dataclass(frozen=True)
class Caller:
    """Somebody who changes something: a client with tokens, and the queue in front of it."""

    client: LicensingClient
    queue: OperationsQueue

    async def run(
        self, change: Mutation[T], secrets: Secrets = NO_SECRETS, *, card_just_added: bool = False
    ) -> Outcome[T]:
        """Send a change through the queue and wait until it ended."""
        return await self.queue.submit(change, secrets=secrets, card_just_added=card_just_added).outcome()


@contextmanager
def sandbox_on_disk(folder: Path, licenses: int = 60) -> Iterator[tuple[str, Path]]:
    """Serve a sandbox over real HTTP that keeps its database in `folder`; its address and the file."""
    options = SandboxOptions(licenses=licenses, now=NOW, directory=folder)
    with running_sandbox(options) as url:
        yield url, folder / "sandbox.sqlite"


@asynccontextmanager
async def world_at(url: str, database: Path) -> AsyncIterator[World]:
    """Begin a test: no fault, no switch turned, no request remembered; the same again after it."""
    async with (
        httpx.AsyncClient(base_url=url, timeout=10, transport=plain_transport()) as http,
        AsyncExitStack() as stack,
    ):
        world = World(url, database, http, stack)
        await _reset(world)
        yield world
        await _reset(world)


async def _reset(world: World) -> None:
    await world.faults()
    await world.turn(**dict.fromkeys((await world.http.get("/_sandbox/switches")).json()))
    await world.forget()


def changes_something(entry: dict[str, Any]) -> bool:
    """Say whether a request is a changing one; the Stripe configuration is when it makes an intent."""
    return entry["method"] != "GET" or "needs_intent" in entry["query"]


@dataclass(frozen=True)
class Refusal:
    """How a refusal must come out: the kind of error, HTTP status, the vendor's code and words."""

    kind: type[ApiError]
    status: int
    code: str | None
    words: str
    told: str | None = None
    """What the user is told, where that is not the vendor's words."""

    def check(self, outcome: Outcome[Any]) -> None:
        """Hold an outcome against it: told as refused, in the vendor's words, with what support asks for."""
        error = outcome.error
        assert type(error) is self.kind, outcome
        assert (error.status, error.code, error.message) == (self.status, self.code, self.words)
        assert error.request_id
        assert outcome.state.value == "refused"
        assert (
            outcome.sentence
            == f"{outcome.change.summary()}: refused, nothing was changed. {self.told or self.words}"
        )
