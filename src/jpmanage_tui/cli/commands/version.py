"""`jpmanage version`."""

from __future__ import annotations

import platform

from jpmanage_tui.cli import output
from jpmanage_tui.cli.command import Command, Example, Invocation
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.version import __version__


async def _version(invocation: Invocation) -> int:
    del invocation
    python = f"{platform.python_implementation()} {platform.python_version()}"
    output.write(f"jpmanage {__version__} ({python}, {platform.system()} {platform.machine()})\n")
    return ExitCode.OK


COMMAND = Command(
    "version",
    "the version of jpmanage and what it runs on",
    _version,
    examples=(
        Example("jpmanage version", "The version, Python and the system, as a bug report needs them."),
        Example("jpmanage version >> report.txt", "Noted down."),
    ),
)
