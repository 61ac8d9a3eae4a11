"""Starting the app: settings, log, the door to its sessions."""

from __future__ import annotations

import argparse
import sys

from jpmanage_tui.cli.door import Door, Wanted
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.ui.app import JpmanageApp


def launch(arguments: argparse.Namespace) -> int:
    """Open the app as the command line asks, and return the exit code it ended with."""
    wanted = Wanted(
        demo=arguments.demo,
        demo_licenses=Wanted.demo_licenses if arguments.demo_licenses is None else arguments.demo_licenses,
        demo_dir=arguments.demo_dir,
        demo_now=arguments.demo_now,
        profile=arguments.profile,
        read_only=arguments.read_only,
    )
    from jpmanage_tui.config.errors import ConfigError

    try:
        door = Door.of_environment(wanted)
        door.ask_first()
        if arguments.log is not None:
            from jpmanage_tui.cli.logfile import log_to

            log_to(arguments.log)
    except ConfigError as error:
        sys.stderr.write(f"jpmanage: {error.sentence}\n")
        return ExitCode.USAGE
    app = JpmanageApp(door, keys=door.settings.keys, theme=door.settings.theme)
    door.hear = app.hear
    app.run(mouse=door.settings.mouse)
    if app.refusal is not None:
        sys.stderr.write(f"jpmanage: {app.refusal}\n")
        return ExitCode.USAGE
    return app.return_code or 0
