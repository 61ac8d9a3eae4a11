"""What ``config.toml`` may hold, checked key by key."""

from __future__ import annotations

import re
import stat
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from jpmanage_tui.config.command_keys import FIXED, RENAMED
from jpmanage_tui.config.command_scopes import SCOPES, sections
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import parse_toml
from jpmanage_tui.config.keymap import KeyNames, KeyTable
from jpmanage_tui.config.paths import expand_user
from jpmanage_tui.config.settings import (
    LEAST_REFRESH_SECONDS,
    SETTINGS_HELP,
    Settings,
    Timeouts,
    checked_url,
)
from jpmanage_tui.config.theme_names import BUILT_IN_THEMES, themes_dir

Url = Annotated[str, AfterValidator(checked_url)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Word = Annotated[str, Field(min_length=1)]


KEYS = (*(f"f{number}" for number in range(1, 11)), *(f"ctrl+{letter}" for letter in "dlpu"), "space")
"""The keys with a name that tmux and a plain terminal pass and that a command may have; the others never move."""
KEY_PATTERN = f"^(?:[^\\s\\x00-\\x1f]|{'|'.join(re.escape(name) for name in KEYS)})$"
"""What `_key` takes, for the schema, which is laxer about signs that cannot be printed, and strict about capitals."""


def _key(value: str) -> str:
    """Return the name of a key that a plain terminal passes: a printable character, or one of `KEYS` (F5 is f5)."""
    if len(value) == 1 and value.isprintable() and value != " ":
        return value
    if value.lower() in KEYS:
        return value.lower()
    nearest = get_close_matches(value.lower(), KEYS, n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    raise ValueError(
        f"must be one character, such as N, or space, or f1 to f10, or ctrl+ with d, l, p or u: the keys that tmux "
        f"and a plain terminal pass{hint}"
    )


def _keys(value: object) -> KeyNames:
    """Return the key of a command, or several."""
    if isinstance(value, str):
        return _key(value)
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise ValueError('must be a key, such as "N", or a list of keys, such as ["f5", "r"]')
    return tuple(map(_key, value))


def _key_entry(value: object) -> KeyNames | KeyTable:
    """Return an entry of ``[keys]``: the keys of a command, or a section's table of them."""
    if not isinstance(value, dict):
        return _keys(value)
    table: dict[str, KeyNames] = {}
    for name, keys in value.items():
        try:
            table[name] = _keys(keys)
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None
    return table


KeyEntry = Annotated[object, AfterValidator(_key_entry)]


def _refresh_seconds(value: int) -> int:
    if value and value < LEAST_REFRESH_SECONDS:
        raise ValueError(f"must be {LEAST_REFRESH_SECONDS} or more, or 0 to switch it off")
    return value


RefreshSeconds = Annotated[int, Field(strict=True, ge=0, le=86_400), AfterValidator(_refresh_seconds)]


class TimeoutsTable(TypedDict, total=False):
    """The table ``[timeouts]``."""

    connect: Seconds
    read: Seconds
    write: Seconds
    pool: Seconds
    total: Seconds


class Table(TypedDict, total=False):
    """The whole file: a key for each field of ``Settings`` (a test compares the two)."""

    api_url: Url
    stripe_url: Url
    token_command: Word
    user_token_command: Word
    oauth_client_id: Word
    oauth_client_secret: SecretStr
    download_dir: Path
    theme: Word
    mouse: Annotated[bool, Field(strict=True)]
    refresh_seconds: RefreshSeconds
    accessible: Annotated[bool, Field(strict=True)]
    ascii: Annotated[bool, Field(strict=True)]
    read_only: Annotated[bool, Field(strict=True)]
    profile: Word
    timeouts: TimeoutsTable
    keys: dict[str, KeyEntry]


def checked_file(data: bytes, file: Path, mode: int, ignored: Collection[str] = ()) -> Settings:
    """Return the settings that ``data``, read from ``file``, holds; what it does not name is the default.

    ``mode`` is the file's permissions; the keys in ``ignored`` are overridden by variables and not looked at.

    Raises:
        ConfigError: names the file, the key, what is wrong, and the nearest valid key.

    """
    table = parse_toml(data, file)
    refuse_unknown(table, Table.__annotations__, file)
    if isinstance(timeouts := table.get("timeouts"), dict):
        refuse_unknown(timeouts, TimeoutsTable.__annotations__, file, "timeouts")
    if "oauth_client_secret" in table and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"{file} holds oauth_client_secret but other users may open it (mode {mode:04o}): "
            f"run chmod 600 '{file}'."
        )
    given = {key: value for key, value in table.items() if key not in ignored}
    if isinstance(theme := given.get("theme"), str) and theme not in BUILT_IN_THEMES:
        _refuse_unknown_theme(theme, file)
    try:
        return _settings(TypeAdapter(Table).validate_python(given))
    except ValidationError as error:
        raise ConfigError(_first_fault(error, file)) from None  # its input may be a secret


def _refuse_unknown_theme(theme: str, file: Path) -> None:
    """Raise ConfigError where there is no file of a theme of this name; what such a file holds is looked at later."""
    from jpmanage_tui.config.theme_files import theme_file_names, unknown_theme

    names = (*BUILT_IN_THEMES, *theme_file_names(themes_dir(file.parent)))
    if theme not in names:
        raise ConfigError(f"{file}: theme: there is no theme {theme!r}; {unknown_theme(theme, names)}")


def settings_schema() -> dict[str, object]:
    """Return a JSON schema of the file; nothing else than what it names may stand in it."""
    schema = TypeAdapter(Table).json_schema()
    properties, timeouts = schema["properties"], schema["$defs"]["TimeoutsTable"]
    plain = Settings()
    for name, words in SETTINGS_HELP.items():
        properties[name]["description"] = f"{words[:1].upper()}{words[1:]}."
        default = getattr(plain, name)
        if isinstance(default, str | int):
            properties[name]["default"] = default
    for part, seconds in plain.timeouts._asdict().items():
        timeouts["properties"][part]["default"] = seconds
    properties["refresh_seconds"]["anyOf"] = [{"const": 0}, {"minimum": LEAST_REFRESH_SECONDS}]
    properties["theme"]["examples"] = list(BUILT_IN_THEMES)
    properties["keys"] |= _keys_schema()
    for table in (schema, timeouts):
        table["additionalProperties"] = False
        table.pop("description", None)  # written for whoever reads the code
    return {
        **schema,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "jpmanage config.toml",
        "description": "The settings of jpmanage.",
    }


def _keys_schema() -> dict[str, object]:
    """Return the schema of ``[keys]``: every command, and a table for each section with the commands it has."""
    key = {"type": "string", "pattern": KEY_PATTERN}
    keys = {"anyOf": [key, {"type": "array", "items": key, "minItems": 1}]}
    names = {name for scope in SCOPES.values() for name in scope.commands if name not in FIXED} | set(RENAMED)
    tables = {
        name: {
            "type": "object",
            "description": f"The keys on {scope.title}.",
            "properties": dict.fromkeys(sorted(scope.commands), keys),
            "additionalProperties": False,
        }
        for name, scope in sections().items()
    }
    return {"properties": {**dict.fromkeys(sorted(names), keys), **tables}, "additionalProperties": False}


def refuse_unknown(table: Mapping[str, object], known: Collection[str], path: Path, where: str = "") -> None:
    """Check that each key of ``table`` is one of ``known``; ``where`` is the table's own name, ``""`` at
    the top.

    Raises:
        ConfigError: names the file, the first unknown key and the nearest valid one.

    """
    for key in table:
        if key in known:
            continue
        near = get_close_matches(key, sorted(known), n=1, cutoff=0.5)
        advice = f"did you mean {near[0]}?" if near else f"valid keys are {', '.join(sorted(known))}."
        place = f" in [{where}]" if where else ""
        raise ConfigError(f"{path}: unknown key {key!r}{place}; {advice}")


def _settings(table: Table) -> Settings:
    fields: dict[str, object] = dict(table)
    if "timeouts" in table:
        fields["timeouts"] = Timeouts(**table["timeouts"])
    if "download_dir" in table:
        fields["download_dir"] = expand_user(table["download_dir"], "download_dir")
    return Settings(**fields)  # type: ignore[arg-type]  # the adapter has checked each


def _first_fault(error: ValidationError, file: Path) -> str:
    fault = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in fault["loc"])
    reason = fault["msg"].removeprefix("Value error, ")
    return f"{file}: {key}: {reason[:1].lower()}{reason[1:]}{'' if reason.endswith('?') else '.'}"
