"""Starting the app: settings, log, the door to its sessions."""

from __future__ import annotations

import os
from collections.abc import Mapping

from jpmanage_tui.account.options import AppOptions
from jpmanage_tui.account.service import AccountService
from jpmanage_tui.cli import output
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.ui.app import JpmanageApp


def launch(wanted: AppOptions) -> int:
    """Open the app as the command line asks, and return the exit code it ended with."""
    from jpmanage_tui.config.errors import ConfigError
    from jpmanage_tui.config.variables import unknown_variables

    try:
        if wanted.demo_dir is not None:
            from jpmanage_tui.config.files import ensure_private_dir

            ensure_private_dir(wanted.demo_dir)
        door = AccountService.of_environment(wanted)
        door.ask_first()
        if wanted.log is not None:
            from jpmanage_tui.cli.logfile import log_to

            log_to(wanted.log)
        _check_keys(door.settings.keys)
    except ConfigError as error:
        output.complain(f"jpmanage: {error.sentence}")
        return ExitCode.USAGE
    app = JpmanageApp(door, keys=door.settings.keys, theme=door.settings.theme)
    door.hear, door.ask = app.hear, app.ask_about_earlier
    app.sessions.notices = unknown_variables(os.environ)
    app.run(mouse=door.settings.mouse)
    if app.refusal is not None:
        output.complain(f"jpmanage: {app.refusal}")
        return ExitCode.USAGE
    return app.return_code or 0


def _check_keys(keys: Mapping[str, str]) -> None:
    """Refuse keys that cannot be used before the app begins: raises ConfigError."""
    if keys:
        from jpmanage_tui.config.errors import ConfigError
        from jpmanage_tui.ui.common.keymap import KeymapError
        from jpmanage_tui.ui.sections.registry import check_keys

        try:
            check_keys(keys)
        except KeymapError as error:
            raise ConfigError(f"config.toml: {error}") from None
