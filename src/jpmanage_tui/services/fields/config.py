"""The fields of the settings in force. Secrets are masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from jpmanage_tui.config.files import parse_toml
from jpmanage_tui.config.keymap import flat_keys
from jpmanage_tui.config.load_settings import load_settings
from jpmanage_tui.config.paths import download_dir, settings_file
from jpmanage_tui.config.settings import SETTINGS_HELP
from jpmanage_tui.services.exports import Cell
from jpmanage_tui.services.fields.field import Field, Fields

MASK = "********"
_VARIABLES = {
    "api_url": "JPMANAGE_API_URL",
    "stripe_url": "JPMANAGE_STRIPE_URL",
    "download_dir": "JPMANAGE_DOWNLOAD_DIR",
    "profile": "JPMANAGE_PROFILE",
    "accessible": "JPMANAGE_ACCESSIBLE",
}


class Setting(NamedTuple):
    """A setting in force: its value, and where that comes from."""

    name: str
    value: Cell
    source: str


SETTING_FIELDS: Fields[Setting] = (
    Field("name", lambda setting: setting.name, "the setting's name", whole=True),
    Field("value", lambda setting: setting.value, "its value; typed as in the file"),
    Field("source", lambda setting: setting.source, "the variable or file that it comes from, or default"),
    Field("help", lambda setting: SETTINGS_HELP[setting.name.partition(".")[0]], "what it is", listed=False),
)


def settings_in_force(env: Mapping[str, str]) -> Iterator[Setting]:
    """Yield every setting, those of tables too ("timeouts.read"). Raises ConfigError where they cannot be used."""
    settings, path = load_settings(env), settings_file(env)
    table = parse_toml(path.read_bytes(), path) if path.exists() else {}
    timeouts = table.get("timeouts")
    given = {*table, *(f"timeouts.{part}" for part in timeouts)} if isinstance(timeouts, dict) else set(table)

    def of_file(name: str, value: object) -> Setting:
        return Setting(name, _cell(value), str(path) if name in given else "default")

    for name in SETTINGS_HELP:
        value = getattr(settings, name)
        variable = _VARIABLES.get(name)
        if name == "download_dir":
            value = download_dir(value, env)
        if variable is not None and env.get(variable):
            yield Setting(name, _cell(env[variable] if name == "profile" else value), variable)
        elif name == "timeouts":
            for part, seconds in settings.timeouts._asdict().items():
                yield of_file(f"timeouts.{part}", seconds)
        elif name == "keys":
            for command, keys in flat_keys(settings.keys):
                yield Setting(f"keys.{command}", keys, str(path))
        else:
            yield of_file(name, value)


def _cell(value: object) -> Cell:
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(str(value))
    if value is None or isinstance(value, str | int):
        return value
    return str(value) if isinstance(value, Path) else repr(value)
