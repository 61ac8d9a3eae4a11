"""The entry point: parse, then start the app or a command."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from jpmanage_tui.account.options import AppOptions
from jpmanage_tui.cli import crash, lean, output
from jpmanage_tui.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    import argparse


def main(argv: Sequence[str] | None = None) -> int:
    """Run jpmanage with `argv` (None: the process's own arguments) and return its exit code."""
    output.prepare()
    crash.install()
    words = sys.argv[1:] if argv is None else argv
    if not words:
        return _app(AppOptions())  # the usual start: nothing to parse, and nothing loaded for it
    try:
        code = _run(words)
    except SystemExit as end:  # argparse ends this way: help, version, a mistake
        raise SystemExit(output.finish(end.code if isinstance(end.code, int) else 1)) from None
    return output.finish(code)


def _run(words: Sequence[str]) -> int:
    from jpmanage_tui.cli.arguments import parsed, wanted_by

    arguments = parsed(words)
    match arguments.command:
        case None:
            return _app(wanted_by(arguments))
        case "sandbox":
            return _sandbox(arguments)
        case _:
            from jpmanage_tui.cli import account

            return account.run(arguments)


def _app(wanted: AppOptions) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        output.complain("jpmanage: the app needs a terminal for both input and output.")
        return ExitCode.USAGE
    from jpmanage_tui.ui.terminal.colors import refuse_terminal

    refusal = refuse_terminal(os.environ)
    if refusal is not None:
        output.complain(f"jpmanage: {refusal}")
        return ExitCode.USAGE
    lean.leave_out_pydantic_plugins()
    gc.disable()  # what is loaded till the account is open stays: looking through it would be for nothing
    lean.load_textual()
    from jpmanage_tui.cli.launch import launch

    return int(launch(wanted))


def _sandbox(arguments: argparse.Namespace) -> int:
    from jpmanage_tui.config.errors import ConfigError
    from jpmanage_tui.config.files import ensure_private_dir
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
        output.complain(f"jpmanage sandbox: {error}")
        return ExitCode.USAGE
    return serve(options, arguments.host, arguments.port)


if __name__ == "__main__":  # pragma: no cover
    sys.exit(main())
