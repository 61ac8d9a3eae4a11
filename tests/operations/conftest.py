"""A journal on the disk, a server, and a queue between them whose pauses take no time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.operation import OperationEvent
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.queue import Ask, OperationsQueue
from tests.operations.fakes import FakeServer, FakeSleep, FakeTokens
from tests.operations.over_http import World, sandbox_on_disk, world_at
from tests.sandbox.harness import bearer

ACCOUNT = "https://api|1|2"


@dataclass
class Bench:
    """Everything a test of the queue needs; ``events`` collects what was told."""

    server: FakeServer
    journal: Journal
    path: Path
    sleep: FakeSleep = field(default_factory=FakeSleep)
    tokens: FakeTokens = field(default_factory=FakeTokens)
    events: list[OperationEvent] = field(default_factory=list)
    queues: list[OperationsQueue] = field(default_factory=list)

    def queue(
        self,
        *,
        read_only: bool = False,
        account: str | Callable[[], str] = ACCOUNT,
        ask: Ask | None = None,
        **limits: float,
    ) -> OperationsQueue:
        policy = Policy(sleep=self.sleep, close_seconds=limits.pop("close_seconds", 5.0))
        queue = OperationsQueue(
            self.server,
            self.journal,
            account,
            read_only,
            self.events.append,
            tokens=self.tokens,
            policy=policy,
            ask=ask,
        )
        self.queues.append(queue)
        return queue

    def kinds(self) -> list[str]:
        return [event.kind.value for event in self.events]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    path = tmp_path / "state" / "journal.sqlite"
    journal = await Journal.open(path)
    made = Bench(FakeServer(), journal, path)
    yield made
    for queue in made.queues:
        await queue.close()
    await journal.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A sandbox over real HTTP, one a file: its address and its database."""
    with sandbox_on_disk(tmp_path_factory.mktemp("sandbox")) as place:
        yield place


@pytest.fixture
async def world(place: tuple[str, Path]) -> AsyncIterator[World]:
    """The sandbox as a test meets it; its plain client arranges things with the first key's token."""
    async with world_at(*place) as world:
        world.http.headers.update(bearer("sandbox-key"))
        yield world
