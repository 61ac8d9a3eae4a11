"""Starting the app: settings, log, the door to its sessions."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from jpmanage_tui.cli.door import Door
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.wanted import Wanted
from jpmanage_tui.ui.app import JpmanageApp


def launch(wanted: Wanted) -> int:
    """Open the app as the command line asks, and return the exit code it ended with."""
    from jpmanage_tui.config.errors import ConfigError

    try:
        door = Door.of_environment(wanted)
        door.ask_first()
        if wanted.log is not None:
            from jpmanage_tui.cli.logfile import log_to

            log_to(wanted.log)
        _check_keys(door.settings.keys)
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


def _check_keys(keys: Mapping[str, str]) -> None:
    """Refuse keys that cannot be used before the app begins: raises ConfigError."""
    if keys:
        from jpmanage_tui.config.errors import ConfigError
        from jpmanage_tui.ui.commands.all import check_keys
        from jpmanage_tui.ui.commands.keymap import KeymapError

        try:
            check_keys(keys)
        except KeymapError as error:
            raise ConfigError(f"config.toml: {error}") from None
