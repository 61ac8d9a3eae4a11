"""``config.toml`` and its variables: read strictly, never rewritten.

What a start without the file needs is here, and it is little: the first frame waits for it. What a file
holds is checked in ``settings_file``, which is loaded only when there is one.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.paths import config_dir

if TYPE_CHECKING:
    from pydantic import SecretStr

DEFAULT_API_URL = "https://public-api.wordpress.com"
DEFAULT_STRIPE_URL = "https://api.stripe.com"
THEMES = ("terminal", "dark", "light")
"""The names that ``theme`` may have."""
_URL_VARIABLES = {"api_url": "JPMANAGE_API_URL", "stripe_url": "JPMANAGE_STRIPE_URL"}


def is_loopback(host: str) -> bool:
    """Return whether ``host`` (a name or an address, IPv6 without brackets) is this very machine."""
    if host.lower() == "localhost":
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_url(value: str) -> str:
    """Return ``value``, the base of an API, without a trailing slash.

    A token travels to it, so plain ``http`` is accepted for this machine only.

    Raises:
        ValueError: not an absolute http(s) URL, one with credentials, query or fragment, or ``http``
            elsewhere.

    """
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a URL such as https://public-api.wordpress.com")
    _ = parts.port  # a port that is no number raises here
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must not hold a user, a password, a query or a fragment")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must be https: a token would travel in the clear (http is for this machine only)")
    return value.strip().rstrip("/")


class Timeouts(NamedTuple):
    """How long the program waits, in seconds, for each phase of a request and for all of it
    (``[timeouts]``).
    """

    connect: float = 10.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 30.0
    total: float = 90.0


class Settings(NamedTuple):
    """What the user configured; each field is the key of the same name in ``config.toml``.

    ``token_command`` and ``user_token_command`` print a token on their first line. ``theme`` None leaves
    the choice to the program. ``keys`` maps a command's name to the key that runs it.
    """

    api_url: str = DEFAULT_API_URL
    stripe_url: str = DEFAULT_STRIPE_URL
    token_command: str | None = None
    user_token_command: str | None = None
    oauth_client_id: str | None = None
    oauth_client_secret: SecretStr | None = None
    download_dir: Path | None = None
    theme: str | None = None
    mouse: bool = False
    timeouts: Timeouts = Timeouts()
    keys: Mapping[str, str] = MappingProxyType({})


def load_settings(env: Mapping[str, str], path: Path | None = None) -> Settings:
    """Return the settings of ``path`` (None: ``config.toml`` in the settings folder; it need not be there).

    ``JPMANAGE_API_URL`` and ``JPMANAGE_STRIPE_URL`` in ``env`` win over the file.

    Raises:
        ConfigError: names the file or variable, the key, what is wrong, and the nearest valid key.

    """
    file = path if path is not None else config_dir(env) / "config.toml"
    given = {
        key: _checked_variable(variable, env[variable])
        for key, variable in _URL_VARIABLES.items()
        if env.get(variable)
    }
    settings = _of_file(file, tuple(given))
    return settings._replace(
        api_url=given.get("api_url", settings.api_url),
        stripe_url=given.get("stripe_url", settings.stripe_url),
    )


def _of_file(file: Path, ignored: tuple[str, ...]) -> Settings:
    try:
        data = file.read_bytes()
        mode = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror or error}.") from error
    from jpmanage_tui.config.settings_file import checked_file

    return checked_file(data, file, mode, ignored)


def _checked_variable(variable: str, value: str) -> str:
    try:
        return checked_url(value)
    except ValueError as error:
        raise ConfigError(f"{variable} {error}.") from None
