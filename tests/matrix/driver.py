"""A program in a process of its own that sends one change and is killed (SIGKILL) at a point of its work.

The points lie on two borders that every version has: the statements that reach the journal's file, and the requests that
leave and are answered.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.matrix.orders import Order
from tests.matrix.program import Identity, Line, Program, Route, program
from tests.sandbox.plain_http import plain_transport

PRELOADED = ["tests.matrix.driver", "tests.matrix.shell"]


@dataclass(frozen=True)
class Point:
    """Where a program is killed.

    ``event`` is what it is about to do: execute a statement of SQL that begins like this, or "request" (a changing
    request is about to leave), "answer" (its answer has come), or "" for either. It is killed at the ``number``-th of
    them (from 1), counted ``after`` the first event of that name, where there is one.
    """

    event: str
    number: int = 1
    after: str = ""


class Killer:
    """Counts what the program does, and kills it at its point."""

    def __init__(self, point: Point | None) -> None:
        self._point = point
        self._counting = point is not None and not point.after
        self._seen = 0
        self._lock = threading.Lock()

    def watch_statements(self) -> None:
        """See every statement that this process executes in the SQLite files that it opens from now on."""
        connect = sqlite3.connect

        def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*arguments, **options)
            connection.set_trace_callback(self.happens)
            return connection

        patch.object(sqlite3, "connect", watched).start()

    async def about_to_send(self) -> None:
        """Take note that a changing request is about to leave."""
        self.happens("request")

    async def answered(self) -> None:
        """Take note that its answer has come."""
        self.happens("answer")

    def happens(self, event: str) -> None:
        """Take note of something, and do not return if this is the point."""
        point = self._point
        if point is None:
            return
        with self._lock:
            if not self._counting:
                self._counting = event.startswith(point.after)
            elif event.startswith(point.event):
                self._seen += 1
                if self._seen == point.number:
                    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Job:
    """What a child does: where the sandbox and the journal are, for whom, and where it is killed (None: from outside)."""

    url: str
    journal: Path
    identity: Identity
    route: Route
    point: Point | None = None


Work = Callable[[Program], Awaitable[None]]


def work_on(job: Job, work: Work) -> None:
    """Run a program, with its point, that does ``work``; for the child."""
    killer = Killer(job.point)
    killer.watch_statements()

    async def run() -> None:
        line = Line(plain_transport(), job.route, before=killer.about_to_send, after=killer.answered)
        async with program(job.url, line, job.journal, job.identity) as running:
            await work(running)

    asyncio.run(run())


def send_one(job: Job, order: Order) -> None:
    """Send one change and wait for its outcome; the child's whole work."""

    async def work(running: Program) -> None:
        operation = running.queue.submit(order.change, secrets=order.secrets_for(running.client))
        await operation.outcome()

    work_on(job, work)


def recover_only(job: Job) -> None:
    """Start a program and let it settle what another left; the child's whole work."""

    async def work(running: Program) -> None:
        await running.queue.recover()

    work_on(job, work)


class Child:
    """A running child. They are forked from a process that has loaded everything: that takes 20 ms instead of 600."""

    def __init__(self, target: Callable[..., None], *arguments: object) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        self._process: BaseProcess = context.Process(target=target, args=arguments)
        self._process.start()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.is_alive()

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()

    def signal(self, number: int) -> None:
        """Send it a signal."""
        if self._process.pid is not None:
            os.kill(self._process.pid, number)

    async def ended(self) -> bool:
        """Wait for its end, and return whether it was killed."""
        code = await self.code()
        assert code in (0, -signal.SIGKILL), f"a child ended with {code}"
        return code != 0

    async def code(self) -> int:
        """Wait for its end, and return its exit code, negative where a signal ended it."""
        await asyncio.to_thread(self._process.join, 60)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
            raise AssertionError("a child did not end")
        self._process.close()
        return code
