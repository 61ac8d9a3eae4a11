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

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import parse_toml
from jpmanage_tui.config.settings import (
    LEAST_REFRESH_SECONDS,
    SETTINGS_HELP,
    THEMES,
    Settings,
    Timeouts,
    checked_url,
)

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
        f"must be one character, such as N, or f1 to f10, or ctrl+ with d, l, p or u: the keys that tmux and a plain "
        f"terminal pass{hint}"
    )


def _theme(value: str) -> str:
    if value not in THEMES:
        raise ValueError(f"must be one of {', '.join(THEMES)}")
    return value


def _refresh_seconds(value: int) -> int:
    if value and value < LEAST_REFRESH_SECONDS:
        raise ValueError(f"must be {LEAST_REFRESH_SECONDS} or more, or 0 to switch it off")
    return value


Key = Annotated[str, AfterValidator(_key)]
RefreshSeconds = Annotated[int, Field(strict=True, ge=0, le=86_400), AfterValidator(_refresh_seconds)]
ThemeName = Annotated[str, AfterValidator(_theme)]


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
    theme: ThemeName
    mouse: Annotated[bool, Field(strict=True)]
    refresh_seconds: RefreshSeconds
    read_only: Annotated[bool, Field(strict=True)]
    profile: Word
    timeouts: TimeoutsTable
    keys: dict[str, Key]


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
    try:
        return _settings(TypeAdapter(Table).validate_python(given))
    except ValidationError as error:
        raise ConfigError(_first_fault(error, file)) from None  # its input may be a secret


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
    properties["theme"]["enum"] = list(THEMES)
    properties["refresh_seconds"]["anyOf"] = [{"const": 0}, {"minimum": LEAST_REFRESH_SECONDS}]
    properties["keys"]["additionalProperties"]["pattern"] = KEY_PATTERN
    for table in (schema, timeouts):
        table["additionalProperties"] = False
        table.pop("description", None)  # written for whoever reads the code
    return {
        **schema,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "jpmanage config.toml",
        "description": "The settings of jpmanage.",
    }


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
        fields["download_dir"] = table["download_dir"].expanduser()
    return Settings(**fields)  # type: ignore[arg-type]  # the adapter has checked each


def _first_fault(error: ValidationError, file: Path) -> str:
    fault = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in fault["loc"])
    reason = fault["msg"].removeprefix("Value error, ")
    return f"{file}: {key}: {reason[:1].lower()}{reason[1:]}{'' if reason.endswith('?') else '.'}"
