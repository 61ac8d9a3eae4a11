"""Loading ``config.toml`` and the variables of the environment: read strictly, never rewritten.

What a start without the file needs is here and in ``settings``, and it is little: the first frame waits for it. What
a file holds is checked in ``settings_file``, which is loaded only when there is one.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from pathlib import Path

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.paths import settings_file
from jpmanage_tui.config.settings import Settings, checked_url

PREFIX = "JPMANAGE_"
VARIABLES = tuple(
    f"{PREFIX}{name}"
    for name in (
        "TOKEN",
        "USER_TOKEN",
        "API_URL",
        "STRIPE_URL",
        "CONFIG_DIR",
        "STATE_DIR",
        "DOWNLOAD_DIR",
        "PROFILE",
        "ACCESSIBLE",
    )
)
NOT_YET = {
    "JPMANAGE_AGENCY": "accounts of Automattic for Agencies are not opened by this version",
}
"""Variables of later versions, with why they have no effect in this one."""
ACCESSIBLE_VARIABLE = "JPMANAGE_ACCESSIBLE"
_ANSWERS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
_URL_VARIABLES = {"api_url": "JPMANAGE_API_URL", "stripe_url": "JPMANAGE_STRIPE_URL"}


def load_settings(env: Mapping[str, str], path: Path | None = None) -> Settings:
    """Return the settings of ``path`` (None: ``config.toml`` in the settings folder; it need not be there).

    ``JPMANAGE_API_URL``, ``JPMANAGE_STRIPE_URL`` and ``JPMANAGE_ACCESSIBLE`` in ``env`` win over the file.

    Raises:
        ConfigError: names the file or variable, the key, what is wrong, and the nearest valid key.

    """
    file = path if path is not None else settings_file(env)
    given = {
        key: _checked_variable(variable, env[variable])
        for key, variable in _URL_VARIABLES.items()
        if env.get(variable)
    }
    settings = _of_file(file, tuple(given))
    return settings._replace(
        api_url=given.get("api_url", settings.api_url),
        stripe_url=given.get("stripe_url", settings.stripe_url),
        accessible=is_accessible(env, settings.accessible),
    )


def is_accessible(env: Mapping[str, str], setting: bool = False) -> bool:
    """Return whether words stand for signs and whole lines for motion: ``setting``, unless the environment says.

    Raises:
        ConfigError: the variable is neither on nor off.

    """
    value = env.get(ACCESSIBLE_VARIABLE)
    if not value:
        return setting
    answer = _ANSWERS.get(value.strip().lower())
    if answer is None:
        raise ConfigError(f"{ACCESSIBLE_VARIABLE} must be 1 or 0.")
    return answer


def is_accessible_here(env: Mapping[str, str]) -> bool:
    """Return whether the environment, else ``config.toml``, asks for words and whole lines.

    Raises:
        ConfigError: the variable or the file cannot be used.

    """
    if env.get(ACCESSIBLE_VARIABLE):
        return is_accessible(env)
    return _of_file(settings_file(env), ()).accessible


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


def unknown_variables(env: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable that has our prefix and is none of ours; it never holds a value."""
    return [
        _sentence(name) for name in sorted(env) if name.upper().startswith(PREFIX) and name not in VARIABLES
    ]


def _sentence(name: str) -> str:
    from difflib import get_close_matches

    if name in NOT_YET:
        return f"The variable {name} has no effect: {NOT_YET[name]}."
    near = get_close_matches(name.upper(), VARIABLES, n=1, cutoff=0.6)
    shown = re.sub(r"[^A-Za-z0-9_]", "?", name)
    end = f"did you mean {near[0]}?" if near else f"there are {', '.join(VARIABLES)}."
    return f"The variable {shown} is not known and has no effect; {end}"
