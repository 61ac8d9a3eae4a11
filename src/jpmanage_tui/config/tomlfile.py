"""Reading TOML with errors that name the file and the key."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from jpmanage_tui.config.errors import ConfigError


def parse_toml(data: bytes, path: Path) -> dict[str, object]:
    """Return the table that ``data``, read from ``path``, holds.

    Raises:
        ConfigError: it is no UTF-8 or no TOML; the sentence names the file and the place, never the text
            there.

    """
    try:
        return dict(tomllib.loads(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text (byte {error.start + 1}).") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from None


def refuse_unknown(table: Mapping[str, object], known: Collection[str], path: Path, where: str = "") -> None:
    """Check that each key of ``table`` is one of ``known``; ``where`` is the table's own name, ``""`` at
    the top.

    Raises:
        ConfigError: names the file, the first unknown key and the nearest valid one.

    """
    for key in table:
        if key in known:
            continue
        near = difflib.get_close_matches(key, sorted(known), n=1, cutoff=0.5)
        advice = f"did you mean {near[0]}?" if near else f"valid keys are {', '.join(sorted(known))}."
        place = f" in [{where}]" if where else ""
        raise ConfigError(f"{path}: unknown key {key!r}{place}; {advice}")
