"""The entry point: parse, then start the app or a command."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from jpmanage_tui.cli import crash, output


def main(argv: Sequence[str] | None = None) -> int:
    """Run jpmanage with `argv` (None: the process's own arguments) and return its exit code.

    Raises SystemExit for help, the version and wrong usage.
    """
    # pydantic would look for plugins in every installed package; its own switch says that none is wanted
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.disable()  # what is loaded stays: looking through it would be for nothing; what runs for long enables it
    output.prepare_streams()
    crash.install()
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
    except SystemExit as end:  # argparse ends this way: help, version, a mistake
        raise SystemExit(output.finish(end.code if isinstance(end.code, int) else 1)) from None
    finally:
        if argv is None:
            gc.freeze()  # the process ends: its memory goes as a whole, without a last search for cycles
        gc.enable()
    return output.finish(code)


def _run(words: Sequence[str]) -> int:
    """Run what the command line says; each command's module is loaded for it alone."""
    if not words:  # the usual start: nothing to parse, and nothing loaded for it
        from jpmanage_tui.account.runtime import AppOptions
        from jpmanage_tui.cli.launch import launch

        return launch(AppOptions())
    from jpmanage_tui.cli.arguments import options_from
    from jpmanage_tui.cli.command_line import parse_arguments

    arguments = parse_arguments(words)
    if arguments.command is None:
        from jpmanage_tui.cli.launch import launch

        return launch(options_from(arguments))
    from jpmanage_tui.cli.run_command import run_command

    return run_command(arguments)


if __name__ == "__main__":  # pragma: no cover
    sys.exit(main())
