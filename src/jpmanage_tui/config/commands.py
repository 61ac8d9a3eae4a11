"""Running ``token_command``: a program that prints a token, such as ``pass show jetpack``."""

from __future__ import annotations

import shlex
import subprocess

from pydantic import SecretStr

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.token import checked_token

COMMAND_SECONDS = 60.0  # a pass phrase may have to be typed


def run_token_command(command: str, setting: str, seconds: float = COMMAND_SECONDS) -> SecretStr:
    """Run ``command`` without a shell and return the first line of its output as a token.

    It blocks: call it in a thread once the event loop runs. ``setting`` is the key it stands under, for
    the error; ``seconds`` bounds the wait. What it prints to its error output is dropped: that could hold
    the secret.

    Raises:
        ConfigError: it cannot be split or started, runs too long, fails, or prints no token.

    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ConfigError(f"{setting} cannot be read as a command: {str(error).lower()}.") from None
    if not words:
        raise ConfigError(f"{setting} is empty.")
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, no shell
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(f"{setting} ({words[0]}) gave no token within {seconds:g} seconds.") from None
    except OSError as error:
        raise ConfigError(f"{setting} cannot run {words[0]}: {error.strerror or 'unknown error'}.") from None
    if done.returncode != 0:
        raise ConfigError(
            f"{setting} ({words[0]}) failed with exit code {done.returncode}; run it by hand to see why."
        )
    first = done.stdout.decode("utf-8", errors="replace").split("\n", 1)[0]
    return checked_token(first, f"The first line that {setting} ({words[0]}) printed")
