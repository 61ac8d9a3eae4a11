"""Tokens: what can be one, and ``token_command``, a program that prints one, such as ``pass show jetpack``."""

from __future__ import annotations

import atexit
import os
import re
import select
import shlex
import subprocess
import time

from pydantic import SecretStr

from jpmanage_tui.config.errors import ConfigError

_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
COMMAND_SECONDS = 60.0  # a pass phrase may have to be typed
_POLL_SECONDS = 0.1
_CHUNK = 65536


def is_token(value: str) -> bool:
    """Return whether ``value`` can stand in a request header as a token."""
    return _TOKEN.fullmatch(value) is not None


def checked_token(value: str, what: str) -> SecretStr:
    """Return ``value`` without outer white space as a secret; ``what`` names its source in the error.

    Raises:
        ConfigError: it is empty, too long, or holds what cannot stand in a request header (never quoted).

    """
    token = value.strip()
    if not is_token(token):
        raise ConfigError(
            f"{what} is not a token: one line of printable characters without blanks is needed."
        )
    return SecretStr(token)


def run_token_command(command: str, setting: str, seconds: float = COMMAND_SECONDS) -> SecretStr:
    """Run ``command`` without a shell and return the first line of its output as a token.

    The command must end, its output need not: a helper that it leaves running may keep that open. It blocks: call it
    in a thread once the event loop runs. ``setting`` is the key it stands under, for the error; ``seconds`` bounds the
    wait. What it prints to its error output is dropped: that could hold the secret.

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
        program = subprocess.Popen(  # noqa: S603 - the user's own command, no shell
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise ConfigError(f"{setting} cannot run {words[0]}: {error.strerror or 'unknown error'}.") from None
    atexit.register(program.kill)  # the end of jpmanage does not wait for what runs here
    what = f"{setting} ({words[0]})"
    end = time.monotonic() + seconds
    try:
        first = _first_line(program, end)
        code = program.wait(max(0.0, end - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired):
        raise ConfigError(f"{what} gave no token within {seconds:g} seconds.") from None
    finally:
        atexit.unregister(program.kill)
        _end(program)
    if code:
        raise ConfigError(f"{what} failed with exit code {code}; run it by hand to see why.")
    return checked_token(first.decode("utf-8", errors="replace"), f"The first line that {what} printed")


def _first_line(program: subprocess.Popen[bytes], end: float) -> bytes:
    """Return the first line that a program prints; the rest is read too, until it ends, and dropped.

    Raises TimeoutError at `end`, by the monotonic clock.
    """
    assert program.stdout is not None
    descriptor, read = program.stdout.fileno(), b""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while (left := end - time.monotonic()) > 0:
        has_ended = program.poll() is not None
        if poll.poll(min(left, _POLL_SECONDS) * 1000):
            data = os.read(descriptor, _CHUNK)
            if not data:
                break
            if b"\n" not in read and len(read) < _CHUNK:
                read += data
        elif has_ended:  # all it printed is read: a helper that it has left behind keeps its output open
            break
    else:
        raise TimeoutError
    return read.partition(b"\n")[0]


def _end(program: subprocess.Popen[bytes]) -> None:
    if program.poll() is None:
        program.kill()
        program.wait()
    if program.stdout is not None:
        program.stdout.close()
