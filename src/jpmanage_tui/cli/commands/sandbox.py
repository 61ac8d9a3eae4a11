"""`jpmanage sandbox`: the embedded API over real HTTP."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

from jpmanage_tui.cli import output
from jpmanage_tui.cli.arguments import DEMO_OPTIONS, count, iso_time, port
from jpmanage_tui.cli.command import Command, Example
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import ensure_private_dir


def sandbox(arguments: argparse.Namespace) -> int:
    """Serve the sandbox until a signal ends it, and return the exit code."""
    from jpmanage_tui.sandbox.faults import parse_fault
    from jpmanage_tui.sandbox.options import SandboxError, SandboxOptions
    from jpmanage_tui.sandbox.server import serve

    try:
        if arguments.dir is not None:
            ensure_private_dir(arguments.dir)
        for spec in arguments.fault:
            parse_fault(spec)
        options = SandboxOptions(
            licenses=arguments.licenses,
            seed=arguments.seed,
            now=arguments.now,
            directory=arguments.dir,
            faults=tuple(arguments.fault),
        )
    except (SandboxError, ConfigError) as error:
        output.write_error(f"jpmanage sandbox: {error}")
        return ExitCode.USAGE
    gc.freeze()
    gc.enable()  # a server runs for long
    return serve(options, arguments.host, arguments.port)


def _arguments(parser: Parser) -> None:
    parser.option("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.option("--port", type=port, default=8787, help="the port (8787); 0 picks one")
    parser.option("--licenses", type=count, default=250, metavar="N", help="how many licenses (250)")
    parser.option("--seed", type=int, default=1, metavar="N", help="seed of the generated data (1)")
    parser.option("--now", type=iso_time, metavar="ISO-TIME", help="fix its clock")
    parser.option("--dir", type=Path, metavar="DIR", help="keep sandbox.sqlite there")
    parser.option(
        "--fault", action="append", default=[], metavar="SPEC", help="inject a failure; may be repeated"
    )


COMMAND = Command(
    "sandbox",
    "the sandbox over real HTTP, for tests and scripts",
    serve=sandbox,
    arguments=_arguments,
    description=(
        "An embedded copy of the API over real HTTP. When it listens it prints the variables that point "
        "jpmanage at it.\n\n"
        "A fault is 'METHOD PATH-GLOB KIND[=ARG] [xCOUNT] [+SKIP] [%PERCENT]', for example 'GET */licenses 500 x3', "
        "'POST */license hang-after x1', or '* * 429 %5' for five requests in a hundred.\n\n"
        "Kinds: latency=SECONDS, 429=SECONDS, 500, 502, 401, malformed, cut, reset-before, reset-after, "
        "hang-before, hang-after, search-ignores-page; before and after tell whether the change is made."
    ),
    examples=(
        Example("jpmanage sandbox --port 0 --licenses 1000", "A server with 1,000 licenses on a free port."),
        Example("jpmanage sandbox --fault 'GET */licenses 500 x3'", "The first three lists fail with 500."),
    ),
    refused=dict.fromkeys(
        (*DEMO_OPTIONS, "--profile", "--key", "--read-only", "--log"), "the sandbox is a server of its own"
    ),
)
