"""`jpmanage sandbox`: the embedded API over real HTTP."""

from __future__ import annotations

import argparse
import gc

from jpmanage_tui.cli import output
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import ensure_private_dir
from jpmanage_tui.sandbox.faults import parse_fault
from jpmanage_tui.sandbox.options import SandboxError, SandboxOptions
from jpmanage_tui.sandbox.server import serve


def sandbox(arguments: argparse.Namespace) -> int:
    """Serve the sandbox until a signal ends it, and return the exit code."""
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
