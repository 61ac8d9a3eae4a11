"""Starting the app: the terminal, settings, log, the account service. The one command that loads the user interface."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from jpmanage_tui.cli import output
from jpmanage_tui.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from jpmanage_tui.account.runtime import AppOptions

FIRST_SHOWN = ("jpmanage_tui.ui.common.text", "jpmanage_tui.ui.sections.licenses.section")
"""What an open session shows first, in pieces: loaded while the network is waited for."""


def launch(options: AppOptions) -> int:
    """Open the app in a terminal that serves, and return the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _refuse("the app needs a terminal for both input and output.")
    from jpmanage_tui.ui.terminal.colors import refuse_terminal

    refusal = refuse_terminal(os.environ)
    return _refuse(refusal) if refusal is not None else run_app(options)


def run_app(options: AppOptions) -> int:
    """Open the app as the command line asks, and return the exit code it ended with."""
    from jpmanage_tui.account.service import AccountService
    from jpmanage_tui.config.errors import ConfigError
    from jpmanage_tui.config.keymap import check_keys
    from jpmanage_tui.config.load_settings import unknown_variables
    from jpmanage_tui.config.paths import config_dir
    from jpmanage_tui.config.theme_names import themes_dir
    from jpmanage_tui.ui.app import JpmanageApp

    try:
        if options.demo_dir is not None:
            from jpmanage_tui.config.files import ensure_private_dir

            ensure_private_dir(options.demo_dir)
        account_service = AccountService.from_environment(options)
        account_service.load_interactive_credentials()
        if options.log is not None:
            from jpmanage_tui.cli.logfile import log_to

            log_to(options.log)
        check_keys(account_service.settings.keys)
    except ConfigError as error:
        return _refuse(error.sentence)
    settings = account_service.settings
    app = JpmanageApp(
        account_service,
        keys=settings.keys,
        theme=settings.theme,
        themes_dir=themes_dir(config_dir()),
        ascii_only=settings.ascii,
        accessible=settings.accessible,
    )
    account_service.on_operation_event, account_service.ask = app.on_operation_event, app.ask_about_earlier
    account_service.on_run_event = app.on_run_event
    account_service.preload = FIRST_SHOWN
    app.sessions.offers_tour = True
    app.sessions.notices = unknown_variables(os.environ)
    app.run(mouse=settings.mouse)
    if app.start_error is not None:
        return _refuse(app.start_error)
    return app.return_code or 0


def _refuse(sentence: str) -> ExitCode:
    output.write_error(f"jpmanage: {sentence}")
    return ExitCode.USAGE
