"""The command line, and the app without its screens, as processes of their own for the cells: both open the account as
the programs do, on one journal, and are killed at a point of their work.

They are forked from a process that has loaded everything, so that one takes 50 ms instead of a second.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from jpmanage_tui.account.runtime import AppOptions
from jpmanage_tui.account.service import AccountService
from jpmanage_tui.api import client as api_client
from jpmanage_tui.cli import change_command, license_proposals, operation_commands
from jpmanage_tui.cli.command_line import parse_arguments
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.inputs import Inputs
from jpmanage_tui.cli.main import main
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.operations import queue as operations_queue
from jpmanage_tui.operations.errors import RunIsThere
from tests.matrix.driver import Child, Killer, Point
from tests.matrix.place import Place
from tests.matrix.program import POLICY, Line, Route, no_time
from tests.sandbox.plain_http import plain_transport


async def _little_time(seconds: float) -> None:
    """Stand for a wait: let another program go on."""
    await asyncio.sleep(min(seconds, 0.05))


PATIENT = replace(POLICY, conflict_pauses=(1.0,) * 200, sleep=_little_time)
ANY_CHANGE = Route("*", "*")
PROPOSALS = {
    "unassign": license_proposals.propose_unassigning,
    "issue": license_proposals.propose_issuing,
    "revoke": license_proposals.propose_revoking,
}
for _name in ("licenses", "payment_methods", "operations", "company", "invoices"):
    importlib.import_module(f"jpmanage_tui.cli.commands.{_name}")
_LOADED = (change_command, operation_commands)


@dataclass(frozen=True)
class Shell:
    """What a process is started with: its words, where the sandbox and the folders are, where its output goes, and where
    it is killed (None: from outside, or not). ``patient``: it waits for a change of another program that is in its way.
    """

    words: tuple[str, ...]
    url: str
    folder: Path
    output: Path
    point: Point | None = None
    patient: bool = True


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code (negative: by a signal), and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def killed(self) -> bool:
        """Whether it was killed."""
        return self.code == -signal.SIGKILL

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return what it printed as JSON; nothing is none."""
        found: list[dict[str, Any]] = json.loads(self.out) if self.out.strip() else []
        return found

    def __str__(self) -> str:
        return f"exit {self.code}, {self.err.strip()!r}"


class Started:
    """A process that runs."""

    def __init__(self, child: Child, output: Path) -> None:
        self.child = child
        self._output = output

    async def ended(self) -> Ran:
        """Wait for its end, and return how it ended."""
        code = await self.child.code()
        out, err = self._output.with_suffix(".out"), self._output.with_suffix(".err")
        return Ran(code, out.read_text(), err.read_text())


def start(
    place: Place, *words: str, point: Point | None = None, app: bool = False, patient: bool = True
) -> Started:
    """Start a command, or the app, which has the runner carry out what the command would, and return it."""
    output = place.folder / f"output-{len(list(place.folder.glob('output-*.out')))}"
    output.with_suffix(".out").touch()
    shell = Shell(words, place.url, place.folder, output, point, patient)
    return Started(Child(run_app if app else run_words, shell), output)


async def command(place: Place, *words: str, point: Point | None = None, patient: bool = True) -> Ran:
    """Run a command to its end."""
    return await start(place, *words, point=point, patient=patient).ended()


def run_words(shell: Shell) -> None:
    """Be the command line; the child's whole work."""
    _settle(shell)
    sys.exit(main(shell.words))


def run_app(shell: Shell) -> None:
    """Be the app: have its runner carry out what a command would propose; the child's whole work."""
    _settle(shell)
    asyncio.run(_app(shell))


async def _app(shell: Shell) -> None:
    service = AccountService.from_environment(AppOptions())
    session = await service.open()
    try:
        await session.prepare_queue()
        await session.queue.recover()
        arguments = parse_arguments(shell.words)
        inputs = Inputs(tuple(getattr(arguments, arguments.parser.many)))
        proposal = await PROPOSALS[shell.words[1]](session, arguments, inputs, Progress())
        try:
            run = await session.runner.add(proposal.plan.run)
        except RunIsThere:  # the screen says so; here it is the exit code of a command
            sys.exit(ExitCode.OUTCOME_UNKNOWN)
        await session.runner.finished(run.id)
    finally:
        await session.close()
        await service.close()


def _settle(shell: Shell) -> None:
    """Give this process the environment, the output, the point and the line of a program that is started anew."""
    for name in [name for name in os.environ if name.startswith("JPMANAGE_")]:
        del os.environ[name]
    config = shell.folder / "config"
    config.mkdir(mode=0o700, exist_ok=True)
    os.environ |= {
        "JPMANAGE_API_URL": shell.url,
        "JPMANAGE_STRIPE_URL": shell.url,
        "JPMANAGE_CONFIG_DIR": str(config),
        "JPMANAGE_STATE_DIR": str(shell.folder),
        "JPMANAGE_TOKEN": "sandbox-key",
        "JPMANAGE_USER_TOKEN": "sandbox-user",
    }
    for number, suffix in ((1, ".out"), (2, ".err")):
        file = os.open(shell.output.with_suffix(suffix), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what forks the children ignores it
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and so does nohup, under which a command goes on
    killer = Killer(shell.point)
    killer.watch_statements()

    def client(*, transport: httpx.AsyncBaseTransport | None = None, **more: Any) -> Any:
        del transport
        line = Line(plain_transport(), ANY_CHANGE, before=killer.about_to_send, after=killer.answered)
        return real(transport=line, sleep=no_time, **more)

    real = api_client.LicensingClient
    patch.object(api_client, "LicensingClient", client).start()
    policy = PATIENT if shell.patient else POLICY
    patch.object(
        operations_queue, "OperationsQueue", partial(operations_queue.OperationsQueue, policy=policy)
    ).start()
