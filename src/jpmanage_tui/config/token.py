"""What can be a token, wherever it comes from."""

from __future__ import annotations

import re

from pydantic import SecretStr

from jpmanage_tui.config.errors import ConfigError

_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")


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
