"""``config.toml`` and its variables: read strictly, never rewritten."""

from __future__ import annotations

import ipaddress
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.paths import config_dir
from jpmanage_tui.config.tomlfile import parse_toml, refuse_unknown

DEFAULT_API_URL = "https://public-api.wordpress.com"
DEFAULT_STRIPE_URL = "https://api.stripe.com"
_URL_VARIABLES = {"api_url": "JPMANAGE_API_URL", "stripe_url": "JPMANAGE_STRIPE_URL"}


def is_loopback(host: str) -> bool:
    """Return whether ``host`` (a name or an address, IPv6 without brackets) is this very machine."""
    if host.lower() == "localhost":
        return True
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


Url = Annotated[str, AfterValidator(checked_url)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class Timeouts(BaseModel):
    """How long the program waits, in seconds, for each phase of a request and for all of it
    (``[timeouts]``).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    connect: Seconds = 10.0
    read: Seconds = 30.0
    write: Seconds = 30.0
    pool: Seconds = 30.0
    total: Seconds = 90.0


class Settings(BaseModel):
    """What the user configured; each field is the key of the same name in ``config.toml``.

    ``token_command`` and ``user_token_command`` print a token on their first line. ``theme`` None leaves
    the choice to the program. ``keys`` maps a command's name to the key that runs it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_url: Url = DEFAULT_API_URL
    stripe_url: Url = DEFAULT_STRIPE_URL
    token_command: str | None = Field(default=None, min_length=1)
    user_token_command: str | None = Field(default=None, min_length=1)
    oauth_client_id: str | None = Field(default=None, min_length=1)
    oauth_client_secret: SecretStr | None = None
    download_dir: Path | None = None
    theme: str | None = Field(default=None, min_length=1)
    mouse: bool = Field(default=False, strict=True)
    timeouts: Timeouts = Timeouts()
    keys: dict[str, str] = Field(default_factory=dict)


def load_settings(env: Mapping[str, str], path: Path | None = None) -> Settings:
    """Return the settings of ``path`` (None: ``config.toml`` in the settings folder; it need not be there).

    ``JPMANAGE_API_URL`` and ``JPMANAGE_STRIPE_URL`` in ``env`` win over the file.

    Raises:
        ConfigError: names the file or variable, the key, what is wrong, and the nearest valid key.

    """
    file = path if path is not None else config_dir(env) / "config.toml"
    table = _read_table(file)
    for key, variable in _URL_VARIABLES.items():
        if env.get(variable):
            table[key] = _checked_variable(variable, env[variable])
    try:
        settings = Settings.model_validate(table)
    except ValidationError as error:
        raise ConfigError(_first_fault(error, file)) from None  # its input may be a secret
    if settings.download_dir is None:
        return settings
    return settings.model_copy(update={"download_dir": settings.download_dir.expanduser()})


def _read_table(file: Path) -> dict[str, object]:
    try:
        data = file.read_bytes()
        mode = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror or error}.") from error
    table = parse_toml(data, file)
    refuse_unknown(table, Settings.model_fields, file)
    timeouts = table.get("timeouts")
    if isinstance(timeouts, Mapping):
        refuse_unknown(timeouts, Timeouts.model_fields, file, "timeouts")
    if "oauth_client_secret" in table and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"{file} holds oauth_client_secret but other users may open it (mode {mode:04o}): "
            f"run chmod 600 '{file}'."
        )
    return table


def _checked_variable(variable: str, value: str) -> str:
    try:
        return checked_url(value)
    except ValueError as error:
        raise ConfigError(f"{variable} {error}.") from None


def _first_fault(error: ValidationError, file: Path) -> str:
    fault = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in fault["loc"])
    reason = fault["msg"].removeprefix("Value error, ")
    return f"{file}: {key}: {reason[:1].lower()}{reason[1:]}."
