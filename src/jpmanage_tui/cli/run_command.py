"""Running a command: its log, signals, and how it ends."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any

from jpmanage_tui.cli import output
from jpmanage_tui.cli.command import Command, Invocation, Run
from jpmanage_tui.cli.errors import REPORTED, Failure, failure_of, tell
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.config.load_settings import unknown_variables

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class _Signaled(Exception):
    """A signal ended the command; `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def run_command(arguments: argparse.Namespace) -> int:
    """Run the command that `arguments` name and return its exit code; what went wrong is said on stderr."""
    command: Command = arguments.command
    if command.serve is not None:
        return command.serve(arguments)
    if command.run is None:
        raise ValueError(f"the command {command.name} does nothing")
    as_json = getattr(arguments, "format", None) in ("json", "jsonl")
    for sentence in unknown_variables(os.environ):
        output.write_error(f"jpmanage: {sentence}")
    try:
        if arguments.log is not None:
            from jpmanage_tui.cli.logfile import log_to

            log_to(arguments.log)
        return asyncio.run(_until_signal(_carry_out(command.run, Invocation(command, arguments))))
    except REPORTED as error:
        return tell(failure_of(error), as_json=as_json)
    except KeyboardInterrupt:
        return tell(Failure("interrupted", ExitCode.INTERRUPTED, "interrupted"), as_json=as_json)
    except _Signaled as signaled:
        return 128 + signaled.number


async def _carry_out(run: Run, invocation: Invocation) -> int:
    try:
        return await run(invocation)
    finally:
        await invocation.close()


async def _until_signal(command: Coroutine[Any, Any, int]) -> int:
    """Run a command; a signal ends it in order, so that the terminal shows again what is typed."""
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(command)
    received: list[int] = []

    def end(number: int) -> None:
        if not received:  # another one waits for the same end
            task.cancel()
        received.append(number)

    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` asks that it goes on
            loop.add_signal_handler(number, end, number)
    try:
        return await task
    except asyncio.CancelledError:
        if received:
            raise _Signaled(received[0]) from None
        task.cancel()
        await asyncio.wait({task})
        raise
