"""The commands of the account, `login`, `logout` and `whoami`: how they run, and how they end."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any

from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.account.session import NoAccount
from jpmanage_tui.api import errors
from jpmanage_tui.cli import output
from jpmanage_tui.cli.arguments import options_from
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.terminal import Terminal
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import ensure_private_dir
from jpmanage_tui.config.load_settings import unknown_variables
from jpmanage_tui.operations.errors import OperationError

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class _Signalled(Exception):
    """A signal ended the command; `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def run(arguments: argparse.Namespace) -> int:
    """Run one of the commands and return its exit code; what went wrong is said on stderr in one sentence."""
    for sentence in unknown_variables(os.environ):
        output.write_error(f"jpmanage: {sentence}")
    try:
        if arguments.log is not None:
            from jpmanage_tui.cli.logfile import log_to

            log_to(arguments.log)
        return asyncio.run(_until_signal(_command(arguments)))
    except (ConfigError, OperationError) as error:
        return _fail(error.sentence, ExitCode.USAGE)
    except NoAccount as error:
        return _fail(str(error), ExitCode.NOT_SIGNED_IN)
    except errors.ApiError as error:
        return _fail(error_sentence(error), exit_code_of(error))
    except KeyboardInterrupt:
        return _fail("interrupted", ExitCode.INTERRUPTED)
    except _Signalled as signalled:
        return 128 + signalled.number


def exit_code_of(error: errors.ApiError) -> ExitCode:
    """Return the exit code that stands for an API error."""
    match error:
        case errors.TokenUnavailableError() | errors.AuthenticationError():
            return ExitCode.NOT_SIGNED_IN
        case errors.ApiConnectionError() | errors.ServerError():
            return ExitCode.NO_ANSWER
        case errors.OutcomeUnknownError():
            return ExitCode.OUTCOME_UNKNOWN
        case _:
            return ExitCode.REFUSED


def error_sentence(error: errors.ApiError) -> str:
    """Return the sentence about an API error: what was asked, what received of it, and its request id."""
    asked = f" ({error.method} {error.path})" if error.path else ""
    if isinstance(error, errors.AuthenticationError) and error.token is not None:
        request = f" Request id {error.request_id}." if error.request_id else ""
        rejected = f"token rejected (401): {error.token.words} is invalid or expired{asked}."
        return f"{rejected}{request} {error.token.renew}".rstrip()
    request = f" Request id {error.request_id}." if error.request_id else ""
    answered = f"the API answered {error.status}: " if error.status else ""
    return f"{answered}{error.message}{asked}{request}"


async def _command(arguments: argparse.Namespace) -> ExitCode:
    profile, name, terminal = arguments.profile, arguments.command, Terminal()
    # whom to sign in or out is no account to start with
    options = options_from(arguments) if name == "whoami" else AppOptions(log=arguments.log)
    if options.demo_dir is not None:
        ensure_private_dir(options.demo_dir)
    account_service = AccountService.from_environment(options)
    try:
        if name == "login":
            from jpmanage_tui.cli.login import SignInMethod, login

            method = SignInMethod(arguments.method) if arguments.method is not None else None
            return await login(account_service, profile, method, terminal)
        if name == "logout":
            from jpmanage_tui.cli.logout import logout

            return await logout(account_service, profile, terminal)
        from jpmanage_tui.cli.whoami import whoami

        return await whoami(account_service, terminal)
    finally:
        await account_service.close()


async def _until_signal(command: Coroutine[Any, Any, ExitCode]) -> ExitCode:
    """Run a command; a signal ends it in order, so that the terminal shows again what is typed."""
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(command)
    received: list[int] = []

    def end(number: int) -> None:
        if not received:  # another one waits for the same end
            task.cancel()
        received.append(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, end, number)
    try:
        return await task
    except asyncio.CancelledError:
        if received:
            raise _Signalled(received[0]) from None
        task.cancel()
        await asyncio.wait({task})
        raise


def _fail(sentence: str, code: ExitCode) -> ExitCode:
    output.write_error(f"jpmanage: {sentence}")
    return code
